"""A pretend architecture: three parts and a blueprint are all that training, keeping and taking apart need."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from tests.conftest import end_of, present
from vaegan.checkpoint.files import load
from vaegan.config import ModelConfig, NoiseConfig, Norm, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt
from vaegan.data.tensors import to_pictures
from vaegan.lab.forecast import expected_seconds
from vaegan.model.cost import cost_of
from vaegan.model.networks import ARCHITECTURES, VAEGAN, build, describe, shape
from vaegan.model.parts import Blueprint, Decoder, Discriminator, Encoder, Parts
from vaegan.reproduction.measures import under_noise
from vaegan.studio import Studio
from vaegan.training.dissection import SlowMotion, influence
from vaegan.training.events import EndEvent
from vaegan.training.finish import RunFolder
from vaegan.training.loop import train

CONFIG = TrainConfig(
    model=ModelConfig(latent_dim=3), batch_size=20, epochs=1, train_limit=60, weights={"feature": 1}, fakes="both"
)


class PretendEncoder(Encoder):
    """Two convolutions, the second in groups, and a linear layer."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.latent_dim = config.latent_dim
        self.first = nn.Sequential(nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 4, 4, stride=2, padding=1))
        self.norm = nn.BatchNorm2d(4) if config.norm != "none" else nn.Identity()
        self.rest = nn.Sequential(nn.ReLU(), nn.Conv2d(4, 6, 3, groups=2), nn.Flatten(), nn.Linear(6 * 12 * 12, 6))

    def layers(self) -> list[nn.Module]:
        return [*self.first, self.norm, *self.rest]


