"""What the adversarial term does to samples: the convolutional VAE-GAN beside its own VAE, over several seeds.

The two presets differ in the weight of the adversarial term alone. A run that was stopped goes on where it was, and one
that has ended is not trained again.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, field_serializer

from vaegan.checkpoint.card import EpochLog
from vaegan.checkpoint.command import command_line
from vaegan.checkpoint.environment import versions
from vaegan.checkpoint.files import Checkpoint, load
from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import DataError
from vaegan.metrics import registry
from vaegan.metrics.classifier import Classifier
from vaegan.metrics.everything import compute
from vaegan.metrics.subjects import Subject
from vaegan.presets import preset
from vaegan.reproduction.rule import Interval, paired_interval
from vaegan.training.events import EndEvent, EpochEvent
from vaegan.training.finish import RunFolder, epoch_log
from vaegan.training.loop import train

SAMPLERS = ("conv-sampler-vae", "conv-sampler-gan")
SEEDS = (0, 1, 2)
COMMAND = "python -m vaegan benchmark-samplers --precision bfloat16 --out runs/samplers --json"
KEPT = Path(__file__).with_suffix(".json")  # what that command printed, for the sheets of samples

Report = Callable[[str, EpochLog], None]


class SamplerScore(NamedTuple):
    """One trained sampler: its preset, its seed, and its numbers on clean test digits and on samples, by name."""

    sampler: str
    seed: int
    values: dict[str, float]


class SamplerComparison(BaseModel):
    """A whole comparison: its date, how it was made in words, and a row for each sampler and seed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    created: str  # ISO date
    about: dict[str, str]
    rows: tuple[SamplerScore, ...]

    @field_serializer("rows")
    def _by_name(self, rows: tuple[SamplerScore, ...]) -> list[dict[str, Any]]:
        return [row._asdict() for row in rows]

    def ratios(self, number: str) -> dict[int, float]:
        """By seed, a number of the VAE-GAN divided by that of the VAE."""
        by_seed: dict[int, dict[str, float]] = {}
        for row in self.rows:
            by_seed.setdefault(row.seed, {})[row.sampler] = row.values[number]
        vae, gan = SAMPLERS
        return {seed: values[gan] / values[vae] for seed, values in by_seed.items()}

    def fall(self, number: str) -> Interval:
        """By how much a number of the VAE-GAN lies below that of the VAE of the same seed, with its interval."""
        vae, gan = (
            {row.seed: row.values[number] for row in self.rows if row.sampler == sampler} for sampler in SAMPLERS
        )
        return paired_interval([vae[seed] - gan[seed] for seed in sorted(vae.keys() & gan.keys())])


@cache
def kept() -> SamplerComparison:
    """The comparison that came with the project."""
    return SamplerComparison.model_validate_json(KEPT.read_bytes())


def scores(
    changes: dict[str, Any],
    seeds: Sequence[int],
    data: Digits,
    judge: Classifier,
    folder: Path,
    report: Report | None = None,
) -> Iterator[SamplerScore]:
    """Both samplers of each seed, trained in `folder` if they are not there yet; `changes` are settings of both."""
    for seed in seeds:
        for name in SAMPLERS:
            settings = changes | {"seed": seed}
            run = trained(name, preset(name).updated(settings), settings, data, folder / f"seed-{seed}", report)
            likeness = run.card.metrics[0].values  # on clean digits
            judged = compute((*registry.SAMPLES, *registry.FITTED), Subject(run.build(), data, judge, run.prior))
            yield SamplerScore(name, seed, {**likeness, **judged})


def trained(
    name: str,
    config: TrainConfig,
    settings: dict[str, Any],
    data: Digits,
    folder: Path,
    report: Report | None = None,
) -> Checkpoint:
    """What came of this run in `folder`, which is trained first, or trained on, if it has not ended."""
    run = RunFolder(folder, name)
    if (folder / f"{name}.json").exists():
        ended = load(name, folder)
        if ended.card.config != config or ended.card.data.sha256 != data.sha256:
            raise DataError(f"{folder / name} is a run of other settings or digits; give another folder")
        return ended
    state, history = run.load_state() if run.state_file.exists() else (None, [])
    for event in train(config, data, resume=state):
        if isinstance(event, EpochEvent):
            history.append(epoch_log(event))
            run.save_state(event.state, history)
            if report is not None:
                report(f"{name}, seed {config.seed}", history[-1])
        elif isinstance(event, EndEvent):
            return run.finish(event.state, history, data, [], command_line(name, settings, folder))
    raise DataError("a run ended without a result; start the command again")


def table(rows: Sequence[SamplerScore]) -> list[list[str]]:
    """A head and a row for each run: its numbers of samples that a table of checkpoints shows too."""
    shown = [metric for metric in (*registry.SAMPLES, *registry.FITTED) if metric.head]
    head = ["sampler", "seed", *(metric.head for metric in shown)]
    return [
        head,
        *(
            [row.sampler, str(row.seed), *(f"{row.values[metric.name]:{metric.form}}" for metric in shown)]
            for row in rows
        ),
    ]


def facts(data: Digits, judge: Classifier, changes: dict[str, Any]) -> dict[str, str]:
    """How a comparison is made, in words and hashes."""
    vae, gan = (preset(name).updated(changes) for name in SAMPLERS)
    return {
        "digits": data.label,
        "classifier_sha256": judge.card.sha256,
        "training": f"{gan.epochs} epochs, {gan.precision}; weight of the adversarial term {vae.weights.adv:g} and "
        f"{gan.weights.adv:g}",
        **versions(("torch", "scikit-learn")),
    }
