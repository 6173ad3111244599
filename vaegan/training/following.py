"""One digit on its way through the networks of a run, layer by layer, as they are after an epoch.

    followed = follow(model, config, digit, seed=0)
    followed.encoder[0].values, followed.mu, followed.z, followed.rebuilt, followed.real

BatchNorm uses its running statistics, as when a trained network is used. Pictures are float32 (28, 28) in [0, 1].
"""

from collections.abc import Iterable
from copy import deepcopy
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from vaegan.config import TrainConfig
from vaegan.data.noise import corrupt_mixture
from vaegan.data.pictures import Float
from vaegan.model.networks import VAEGAN, sample
from vaegan.model.parts import BatchNorm

_WEIGHTED = nn.Linear | nn.Conv2d | nn.ConvTranspose2d  # a layer begins with one of these
_RESHAPING = nn.Flatten | nn.Dropout | nn.Identity


class LayerValues(NamedTuple):
    """What a layer gives after its activation: (units,) or (maps, rows, columns); `normed` if it has BatchNorm."""

    values: Float
    normed: bool


class Followed(NamedTuple):
    """What the networks make of one digit; None where a system does not have that part.

    `inputs` and `rebuilt` are (28, 28), `mu`, `logvar` and `z` are (d,). Without an encoder z is drawn from the prior.
    `real` is the discriminator's probability that `rebuilt` is a real digit.
    """

    inputs: Float | None
    encoder: list[LayerValues]
    mu: Float | None
    logvar: Float | None
    z: Float
    decoder: list[LayerValues]
    rebuilt: Float
    real: float | None


@torch.inference_mode()
def follow(model: VAEGAN, config: TrainConfig, picture: Float, seed: int) -> Followed:
    """Send one picture (28, 28) through the networks; noise and z depend on `seed` alone."""
    model = deepcopy(model).eval()
    generator = torch.Generator().manual_seed(seed)
    clean = model.flat(torch.from_numpy(np.ascontiguousarray(picture, np.float32))[None])
    noisy = mu = logvar = None
    encoder: list[LayerValues] = []
    if config.uses_encoder:
        noisy = corrupt_mixture(clean, config.noise, generator)
        encoder = layer_values(model.encoder.layers(), noisy)
        posterior = model.encode(noisy)
        mu, logvar = posterior
        z = sample(posterior, generator) if config.sample_latent else mu
    else:
        z = torch.randn(1, model.latent_dim, generator=generator)
    pixels = model.decode(z)
    real = float(model.discriminate(pixels)) if config.uses_discriminator else None
    return Followed(
        None if noisy is None else _picture(noisy, model),
        encoder,
        None if mu is None else _array(mu[0]),
        None if logvar is None else _array(logvar[0]),
        _array(z[0]),
        layer_values(model.decoder.layers(), z),
        _picture(pixels, model),
        real,
    )


def layer_values(layers: Iterable[nn.Module], x: Tensor) -> list[LayerValues]:
    """What each layer gives for one input (1, ...): its weights with the BatchNorm and the activation after them."""
    found: list[LayerValues] = []
    for layer in layers:
        x = layer(x)
        if isinstance(layer, _WEIGHTED):
            found.append(LayerValues(_array(x[0]), False))
        elif found and not isinstance(layer, _RESHAPING):
            found[-1] = LayerValues(_array(x[0]), found[-1].normed or isinstance(layer, BatchNorm))
    return found


def _picture(values: Tensor, model: VAEGAN) -> Float:
    return _array(values).reshape(model.input_shape)


def _array(values: Tensor) -> Float:
    array: Float = values.float().numpy()
    return array
