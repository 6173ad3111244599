"""The queue as people see it: each run's place in it, and how long it will probably wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heapreplace

from vaegan.lab.documents import Phase, Plan, Status

LEAVING_SECONDS = 3.0  # until a paused run gives its worker to others
WITH_WORKER: frozenset[Phase] = frozenset(("running", "stopping", "paused"))


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
    position: int | None  # in the queue, 1 is next; None if it does not wait
    wait: float | None  # seconds until it probably begins; None if it does not wait, or if nobody can tell
    watchers: int  # sessions that asked for it and are still open


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
    """All runs, given as (when it was queued, view), with place and probable wait in the queue for so many workers.

    Runs that were queued at the same moment are a race: they wait together, and keep one worker busy together. A
    waiting run is assumed to train as fast as the runs whose speed is known do on average.
    """
    speed = _mean_speed(view for _, view in views)
    races: dict[float, list[View]] = {}
    for when, view in views:
        races.setdefault(when, []).append(view)
    with_worker = [race for race in races.values() if any(view.phase in WITH_WORKER for view in race)]
    free_in = [max(_busy_seconds(view, speed) for view in race if view.phase in WITH_WORKER) for race in with_worker]
    free_in += [0.0] * (max(1, slots) - len(with_worker))  # seconds until each worker is free
    heapify(free_in)
    lined_up = {view.run_id: view for _, view in views}
    waiting = [[view for view in races[when] if view.phase == "queued"] for when in sorted(races)]
    for position, race in enumerate(filter(None, waiting), start=1):
        wait = free_in[0]
        if speed is not None and slots:
            heapreplace(free_in, wait + sum(_images_left(view) for view in race) / speed)
        is_known = slots > 0 and (speed is not None or wait == 0)
        for view in race:
            lined_up[view.run_id] = replace(view, position=position, wait=wait if is_known else None)
    return list(lined_up.values())


def _mean_speed(views: Iterable[View]) -> float | None:
    """The mean speed of the runs whose speed is known, in images a second."""
    speeds = [view.images_per_s for view in views if view.images_per_s]
    return sum(speeds) / len(speeds) if speeds else None


def _busy_seconds(view: View, speed: float | None) -> float:
    """How long a run will probably keep the worker that it has."""
    if view.phase == "paused":
        return LEAVING_SECONDS
    if view.phase == "stopping":
        return 0.0
    if view.remaining is not None:
        return view.remaining
    return _images_left(view) / speed if speed else 0.0


def _images_left(view: View) -> float:
    """How many images a run still has to train on, each counted once an epoch."""
    config = view.plan.config
    images = config.epochs * min(config.train_limit or view.plan.data.train, view.plan.data.train)
    return images * (1 - view.done)
