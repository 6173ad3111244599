"""The contracts that every architecture keeps: those of encoder, decoder and discriminator, and its blueprint.

Pictures are float32 in [0, 1] and flat, (B, 784), in whatever shape a part uses them inside. A decoder and a
discriminator return logits.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor, nn

from vaegan.config import ModelConfig

# exp(logvar / 2) stays between 1e-3 and 1e3: early steps at a high learning rate would overflow it otherwise.
LOGVAR_LIMIT = 14.0

BatchNorm = nn.BatchNorm1d | nn.BatchNorm2d


class Posterior(NamedTuple):
    """q(z|x) = N(mu, diag(exp(logvar))); both (B, d)."""

    mu: Tensor
    logvar: Tensor


class Encoder(nn.Module, ABC):
    """What every encoder offers: flat pictures in, q(z|x) out. It brings `latent_dim` and its layers."""

    latent_dim: int

    @abstractmethod
    def layers(self) -> list[nn.Module]:
        """The layers from pictures (B, 784) to mu and logvar (B, 2d), in order; the clamp comes after them."""

    def forward(self, x: Tensor) -> Posterior:
        """Pictures (B, 784) -> q(z|x), logvar held within LOGVAR_LIMIT both ways."""
        for layer in self.layers():
            x = layer(x)
        mu, logvar = x.view(-1, 2, self.latent_dim).unbind(1)  # (B, d) each
        return Posterior(mu, logvar.clamp(-LOGVAR_LIMIT, LOGVAR_LIMIT))

    def first_norm(self) -> tuple[nn.Module, BatchNorm] | None:
        """The first BatchNorm and, before it, the layers that lead to it from pictures; None without BatchNorm."""
        before: list[nn.Module] = []
        for layer in self.layers():
            if isinstance(layer, BatchNorm):
                return nn.Sequential(*before), layer
            before.append(layer)
        return None


class Decoder(nn.Module, ABC):
    """What every decoder offers: latent vectors in, flat logits out. It brings its layers."""

    @abstractmethod
    def layers(self) -> list[nn.Module]:
        """The layers from z (B, d) to the logits (B, 784), in order."""

    def forward(self, z: Tensor) -> Tensor:
        """Latent vectors (B, d) -> logits (B, 784)."""
        for layer in self.layers():
            z = layer(z)
        return z


class Discriminator(nn.Module, ABC):
    """What every discriminator offers: features of flat pictures, and a last layer `output` from them to one logit."""

    output: nn.Module  # features (B, F) -> logits (B, 1)

    @abstractmethod
    def layers(self) -> list[nn.Module]:
        """The layers from pictures (B, 784) to logits (B, 1), in order; `output` is or ends them."""

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """Pictures (B, 784) -> features (B, F): the space of the learned similarity."""

    def logits(self, features: Tensor) -> Tensor:
        """Features (B, F) -> logits (B,), positive for "real"."""
        logits: Tensor = self.output(features).squeeze(1)
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (B, 784) -> logits (B,)."""
        return self.logits(self.features(x))


class Parts(NamedTuple):
    """The three networks of a VAEGAN, made in this order: the order in which they draw their random weights."""

    encoder: Encoder
    decoder: Decoder
    discriminator: Discriminator


@dataclass(frozen=True)
class Blueprint:
    """What an architecture provides beside the classes of its parts; each function takes the settings of a network.

    `parts` makes the parts. `shape` gives the settings that decide names and shapes of the weights: the names of the
    config's fields, each with the value that is used. `words` say how large a network is, for people.
    """

    parts: Callable[[ModelConfig], Parts]
    shape: Callable[[ModelConfig], Mapping[str, int | str]]
    words: Callable[[ModelConfig], str]
