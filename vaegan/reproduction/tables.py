"""Makes tables from runs: each epoch beside the paper's, and how far every denoising setting is from Tables 3 and 4."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev
from typing import get_args

from scipy.stats import t as student

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
    trial_runs,
)
from vaegan.reproduction.paper import Measure
from vaegan.reproduction.rule import CONFIDENCE, LEAST_PAIRS
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import (
    NAMED,
    Epoch,
    EpochCell,
    Objective,
    RunRecord,
    Search,
    Table,
    TableRow,
    TestedOn,
    Trial,
)

RULE = (
    "The distance of a setting is the mean absolute relative error over the epochs of Tables 3 and 4, VAE objective, "
    "of three seeds for what comes near the paper and of one for the others; of both norms together the mean of the "
    "two. The test loss is taken on digits under the noise that was trained with, on clean digits, and on digits of "
    "which half the pixels are lost. Settings are ranked, no number is adjusted."
)
UNKNOWN = (
    "The paper names neither its noise nor the level, d, the start or what it tested on, so which setting it had "
    "cannot be known from it."
)


def comparisons(values: Sequence[Sequence[float]], printed: Sequence[float]) -> tuple[EpochCell, ...]:
    """The values of each epoch beside the paper's, for epochs that all seeds have; `values` are by seed, then epoch.

    `low` and `high` are where one more seed would lie.
    """
    cells = []
    for place in range(min(map(len, values))):
        ours = [of_seed[place] for of_seed in values]
        theirs = printed[place] if place < len(printed) else None
        low, high = one_more(ours)
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


def one_more(values: Sequence[float]) -> tuple[float, float]:
    """Between which numbers that of one more seed would lie in 95 % of cases; their range if they are fewer than three.

    Student's prediction interval: what the paper shows is one more run.
    """
    count = len(values)
    if count < LEAST_PAIRS:
        return min(values), max(values)
    reach = float(student.ppf((1 + CONFIDENCE) / 2, count - 1)) * stdev(values) * sqrt(1 + 1 / count)
    return fmean(values) - reach, fmean(values) + reach


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
    note = f"{setting}. {_spread(rows)}".strip()
    return Table(number=number, title=printed.title, measure=printed.measure, note=note, rows=tuple(rows))


def _spread(rows: Sequence[TableRow]) -> str:
    """How far the first epoch differs from seed to seed, in a sentence."""
    parts = [
        f"{row.objective}, {NAMED[row.norm]} {100 * stdev(row.cells[0].values) / row.cells[0].mean:.1f} %"
        for row in rows
        if row.cells and len(row.cells[0].values) > 1
    ]
    return f"From seed to seed the first epoch spreads by (standard deviation): {'; '.join(parts)}." if parts else ""


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
    tested_on = "noisy" if trial is None else trial.tested_on
    values = [losses(record.epochs, printed.measure, tested_on) for record in records]
    return TableRow(
        norm=norm,
        objective=objective,
        setting=setting,
        runs=tuple(record.key for record in records),
        cells=comparisons(values, printed.values[norm]),
    )


def losses(epochs: Sequence[Epoch], measure: Measure, tested_on: TestedOn = "noisy") -> list[float]:
    """The measure epoch by epoch; the test loss on digits as they were trained on, on clean ones or on masked ones."""
    name = measure if measure != "test_loss" or tested_on == "noisy" else f"{tested_on}_loss"
    return [value for epoch in epochs if (value := getattr(epoch, name)) is not None]


def distance(record: RunRecord, norm: Norm, tested_on: TestedOn) -> float | None:
    """How far a run is from Tables 3 and 4: the mean absolute relative error; None if it diverged."""
    if record.failure is not None or not record.epochs:
        return None
    errors = []
    for number in (3, 4):
        printed = paper.TABLES[number]
        ours = losses(record.epochs, printed.measure, tested_on)
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
    return Setting(
        trial.noise,
        trial.level,
        start=trial.start,
        lr=trial.lr,
        latent_dim=trial.latent_dim,
        hidden_dim=trial.own_hidden_dim,
    )


def _trials(scale: Scale, setting: Setting, runner: Runner) -> list[Trial]:
    """A setting, tested on digits as it was trained on, on clean ones and on masked ones."""
    runs: dict[Norm, list[RunRecord]] = {
        norm: [runner.record(run) for run in trial_runs(scale, setting, norm)] for norm in NORMS
    }
    trials = []
    for tested_on in get_args(TestedOn):
        by_seed = {norm: tuple(distance(record, norm, tested_on) for record in own) for norm, own in runs.items()}
        distances: dict[str, float | None] = {norm: _mean(values) for norm, values in by_seed.items()}
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
                hidden_dim=runs["batch"][0].config.model.hidden,
                own_hidden_dim=setting.hidden_dim,
                tested_on=tested_on,
                runs={norm: records[0].key for norm, records in runs.items()},
                distances=distances,
                by_seed=by_seed,
            )
        )
    return trials


def _mean(values: Sequence[float | None]) -> float | None:
    """The mean over seeds; None if one of them diverged."""
    known = [value for value in values if value is not None]
    return fmean(known) if len(known) == len(values) else None


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
    if not parts:
        return "No setting came to its end."
    return f"The mean relative error that remains: {'; '.join(parts)}. {_nearest_seeds(trials)}{UNKNOWN}"


def _nearest_seeds(trials: Sequence[Trial]) -> str:
    """For each norm the one run that is nearest to the paper, and the other seeds of its setting, in a sentence."""
    parts = []
    for norm in NORMS:
        tried = [(value, trial) for trial in trials for value in trial.by_seed.get(norm, ()) if value is not None]
        if not tried:
            continue
        nearest, trial = min(tried, key=lambda one: one[0])
        seeds = ", ".join("diverged" if value is None else f"{value:.1%}" for value in trial.by_seed[norm])
        parts.append(f"{NAMED[norm]} {nearest:.1%} ({trial.setting}; its seeds {seeds})")
    return f"The paper shows one run of each; the nearest single runs: {'; '.join(parts)}. " if parts else ""
