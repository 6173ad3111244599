"""Numbers of several seeds as what a claim needs."""

import pytest

from vaegan.reproduction.evidence import difference, gains, gap, mean, words
from vaegan.reproduction.rule import Comparison, Interval, Margin
from vaegan.reproduction.schema import Epoch

NATS = Margin(1.0, "nats", "for a test")
GAIN = Comparison("a pair", 5, Interval(2.0, 1.5, 2.5), NATS)
NONE = Comparison("diverged", 4, None, NATS)


def test_the_gap_is_test_minus_training() -> None:
    assert gap(Epoch(epoch=1, average_loss=None, test_loss=5.0, train_loss=3.0)) == 2.0


def test_what_diverged_has_no_number() -> None:
    assert mean([]) is None
    assert words(mean([])) == "nothing (diverged)"
    assert words(1.234) == "1.23"
    assert difference(NONE) == "no number"


def test_a_difference_is_said_with_its_interval_and_unit() -> None:
    assert difference(GAIN) == "+2.00 nats (+1.50 to +2.50)"


def test_comparisons_are_kept_whole_and_asides_are_marked() -> None:
    first, second = gains([GAIN], [NONE])
    assert (first.name, first.pairs, first.mean, first.low, first.high) == ("a pair", 5, 2.0, 1.5, 2.5)
    assert (first.margin, first.unit, first.reason, first.outcome, first.aside) == (
        *(1.0, "nats", "for a test"),
        *("gain", False),
    )
    assert (second.low, second.outcome, second.aside) == (None, "undecided", True)
    assert first.low == pytest.approx(1.5)
