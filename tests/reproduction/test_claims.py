"""The kept claims are what the rules of this code find in the kept numbers.

These are golden tests: they notice that a rule, a sentence or a number has changed, not that it was wrong from the
start. `test_decisions.py` holds the rules to numbers whose verdict is known.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from scipy import stats

from tests.conftest import present
from vaegan.reproduction import claims, paper, schema
from vaegan.reproduction.experiments import Experiment, Scale
from vaegan.reproduction.schema import Reproduction, RunRecord

TRAINING_DIGITS = 60_000


class KeptRuns:
    """Answers as a Runner would that had made the kept runs."""

    def __init__(self, kept: Reproduction) -> None:
        self._by_identity = {(run.config, run.start): run for run in kept.runs}
        self.data: Any = SimpleNamespace(train_images=range(TRAINING_DIGITS))

    def record(self, experiment: Experiment) -> RunRecord:
        start = None if experiment.start is None else self.key(experiment.start)
        return self._by_identity[experiment.config, start]

    def key(self, experiment: Experiment) -> str:
        return self.record(experiment).key


@pytest.fixture(scope="module")
def kept() -> Reproduction:
    return schema.load()


@pytest.mark.parametrize("name", list(paper.CLAIMS))
def test_a_kept_verdict_is_what_its_rule_finds(name: str, kept: Reproduction) -> None:
    runner: Any = KeptRuns(kept)
    assert claims.decide(
        name, Scale(seeds=kept.seeds, many_seeds=tuple(range(2 * len(kept.seeds)))), runner
    ) == kept.claim(name)


def independent(kept: Reproduction, chosen: str, other: str, number: Callable[[RunRecord], float]) -> list[float]:
    """Differences by seed between kept runs whose names begin so, found without the package's own lists of runs."""

    def by_seed(start: str) -> dict[int, float]:
        return {run.config.seed: number(run) for run in kept.runs if run.name.startswith(start)}

    ours, theirs = by_seed(chosen), by_seed(other)
    return [theirs[seed] - ours[seed] for seed in sorted(ours.keys() & theirs.keys())]


@pytest.mark.parametrize(
    ("claim", "place", "chosen", "other", "comparisons"),
    [
        ("placement", 0, "VAE, batch, seed ", "VAE, hidden, seed ", 2),
        ("schedule", 1, "VAE, none, cosine, 50 epochs", "VAE, none, constant, 50 epochs", 4),
        ("adversarial", 4, "fakes prior, adv 10, seed", "fakes prior, adv 1e-06, seed", 12),
    ],
)
def test_scipy_finds_the_same_intervals(
    claim: str, place: int, chosen: str, other: str, comparisons: int, kept: Reproduction
) -> None:

    def number(run: RunRecord) -> float:
        return run.measures["frechet"] if claim == "adversarial" else present(run.epochs[-1].test_loss)

    differences = independent(kept, chosen, other, number)
    gain = kept.claim(claim).gains[place]
    assert len(differences) == gain.pairs >= 5
    expected = stats.ttest_1samp(differences, 0).confidence_interval(1 - 0.05 / comparisons)
    assert (gain.low, gain.high) == pytest.approx((expected.low, expected.high))
    beyond, short = expected.low > gain.margin, expected.high < gain.margin
    assert gain.outcome in (("gain",) if beyond else ("no gain", "loss") if short else ("undecided",))
