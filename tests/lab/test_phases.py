"""Who may change a run's phase to what."""

import re
from pathlib import Path
from typing import get_args

import pytest

from vaegan.data.mnist import Digits
from vaegan.errors import RunError
from vaegan.lab import phases
from vaegan.lab.documents import Phase, Status, make_plan
from vaegan.lab.phases import ALLOWED, Phases, changed
from vaegan.lab.run import Run
from vaegan.presets import preset

ROW = re.compile(r"^    (none|[a-z, ]*[a-z])  +(\w+) +(app|worker)  +\S", re.MULTILINE)


@pytest.fixture
def run(tmp_path: Path, digits: Digits) -> Run:
    plan = make_plan(preset("vaegan-bn"), digits, "vaegan-bn")
    run = Run(tmp_path / plan.run_id)
    run.folder.mkdir()
    run.write(plan)
    return run


def test_the_table_of_the_docstring_is_what_is_allowed() -> None:
    rows = {
        (actor, None if before == "none" else before, after)
        for many, after, actor in ROW.findall(phases.__doc__ or "")
        for before in many.split(", ")
    }
    allowed = {
        (actor, before, after)
        for actor, changes in ALLOWED.items()
        for before, phases_after in changes.items()
        for after in phases_after
    }
    assert rows == allowed
    assert not any(before in ("finished", "stopping") or after == "stopping" for _, before, after in allowed)


@pytest.mark.parametrize("actor", ["app", "worker"])
@pytest.mark.parametrize("before", get_args(Phase))
@pytest.mark.parametrize("after", get_args(Phase))
def test_no_other_change_is_made(actor: phases.Actor, before: Phase, after: Phase) -> None:
    status = Status(phase=before, step=7, held=True)
    if after in ALLOWED[actor].get(before, ()):
        expected = Status(phase=after, step=7, reason="because")
        assert changed(status, actor, after, reason="because") == expected, "who changes phase holds nothing any more"
    else:
        with pytest.raises(RunError, match=f"a run that is {before} cannot be made {after} by the {actor}"):
            changed(status, actor, after)


def test_a_new_run_is_born_queued(run: Run) -> None:
    Phases().change(run, "queued", queued_at=5.0)
    assert run.status == Status(phase="queued", queued_at=5.0)
    with pytest.raises(RunError, match="a run that is new cannot be made running by the worker"):
        changed(None, "worker", "running")


def test_a_failure_is_known_even_if_no_disk_takes_word_of_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("read-only")

    known, other = Phases(), Phases()
    known.change(run, "queued", queued_at=5.0)
    task = run.status.task_of(run.run_id)
    with monkeypatch.context() as patched:
        patched.setattr(Run, "write", refuse)
        known.fail(run, task, "the disk is full")
    assert (known.status(run).phase, known.status(run).reason) == ("failed", "the disk is full")
    assert other.status(run).phase == "queued", "the disk says nothing of it"
    known.change(run, "queued", queued_at=6.0)
    assert known.status(run).phase == "queued", "another attempt"
    known.fail(run, task, "late word of the first attempt")
    assert known.status(run).phase == run.status.phase == "queued"
    known.fail(run, run.status.task_of(run.run_id), "broken")
    assert other.status(run).phase == "failed"
    assert run.status.reason == "broken"
