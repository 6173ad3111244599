"""One digit through the networks, against the networks' own answers."""

from typing import Any

import numpy as np
import pytest
import torch

from tests.training.test_dissection import SYSTEMS, config
from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt_mixture
from vaegan.data.pictures import Float, from_uint8
from vaegan.data.tensors import to_pictures
from vaegan.model.networks import VAEGAN, build
from vaegan.training.following import follow


def settled(settings: TrainConfig, x: torch.Tensor) -> VAEGAN:
    """A network whose BatchNorm has seen digits."""
    model = build(settings.model, seed=3)
    for _ in range(5):
        model.discriminator(torch.sigmoid(model.decoder(model.encode(x).mu)))
    return model


def picture_of(digits: Digits) -> Float:
    return from_uint8(to_pictures(digits.test_images[3:4])[0])


@pytest.mark.parametrize("system", ["paper", "plain", "gan", "ae", "noisy", "convolutions"])
@torch.inference_mode()
def test_what_a_digit_becomes_is_what_the_networks_make_of_it(digits: Digits, system: str) -> None:
    settings: Any = config(system)
    model = settled(settings, digits.test_images[:50].float() / 255)
    picture = picture_of(digits)
    followed = follow(model, settings, picture, seed=5)
    assert model.training, "the caller's model stays as it is"
    model.eval()
    if settings.uses_encoder:
        flat = torch.from_numpy(picture).reshape(1, -1)
        noisy = corrupt_mixture(flat, settings.noise, torch.Generator().manual_seed(5))
        assert followed.inputs is not None
        assert followed.mu is not None
        assert followed.logvar is not None
        np.testing.assert_array_equal(followed.inputs.ravel(), noisy[0])
        both = torch.cat(model.encode(noisy), dim=1)[0]
        np.testing.assert_allclose(np.concatenate([followed.mu, followed.logvar]), both, atol=1e-6)
        np.testing.assert_allclose(followed.encoder[-1].values, both, atol=1e-6)
        apart = np.abs(followed.z - followed.mu)
        assert (apart > 0).all() if settings.sample_latent else not apart.any()
        assert (apart < 5 * np.exp(followed.logvar / 2)).all()
    else:
        assert (followed.inputs, followed.encoder, followed.mu) == (None, [], None)
    pixels = model.decode(torch.from_numpy(followed.z)[None])
    np.testing.assert_allclose(followed.rebuilt.ravel(), pixels[0], atol=1e-6)
    logits = followed.decoder[-1].values.ravel()
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), followed.rebuilt.ravel(), atol=1e-6)
    if settings.uses_discriminator:
        assert followed.real == pytest.approx(float(model.discriminate(pixels)), abs=1e-6)
    else:
        assert followed.real is None


@pytest.mark.parametrize("system", SYSTEMS)
def test_layers_are_counted_with_the_batchnorm_that_they_have(digits: Digits, system: str) -> None:
    settings = config(system)
    followed = follow(build(settings.model, seed=3), settings, picture_of(digits), seed=5)
    normed = settings.model.norm == "batch"
    if settings.model.architecture == "convolutional":
        assert [layer.values.shape for layer in followed.encoder[:-1]] == [
            (2, 14, 14),
            (4, 7, 7),
            (4, 7, 7),
            (16, 7, 7),
        ]
        assert followed.decoder[0].values.shape == (16, 7, 7)
    else:
        assert [layer.values.shape for layer in followed.decoder] == [(12,), (784,)]
        assert (followed.decoder[0].values >= 0).all(), "after its ReLU"
    assert {layer.normed for layer in followed.encoder} <= {normed}
    assert [layer.normed for layer in followed.decoder] == [normed] * (len(followed.decoder) - 1) + [False]
