"""One run on a worker, a turn at a time, without Dask and without a race."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.lab import layout, shift
from vaegan.lab.documents import Control, Status, make_plan
from vaegan.lab.lock import is_held
from vaegan.lab.run import Run
from vaegan.lab.shift import BY_WATCHERS, Shift

STEPS_AN_EPOCH = 5
DEADLINE = 30.0


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at what people want before each turn, so that nothing depends on the clock."""
    monkeypatch.setattr(shift, "CONTROL_SECONDS", 0.0)


@pytest.fixture
def few(digits: Digits) -> Digits:
    return digits.subset(100, 10)


@pytest.fixture
def run(tmp_path: Path, few: Digits) -> Run:
    config = TrainConfig.model_validate(
        {"model": {"latent_dim": 2, "hidden_dim": 4}, "batch_size": 20, "epochs": 4, "seed": 3}
    )
    run = Run(tmp_path / ("a" * 12))
    run.folder.mkdir()
    run.write(make_plan(config, few, "vaegan-bn"))
    run.write(Status(phase="queued"))
    return run


def turn_until(turns: Iterator[None], condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        next(turns)
        assert time.monotonic() < deadline


def test_a_paused_run_waits_and_makes_what_it_is_allowed(run: Run, few: Digits) -> None:
    run.write(Control(want="pause"))
    one = Shift(run, lambda _: few)
    turns = one.turns()
    turn_until(turns, lambda: one.is_waiting)
    assert (run.status.phase, run.status.held, run.status.step) == ("paused", True, 0)
    assert is_held(run.folder / layout.LOCK)
    for _ in range(3):
        next(turns)
    assert (one.is_waiting, one.done) == (True, 0.0)
    run.write(Control(want="pause", batches=2))
    turn_until(turns, lambda: not one.is_waiting)
    turn_until(turns, lambda: one.is_waiting and run.status.step == 2)
    assert run.status.spent_batches == 2
    run.write(Control(want="pause", batches=2, epochs=1))
    turn_until(turns, lambda: not one.is_waiting)
    turn_until(turns, lambda: one.is_waiting)
    assert (run.status.step, run.status.epoch, run.status.spent_epochs) == (STEPS_AN_EPOCH, 1, 1)
    assert run.kept_epochs() == [1]
    run.write(Control(want="run"))
    assert list(turns) != []
    assert one.outcome == ("finished", "finished")
    assert (run.status.phase, run.status.step) == ("finished", 4 * STEPS_AN_EPOCH)
    assert not is_held(run.folder / layout.LOCK)


@pytest.mark.parametrize("want", ["stop", "delete"])
def test_who_wants_an_end_gets_it_within_the_epoch_and_nothing_is_lost(run: Run, few: Digits, want: str) -> None:
    one = Shift(run, lambda _: few)
    turns = one.turns()
    turn_until(turns, lambda: one.done == (STEPS_AN_EPOCH + 2) / (4 * STEPS_AN_EPOCH))
    run.write(Control.model_validate({"want": want}))
    list(turns)
    assert one.outcome == ("stopped", BY_WATCHERS)
    assert (run.folder / layout.STOPPED).is_file()
    assert STEPS_AN_EPOCH + 2 <= run.status.step <= STEPS_AN_EPOCH + 4
    run.write(Control())
    run.write(run.status.model_copy(update={"phase": "queued"}))
    again = Shift(run, lambda _: few)
    list(again.turns())
    assert again.outcome == ("finished", "finished")
    assert run.curves().step.tolist() == list(range(1, 4 * STEPS_AN_EPOCH + 1)), "each step once"


def test_a_paused_run_leaves_its_worker_to_others_and_keeps_its_place(
    run: Run, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shift, "PATIENCE_SECONDS", 0.0)
    run.write(Control(want="pause", batches=3))
    one = Shift(run, lambda _: few)
    turns = one.turns()
    turn_until(turns, lambda: one.is_waiting and run.status.step == 3)
    for _ in range(3):
        next(turns)
    assert one.outcome is None, "nobody else waits"
    other = Run(run.folder.parent / ("b" * 12))
    other.folder.mkdir()
    other.write(run.plan)
    other.write(Status(phase="queued"))
    list(turns)
    assert one.outcome == ("paused", "")
    assert (run.status.phase, run.status.held, run.status.step) == ("paused", False, 3)


def test_the_share_that_is_done_is_that_of_the_state_it_goes_on_from(run: Run, few: Digits) -> None:
    list(Shift(run, lambda _: few).turns())
    for epoch in (3, 4):
        (run.folder / layout.state_name(epoch)).unlink()
    run.write(Status(phase="running", step=18, done=18 / 20, epoch=3))
    one = Shift(run, lambda _: few)
    next(one.turns())
    assert one.done == pytest.approx(11 / 20), "the first step after epoch 2"
