"""The queue as people see it: each run's place in it, and how long it will probably wait."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heapreplace

from vaegan.lab.documents import Phase, Plan, Status

LEAVING_SECONDS = 3.0  # until a paused run gives its worker to others


@dataclass(frozen=True)
class View:
    """One run as a page shows it."""

    run_id: str
    plan: Plan
    phase: Phase
    reason: str
    step: int
    epoch: int  # passes finished
    done: float  # of the run, 0 to 1
    images_per_s: float | None
    remaining: float | None  # seconds that it will probably still train
    position: int | None  # 1 is next; None where it does not wait
    wait: float | None  # seconds until it probably begins; None where it does not wait or nothing tells
    watchers: int


def view_of(run_id: str, plan: Plan, status: Status, want: str, watchers: int) -> View:
    """A run by itself; `line_up` adds its place in the queue."""
    stopping = want == "stop" and status.phase in ("running", "paused")
    return View(
        run_id=run_id,
        plan=plan,
        phase="stopping" if stopping else status.phase,
        reason=status.reason,
        step=status.step,
        epoch=status.epoch,
        done=status.done,
        images_per_s=status.images_per_s,
        remaining=status.remaining,
        position=None,
        wait=None,
        watchers=watchers,
    )


def line_up(views: Sequence[tuple[float, View]], slots: int) -> list[View]:
    """Views, each with when it was queued, as (when, View), completed by position and wait for so many workers.

    What was queued at the same moment is a race: it waits, and keeps a worker busy, as one. A run that waits is taken
    to train as many images a second as the known ones do on average.
    """
    speeds = [view.images_per_s for _, view in views if view.images_per_s]
    speed = sum(speeds) / len(speeds) if speeds else None
    busy: dict[float, float] = {}
    waiting: dict[float, list[View]] = {}
    for when, view in views:
        if view.phase in ("running", "stopping", "paused"):
            busy[when] = max(busy.get(when, 0.0), _busy(view, speed))
        elif view.phase == "queued":
            waiting.setdefault(when, []).append(view)
    free = list(busy.values()) + [0.0] * (max(1, slots) - len(busy))
    heapify(free)
    by_id = {view.run_id: view for _, view in views}
    for position, when in enumerate(sorted(waiting), start=1):
        wait = free[0]
        if speed is not None and slots:
            heapreplace(free, wait + sum(_images(view) * (1 - view.done) for view in waiting[when]) / speed)
        known = slots > 0 and (speed is not None or wait == 0)
        for view in waiting[when]:
            by_id[view.run_id] = replace(view, position=position, wait=wait if known else None)
    return list(by_id.values())


def _busy(view: View, speed: float | None) -> float:
    if view.phase != "running":
        return LEAVING_SECONDS if view.phase == "paused" else 0.0
    if view.remaining is not None:
        return view.remaining
    return _images(view) * (1 - view.done) / speed if speed else 0.0


def _images(view: View) -> int:
    config = view.plan.config
    return config.epochs * min(config.train_limit or view.plan.data.train, view.plan.data.train)
