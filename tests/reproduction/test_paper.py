"""The paper's numbers: against each other, and against what is known of how they were printed."""

from fractions import Fraction

import pytest

from vaegan.reproduction import paper

AVERAGES = [value for number in (2, 4) for row in paper.TABLES[number].values.values() for value in row]


def test_every_row_has_the_ten_epochs_of_the_logs() -> None:
    rows = [row for table in paper.TABLES.values() for row in table.values.values()]
    assert {len(row) for row in rows} == {paper.EPOCHS}
    assert len(rows) == 8


@pytest.mark.parametrize("value", AVERAGES)
def test_every_average_is_a_mean_of_float32_sums_over_thirty_batches(value: float) -> None:
    """So a wrong digit would show: float32 numbers of this size lie 1/32 apart (1/64 below 262,144)."""
    steps = Fraction(str(value)) * 30 * 64
    assert abs(steps - round(steps)) <= 30 * 64 * Fraction(1, 10_000)  # four decimals are printed


def test_losses_fall() -> None:
    for table in paper.TABLES.values():
        for row in table.values.values():
            assert row[-1] < row[0]
