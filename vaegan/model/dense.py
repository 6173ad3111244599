"""The paper's architecture (Algorithm 1, Figure 7): dense layers, one hidden layer in each network."""

from torch import Tensor, nn

from vaegan.config import PIXELS, ModelConfig, Norm
from vaegan.model.parts import Blueprint, Decoder, Discriminator, Encoder, Parts

DISCRIMINATOR_HIDDEN = 256


def hidden_layer(inputs: int, outputs: int, norm: Norm, dropout: float) -> nn.Sequential:
    """Linear, BatchNorm unless `norm` is "none", ReLU, dropout if above 0: (B, inputs) -> (B, outputs)."""
    layers: list[nn.Module] = [nn.Linear(inputs, outputs)]
    if norm != "none":
        layers.append(nn.BatchNorm1d(outputs))
    layers.append(nn.ReLU())
    if dropout > 0:
        layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers)


class DenseEncoder(Encoder):
    """784 -> hidden -> 2d; with norm "batch" BatchNorm also after the 2d outputs, as the paper has it."""

    def __init__(self, latent_dim: int, hidden_dim: int, norm: Norm, dropout: float) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.hidden = hidden_layer(PIXELS, hidden_dim, norm, dropout)
        self.output = nn.Linear(hidden_dim, 2 * latent_dim)
        self.output_norm = nn.BatchNorm1d(2 * latent_dim) if norm == "batch" else nn.Identity()

    def layers(self) -> list[nn.Module]:
        """Linear, BatchNorm, ReLU and dropout, and linear and BatchNorm again."""
        return [*self.hidden, self.output, self.output_norm]


class DenseDecoder(Decoder):
    """d -> hidden -> 784 logits."""

    def __init__(self, latent_dim: int, hidden_dim: int, norm: Norm, dropout: float) -> None:
        super().__init__()
        self.hidden = hidden_layer(latent_dim, hidden_dim, norm, dropout)
        self.output = nn.Linear(hidden_dim, PIXELS)

    def layers(self) -> list[nn.Module]:
        """Linear, BatchNorm, ReLU and dropout, and linear again."""
        return [*self.hidden, self.output]


class DenseDiscriminator(Discriminator):
    """784 -> 256 -> 1 logit; the features are the 256 hidden units after their ReLU."""

    def __init__(self, norm: Norm, dropout: float) -> None:
        super().__init__()
        self.hidden = hidden_layer(PIXELS, DISCRIMINATOR_HIDDEN, norm, dropout)
        self.output = nn.Linear(DISCRIMINATOR_HIDDEN, 1)

    def features(self, x: Tensor) -> Tensor:
        """Pictures (B, 784) -> features (B, 256)."""
        features: Tensor = self.hidden(x)
        return features

    def layers(self) -> list[nn.Module]:
        """Linear, BatchNorm, ReLU and dropout, and linear again."""
        return [*self.hidden, self.output]


def _dense_parts(config: ModelConfig) -> Parts:
    sizes = (config.latent_dim, config.hidden, config.norm, config.dropout)
    return Parts(DenseEncoder(*sizes), DenseDecoder(*sizes), DenseDiscriminator(config.norm, config.dropout))


DENSE = Blueprint(
    parts=_dense_parts,
    shape=lambda config: {"latent_dim": config.latent_dim, "hidden_dim": config.hidden, "norm": config.norm},
    words=lambda config: f"{config.hidden} hidden units",
)
