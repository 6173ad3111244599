"""The rule beside scipy's own paired test, on numbers whose verdict is known, and under no effect at all."""

import math

import numpy as np
import pytest
from scipy import stats

from tests.conftest import present
from vaegan.reproduction import rule
from vaegan.reproduction.rule import Comparison, Interval, Margin

NATS = Margin(1.0, "nats", "for a test")
ANYTHING = Margin(0.0, "", "any difference counts, with which the rule speaks most often")
CLAIMS = (1, 2, 4, 9)  # settings that a claim is tried in
SIMULATED = 3000


def by_seed(values: np.ndarray) -> dict[int, float | None]:
    return dict(enumerate(values.tolist()))


@pytest.mark.parametrize("count", [3, 5, 10])
@pytest.mark.parametrize("settings", [1, 4])
def test_the_interval_is_scipys(count: int, settings: int) -> None:
    ours, theirs = np.random.default_rng(count).normal(size=(2, count))
    found = rule.compare("", by_seed(ours), by_seed(theirs), NATS, lower_is_better=False, settings=settings)
    expected = stats.ttest_rel(ours, theirs).confidence_interval(1 - 0.05 / settings)
    assert present(found.interval) == pytest.approx((np.mean(ours - theirs), expected.low, expected.high))
    turned = rule.compare("", by_seed(ours), by_seed(theirs), NATS, lower_is_better=True, settings=settings)
    assert present(turned.interval) == pytest.approx((np.mean(theirs - ours), -expected.high, -expected.low))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1.1, 3.0, "gain"),
        (0.9, 3.0, "undecided"),
        (-3.0, 3.0, "undecided"),
        (0.1, 0.9, "no gain"),  # there is a difference, but none that matters
        (-3.0, -0.5, "no gain"),
        (-3.0, -1.1, "loss"),
    ],
)
def test_an_interval_decides_by_the_margin(low: float, high: float, expected: str) -> None:
    assert Comparison("", 5, Interval((low + high) / 2, low, high), NATS).outcome == expected


def made(*outcomes: str) -> list[Comparison]:
    places = {"gain": (2, 3), "no gain": (-0.5, 0.5), "loss": (-3, -2), "undecided": (0, 2)}
    return [Comparison(name, 5, Interval(sum(places[name]) / 2, *places[name]), NATS) for name in outcomes]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (("gain", "gain"), "holds"),
        (("gain", "no gain"), "partly"),
        (("gain", "undecided"), "partly"),
        (("no gain", "loss"), "does not hold"),
        (("no gain", "undecided"), "undecided"),
        ((), "undecided"),
    ],
)
def test_several_comparisons_make_one_verdict(outcomes: tuple[str, ...], expected: str) -> None:
    assert rule.verdict(made(*outcomes)) == expected


def test_the_papers_own_setting_may_decide() -> None:
    assert rule.verdict(made("gain", "no gain"), first_decides=True) == "holds"
    assert rule.verdict(made("no gain", "gain"), first_decides=True) == "partly"
    assert rule.verdict(made("undecided", "no gain"), first_decides=True) == "undecided"


def test_pairs_are_of_the_same_seed_and_one_that_diverged_leaves_no_interval() -> None:
    ours, theirs = {3: 7.0, 0: 1.0, 2: 5.0, 1: 3.0}, {1: 2.0, 0: 1.0, 2: 3.0, 9: 0.0}
    found = rule.compare("", ours, theirs, NATS, lower_is_better=False)
    failed = rule.compare("", ours | {0: None}, theirs | {3: 0.0}, NATS, lower_is_better=False)
    assert (failed.pairs, failed.interval, failed.outcome) == (3, None, "undecided")
    assert found.pairs == 3
    assert present(found.interval).mean == pytest.approx((0 + 1 + 2) / 3)
    assert rule.compare("", {0: 1.0, 1: 2.0}, theirs, NATS, lower_is_better=False).outcome == "undecided"
    with pytest.raises(ValueError, match="1 differences have no interval"):
        rule.paired_interval([1.0])


def drawn(rng: np.random.Generator, settings: int, pairs: int, gain: float = 0.0) -> list[Comparison]:
    """A claim's comparisons with one control: what a seed does to all its runs is much larger than the rest."""
    seeds = rng.normal(scale=3.0, size=pairs)
    control = by_seed(seeds + rng.normal(size=pairs))
    return [
        rule.compare(
            "",
            by_seed(seeds + rng.normal(size=pairs) - gain),
            control,
            ANYTHING,
            lower_is_better=True,
            settings=settings,
        )
        for _ in range(settings)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("settings", CLAIMS)
def test_under_no_effect_a_claim_speaks_in_at_most_5_percent(settings: int) -> None:
    rng = np.random.default_rng(settings)
    spoke = 0
    for _ in range(SIMULATED):
        spoke += any(one.outcome in ("gain", "loss") for one in drawn(rng, settings, pairs=5))
    doubt = 3 * math.sqrt(0.05 * 0.95 / SIMULATED)  # of the simulation itself
    assert spoke / SIMULATED <= 0.05 + doubt
    if settings == 1:
        assert spoke / SIMULATED >= 0.05 - doubt  # exactly 5 % where nothing is corrected: the rule is not just mute


def test_the_ranges_of_three_seeds_spoke_much_more_often() -> None:
    rng = np.random.default_rng(0)
    ours, theirs = rng.normal(size=(2, 20_000, 3))
    outside = (ours.mean(axis=1) < theirs.min(axis=1)) | (ours.mean(axis=1) > theirs.max(axis=1))
    assert outside.mean() == pytest.approx(0.37, abs=0.02)


def test_an_effect_of_four_deviations_is_found_in_most_claims() -> None:
    rng = np.random.default_rng(1)
    found = [rule.verdict(drawn(rng, 4, pairs=5, gain=6.0)) for _ in range(200)]
    assert found.count("holds") + found.count("partly") >= 180
