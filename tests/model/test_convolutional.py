"""The convolutional network: its shapes, its size, and that its twins differ in BatchNorm alone."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.optim import Adam

from tests.conftest import end_of, present
from vaegan.config import ModelConfig, Norm, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.model.cost import cost_of
from vaegan.model.losses import reconstruction_loss
from vaegan.model.networks import VAEGAN, build, describe, restore, shape
from vaegan.training.loop import train

Weighted = nn.Linear | nn.Conv2d | nn.ConvTranspose2d
NORMS = pytest.mark.parametrize("norm", ["batch", "hidden", "none"])


def settings(norm: Norm = "batch", **changes: object) -> ModelConfig:
    return ModelConfig.model_validate({"architecture": "convolutional", "norm": norm} | changes)


def small(norm: Norm = "batch", **changes: object) -> ModelConfig:
    return settings(norm, **({"latent_dim": 5, "channels": 4} | changes))


def norms_of(network: nn.Module) -> list[nn.Module]:
    return [module for module in network.modules() if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d)]


@NORMS
def test_pictures_go_in_and_come_out(norm: Norm) -> None:
    network, x = build(small(norm), 0), torch.rand(6, 784)
    out = network(x.view(6, 1, 28, 28))
    assert out.x_hat.shape == (6, 784)
    assert out.mu.shape == out.logvar.shape == (6, 5)
    assert network.discriminate(x).shape == (6,)
    features = network.features(x)
    assert features.shape[0] == 6
    assert features.ndim == 2
    torch.testing.assert_close(torch.sigmoid(network.discriminator.logits(features)), network.discriminate(x))


@NORMS
def test_batchnorm_is_where_the_paper_has_it_and_never_in_the_discriminator(norm: Norm) -> None:
    network = build(small(norm), 0)
    assert norms_of(network.discriminator) == []
    assert bool(norms_of(network.encoder)) == bool(norms_of(network.decoder)) == (norm != "none")
    assert isinstance(network.encoder.layers()[-1], nn.BatchNorm1d) == (norm == "batch")
    assert (network.encoder.first_norm() is None) == (norm == "none")


def test_twins_differ_in_batchnorm_alone_and_begin_with_the_same_weights() -> None:
    bn, plain = build(small(), 3), build(small("none"), 3)
    ours, theirs = ([layer for layer in own.modules() if isinstance(layer, Weighted)] for own in (bn, plain))
    assert len(ours) == len(theirs) > 10
    for one, other in zip(ours, theirs, strict=True):
        assert type(one) is type(other)
        assert torch.equal(one.weight, other.weight)
        assert torch.equal(present(one.bias), present(other.bias))
    assert norms_of(bn)
    assert not norms_of(plain)


@pytest.mark.parametrize("part", ["encoder", "decoder"])
def test_the_decoder_mirrors_the_encoder(part: str) -> None:
    """The sides of the maps, and the places where they halve or double."""
    network = build(small("none"), 0).eval()
    x = torch.rand(1, 784) if part == "encoder" else torch.rand(1, 5)
    sides = []
    for layer in (network.encoder if part == "encoder" else network.decoder).layers():
        x = layer(x)
        if x.ndim == 4:
            sides.append(x.shape[-1])
    expected = [28, 14, 7]
    assert list(dict.fromkeys(sides)) == (expected if part == "encoder" else expected[::-1])


@NORMS
@pytest.mark.parametrize("latent_dim", [20, 64])
def test_it_is_as_light_as_a_phone_wants_it(norm: Norm, latent_dim: int) -> None:
    config = settings(norm, latent_dim=latent_dim)
    cost, network = cost_of(config), build(config, 0)
    parts = (network.encoder, network.decoder)
    assert 1e6 < cost.encoder.forward + cost.decoder.forward <= 5.2e6
    assert 1e5 < sum(parameter.numel() for part in parts for parameter in part.parameters()) <= 3e5


@NORMS
def test_dropout_switches_off_units_in_training_only(norm: Norm) -> None:
    network, x = build(small(norm, dropout=0.5), 0), torch.rand(8, 784)
    for part in (network.encoder, network.decoder, network.discriminator):
        assert any(isinstance(layer, nn.Dropout) for layer in part.modules())
    with torch.no_grad():
        assert not torch.equal(network.encode(x).mu, network.encode(x).mu)
        network.eval()
        assert torch.equal(network.encode(x).mu, network.encode(x).mu)
    assert not any(isinstance(layer, nn.Dropout) for layer in build(small(norm), 0).modules())


def test_its_words_and_what_decides_its_weights_shapes() -> None:
    config = small("none", spectral_norm=True)
    assert describe(config) == "5 latent dimensions, convolutions of 4 and 8 channels"
    decides = {"latent_dim": 5, "channels": 4, "norm": "none", "spectral_norm": True}
    assert shape(config) == {"architecture": "convolutional"} | decides
    other = small("none", hidden_dim=3, dropout=0.2, spectral_norm=True)
    assert build(other, 0).load_state_dict(build(config, 1).state_dict())


@NORMS
def test_one_batch_can_be_learned_by_heart(norm: Norm, digits: Digits) -> None:
    network, x = build(small(norm, latent_dim=16, channels=8), 0), digits.train_images[:8] / 255
    parameters = [*network.encoder.parameters(), *network.decoder.parameters()]
    optimizer = Adam(parameters, 5e-3)
    losses = []
    for _ in range(150):
        loss = reconstruction_loss(network.decoder(network.encoder(x).mu), x).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    least = float(-(torch.xlogy(x, x) + torch.xlogy(1 - x, 1 - x)).sum() / len(x))  # no network can do better
    assert losses[-1] - least < 0.15 * (losses[0] - least)


def singular_values(network: VAEGAN) -> list[tuple[float, float]]:
    """The largest singular value of each of the discriminator's weights, by numpy: as it is used, and as learned."""
    found = []
    for layer in network.discriminator.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            learned = next(parameter for parameter in layer.parameters() if parameter.ndim > 1)
            used, own = (np.linalg.svd(w.detach().flatten(1).numpy())[1][0] for w in (layer.weight, learned))
            found.append((float(used), float(own)))
    return found


