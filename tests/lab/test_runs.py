"""The folder of runs, its small files, and the queue as people see it."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from vaegan.checkpoint.command import command_line
from vaegan.cli.flags import config_flags
from vaegan.config import PRESETS, preset
from vaegan.data.mnist import Digits
from vaegan.errors import CheckpointError, RunError
from vaegan.lab.documents import Control, Origin, Plan, Status, make_plan
from vaegan.lab.queue import View, line_up, view_of
from vaegan.lab.runs import ENVIRONMENT, Lab, Run, runs_folder


@pytest.fixture
def plan(digits: Digits) -> Plan:
    return make_plan(preset("vaegan-bn"), digits, "vaegan-bn")


def stored(root: Path, plan: Plan) -> Run:
    run = Run(root / plan.run_id)
    run.folder.mkdir(parents=True)
    run.write(plan)
    return run


def test_the_same_settings_digits_and_code_are_the_same_run(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    config = preset("vaegan-bn")
    first = make_plan(config, digits, "vaegan-bn")
    others = [
        make_plan(config.updated({"seed": 1}), digits, "vaegan-bn"),
        make_plan(config, digits.subset(100, 10), "vaegan-bn"),
        make_plan(config, digits, "vaegan-bn", Origin(run="0" * 12, epoch=1)),
    ]
    assert make_plan(config, digits, "another name").run_id == first.run_id
    monkeypatch.setattr("vaegan.training.version.DECISIVE", ("model/networks",))
    others.append(make_plan(config, digits, "vaegan-bn"))
    assert len({plan.run_id for plan in [first, *others]}) == 5


@pytest.mark.parametrize("name", PRESETS)
def test_the_command_repeats_the_run(name: str, digits: Digits) -> None:
    assert make_plan(PRESETS[name], digits, name).command == command_line(name, {}, Path("runs") / name)
    changed = PRESETS[name].updated({"epochs": 7, "model": {"hidden_dim": None}, "disc_lr": None, "batch_size": 99})
    words = make_plan(changed, digits, name).command.split()
    base = words[words.index("--preset") + 1]
    assert base == (name if PRESETS[name].model.hidden_dim is None else "vaegan-bn")
    assert {"--epochs", "7", "--batch-size", "99"} <= set(words)
    rebuilt = given(words[words.index("--preset") + 2 : words.index("--out")])
    assert PRESETS[base].updated(rebuilt) == changed


def given(words: list[str]) -> dict[str, Any]:
    """The settings that `train` makes of its flags."""
    seen: list[dict[str, Any]] = []
    typer_app = typer.Typer()
    typer_app.command()(config_flags(keep_in(seen)))
    typer_app(words, standalone_mode=False)
    return seen[0]


def keep_in(seen: list[dict[str, Any]]) -> Callable[..., None]:
    def command(*, settings: dict[str, Any]) -> None:
        seen.append(settings)

    return command


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
    with pytest.raises(RunError, match=r"there is no run ffffffffffff in .*; it may have been deleted"):
        lab.run("f" * 12)


def test_the_folder_is_the_environments_else_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    assert runs_folder() == tmp_path
    monkeypatch.delenv(ENVIRONMENT)
    assert runs_folder().parts[-2:] == ("vaegan", "runs")


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
    assert run.epochs() == run.previews() == run.kept_epochs() == []
    assert run.csv() == "kind\n"
    assert run.marked() is None


def view(plan: Plan, name: str, status: Status, want: str = "run") -> tuple[float, View]:
    return status.queued_at, view_of(name, plan, status, want, 1)


def test_the_queue_is_by_time_and_its_waits_add_up(plan: Plan) -> None:
    plan = plan.model_copy(update={"config": plan.config.updated({"epochs": 10})})  # 4,000 images
    running = view(plan, "a", Status(phase="running", images_per_s=400.0, remaining=5.0, queued_at=1))
    waiting = [
        view(plan, name, Status(phase="queued", queued_at=when)) for name, when in (("c", 3), ("b", 2), ("d", 4))
    ]
    found = {one.run_id: (one.position, one.wait) for one in line_up([running, *waiting], slots=1)}
    assert found == {"a": (None, None), "b": (1, 5.0), "c": (2, 15.0), "d": (3, 25.0)}
    found = {one.run_id: (one.position, one.wait) for one in line_up([running, *waiting], slots=2)}
    assert found == {"a": (None, None), "b": (1, 0.0), "c": (2, 5.0), "d": (3, 10.0)}


def test_a_race_waits_as_one(plan: Plan) -> None:
    plan = plan.model_copy(update={"config": plan.config.updated({"epochs": 10})})  # 4,000 images
    racing = [
        view(plan, name, Status(phase="running", images_per_s=400.0, remaining=left, queued_at=1))
        for name, left in (("a", 5.0), ("b", 6.0))
    ]
    waiting = [
        view(plan, name, Status(phase="queued", queued_at=when)) for name, when in (("c", 2), ("d", 2), ("e", 3))
    ]
    found = {one.run_id: (one.position, one.wait) for one in line_up([*racing, *waiting], slots=1)}
    assert found == {"a": (None, None), "b": (None, None), "c": (1, 6.0), "d": (1, 6.0), "e": (2, 26.0)}


def test_what_nobody_knows_is_not_said(plan: Plan) -> None:
    waiting = [view(plan, name, Status(phase="queued", queued_at=when)) for name, when in (("a", 1), ("b", 2))]
    assert [(one.position, one.wait) for one in line_up(waiting, slots=0)] == [(1, None), (2, None)]
    assert line_up(waiting, slots=1)[0].wait == 0
    assert line_up([], slots=1) == []


def test_a_run_that_was_told_to_stop_is_stopping(plan: Plan) -> None:
    for phase, shown in (
        ("running", "stopping"),
        ("paused", "stopping"),
        ("queued", "queued"),
        ("finished", "finished"),
    ):
        assert view(plan, "a", Status(phase=phase), want="stop")[1].phase == shown


def test_many_looks_at_many_runs_are_quick(tmp_path: Path, digits: Digits) -> None:
    lab = Lab(tmp_path)
    for seed in range(50):
        stored(tmp_path, make_plan(preset("vaegan-bn").updated({"seed": seed}), digits, "vaegan-bn")).write(Control())
    assert len(list(lab)) == 50
    began = time.process_time()
    for _ in range(10):
        assert all(run.control.want == "run" for run in lab)
    assert time.process_time() - began < 1, os.getloadavg()
