"""A convolutional architecture: two strided convolutions down to 7 x 7 places, and their mirror back to 28 x 28.

About a seventh of the dense denoiser's weights and three times its multiply-adds: a small filter is used again at
each place.
"""

from torch import Tensor, nn

from vaegan.config import SIDE, ModelConfig
from vaegan.model.dense import DISCRIMINATOR_HIDDEN
from vaegan.model.parts import Blueprint, Decoder, Discriminator, Encoder, Parts

PLACES = SIDE // 4  # rows and columns after two layers of stride 2
NARROW = 16  # channels between the convolutions and the linear layers, which would be large otherwise
SLOPE = 0.1  # of a leaky ReLU below 0: a unit never falls silent for good
DISCRIMINATOR_CHANNELS = 32


def _block(layer: nn.Module, channels: int, config: ModelConfig) -> list[nn.Module]:
    """A layer, BatchNorm unless `norm` is "none", leaky ReLU, dropout if above 0.

    Dropout stands in one place with the leaky ReLU: a place of its own would change the names of all weights after it.
    """
    layers: list[nn.Module] = [layer]
    if config.norm != "none":
        layers.append(nn.BatchNorm2d(channels))
    active = nn.LeakyReLU(SLOPE)
    layers.append(nn.Sequential(active, nn.Dropout(config.dropout)) if config.dropout > 0 else active)
    return layers


def _each(maps: nn.Sequential) -> list[nn.Module]:
    """The layers one by one, out of the sequences in which dropout stands."""
    return [each for layer in maps for each in (_each(layer) if isinstance(layer, nn.Sequential) else [layer])]


class ConvolutionalEncoder(Encoder):
    """28 x 28 -> 14 x 14 -> 7 x 7 -> 2d; with norm "batch" BatchNorm also after the 2d outputs, as the paper has it."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        few, many, d = config.channels, 2 * config.channels, config.latent_dim
        self.latent_dim = d
        self.maps = nn.Sequential(
            nn.Unflatten(1, (1, SIDE, SIDE)),
            *_block(nn.Conv2d(1, few, 4, stride=2, padding=1), few, config),  # (B, few, 14, 14)
            *_block(nn.Conv2d(few, many, 4, stride=2, padding=1), many, config),  # (B, many, 7, 7)
            *_block(nn.Conv2d(many, many, 3, padding=1), many, config),
            *_block(nn.Conv2d(many, NARROW, 1), NARROW, config),  # (B, 16, 7, 7)
            nn.Flatten(),
        )
        self.output = nn.Linear(NARROW * PLACES**2, 2 * d)
        self.output_norm = nn.BatchNorm1d(2 * d) if config.norm == "batch" else nn.Identity()

    def layers(self) -> list[nn.Module]:
        """The blocks of convolutions, then linear and BatchNorm."""
        return [*_each(self.maps), self.output, self.output_norm]


class ConvolutionalDecoder(Decoder):
    """d -> 7 x 7 -> 14 x 14 -> 28 x 28 logits."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        few, many = config.channels, 2 * config.channels
        last = max(config.channels // 2, 1)
        self.input = nn.Linear(config.latent_dim, NARROW * PLACES**2)
        self.maps = nn.Sequential(
            *_block(nn.Unflatten(1, (NARROW, PLACES, PLACES)), NARROW, config),  # (B, 16, 7, 7)
            *_block(nn.Conv2d(NARROW, many, 1), many, config),
            *_block(nn.Conv2d(many, many, 3, padding=1), many, config),
            *_block(nn.ConvTranspose2d(many, few, 4, stride=2, padding=1), few, config),  # (B, few, 14, 14)
            *_block(nn.ConvTranspose2d(few, last, 4, stride=2, padding=1), last, config),  # (B, last, 28, 28)
            nn.Conv2d(last, 1, 3, padding=1),
            nn.Flatten(),
        )

    def layers(self) -> list[nn.Module]:
        """Linear, then the blocks of convolutions."""
        return [self.input, *_each(self.maps)]


class ConvolutionalDiscriminator(Discriminator):
    """28 x 28 -> 14 x 14 -> 7 x 7 -> 256 -> 1 logit, without BatchNorm in both twins; features are the 256 units.

    The convolutions see strokes, and the layer of 256 units sees how they stand together.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        plain = config.model_copy(update={"norm": "none"})
        few, many = DISCRIMINATOR_CHANNELS, 2 * DISCRIMINATOR_CHANNELS
        self.maps = nn.Sequential(
            nn.Unflatten(1, (1, SIDE, SIDE)),
            *_block(nn.Conv2d(1, few, 4, stride=2, padding=1), few, plain),  # (B, 32, 14, 14)
            *_block(nn.Conv2d(few, many, 4, stride=2, padding=1), many, plain),  # (B, 64, 7, 7)
            nn.Flatten(),
            *_block(nn.Linear(many * PLACES**2, DISCRIMINATOR_HIDDEN), DISCRIMINATOR_HIDDEN, plain),
        )
        self.output = nn.Linear(DISCRIMINATOR_HIDDEN, 1)

    def features(self, x: Tensor) -> Tensor:
        """Pictures (B, 784) -> features (B, 256)."""
        features: Tensor = self.maps(x)
        return features

    def layers(self) -> list[nn.Module]:
        """The blocks of convolutions and of the linear layer, then linear again."""
        return [*_each(self.maps), self.output]


def _words(config: ModelConfig) -> str:
    return f"convolutions of {config.channels} and {2 * config.channels} channels"


def _parts(config: ModelConfig) -> Parts:
    return Parts(ConvolutionalEncoder(config), ConvolutionalDecoder(config), ConvolutionalDiscriminator(config))


CONVOLUTIONAL = Blueprint(
    parts=_parts,
    shape=lambda config: {"latent_dim": config.latent_dim, "channels": config.channels, "norm": config.norm},
    words=_words,
)