@pytest.mark.parametrize(
    ("architecture", "ema"),
    [("dense", 0.0), ("dense", 0.9), pytest.param("convolutional", 0.9, marks=pytest.mark.long)],
)
def test_spectral_normalisation_holds_the_largest_singular_value_at_1(
    architecture: str, ema: float, digits: Digits
) -> None:
    """After steps that have moved the weights; also in the average over steps, and after being kept."""
    model = small("none", architecture=architecture, hidden_dim=16, spectral_norm=True)
    config = TrainConfig(model=model, batch_size=20, epochs=2, lr=3e-3, fakes="both", ema=ema)
    state = end_of(train(config, digits.subset(200, 20))).state
    values = singular_values(restore(model, state.weights))
    assert len(values) >= 2
    assert [used for used, _ in values] == pytest.approx([1] * len(values), rel=0.05)
    assert max(own for _, own in values) > 1.1, "training has moved what is learned"
    free = model.updated({"spectral_norm": False})
    end = end_of(train(config.updated({"model": {"spectral_norm": False}}), digits.subset(200, 20)))
    assert max(used for used, _ in singular_values(restore(free, end.state.weights))) > 1.1


def test_the_encoder_and_the_decoder_are_left_without_it() -> None:
    plain, normed = build(small(), 0), build(small(spectral_norm=True), 0)
    for part in ("encoder", "decoder"):
        ours, theirs = (network.get_submodule(part).state_dict() for network in (normed, plain))
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_a_leaky_unit_has_features_below_0_and_the_learned_similarity_takes_them(digits: Digits) -> None:
    features: Tensor = build(small(), 0).features(digits.test_images[:20] / 255)
    assert float(features.detach().min()) < 0 < float(features.detach().max())
