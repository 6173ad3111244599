"""Numbers beside the paper's."""

import pytest

from vaegan.checkpoint.card import CardData
from vaegan.reproduction import paper, schema
from vaegan.reproduction.experiments import SETTINGS, Scale
from vaegan.reproduction.schema import Epoch, RunRecord, TableRow
from vaegan.reproduction.tables import comparisons, distance, outside, setting_of


def record(test: list[float], average: list[float], failure: str | None = None) -> RunRecord:
    epochs = [
        Epoch(epoch=place, average_loss=b, test_loss=a, clean_loss=2 * a)
        for place, (a, b) in enumerate(zip(test, average, strict=True), 1)
    ]
    return RunRecord(
        key="0",
        name="",
        config=Scale().config("batch", 0),
        data=CardData(label="", sha256=""),
        start=None,
        epochs=tuple(epochs),
        measures={},
        measured=(),
        seconds=0.0,
        failure=failure,
    )


@pytest.mark.parametrize(("value", "expected"), [(2.0, 0.0), (1.0, 0.0), (3.5, 0.5), (0.25, -0.75)])
def test_how_far_a_value_lies_outside(value: float, expected: float) -> None:
    assert outside(value, 1.0, 3.0) == expected


def test_comparisons_have_means_ranges_and_the_papers_value() -> None:
    first, second, third = comparisons([[1.0, 4.0, 7.0], [3.0, 6.0, 8.0]], [2.5, 6.5])
    assert (first.values, first.mean, first.low, first.high, first.paper, first.outside) == (
        (1.0, 3.0),
        2.0,
        1.0,
        3.0,
        2.5,
        0.0,
    )
    assert second.outside == pytest.approx(0.5)
    assert (third.paper, third.outside) == (None, None)
    row = TableRow(norm="batch", objective="VAE", setting="", runs=(), cells=(first, second, third))
    assert row.within == 1
    assert row.farthest == pytest.approx(0.5)


def test_the_papers_own_numbers_are_at_distance_zero() -> None:
    test, average = (list(paper.TABLES[number].values["none"]) for number in (3, 4))
    assert distance(record(test, average), "none", clean=False) == 0
    # Twice the test losses are 100 % off, the averages not at all: half of the numbers each.
    assert distance(record(test, average), "none", clean=True) == pytest.approx(0.5)
    assert distance(record(test, average, "diverged"), "none", clean=False) is None


def test_a_trial_knows_its_setting() -> None:
    """By its values: several settings begin with the same words."""
    search = schema.load().search
    assert search is not None
    settings = [setting_of(trial) for trial in search.trials]
    assert set(settings) == set(SETTINGS)
    for trial, setting in zip(search.trials, settings, strict=True):
        assert trial.setting == f"{setting.words}, tested on {trial.tested_on} digits"
