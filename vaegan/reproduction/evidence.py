"""What all claims need: numbers of several seeds, as means, comparisons, table rows and charts.

A run that diverged counts as a failure and never as a number: it is left out of means and named in the evidence.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

from vaegan.reproduction import rule
from vaegan.reproduction.experiments import Experiment
from vaegan.reproduction.rule import Comparison, Margin
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import Epoch, Gain, Plot, PlotLine, RunRecord

Value = Callable[[Epoch], float | None]
Number = Callable[[RunRecord], float]


def mean(values: Sequence[float]) -> float | None:
    """The mean; None if there are no values."""
    return fmean(values) if values else None


def words(value: float | None, digits: int = 2) -> str:
    """A number for a sentence."""
    return "nothing (diverged)" if value is None else f"{value:.{digits}f}"


def test_loss(epoch: Epoch) -> float:
    """An epoch's test loss; every system of the claims encodes, so it has one."""
    assert epoch.test_loss is not None
    return epoch.test_loss


def gap(epoch: Epoch) -> float:
    """How far the test loss lies above that of the training digits, nats."""
    assert epoch.train_loss is not None
    return test_loss(epoch) - epoch.train_loss


def final_loss(record: RunRecord) -> float:
    """The test loss after the last epoch."""
    return test_loss(record.epochs[-1])


def first_loss(record: RunRecord) -> float:
    """The test loss after the first epoch."""
    return test_loss(record.epochs[0])


def final_gap(record: RunRecord) -> float:
    """The gap between test and training loss after the last epoch."""
    return gap(record.epochs[-1])


def measured(name: str) -> Number:
    """One measure of a run's last weights."""
    return lambda record: record.measures[name]


def by_seed(runs: Iterable[Experiment], runner: Runner, number: Number) -> dict[int, float | None]:
    """A number of each run, by its seed; None if it diverged."""
    records = {run.config.seed: runner.record(run) for run in runs}
    return {seed: None if record.failure else number(record) for seed, record in records.items()}


def mean_of(runs: Iterable[Experiment], runner: Runner, number: Number) -> float | None:
    """The mean of a number over the runs that did not diverge."""
    return mean([value for value in by_seed(runs, runner, number).values() if value is not None])


@dataclass(frozen=True)
class Contest:
    """What the comparisons of a claim have in common: their number, which way is better, what matters, how many."""

    number: Number
    margin: Margin
    runner: Runner
    settings: int
    lower_is_better: bool = True

    def between(self, name: str, ours: Sequence[Experiment], theirs: Sequence[Experiment]) -> Comparison:
        """Our runs beside theirs, paired by seed."""
        own, other = (by_seed(runs, self.runner, self.number) for runs in (ours, theirs))
        return rule.compare(name, own, other, self.margin, lower_is_better=self.lower_is_better, settings=self.settings)


def gains(comparisons: Iterable[Comparison], asides: Iterable[Comparison] = ()) -> tuple[Gain, ...]:
    """Comparisons for the result's file; `asides` decide nothing."""
    return tuple(
        Gain(
            name=one.name,
            pairs=one.pairs,
            mean=one.interval and one.interval.mean,
            low=one.interval and one.interval.low,
            high=one.interval and one.interval.high,
            margin=one.margin.size,
            unit=one.margin.unit,
            reason=one.margin.reason,
            outcome=one.outcome,
            aside=is_aside,
        )
        for is_aside, group in ((False, comparisons), (True, asides))
        for one in group
    )


def difference(comparison: Comparison) -> str:
    """The difference and its interval for a sentence."""
    interval, unit = comparison.interval, comparison.margin.unit
    if interval is None:
        return "no number"
    return f"{interval.mean:+.2f}{f' {unit}' if unit else ''} ({interval.low:+.2f} to {interval.high:+.2f})"


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
