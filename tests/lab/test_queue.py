"""The queue as people see it."""

import pytest

from vaegan.data.mnist import Digits
from vaegan.lab.documents import Plan, Status, make_plan
from vaegan.lab.queue import View, line_up, view_of
from vaegan.presets import preset


@pytest.fixture
def plan(digits: Digits) -> Plan:
    return make_plan(preset("vaegan-bn"), digits, "vaegan-bn")


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
