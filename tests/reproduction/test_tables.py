"""Numbers beside the paper's."""

import numpy as np
import pytest

from vaegan.checkpoint.card import CardData
from vaegan.reproduction import paper, schema, tables
from vaegan.reproduction.experiments import SETTINGS, Scale
from vaegan.reproduction.schema import Epoch, RunRecord, TableRow
from vaegan.reproduction.tables import comparisons, distance, one_more, outside, setting_of


def record(test: list[float], average: list[float], failure: str | None = None) -> RunRecord:
    epochs = [
        Epoch(epoch=place, average_loss=b, test_loss=a, clean_loss=2 * a, masked_loss=3 * a)
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


def test_where_one_more_seed_would_lie_holds_it_in_95_percent() -> None:
    seeds = np.random.default_rng(0).normal(3.0, 2.0, size=(4000, 6))
    inside = 0
    for *known, another in seeds.tolist():
        low, high = one_more(known)
        inside += low <= another <= high
    assert inside / len(seeds) == pytest.approx(0.95, abs=0.012)
    assert one_more([1.0, 3.0]) == (1.0, 3.0)


def test_the_papers_own_numbers_are_at_distance_zero() -> None:
    test, average = (list(paper.TABLES[number].values["none"]) for number in (3, 4))
    assert distance(record(test, average), "none", "noisy") == 0
    # Twice the test losses are 100 % off, the averages not at all: half of the numbers each.
    assert distance(record(test, average), "none", "clean") == pytest.approx(0.5)
    assert distance(record(test, average), "none", "masked") == pytest.approx(1.0)
    assert distance(record(test, average, "diverged"), "none", "noisy") is None


def test_a_trial_knows_its_setting() -> None:
    """By its values: several settings begin with the same words."""
    search = schema.load().search
    assert search is not None
    settings = [setting_of(trial) for trial in search.trials]
    assert set(settings) == set(SETTINGS)
    for trial, setting in zip(search.trials, settings, strict=True):
        assert trial.setting == f"{setting.words}, tested on {trial.tested_on} digits"


def test_the_sentence_on_the_search_names_the_nearest_runs_and_what_cannot_be_known() -> None:
    search = schema.load().search
    assert search is not None
    kept = search.trials[0]
    steady = kept.model_copy(
        update={
            "setting": "steady",
            "distances": {"both": 0.05, "none": 0.05, "batch": 0.05},
            "by_seed": {"none": (0.05, 0.05), "batch": (0.05, 0.05)},
        }
    )
    lucky = kept.model_copy(
        update={
            "setting": "lucky",
            "distances": {"both": None, "none": 0.1, "batch": None},
            "by_seed": {"none": (0.02, 0.18), "batch": (0.04, None)},
        }
    )
    sentence = tables._remaining_error([steady, lucky], {"both": 0, "none": 0, "batch": 0})
    assert "for both norms together 5.0% (steady)" in sentence
    assert (
        "no BatchNorm 2.0% (lucky; its seeds 2.0%, 18.0%); BatchNorm 4.0% (lucky; its seeds 4.0%, diverged)" in sentence
    )
    assert sentence.endswith(tables.UNKNOWN)
