"""The network of the paper: VAEGAN = encoder + decoder + discriminator, of any architecture.

Inside, everything is logits; `decode`, `forward` and `discriminate` apply the sigmoid at the edge. Pixels are float32
in [0, 1], flattened to (B, 784).

To add an architecture: a module beside this one with its parts and a `Blueprint`, an entry in `ARCHITECTURES`, and its
name in `config.Architecture`.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import NamedTuple, get_args

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from vaegan.config import SIDE, Architecture, ModelConfig
from vaegan.model.convolutional import CONVOLUTIONAL
from vaegan.model.dense import DENSE
from vaegan.model.parts import Blueprint, Decoder, Discriminator, Encoder, Posterior

ARCHITECTURES: dict[Architecture, Blueprint] = {"dense": DENSE, "convolutional": CONVOLUTIONAL}

_generator_in_use = Lock()

assert tuple(ARCHITECTURES) == get_args(Architecture), "config.Architecture and ARCHITECTURES list the same names"


class Reconstruction(NamedTuple):
    """What `VAEGAN.forward` returns: pixels in [0, 1] (B, 784), and the posterior they were decoded from."""

    x_hat: Tensor
    mu: Tensor
    logvar: Tensor


class VAEGAN(nn.Module):
    """The paper's model around the parts of any architecture; `build` makes one.

    The same seed gives all norms the same linear weights: BatchNorm draws no random numbers.
    """

    input_shape: tuple[int, int] = (SIDE, SIDE)  # rows and columns of a picture, which the parts take flat

    def __init__(self, encoder: Encoder, decoder: Decoder, discriminator: Discriminator) -> None:
        super().__init__()
        self.latent_dim = encoder.latent_dim
        self.encoder = encoder
        self.decoder = decoder
        self.discriminator = discriminator

    def flat(self, x: Tensor) -> Tensor:
        """Pictures (B, 784), (B, 28, 28) or (B, 1, 28, 28) as the parts take them: (B, 784)."""
        return x.reshape(-1, math.prod(self.input_shape))

    def encode(self, x: Tensor) -> Posterior:
        """Pictures (B, 784) or (B, 28, 28) in [0, 1] -> q(z|x), mu and logvar (B, d)."""
        posterior: Posterior = self.encoder(self.flat(x))
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
        return torch.sigmoid(self.discriminator(self.flat(x)))

    def features(self, x: Tensor) -> Tensor:
        """The discriminator's features of pictures (B, 784); (B, F)."""
        return self.discriminator.features(self.flat(x))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Within this block torch's global generator starts at `seed`; afterwards it is as it was before.

    New layers and dropout draw from the global generator and cannot be given another one. All threads share it, so only
    one thread at a time is let into such a block.
    """
    with _generator_in_use, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def build(config: ModelConfig, seed: int) -> VAEGAN:
    """The fresh network that `config` describes, in training mode.

    Its weights depend on `seed` alone; torch's global generator is left as it was.
    """
    with seeded(seed):
        network = VAEGAN(*ARCHITECTURES[config.architecture].parts(config))
        if config.spectral_norm:
            for layer in network.discriminator.modules():
                if isinstance(layer, nn.Linear | nn.Conv2d):
                    parametrizations.spectral_norm(layer)
        return network


def restore(config: ModelConfig, weights: Mapping[str, Tensor]) -> VAEGAN:
    """The network that `config` describes with these weights, in eval mode; RuntimeError if they do not fit."""
    network = build(config, 0)
    network.load_state_dict(dict(weights))
    return network.eval()


def shape(config: ModelConfig) -> dict[str, int | str]:
    """The settings that decide names and shapes of a network's weights: networks that agree in them can swap weights.

    Keys are names of the config's fields; values are those that are used, for example d² where hidden_dim is not set.
    """
    own = ARCHITECTURES[config.architecture].shape(config)
    return {"architecture": config.architecture, **own, "spectral_norm": config.spectral_norm}


def describe(config: ModelConfig) -> str:
    """How large a network is, for people: "20 latent dimensions, 400 hidden units"."""
    dimensions = "latent dimension" if config.latent_dim == 1 else "latent dimensions"
    return f"{config.latent_dim} {dimensions}, {ARCHITECTURES[config.architecture].words(config)}"


def sample(posterior: Posterior, generator: torch.Generator | None = None) -> Tensor:
    """One draw from q(z|x), differentiable in mu and logvar; (B, d).

    The standard deviation is exp(logvar / 2), as in the paper's Figure 7. Its Algorithm 1 prints another square root,
    that of exp(logvar) / 2, whose draws would have half the variance that the KL term is made for.
    """
    mu, logvar = posterior
    eps = torch.randn(mu.shape, generator=generator, device=mu.device, dtype=mu.dtype)
    return mu + eps * torch.exp(logvar / 2)
