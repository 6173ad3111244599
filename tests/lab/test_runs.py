"""The folder of all runs."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.test_run import stored
from vaegan.data.mnist import Digits
from vaegan.errors import RunError
from vaegan.lab.documents import Control, Status, Watchers, make_plan
from vaegan.lab.runs import ENVIRONMENT, Lab, runs_folder
from vaegan.presets import preset

MANY = 600


def test_runs_are_found_by_name_and_by_age(tmp_path: Path, digits: Digits) -> None:
    lab = Lab(tmp_path)
    assert list(lab) == []
    plans = [make_plan(preset("vaegan-bn").updated({"seed": seed}), digits, "vaegan-bn") for seed in range(3)]
    for year, one in enumerate(plans):
        stored(tmp_path, one.model_copy(update={"created": f"202{year}-01-01T00:00:00+00:00"}))
    (tmp_path / ".deleted-x").mkdir()
    (tmp_path / ("f" * 12)).mkdir()  # begun by nobody
    assert [run.run_id for run in lab] == [one.run_id for one in reversed(plans)]
    assert lab.run(plans[0].run_id) is lab.run(plans[0].run_id)
    for name in ("..", "../" + plans[0].run_id, "ABCDEF012345", ""):
        with pytest.raises(RunError, match="is no run; a run's name has twelve"):
            lab.run(name)
    with pytest.raises(RunError, match=r"there is no run ffffffffffff here; it may have been deleted"):
        lab.run("f" * 12)


def test_the_folder_is_the_environments_else_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    assert runs_folder() == tmp_path
    monkeypatch.delenv(ENVIRONMENT)
    assert runs_folder().parts[-2:] == ("vaegan", "runs")


def seconds_for(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


@pytest.mark.clocked
def test_one_look_at_six_hundred_runs_takes_thirty_milliseconds(tmp_path: Path, digits: Digits) -> None:
    for seed in range(MANY):
        run = stored(tmp_path, make_plan(preset("vaegan-bn").updated({"seed": seed}), digits, "vaegan-bn"))
        for document in (Control(), Status(phase="finished"), Watchers(sessions=("a",))):
            run.write(document)
    lab = Lab(tmp_path)

    def look() -> None:
        seen = [(run.plan, run.status, run.control, run.read(Watchers)) for run in lab]
        assert len(seen) == MANY

    first = seconds_for(look)
    again = min(seconds_for(look) for _ in range(10))
    print(f"{MANY} runs: {1000 * first:.0f} ms at first, {1000 * again:.1f} ms again")
    assert again <= 0.030


def test_a_run_that_was_replaced_or_removed_is_seen_as_it_is(tmp_path: Path, digits: Digits) -> None:
    lab = Lab(tmp_path)
    run = stored(tmp_path, make_plan(preset("vaegan-bn"), digits, "vaegan-bn"))
    run.write(Status(phase="finished"))
    assert [one.status.phase for one in lab] == ["finished"]
    run.write(Status(phase="queued"))
    assert [one.status.phase for one in lab] == ["queued"]
    run.folder.rename(tmp_path / ".deleted-it")
    assert list(lab) == []
    with pytest.raises(RunError, match="may have been deleted"):
        lab.run(run.run_id)


def test_an_equal_run_is_found_under_whatever_name_it_is_stored(tmp_path: Path, digits: Digits) -> None:
    lab = Lab(tmp_path)
    plan = make_plan(preset("vaegan-bn"), digits, "vaegan-bn")
    assert lab.equal_to(plan).folder == tmp_path / plan.run_id
    other = stored(tmp_path, make_plan(preset("vaegan"), digits, "vaegan"))
    run = stored(tmp_path, plan)
    assert lab.equal_to(plan).run_id == plan.run_id
    run.folder.rename(tmp_path / ("0" * 12))
    assert lab.equal_to(plan).run_id == "0" * 12
    assert lab.equal_to(plan.model_copy(update={"name": "another", "created": "later"})).run_id == "0" * 12
    assert lab.equal_to(other.plan).run_id == other.run_id
