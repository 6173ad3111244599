"""The network of the paper: VAEGAN = Encoder + Decoder + Discriminator (Algorithm 1, Figure 7).

Inside, everything is logits; `decode`, `forward` and `discriminate` apply the sigmoid at the edge. Pixels are float32
in [0, 1], flattened to (B, 784).
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from vaegan.config import PIXELS, ModelConfig, Norm

DISCRIMINATOR_HIDDEN = 256
# exp(logvar / 2) stays between 1e-3 and 1e3: early steps at a high learning rate would overflow it otherwise.
LOGVAR_LIMIT = 14.0


class Posterior(NamedTuple):
    """q(z|x) = N(mu, diag(exp(logvar))); both (B, d)."""

    mu: Tensor
    logvar: Tensor


class Reconstruction(NamedTuple):
    """What `VAEGAN.forward` returns: pixels in [0, 1] (B, 784), and the posterior they were decoded from."""

    x_hat: Tensor
    mu: Tensor
    logvar: Tensor


def hidden_layer(inputs: int, outputs: int, norm: Norm, dropout: float) -> nn.Sequential:
    """Linear, BatchNorm if asked for, ReLU, dropout if any: (B, inputs) -> (B, outputs)."""
    layers: list[nn.Module] = [nn.Linear(inputs, outputs)]
    if norm != "none":
        layers.append(nn.BatchNorm1d(outputs))
    layers.append(nn.ReLU())
    if dropout > 0:
        layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers)


class Encoder(nn.Module):
    """784 -> hidden -> 2d; with norm "batch" BatchNorm also after the 2d outputs, as the paper has it."""

    def __init__(self, latent_dim: int, hidden_dim: int, norm: Norm, dropout: float) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.hidden = hidden_layer(PIXELS, hidden_dim, norm, dropout)
        self.output = nn.Linear(hidden_dim, 2 * latent_dim)
        self.output_norm = nn.BatchNorm1d(2 * latent_dim) if norm == "batch" else nn.Identity()

    def forward(self, x: Tensor) -> Posterior:
        """Pictures (B, 784) -> q(z|x)."""
        mu_logvar = self.output_norm(self.output(self.hidden(x)))  # (B, 2d)
        mu, logvar = mu_logvar.view(-1, 2, self.latent_dim).unbind(1)  # (B, d) each
        return Posterior(mu, logvar.clamp(-LOGVAR_LIMIT, LOGVAR_LIMIT))

    def layers(self) -> list[nn.Module]:
        """The layers from the pictures to mu and logvar (B, 2d), in order; the clamp comes after them."""
        return [*self.hidden, self.output, self.output_norm]


class Decoder(nn.Module):
    """d -> hidden -> 784 logits."""

    def __init__(self, latent_dim: int, hidden_dim: int, norm: Norm, dropout: float) -> None:
        super().__init__()
        self.hidden = hidden_layer(latent_dim, hidden_dim, norm, dropout)
        self.output = nn.Linear(hidden_dim, PIXELS)

    def forward(self, z: Tensor) -> Tensor:
        """Latent vectors (B, d) -> logits (B, 784)."""
        logits: Tensor = self.output(self.hidden(z))  # (B, 784)
        return logits

    def layers(self) -> list[nn.Module]:
        """The layers from z (B, d) to the logits (B, 784), in order."""
        return [*self.hidden, self.output]


class Discriminator(nn.Module):
    """784 -> 256 -> 1 logit; the 256 hidden features, after their ReLU, are the learned similarity's space."""

    def __init__(self, norm: Norm, dropout: float) -> None:
        super().__init__()
        self.hidden = hidden_layer(PIXELS, DISCRIMINATOR_HIDDEN, norm, dropout)
        self.output = nn.Linear(DISCRIMINATOR_HIDDEN, 1)

    def features(self, x: Tensor) -> Tensor:
        """Pictures (B, 784) -> features (B, 256), at least 0."""
        features: Tensor = self.hidden(x)
        return features

    def judge(self, features: Tensor) -> Tensor:
        """Features (B, 256) -> logits (B,), positive for "real"."""
        logits: Tensor = self.output(features).squeeze(1)
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (B, 784) -> logits (B,)."""
        return self.judge(self.features(x))


class VAEGAN(nn.Module):
    """The paper's model; `latent_dim` d, `hidden_dim` d² unless given, `norm` "batch", "hidden" or "none".

    The same seed gives all norms the same linear weights: BatchNorm draws no random numbers.
    """

    def __init__(
        self, latent_dim: int = 20, hidden_dim: int | None = None, norm: Norm = "batch", dropout: float = 0.0
    ) -> None:
        super().__init__()
        hidden_dim = latent_dim**2 if hidden_dim is None else hidden_dim
        self.latent_dim = latent_dim
        self.encoder = Encoder(latent_dim, hidden_dim, norm, dropout)
        self.decoder = Decoder(latent_dim, hidden_dim, norm, dropout)
        self.discriminator = Discriminator(norm, dropout)

    def encode(self, x: Tensor) -> Posterior:
        """Pictures (B, 784) or (B, 28, 28) in [0, 1] -> q(z|x), mu and logvar (B, d)."""
        posterior: Posterior = self.encoder(x.reshape(-1, PIXELS))
        return posterior

    def reparameterize(self, posterior: Posterior, generator: torch.Generator | None = None) -> Tensor:
        """z = mu + eps * exp(logvar / 2) while training, z = mu in eval mode; (B, d). The paper's Algorithm 1."""
        return sample(posterior, generator) if self.training else posterior.mu

    def decode(self, z: Tensor) -> Tensor:
        """Latent vectors (B, d) -> pixels (B, 784) in [0, 1]."""
        return torch.sigmoid(self.decoder(z))

    def forward(self, x: Tensor, generator: torch.Generator | None = None) -> Reconstruction:
        """Encode, reparameterize, decode: (B, 784) -> pixels in [0, 1] and the posterior."""
        posterior = self.encode(x)
        return Reconstruction(self.decode(self.reparameterize(posterior, generator)), *posterior)

    def discriminate(self, x: Tensor) -> Tensor:
        """Probability that pictures (B, 784) are real; (B,) in [0, 1]."""
        return torch.sigmoid(self.discriminator(x.reshape(-1, PIXELS)))

    def features(self, x: Tensor) -> Tensor:
        """The discriminator's hidden features of pictures (B, 784); (B, 256), at least 0."""
        features: Tensor = self.discriminator.features(x.reshape(-1, PIXELS))
        return features


def sample(posterior: Posterior, generator: torch.Generator | None = None) -> Tensor:
    """One draw from q(z|x), differentiable in mu and logvar; (B, d)."""
    mu, logvar = posterior
    eps = torch.randn(mu.shape, generator=generator, device=mu.device, dtype=mu.dtype)
    return mu + eps * torch.exp(logvar / 2)


def build(config: ModelConfig, seed: int) -> VAEGAN:
    """The fresh network that `config` describes, in training mode.

    Its weights depend on `seed` alone; torch's global generator is left as it was.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return VAEGAN(config.latent_dim, config.hidden, config.norm, config.dropout)


def restore(config: ModelConfig, weights: Mapping[str, Tensor]) -> VAEGAN:
    """The network that `config` describes with these weights, in eval mode; RuntimeError if they do not fit."""
    network = build(config, 0)
    network.load_state_dict(dict(weights))
    return network.eval()
