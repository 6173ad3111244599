"""One run: its small files, and what it says of what is not there."""

from pathlib import Path

import pytest

from vaegan.data.mnist import Digits
from vaegan.errors import CheckpointError, RunError
from vaegan.lab.documents import Control, Plan, States, make_plan
from vaegan.lab.run import Run
from vaegan.presets import preset


@pytest.fixture
def plan(digits: Digits) -> Plan:
    return make_plan(preset("vaegan-bn"), digits, "vaegan-bn")


def stored(root: Path, plan: Plan) -> Run:
    run = Run(root / plan.run_id)
    run.folder.mkdir(parents=True)
    run.write(plan)
    return run


def test_a_small_file_is_parsed_when_it_was_replaced(tmp_path: Path, plan: Plan) -> None:
    run = stored(tmp_path, plan)
    assert run.read(Control) is None
    assert run.status.phase == "failed"
    run.write(Control(batches=1))
    assert run.control is run.control
    run.write(Control(batches=2))
    assert run.control.batches == 2
    (run.folder / "control.json").write_text('{"want": "fly"}')
    assert run.control == Control()
    assert run.plan == plan


def test_what_is_not_there_is_named(tmp_path: Path, plan: Plan) -> None:
    run = stored(tmp_path, plan)
    with pytest.raises(CheckpointError, match="has no epoch 3; it keeps none yet"):
        run.checkpoint(3)
    with pytest.raises(RunError, match="has no preview of step 7"):
        run.preview(7)
    with pytest.raises(CheckpointError, match="there is no checkpoint at"):
        run.checkpoint()
    assert run.epochs() == []
    assert run.previews() == []
    assert run.kept_epochs() == []
    assert run.csv() == "kind\n"
    assert run.read(States) is None
