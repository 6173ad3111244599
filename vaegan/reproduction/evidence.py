"""What all claims need: numbers of several seeds, as means, comparisons, table rows and charts.

A run that diverged counts as a failure and never as a number: it is left out of means and named in the evidence.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

from vaegan.reproduction.experiments import Experiment
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import Cell, Epoch, Plot, PlotLine, RunRecord, Verdict

Value = Callable[[Epoch], float | None]

QUALITY = ("test_loss", "psnr", "frechet", "coverage")
QUALITY_COLUMNS = ("setting", "test loss", "PSNR, dB", "Fréchet", "lowest seed", "highest seed", "classes", "diverged")


def mean(values: Sequence[float]) -> float | None:
    """The mean; None if there are no values."""
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


def with_range(values: Sequence[float]) -> str:
    """The mean for a sentence and, of several seeds, their range."""
    several = f" ({min(values):.2f} to {max(values):.2f})" if len(values) > 1 else ""
    return words(mean(values)) + several


def graded(*, holds: bool, partly: bool) -> Verdict:
    """The verdict of a rule that says when a claim holds and when it holds in part."""
    return "holds" if holds else "partly" if partly else "does not hold"


def verdict(cases: Sequence[bool]) -> Verdict:
    """The verdict of a claim that is decided case by case: it holds if it does in all cases, partly if in some."""
    return graded(holds=bool(cases) and all(cases), partly=any(cases))


def test_loss(epoch: Epoch) -> float:
    """An epoch's test loss; every system of the claims encodes, so it has one."""
    assert epoch.test_loss is not None
    return epoch.test_loss


def gap(epoch: Epoch) -> float:
    """How far the test loss lies above that of the training digits, nats."""
    assert epoch.train_loss is not None
    return test_loss(epoch) - epoch.train_loss


def final_losses(records: Iterable[RunRecord]) -> list[float]:
    """The last test losses of the runs that did not diverge."""
    return [test_loss(record.epochs[-1]) for record in records if not record.failure]


def first_losses(records: Iterable[RunRecord]) -> list[float]:
    """The test losses after the first epoch, of the runs that did not diverge."""
    return [test_loss(record.epochs[0]) for record in records if not record.failure]


def values_of(records: Iterable[RunRecord], name: str) -> list[float]:
    """One measure of the runs that have it."""
    return [record.measures[name] for record in records if name in record.measures]


@dataclass(frozen=True)
class Quality:
    """How good a setting's runs are, one a seed: their values by measure, and how many diverged."""

    name: str
    values: Mapping[str, Sequence[float]]
    diverged: int

    @property
    def row(self) -> tuple[Cell, ...]:
        """A row of QUALITY_COLUMNS."""
        loss, psnr, frechet, coverage = (mean(self.values[measure]) for measure in QUALITY)
        seeds = self.values["frechet"]
        spread = (min(seeds, default=None), max(seeds, default=None))
        return (self.name, loss, psnr, frechet, *spread, coverage, self.diverged)

    def mean(self, measure: str) -> str:
        """The mean of a measure for a sentence."""
        return words(mean(self.values[measure]))

    def lower(self, measure: str, other: "Quality") -> bool:
        """Whether a measure lies below all seeds of another setting."""
        return lower(self.values[measure], other.values[measure])

    def higher(self, measure: str, other: "Quality") -> bool:
        """Whether a measure lies above all seeds of another setting."""
        return higher(self.values[measure], other.values[measure])


def quality(name: str, experiments: Sequence[Experiment], runner: Runner) -> Quality:
    """The quality of a setting's runs."""
    records = [runner.record(experiment) for experiment in experiments]
    values = {measure: values_of(records, measure) for measure in QUALITY}
    return Quality(name, values, sum(bool(record.failure) for record in records))


def lowest(qualities: Sequence[Quality], measure: str) -> Quality:
    """The setting with the lowest mean of a measure; one without a number comes last."""
    return min(qualities, key=lambda one: fmean(one.values[measure] or [float("inf")]))


def loss_plot(file: str, title: str, records: Mapping[str, RunRecord]) -> Plot:
    """Test loss by epoch of a few runs."""
    return Plot(
        title=title,
        x_title="epoch",
        y_title="test set loss, nats",
        kind="lines",
        curves=tuple(plot_line(name, record.epochs, test_loss) for name, record in records.items()),
        file=f"plots/{file}.png",
    )


def gap_plot(file: str, title: str, records: Mapping[str, RunRecord]) -> Plot:
    """Training and test loss by epoch of a few runs."""
    lines = []
    for name, record in records.items():
        lines.append(plot_line(f"{name}, test digits", record.epochs, test_loss))
        lines.append(plot_line(f"{name}, training digits", record.epochs, lambda epoch: epoch.train_loss, dashed=True))
    return Plot(
        title=title, x_title="epoch", y_title="loss, nats", kind="lines", curves=tuple(lines), file=f"plots/{file}.png"
    )


def plot_line(name: str, epochs: Sequence[Epoch], value: Value, *, dashed: bool = False) -> PlotLine:
    """One number of each epoch that has it."""
    points = [(epoch.epoch, number) for epoch in epochs if (number := value(epoch)) is not None]
    return PlotLine(name=name, x=tuple(x for x, _ in points), y=tuple(round(y, 4) for _, y in points), dashed=dashed)


def flat(groups: Iterable[Iterable[Experiment]]) -> list[Experiment]:
    """All runs of several groups."""
    return list(chain.from_iterable(groups))
