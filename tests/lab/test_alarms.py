"""Alarms on runs that were made to go wrong, and silence on healthy ones."""

from dataclasses import replace

import numpy as np
import pytest

from vaegan.lab.alarms import SETTLED, curve_alarms, sample_alarms
from vaegan.presets import preset
from vaegan.training.curves import Curve, Curves


def curve(values) -> Curve:
    array = np.asarray(values, dtype=float)
    return Curve(array, array, array)


def curves(recon=None, kl=None, d_real=None, d_fake=None, points=20) -> Curves:
    columns = {"loss.recon": recon, "loss.kl": kl}
    columns |= {
        name: np.full(points, mean) for name, mean in (("d_real", d_real), ("d_fake", d_fake)) if mean is not None
    }
    by_column = {name: curve(values) for name, values in columns.items() if values is not None}
    return Curves(step=np.arange(1, points + 1) * 5, by_column=by_column)


FALLING = np.linspace(500, 100, 20)
KL = np.full(20, 20.0)
DIGITS = np.random.default_rng(0).integers(0, 256, (10, 28, 28)).astype(np.uint8)


def titles(config, curves) -> list[str]:
    return [alarm.title for alarm in curve_alarms(config, curves)]


def sample_titles(config, samples, step=SETTLED, originals=DIGITS) -> list[str]:
    return [alarm.title for alarm in sample_alarms(config, step, originals, samples)]


def test_a_healthy_run_is_left_alone():
    assert titles(preset("vaegan-bn"), curves(FALLING, KL, 0.7, 0.3)) == []


def test_nothing_is_said_before_there_is_something_to_say():
    early = curves(FALLING[:5][::-1], np.zeros(5), 0.99, 0.01, points=5)
    assert titles(preset("vaegan-bn"), early) == []
    assert titles(preset("vaegan-bn"), curves([], [], points=0)) == []
    assert sample_titles(preset("gan"), DIGITS * 0, step=SETTLED) == ["Mode collapse"]
    assert sample_titles(preset("gan"), DIGITS * 0, step=SETTLED - 1) == [], "a network that begins is no collapse"


def test_an_early_blur_and_an_undecided_discriminator_are_no_alarm():
    early = curves(FALLING, np.zeros(20), 0.5, 0.5)
    assert titles(preset("vaegan-bn"), early) == ["Posterior collapse", "The discriminator gives up"]
    assert titles(preset("vaegan-bn"), replace(early, step=np.arange(1.0, 21.0))) == []


def test_a_loss_that_rises_is_a_learning_rate_too_high():
    rising = np.r_[FALLING[:15], np.full(5, 450.0)]
    (alarm,) = curve_alarms(preset("vaegan"), curves(rising, KL, 0.7, 0.3))
    assert alarm.title == "Learning rate too high"
    assert "BatchNorm" in alarm.words
    assert "0.001" in alarm.words
    assert titles(preset("gan"), curves(rising, None, 0.7, 0.3)) == []


def test_a_loss_that_one_batch_threw_up_is_a_learning_rate_too_high_too():
    threw = FALLING.copy()
    threw[3] = 50_000
    (alarm,) = curve_alarms(preset("vaegan"), curves(threw, KL, 0.7, 0.3))
    assert alarm.title == "Learning rate too high"
    assert "50,000 nats" in alarm.words
    bucket = Curve(FALLING, FALLING, FALLING.copy())
    bucket.high[0] = 50_000
    early = replace(curves(FALLING, KL, 0.7, 0.3), by_column={"loss.recon": bucket, "loss.kl": curve(KL)})
    assert titles(preset("vaegan"), early) == ["Learning rate too high"]
    threw[3] = 1000
    assert titles(preset("vaegan"), curves(threw, KL, 0.7, 0.3)) == []


@pytest.mark.parametrize(("kl", "expected"), [(0.1, ["Posterior collapse"]), (2.0, [])])
def test_a_posterior_that_says_nothing(kl, expected):
    assert titles(preset("vae"), curves(FALLING, np.full(20, kl))) == expected
    assert titles(preset("ae"), curves(FALLING, np.full(20, kl))) == []  # it has no posterior


@pytest.mark.parametrize(
    ("real", "fake", "expected"),
    [
        (0.99, 0.01, ["The discriminator wins"]),
        (0.51, 0.49, ["The discriminator gives up"]),
        (0.99, 0.4, []),
        (0.6, 0.4, []),
    ],
)
def test_a_discriminator_out_of_balance(real, fake, expected):
    assert titles(preset("vaegan-bn"), curves(FALLING, KL, real, fake)) == expected
    assert titles(preset("vae"), curves(FALLING, KL, real, fake)) == []


def test_a_discriminator_that_has_just_begun_is_not_judged_yet():
    """Nor is a loss on pixels that gives way to it taken for a learning rate that is too high."""
    config, rising = preset("vaegan-bn").updated({"adv_start": 1}), np.r_[FALLING[:15], np.full(5, 450.0)]
    for begun, expected in ((15, []), (2, ["The discriminator gives up"])):
        steps = curves(rising, KL, 0.5, 0.5)
        late = {name: np.r_[np.full(begun, np.nan), np.full(20 - begun, 0.5)] for name in ("d_real", "d_fake")}
        late_curves = {name: curve(values) for name, values in late.items()}
        assert titles(config, replace(steps, by_column={**steps.by_column, **late_curves})) == expected
    assert titles(config, curves(rising, KL)) == ["Learning rate too high"], "there is no discriminator yet"


def test_samples_that_are_all_alike():
    alike = np.clip(DIGITS[:1] + np.random.default_rng(1).integers(0, 9, (10, 28, 28)), 0, 255).astype(np.uint8)
    assert sample_titles(preset("gan"), alike) == ["Mode collapse"]
    assert sample_titles(preset("vae"), alike) == []
    assert sample_titles(preset("vaegan"), alike) == [], "early blurs, which reconstruction ends"


def test_samples_that_are_all_of_one_class(sample):
    pictures, labels = sample.test_images.view(-1, 28, 28).numpy(), sample.test_labels.numpy()
    sevens, every = pictures[labels == 7][:10], np.stack([pictures[labels == digit][0] for digit in range(10)])
    (alarm,) = sample_alarms(preset("gan"), 100, every, sevens)
    assert alarm.title == "Mode collapse"
    assert "1 of the ten classes" in alarm.words
    assert sample_titles(preset("gan"), every, originals=every) == []
