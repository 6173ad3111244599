"""Makes tables from runs: each epoch beside the paper's, and how far every denoising setting is from Tables 3 and 4."""

from collections.abc import Sequence
from statistics import fmean
from typing import Literal

from vaegan.config import Norm
from vaegan.reproduction import paper
from vaegan.reproduction.experiments import (
    NORMS,
    OBJECTIVES,
    Experiment,
    Scale,
    Setting,
    denoising_run,
    paper_runs,
)
from vaegan.reproduction.paper import Measure
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import Epoch, EpochCell, Objective, RunRecord, Search, Table, TableRow, Trial

RULE = (
    "The distance of a setting is the mean absolute relative error over the epochs of Tables 3 and 4, one seed, VAE "
    "objective; of both norms together the mean of the two. The test loss is once taken on digits under the noise that "
    "was trained with and once on clean digits. Settings are ranked, no number is adjusted."
)


def comparisons(values: Sequence[Sequence[float]], printed: Sequence[float]) -> tuple[EpochCell, ...]:
    """The values of each epoch beside the paper's, for epochs that all seeds have; `values` are by seed, then epoch."""
    cells = []
    for place in range(min(map(len, values))):
        ours = [of_seed[place] for of_seed in values]
        theirs = printed[place] if place < len(printed) else None
        low, high = min(ours), max(ours)
        cells.append(
            EpochCell(
                epoch=place + 1,
                values=tuple(ours),
                mean=fmean(ours),
                low=low,
                high=high,
                paper=theirs,
                outside=None if theirs is None else outside(theirs, low, high),
            )
        )
    return tuple(cells)


def outside(value: float, low: float, high: float) -> float:
    """0 within [low, high]; else how far above `high` (positive) or below `low` (negative)."""
    return max(value - high, 0.0) + min(value - low, 0.0)


def paper_table(number: int, scale: Scale, runner: Runner) -> Table:
    """Table 1 or 2."""
    printed = paper.TABLES[number]
    config = scale.config("batch", 0)
    setting = (
        f"d = {config.model.latent_dim}, hidden {config.model.hidden}, batch {config.batch_size}, Adam, lr "
        f"{config.lr:g}"
    )
    rows = [
        row(number, norm, objective, setting, paper_runs(scale, norm, objective), runner)
        for objective in OBJECTIVES
        for norm in NORMS
    ]
    return Table(number=number, title=printed.title, measure=printed.measure, note=setting, rows=tuple(rows))


def denoising_table(number: int, scale: Scale, runner: Runner, search: Search) -> Table:
    """Table 3 or 4, in the setting that is closest to the paper for both norms together."""
    printed = paper.TABLES[number]
    place = search.closest["both"]
    trial, setting = search.trials[place], setting_of(search.trials[place])
    rows = [
        row(number, norm, objective, trial.setting, denoising_runs(scale, setting, norm, objective), runner, trial)
        for objective in OBJECTIVES
        for norm in NORMS
    ]
    note = f"The paper leaves the setting out; the closest of {len(search.trials)} tried: {trial.setting}. {search.gap}"
    return Table(number=number, title=printed.title, measure=printed.measure, note=note, rows=tuple(rows))


def denoising_runs(scale: Scale, setting: Setting, norm: Norm, objective: Objective) -> list[Experiment]:
    """One run a seed of a row of Tables 3 and 4."""
    return [denoising_run(scale, setting, norm, seed, objective) for seed in scale.seeds]


def row(
    number: int,
    norm: Norm,
    objective: Objective,
    setting: str,
    runs: Sequence[Experiment],
    runner: Runner,
    trial: Trial | None = None,
) -> TableRow:
    """One row of a table from its runs, one a seed."""
    printed = paper.TABLES[number]
    records = [runner.record(experiment) for experiment in runs]
    clean = trial is not None and trial.tested_on == "clean"
    values = [losses(record.epochs, printed.measure, clean=clean) for record in records]
    return TableRow(
        norm=norm,
        objective=objective,
        setting=setting,
        runs=tuple(record.key for record in records),
        cells=comparisons(values, printed.values[norm]),
    )


def losses(epochs: Sequence[Epoch], measure: Measure, *, clean: bool = False) -> list[float]:
    """The measure epoch by epoch; `clean` takes the test loss on clean digits."""
    name = "clean_loss" if clean and measure == "test_loss" else measure
    return [value for epoch in epochs if (value := getattr(epoch, name)) is not None]


def distance(record: RunRecord, norm: Norm, *, clean: bool) -> float | None:
    """How far a run is from Tables 3 and 4: the mean absolute relative error; None if it diverged."""
    if record.failure is not None or not record.epochs:
        return None
    errors = []
    for number in (3, 4):
        printed = paper.TABLES[number]
        ours = losses(record.epochs, printed.measure, clean=clean)
        errors += [abs(own - theirs) / theirs for own, theirs in zip(ours, printed.values[norm], strict=False)]
    return fmean(errors)


def search_result(scale: Scale, runner: Runner) -> Search:
    """All settings of the scale as trials, the closest to the paper first."""
    trials = sorted(
        (trial for setting in scale.settings for trial in _trials(scale, setting, runner)),
        key=lambda trial: _rank(trial, "both"),
    )
    closest = {name: min(range(len(trials)), key=lambda place: _rank(trials[place], name)) for name in ("both", *NORMS)}
    return Search(rule=RULE, trials=tuple(trials), closest=closest, gap=_remaining_error(trials, closest))


def setting_of(trial: Trial) -> Setting:
    """The setting that a trial tried."""
    return Setting(trial.noise, trial.level, start=trial.start, lr=trial.lr, latent_dim=trial.latent_dim)


def _trials(scale: Scale, setting: Setting, runner: Runner) -> list[Trial]:
    """A setting, tested on noisy and on clean digits."""
    runs: dict[Norm, RunRecord] = {
        norm: runner.record(denoising_run(scale, setting, norm, scale.seeds[0])) for norm in NORMS
    }
    trials = []
    places: tuple[Literal["noisy", "clean"], ...] = ("noisy", "clean")
    for tested_on in places:
        distances: dict[str, float | None] = {
            norm: distance(record, norm, clean=tested_on == "clean") for norm, record in runs.items()
        }
        known = [value for value in distances.values() if value is not None]
        distances["both"] = fmean(known) if len(known) == len(NORMS) else None
        trials.append(
            Trial(
                setting=f"{setting.words}, tested on {tested_on} digits",
                noise=setting.noise,
                level=setting.level,
                start=setting.start,
                lr=setting.lr,
                latent_dim=setting.latent_dim,
                hidden_dim=runs["batch"].config.model.hidden,
                tested_on=tested_on,
                runs={norm: record.key for norm, record in runs.items()},
                distances=distances,
            )
        )
    return trials


def _rank(trial: Trial, name: str) -> float:
    value = trial.distances[name]
    return float("inf") if value is None else value


def _remaining_error(trials: Sequence[Trial], closest: dict[str, int]) -> str:
    """How far the closest settings remain from the paper, in a sentence."""
    words = {"both": "for both norms together", "none": "without BatchNorm alone", "batch": "with BatchNorm alone"}
    parts = []
    for name, place in closest.items():
        value = trials[place].distances[name]
        if value is not None:
            parts.append(f"{words[name]} {value:.1%} ({trials[place].setting})")
    return f"The mean relative error that remains: {'; '.join(parts)}." if parts else "No setting came to its end."
