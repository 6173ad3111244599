"""What a reproduction costs: every run once, and within what was promised."""

import pytest

from tests.conftest import present
from vaegan.reproduction import schema
from vaegan.reproduction.experiments import QUICK, Scale, merged
from vaegan.reproduction.plan import Cost, plan, seconds, table
from vaegan.reproduction.reproduce import Selection, runs_of

PROMISED = 3 * 60 * 60  # seconds, with two at once


def test_the_whole_reproduction_takes_at_most_three_hours_with_two_at_once() -> None:
    costs = plan(Selection(), Scale())
    assert sum(cost.seconds for cost in costs) / 2 <= PROMISED
    known = {run.identity for run in merged(runs_of(Selection(), Scale()))}
    assert known <= {cost.experiment.identity for cost in costs}
    assert len({cost.experiment.identity for cost in costs}) == len(costs)


def test_an_estimate_is_near_what_kept_runs_took() -> None:
    kept = schema.load()
    runs = [run for run in kept.runs if run.failure is None]
    (first,) = (cost.experiment for cost in plan(Selection((), (), ()), QUICK))
    estimated = 0.0
    for run in runs:
        bare = type(first)(run.name, run.config)
        estimated += seconds(bare)
    taken = sum(present(run.seconds) for run in runs)
    assert 0.5 <= estimated / taken <= 2


def test_a_larger_network_and_more_epochs_cost_more() -> None:
    scale = Scale()
    config = scale.config("batch", 0)
    (cost,) = plan(Selection((), (), ()), scale)

    def took(**changes: object) -> float:
        return seconds(type(cost.experiment)("", config.updated(changes)))

    assert took(epochs=20) == pytest.approx(2 * took())
    assert took(model={"hidden_dim": 800}) > 1.5 * took()
    assert took(precision="bfloat16") < took()
    assert took(train_limit=30_000) == pytest.approx(took() / 2, rel=0.05)


def test_the_table_names_each_run_and_the_whole() -> None:
    selection = Selection((), (), ("placement",))
    costs: list[Cost] = plan(selection, Scale())
    *lines, claim, whole = table(costs, selection, Scale(), workers=2)
    assert [line.split("  ")[-1] for line in lines] == [cost.experiment.name for cost in costs]
    assert "claim placement: 30 runs" in claim
    assert f"all {len(costs)} runs" in whole
