"""How long a run will probably take, before it begins: from its arithmetic, its steps and this machine's pace."""

from collections.abc import Iterable
from statistics import median

from vaegan.config import TrainConfig
from vaegan.model.cost import cost_of

# A guess, for one core of a laptop of 2024; `pace_of` corrects it by the runs of this machine.
MULTIPLY_ADDS_A_SECOND = 35e9
STEP_SECONDS = 3e-3  # that a step takes beside its arithmetic


def expected_seconds(config: TrainConfig, digits: int, pace: float = 1.0) -> float:
    """Seconds to train on so many digits for all epochs; `pace` comes from `pace_of`."""
    return config.epochs * min(config.train_limit or digits, digits) * _seconds_an_image(config) / pace


def pace_of(runs: Iterable[tuple[TrainConfig, float]]) -> float:
    """How many times as fast as the guess this machine is: the median over runs and their images a second.

    1 if there are no runs.
    """
    paces = [images_per_s * _seconds_an_image(config) for config, images_per_s in runs]
    return median(paces) if paces else 1.0


def _seconds_an_image(config: TrainConfig) -> float:
    """The mean over all epochs, those without discriminator at first as well."""
    waiting = min(config.adv_start, config.epochs) / config.epochs
    multiply_adds = waiting * _multiply_adds(config.in_epoch(0)) + (1 - waiting) * _multiply_adds(config)
    return multiply_adds / MULTIPLY_ADDS_A_SECOND + STEP_SECONDS / config.batch_size


def _multiply_adds(config: TrainConfig) -> int:
    """Of an image's way forward and back, taken as three times those of the way forward.

    That is within a quarter of the truth for every system; `speed.multiply_adds` counts exactly, but only for two.
    """
    cost = cost_of(config.model)
    discriminated = {"recon": 2, "prior": 2, "both": 3}[config.fakes]  # a real picture and its fakes
    decoded = config.uses_encoder + (config.uses_discriminator and config.fakes != "recon")  # each z, and prior samples
    forward = cost.encoder.forward * config.uses_encoder + cost.decoder.forward * decoded
    forward += cost.discriminator.forward * config.uses_discriminator * discriminated
    return 3 * forward
