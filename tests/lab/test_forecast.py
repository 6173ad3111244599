"""What is expected of a run, against what bench counts and against runs that told their speed."""

import pytest

from vaegan.cli.speed import multiply_adds
from vaegan.config import preset
from vaegan.lab.forecast import MULTIPLY_ADDS_A_SECOND, STEP_SECONDS, expected_seconds, pace_of


@pytest.mark.parametrize("name", ["vae", "vaegan-bn"])
def test_one_step_is_its_arithmetic_and_what_every_step_takes(name):
    config = preset(name).updated({"epochs": 1, "batch_size": 2000})
    counted = 2000 * multiply_adds(config) / MULTIPLY_ADDS_A_SECOND
    assert expected_seconds(config, 2000) - STEP_SECONDS == pytest.approx(counted, rel=0.25)


def test_epochs_digits_and_small_batches_take_longer():
    config = preset("vaegan-bn").updated({"epochs": 2, "batch_size": 100})
    seconds = expected_seconds(config, 4000)
    assert expected_seconds(config.updated({"epochs": 4}), 4000) == pytest.approx(2 * seconds)
    assert expected_seconds(config, 8000) == pytest.approx(2 * seconds)
    assert expected_seconds(config.updated({"train_limit": 2000}), 8000) == pytest.approx(seconds / 2)
    assert expected_seconds(config.updated({"batch_size": 10}), 4000) > 2 * seconds
    assert expected_seconds(preset("gan").updated({"epochs": 2, "batch_size": 100}), 4000) < seconds


def test_a_machine_of_twice_the_speed_takes_half_the_time():
    known = []
    for name, batch in (("vae", 20), ("vaegan-bn", 128), ("gan", 2000)):
        config = preset(name).updated({"epochs": 1, "batch_size": batch})
        known.append((config, 2 * batch / expected_seconds(config, batch)))
    assert pace_of(known) == pytest.approx(2)
    config = preset("vaegan")
    assert expected_seconds(config, 4000, pace_of(known)) == pytest.approx(expected_seconds(config, 4000) / 2)
    assert pace_of([]) == 1
