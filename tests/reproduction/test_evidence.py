"""The rules by which numbers decide."""

import pytest

from vaegan.reproduction.evidence import gap, higher, lower, mean, verdict, words
from vaegan.reproduction.schema import Epoch


@pytest.mark.parametrize(
    ("found", "expected"),
    [([True, True], "holds"), ([True, False], "partly"), ([False, False], "does not hold"), ([], "does not hold")],
)
def test_verdicts(found: list[bool], expected: str) -> None:
    assert verdict(found) == expected


def test_lower_and_higher_look_beyond_the_spread_of_seeds() -> None:
    assert lower([1.0, 2.0], [1.6, 9.0])
    assert not lower([1.0, 2.0], [1.4, 9.0])
    assert higher([8.0], [1.0, 7.0])
    assert not higher([6.0], [1.0, 7.0])
    assert not lower([], [1.0])
    assert not higher([1.0], [])


def test_the_gap_is_test_minus_training() -> None:
    assert gap(Epoch(epoch=1, average_loss=None, test_loss=5.0, train_loss=3.0)) == 2.0


def test_what_diverged_has_no_number() -> None:
    assert mean([]) is None
    assert words(mean([])) == "nothing (diverged)"
    assert words(1.234) == "1.23"
