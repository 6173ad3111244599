"""Whose run it is, where others can open the app: a link shows a run, and grants nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.runs import SMALL, IdlePool, planned
from vaegan.data.mnist import Digits
from vaegan.errors import RunError
from vaegan.lab import dispatch
from vaegan.lab.documents import Control, Status, Watchers
from vaegan.lab.jobs import Jobs
from vaegan.presets import preset

CONFIG = preset("vae").updated(SMALL)


@pytest.fixture
def jobs(tmp_path: Path, digits: Digits, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    monkeypatch.setattr(dispatch, "Pool", IdlePool)
    with Jobs(digits, tmp_path, masters=lambda session: session == "teacher") as jobs:
        yield jobs


def test_who_only_has_a_link_neither_stops_nor_holds_nor_deletes(jobs: Jobs) -> None:
    run_id = jobs.submit(CONFIG, session="anna")
    jobs.view(run_id, session="bert")
    for deed in (jobs.stop, jobs.pause, jobs.step_batch, jobs.delete, jobs.end):
        with pytest.raises(RunError, match="teacher"):
            deed(run_id, session="bert")
    assert jobs.view(run_id).phase == "queued"
    assert jobs.stop(run_id, session="anna") == 0
    assert jobs.view(run_id).phase == "stopped"


def test_who_shares_a_run_leaves_it_and_its_owner_keeps_it(jobs: Jobs) -> None:
    run_id = jobs.submit(CONFIG, session="anna")
    jobs._watchers._seen["anna"] = -1e9  # on another page
    assert jobs.submit(CONFIG, session="bert") == run_id
    assert jobs.stop(run_id, session="bert") == 1
    assert jobs.view(run_id).phase == "queued"
    with pytest.raises(RunError, match="deleted"):
        jobs.delete(run_id, session="bert")
    assert jobs.owner(run_id) == "anna"


def test_a_run_that_has_ended_is_its_owners_too(jobs: Jobs, tmp_path: Path, digits: Digits) -> None:
    run_id = jobs.submit(CONFIG, session="anna")
    jobs.stop(run_id, session="anna")
    with pytest.raises(RunError, match="deleted"):
        jobs.delete(run_id, session="bert")
    jobs.delete(run_id, session="anna")
    finished = planned(tmp_path, digits, "gan")
    finished.write(Watchers(sessions=("anna",), owner="anna"))
    finished.write(Status(phase="finished"))
    with pytest.raises(RunError, match="deleted"):
        jobs.delete(finished.run_id, session="bert")
    jobs.delete(finished.run_id, session="anna")


def test_a_teacher_holds_ends_and_deletes_any(jobs: Jobs) -> None:
    run_id = jobs.submit(CONFIG, session="anna")
    jobs.pause(run_id, session="teacher")
    assert jobs.lab.run(run_id).read(Control).want == "pause"  # type: ignore[union-attr]
    jobs.end(run_id, session="teacher")
    assert jobs.view(run_id).phase == "stopped"
    jobs._watchers._seen["anna"] = -1e9
    jobs.delete(run_id, session="teacher")


def test_runs_of_before_anybody_was_noted_are_everybodys(jobs: Jobs, tmp_path: Path, digits: Digits) -> None:
    old = planned(tmp_path, digits)
    old.write(Watchers(sessions=("anna",)))
    old.write(Status(phase="stopped"))
    jobs._watchers._seen["anna"] = -1e9
    jobs.delete(old.run_id, session="bert")


def test_on_ones_own_machine_all_is_as_it_was(tmp_path: Path, digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "Pool", IdlePool)
    with Jobs(digits, tmp_path) as jobs:
        run_id = jobs.submit(CONFIG, session="before the browser was closed")
        jobs._watchers._seen.clear()
        jobs._watchers._started = -1e9
        assert jobs.stop(run_id, session="now") == 0
        jobs.delete(run_id, session="now")
