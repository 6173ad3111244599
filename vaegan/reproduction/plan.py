"""What a reproduction costs, before it begins: each run with the seconds that it will take on one thread."""

from collections.abc import Sequence
from typing import NamedTuple

from vaegan.config import TrainConfig
from vaegan.model.cost import cost_of
from vaegan.reproduction import claims, paper
from vaegan.reproduction.about_losses import convergence_runs
from vaegan.reproduction.experiments import NORMS, OBJECTIVES, Experiment, Scale, merged
from vaegan.reproduction.reproduce import Selection, runs_of
from vaegan.reproduction.tables import denoising_runs

DIGITS = 60_000
SMALL_BATCH, SMALL_BATCH_FACTOR = 500, 1.75
# Seconds for an epoch of MNIST in Table 1's network, by what is decoded and discriminated: processor time measured on a
# core of a busy AMD EPYC (2.3, 3.9, 4.7, 4.8, 4.8), and a quarter more for what two at once take from each other. Other
# networks take longer in proportion to their multiply-adds.
EPOCH_SECONDS = {"VAE": 2.9, "recon": 4.9, "prior": 5.9, "both": 6.0, "feature": 6.0}
# Seconds for what is measured of the last weights, and of each epoch's.
MEASURE_SECONDS = {"quality": 2.5, "samples": 22.0, "noise": 3.0, "held_out": 0.5, "augmentation": 42.0}
EACH_EPOCH_SECONDS, WATCHED_DIGITS = 0.25, 10_000
TEST_SECONDS = 0.14  # for the test loss after each epoch, whatever it is trained on
BFLOAT16_FACTOR = 0.45


class Cost(NamedTuple):
    """A run and its seconds on one thread."""

    experiment: Experiment
    seconds: float


def plan(selection: Selection, scale: Scale) -> list[Cost]:
    """Every run with its cost, in the order in which they are made.

    Some runs are chosen by others, which are not made yet. In their place stand runs that cost as much: twins at a
    rate of their own, and the first of the denoising settings with all seeds.
    """
    runs = runs_of(selection, scale)
    if "convergence" in selection.claims:
        other = next(rate for rate in scale.rates if rate != paper.LEARNING_RATE)
        runs += convergence_runs(scale, dict.fromkeys(NORMS, other))
    if selection.denoises:
        setting = scale.settings[0]
        runs += [run for norm in NORMS for kind in OBJECTIVES for run in denoising_runs(scale, setting, norm, kind)]
    return [Cost(run, seconds(run)) for run in merged(runs)]


def seconds(experiment: Experiment) -> float:
    """About how long a run takes on one thread, with its measures."""
    config = experiment.config
    digits = min(config.train_limit or DIGITS, DIGITS)
    factor = _weight(config) / _weight(Scale().config("batch", 0))
    factor *= SMALL_BATCH_FACTOR if config.batch_size < SMALL_BATCH else 1
    factor *= BFLOAT16_FACTOR if config.precision == "bfloat16" else 1
    an_epoch = EPOCH_SECONDS[_kind(config)] * factor * digits / DIGITS + TEST_SECONDS
    epochs = 0.0 if experiment.sample else config.epochs * an_epoch
    share = {"train": min(digits / WATCHED_DIGITS, 1.0), "clean": 1.0, "masked": 1.0}
    watched = sum(share.get(name, 0.0) for name in experiment.measures) * config.epochs * EACH_EPOCH_SECONDS
    return epochs + watched + sum(MEASURE_SECONDS.get(name, 0) for name in experiment.measures)


def table(costs: Sequence[Cost], selection: Selection, scale: Scale, workers: int) -> list[str]:
    """The plan as lines: each run, what each part would cost alone, and the whole."""
    lines = [f"{cost.seconds:7.0f} s  {cost.experiment.name}" for cost in costs]
    by_identity = {cost.experiment.identity: cost.seconds for cost in costs}
    for name in selection.claims:
        own = merged(claims.runs_of(name, scale))
        total = sum(by_identity.get(run.identity, 0) for run in own)
        lines.append(f"{total / 60:7.0f} min  claim {name}: {len(own)} runs, some of which others need too")
    total = sum(cost.seconds for cost in costs)
    lines.append(
        f"{total / 60:7.0f} min  all {len(costs)} runs on one thread; about {total / workers / 60:.0f} minutes with "
        f"{workers} at once"
    )
    return lines


def _kind(config: TrainConfig) -> str:
    """Which of EPOCH_SECONDS a run has."""
    if config.weights.feature > 0:
        return "feature"
    return config.fakes if config.uses_discriminator else "VAE"


def _weight(config: TrainConfig) -> int:
    """Multiply-adds of a digit's way through encoder and decoder."""
    cost = cost_of(config.model)
    return cost.encoder.forward + cost.decoder.forward
