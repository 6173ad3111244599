"""What is expected of a run, against torch's own count of a step and against runs that told their speed."""

from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from vaegan.config import TrainConfig
from vaegan.lab.forecast import MULTIPLY_ADDS_A_SECOND, STEP_SECONDS, expected_seconds, pace_of
from vaegan.model.networks import build
from vaegan.presets import PRESETS, preset
from vaegan.training.routing import gradients, network_parameters, terms

BATCH = 16
ODD: dict[str, dict[str, Any]] = {
    "learned similarity": {"weights": {"feature": 1}},
    "prior samples": {"fakes": "prior"},
    "larsen": {"weights": {"feature": 1}, "fakes": "both", "routing": "larsen"},
}
SYSTEMS = PRESETS | {name: preset("vaegan-bn").updated(changes) for name, changes in ODD.items()}


def torchs_multiply_adds(config: TrainConfig) -> float:
    """Of one image in one step."""
    model, x = build(config.model, 0), torch.rand(BATCH, 784)
    with FlopCounterMode(display=False) as counter:
        losses = terms(model, x, x, config, torch.Generator(), step=1).losses  # a step without the rare R1 penalty
        gradients(network_parameters(model), losses, config)
    return counter.get_total_flops() / 2 / BATCH


@pytest.mark.parametrize("name", SYSTEMS)
def test_one_step_is_its_arithmetic_and_what_every_step_takes(name: str) -> None:
    config = SYSTEMS[name].updated({"epochs": 1, "adv_start": 0, "batch_size": 2000})
    arithmetic = 2000 * torchs_multiply_adds(config.in_epoch(0)) / MULTIPLY_ADDS_A_SECOND
    assert expected_seconds(config, 2000) - STEP_SECONDS == pytest.approx(arithmetic, rel=0.25)


def test_epochs_digits_and_small_batches_take_longer() -> None:
    config = preset("vaegan-bn").updated({"epochs": 2, "batch_size": 100})
    seconds = expected_seconds(config, 4000)
    assert expected_seconds(config.updated({"epochs": 4}), 4000) == pytest.approx(2 * seconds)
    assert expected_seconds(config, 8000) == pytest.approx(2 * seconds)
    assert expected_seconds(config.updated({"train_limit": 2000}), 8000) == pytest.approx(seconds / 2)
    assert expected_seconds(config.updated({"batch_size": 10}), 4000) > 2 * seconds
    assert expected_seconds(preset("gan").updated({"epochs": 2, "batch_size": 100}), 4000) < seconds


def test_epochs_before_the_gan_begins_take_no_discriminator() -> None:
    gan, vae = preset("vaegan").updated({"epochs": 6}), preset("vae").updated({"epochs": 6})
    both = [expected_seconds(config, 4000) for config in (vae, gan)]
    assert both[0] < both[1]
    for epochs, share in ((2, 4 / 6), (3, 3 / 6), (5, 1 / 6)):
        found = expected_seconds(gan.updated({"adv_start": epochs}), 4000)
        assert found == pytest.approx(both[0] + share * (both[1] - both[0]))


def test_a_machine_of_twice_the_speed_takes_half_the_time() -> None:
    """Speeds are worked out by hand: three times the products of the layers' sizes, and a step's share of 3 ms."""
    encoder, decoder, discriminator = 784 * 400 + 400 * 40, 20 * 400 + 400 * 784, 784 * 256 + 256
    multiply_adds = {
        ("vae", 20): 3 * (encoder + decoder),
        ("vaegan-bn", 128): 3 * (encoder + decoder + 2 * discriminator),
        ("gan", 2000): 3 * (decoder + 2 * discriminator),
    }
    known = [
        (preset(name).updated({"epochs": 1, "batch_size": batch}), 2 / (count / 35e9 + 3e-3 / batch))
        for (name, batch), count in multiply_adds.items()
    ]
    for run in known:
        assert pace_of([run]) == pytest.approx(2)
    assert pace_of(known) == pytest.approx(2)
    config = preset("vaegan")
    assert expected_seconds(config, 4000, pace_of(known)) == pytest.approx(expected_seconds(config, 4000) / 2)


def test_the_pace_is_the_runs_median_and_1_without_runs() -> None:
    config = preset("vae").updated({"epochs": 1})
    usual = 4000 / expected_seconds(config, 4000)
    assert pace_of([(config, factor * usual) for factor in (0.1, 3.0, 1.5)]) == pytest.approx(1.5)
    assert pace_of([]) == 1
