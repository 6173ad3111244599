"""The rule by which numbers of several seeds become a verdict.

Two settings are trained from the same seeds, so that each seed gives one difference. Around the mean of these
differences stands an interval by Student's t. Before anything is trained it is said how large a difference must be to
matter. Only an interval that lies wholly beyond that size is a gain, only one that lies wholly short of it is none; of
any other the rule says that it is undecided.

If a claim is tried in several settings, each interval is made wider by Bonferroni's correction: all of them together
are right with the stated confidence. Holm's correction would say a little more, but it has no intervals to draw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev
from typing import Literal, NamedTuple

from scipy.stats import t as student

from vaegan.reproduction.schema import Verdict

CONFIDENCE = 0.95  # with which all intervals of a claim together hold the true differences
LEAST_PAIRS = 3  # two differences have an interval too, but one that is 9 times as wide as their distance

Outcome = Literal["gain", "no gain", "loss", "undecided"]


class Interval(NamedTuple):
    """A mean of paired differences and the interval around it."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Margin:
    """The smallest difference that matters, its unit, and why it is that."""

    size: float
    unit: str
    reason: str

    @property
    def words(self) -> str:
        """The margin in a sentence's end."""
        return f"{self.size:g} {self.unit}, {self.reason}"


@dataclass(frozen=True)
class Comparison:
    """A setting beside the one that it is compared with: differences by seed, counted so that above 0 is better.

    `interval` is None with too few seeds, or if a run diverged.
    """

    name: str
    pairs: int
    interval: Interval | None
    margin: Margin

    @property
    def outcome(self) -> Outcome:
        """What the interval says: beyond the margin a gain, short of it none, across it nothing.

        A loss is no gain either: the interval lies beyond the margin on the other side.
        """
        if self.interval is None:
            return "undecided"
        if self.interval.low > self.margin.size:
            return "gain"
        if self.interval.high < -self.margin.size:
            return "loss"
        return "no gain" if self.interval.high < self.margin.size else "undecided"


def paired_interval(differences: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """The mean of differences, one a seed, and its interval by Student's t; ValueError for fewer than two."""
    count = len(differences)
    if count < 2:
        raise ValueError(f"{count} differences have no interval; train at least 2 seeds")
    mean = fmean(differences)
    reach = float(student.ppf((1 + confidence) / 2, count - 1)) * stdev(differences) / sqrt(count)
    return Interval(mean, mean - reach, mean + reach)


def compare(
    name: str,
    ours: Mapping[int, float | None],
    theirs: Mapping[int, float | None],
    margin: Margin,
    *,
    lower_is_better: bool,
    settings: int = 1,
    confidence: float = CONFIDENCE,
) -> Comparison:
    """Our numbers beside theirs, both by seed; None is the number of a run that diverged.

    One such run leaves the comparison without an interval: the others would be a selection of those that went well.
    `settings` is how many comparisons the claim has in all, which the interval is corrected for.
    """
    sign = -1.0 if lower_is_better else 1.0
    pairs = [(ours[seed], theirs[seed]) for seed in sorted(ours.keys() & theirs.keys())]
    differences = [sign * (own - other) for own, other in pairs if own is not None and other is not None]
    of_one = 1 - (1 - confidence) / settings
    complete = len(differences) == len(pairs) >= LEAST_PAIRS
    return Comparison(name, len(differences), paired_interval(differences, of_one) if complete else None, margin)


def verdict(comparisons: Sequence[Comparison], *, first_decides: bool = False) -> Verdict:
    """What several comparisons say of a claim that speaks of all of them.

    It holds if each is a gain, or, where the first is the paper's own setting and decides, if that one is; it holds
    partly if some are. It does not hold if none is, and is undecided if none is known to be a gain but some may be.
    """
    outcomes = [comparison.outcome for comparison in comparisons]
    if "gain" in outcomes:
        decisive = outcomes[:1] if first_decides else outcomes
        return "holds" if set(decisive) == {"gain"} else "partly"
    return "undecided" if "undecided" in outcomes or not outcomes else "does not hold"
