"""What the claims have in common: numbers of several seeds, as means, comparisons, tables and charts.

A run that diverged counts as a failure and never as a number: it is left out of means and named in the evidence.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from statistics import fmean

from vaegan.reproduction.experiments import Experiment
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import Cell, Curve, Epoch, Plot, RunRecord, Verdict

Value = Callable[[Epoch], float | None]

QUALITY = ("test_loss", "psnr", "frechet", "coverage")
QUALITY_COLUMNS = ("setting", "test loss", "PSNR, dB", "Fréchet", "lowest seed", "highest seed", "classes", "diverged")


def mean(values: Sequence[float]) -> float | None:
    """The mean; None of none."""
    return fmean(values) if values else None


def lower(values: Sequence[float], others: Sequence[float]) -> bool:
    """Whether the mean of `values` lies below the lowest of `others`; never if either has no number."""
    return bool(values and others) and fmean(values) < min(others)


def higher(values: Sequence[float], others: Sequence[float]) -> bool:
    """Whether the mean of `values` lies above the highest of `others`; never if either has no number."""
    return bool(values and others) and fmean(values) > max(others)


def words(value: float | None, digits: int = 2) -> str:
    """A number for a sentence."""
    return "nothing (diverged)" if value is None else f"{value:.{digits}f}"


def verdict(found: Sequence[bool]) -> Verdict:
    """Holds if all do, partly if some do."""
    return "holds" if found and all(found) else "partly" if any(found) else "does not hold"


def test_loss(epoch: Epoch) -> float:
    """An epoch's test loss; every system of the claims encodes, so it has one."""
    assert epoch.test_loss is not None
    return epoch.test_loss


def gap(epoch: Epoch) -> float:
    """How far the test loss lies above that of the training digits, nats."""
    assert epoch.train_loss is not None
    return test_loss(epoch) - epoch.train_loss


def finals(records: Iterable[RunRecord]) -> list[float]:
    """The last test losses of the runs that came to their end."""
    return [test_loss(record.epochs[-1]) for record in records if not record.failure]


def firsts(records: Iterable[RunRecord]) -> list[float]:
    """Their test losses after the first epoch."""
    return [test_loss(record.epochs[0]) for record in records if not record.failure]


def measured(records: Iterable[RunRecord], name: str) -> list[float]:
    """One measure of the runs that have it."""
    return [record.measures[name] for record in records if name in record.measures]


def quality_rows(
    named: Mapping[str, Sequence[Experiment]], runner: Runner
) -> tuple[list[tuple[Cell, ...]], list[dict[str, list[float]]]]:
    """Each setting's runs, one a seed, as a row of QUALITY_COLUMNS, and their values by measure."""
    rows: list[tuple[Cell, ...]] = []
    found = []
    for name, experiments in named.items():
        records = [runner.record(experiment) for experiment in experiments]
        values = {measure: measured(records, measure) for measure in QUALITY}
        loss, psnr, frechet, coverage = (mean(values[measure]) for measure in QUALITY)
        spread = (min(values["frechet"], default=None), max(values["frechet"], default=None))
        rows.append((name, loss, psnr, frechet, *spread, coverage, sum(bool(r.failure) for r in records)))
        found.append(values)
    return rows, found


def loss_plot(file: str, title: str, records: Mapping[str, RunRecord]) -> Plot:
    """Test loss by epoch of a few runs."""
    return Plot(
        title=title,
        x_title="epoch",
        y_title="test set loss, nats",
        kind="lines",
        curves=tuple(curve(name, record.epochs, test_loss) for name, record in records.items()),
        file=f"plots/{file}.png",
    )


def gap_plot(file: str, title: str, records: Mapping[str, RunRecord]) -> Plot:
    """Training and test loss by epoch of a few runs."""
    curves = []
    for name, record in records.items():
        curves.append(curve(f"{name}, test digits", record.epochs, test_loss))
        curves.append(curve(f"{name}, training digits", record.epochs, lambda epoch: epoch.train_loss, dashed=True))
    return Plot(
        title=title, x_title="epoch", y_title="loss, nats", kind="lines", curves=tuple(curves), file=f"plots/{file}.png"
    )


def curve(name: str, epochs: Sequence[Epoch], value: Value, *, dashed: bool = False) -> Curve:
    """One number of each epoch that has it."""
    points = [(epoch.epoch, found) for epoch in epochs if (found := value(epoch)) is not None]
    return Curve(name=name, x=tuple(x for x, _ in points), y=tuple(round(y, 4) for _, y in points), dashed=dashed)


def flat(groups: Iterable[Iterable[Experiment]]) -> list[Experiment]:
    """All runs of several groups."""
    return list(chain.from_iterable(groups))
