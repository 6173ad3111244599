"""How long a run will probably take, before it has begun: its arithmetic and its steps, at this machine's pace."""

from collections.abc import Iterable
from statistics import median

from vaegan.config import TrainConfig
from vaegan.model.cost import cost_of

# Of one core of a laptop of 2024; the runs before correct it.
MULTIPLY_ADDS_A_SECOND = 35e9
STEP_SECONDS = 3e-3  # that a step takes however small it is


def expected_seconds(config: TrainConfig, digits: int, pace: float = 1.0) -> float:
    """Seconds to train so many digits for all epochs; `pace` as `pace_of` finds it."""
    return config.epochs * min(config.train_limit or digits, digits) * _seconds_an_image(config) / pace


def pace_of(known: Iterable[tuple[TrainConfig, float]]) -> float:
    """How many times as fast as expected the runs before were, by their images a second; 1 if there are none."""
    found = [images_per_s * _seconds_an_image(config) for config, images_per_s in known]
    return median(found) if found else 1.0


def _seconds_an_image(config: TrainConfig) -> float:
    return _multiply_adds(config) / MULTIPLY_ADDS_A_SECOND + STEP_SECONDS / config.batch_size


def _multiply_adds(config: TrainConfig) -> int:
    """Of an image's way through all layers and back, three times as much as forward alone: close enough for any system.

    `speed.multiply_adds` counts exactly, but only for two systems.
    """
    cost = cost_of(config.model)
    discriminated = {"recon": 2, "prior": 2, "both": 3}[config.fakes]  # a real picture and its fakes
    forward = cost.encoder.forward * config.uses_encoder + cost.decoder.forward
    forward += cost.discriminator.forward * config.uses_discriminator * discriminated
    return 3 * forward