class PretendDecoder(Decoder):
    """A linear layer and two transposed convolutions."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.all = nn.Sequential(
            *(nn.Linear(config.latent_dim, 4 * 7 * 7), nn.Unflatten(1, (4, 7, 7)), nn.ReLU()),
            *(nn.ConvTranspose2d(4, 4, 4, stride=2, padding=1, groups=2), nn.ReLU()),
            *(nn.ConvTranspose2d(4, 1, 4, stride=2, padding=1), nn.Flatten()),
        )

    def layers(self) -> list[nn.Module]:
        return [*self.all]


class PretendDiscriminator(Discriminator):
    """A convolution, and an opinion of two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Sequential(nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 2, 5, dilation=2), nn.ReLU(), nn.Flatten())
        self.output = nn.Sequential(nn.Linear(2 * 20 * 20, 5), nn.ReLU(), nn.Linear(5, 1))

    def features(self, x: Tensor) -> Tensor:
        return self.maps(x)

    def layers(self) -> list[nn.Module]:
        return [self.maps, self.output]


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pretend architecture, under the only name that a config accepts."""
    blueprint = Blueprint(
        parts=lambda config: Parts(PretendEncoder(config), PretendDecoder(config), PretendDiscriminator()),
        shape=lambda config: {"latent_dim": config.latent_dim, "norm": config.norm},
        words=lambda _: "4 channels",
    )
    cost_of.cache_clear()
    monkeypatch.setitem(ARCHITECTURES, "dense", blueprint)
    yield
    cost_of.cache_clear()


@pytest.fixture
def end(pretend: None, digits: Digits) -> EndEvent:
    return end_of(train(CONFIG, digits.subset(60, 20)))


@pytest.mark.usefixtures("pretend")
def test_it_is_built_from_the_config_and_takes_pictures_of_every_form() -> None:
    network = build(CONFIG.model, 0)
    assert isinstance(network.encoder, PretendEncoder)
    assert network.input_shape == (28, 28)
    square = torch.rand(5, *network.input_shape)
    network.eval()
    assert torch.equal(network(square).x_hat, network(network.flat(square)).x_hat)
    assert network.discriminate(square).shape == (5,)


@pytest.mark.usefixtures("pretend")
def test_its_shape_and_its_words_are_its_own() -> None:
    assert shape(CONFIG.model) == {"architecture": "dense", "latent_dim": 3, "norm": "batch", "spectral_norm": False}
    assert describe(CONFIG.model) == "3 latent dimensions, 4 channels"
    assert describe(ModelConfig(latent_dim=1)) == "1 latent dimension, 4 channels"


def test_it_trains_and_resumes_bit_for_bit(end: EndEvent, digits: Digits) -> None:
    before = build(CONFIG.model, CONFIG.seed).state_dict()
    moved = [name for name, value in end.state.weights.items() if not torch.equal(value, before[name])]
    assert {name.split(".")[0] for name in moved} == {"encoder", "decoder", "discriminator"}
    few = digits.subset(60, 20)
    stopped = end_of(train(CONFIG, few, should_stop=lambda: True))
    resumed = end_of(train(CONFIG, few, resume=stopped.state))
    assert all(torch.equal(value, end.state.weights[name]) for name, value in resumed.state.weights.items())


def test_it_is_kept_and_used_as_a_checkpoint(end: EndEvent, digits: Digits, tmp_path: Path) -> None:
    few = digits.subset(60, 20)
    RunFolder(tmp_path, "pretend").finish(end.state, [], few, [], "train it")
    studio = Studio(load("pretend", tmp_path))
    pictures = (to_pictures(few.test_images) / 255).astype(np.float32)
    assert studio.clean(pictures).shape == (20, 28, 28)
    assert studio.sample(2, seed=0).shape == (2, 28, 28)


@pytest.mark.usefixtures("pretend")
def test_a_step_of_it_is_taken_apart(digits: Digits) -> None:
    ten = (to_pictures(digits.test_images[:10]) / 255).astype(np.float32)
    effects = influence(build(CONFIG.model, 0), CONFIG, ten, seed=0)
    assert (effects.whole > 0).all()
    slow = SlowMotion(build(CONFIG.model, 0), CONFIG, ten)
    assert slow.encode().inputs.shape == (10, 28, 28)
    slow.sample()
    assert present(slow.decode().rebuilt).shape == (10, 28, 28)
    judged = slow.discriminate()
    assert judged.real.shape == present(judged.generated).shape == (10,)


@pytest.mark.usefixtures("pretend")
@pytest.mark.parametrize("norm", ["batch", "none"])
def test_the_shift_of_its_first_batchnorm_is_measured_over_pictures_and_places(norm: Norm, digits: Digits) -> None:
    network, few = build(CONFIG.model.updated({"norm": norm}), 0).eval(), digits.subset(60, 20)
    measured = under_noise(network, few, CONFIG)
    assert ("shift_0.5" in measured) == (norm == "batch")
    if norm == "none":
        return
    noisy = corrupt(few.test_images / 255, NoiseConfig(kind="gaussian", level=0.5))
    assert isinstance(network.encoder, PretendEncoder)
    with torch.no_grad():
        means = torch.stack([maps.mean() for maps in network.encoder.first(noisy).unbind(1)])
    assert measured["shift_0.5"] == pytest.approx(
        float(means.abs().mean()), rel=1e-4
    )  # it has learned mean 0, variance 1


def counted(part: nn.Module, example: Tensor) -> int:
    """By torch."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        part(example)
    return counter.get_total_flops() // 2


def torchs_count(network: VAEGAN) -> tuple[int, int, int]:
    picture, z = torch.zeros(1, 784), torch.zeros(1, network.latent_dim)
    return (
        counted(network.encoder, picture),
        counted(network.decoder, z),
        counted(network.discriminator, picture),
    )


@pytest.mark.usefixtures("pretend")
def test_its_cost_is_torchs_count() -> None:
    network, cost = build(CONFIG.model, 0).eval(), cost_of(CONFIG.model)
    assert tuple(part.forward for part in cost) == torchs_count(network)
    assert isinstance(network.encoder, PretendEncoder)
    assert cost.encoder.first_layer == counted(network.encoder.first, torch.zeros(1, 784))
    assert cost.decoder.first_layer == 3 * 4 * 7 * 7
    assert cost.discriminator.first_layer == 2 * 5 * 5 * 20 * 20
    assert expected_seconds(CONFIG, 60) > 0
