"""Where runs execute: the app's side of a Dask cluster, its own small one or that of VAEGAN_SCHEDULER.

    jobs = Jobs(digits)                                       # finds the runs of last time and goes on with them
    run_id = jobs.submit(preset("vaegan-bn"), session="anna")
    jobs.view(run_id).phase                                   # "queued", "running", ...
    jobs.lab.run(run_id).curves()                             # all else is read from the run's folder

A session has one active run, or one race of several. Whoever asks for a run that is there already, by settings,
digits, code and origin, shares it. A shared run stops when the last of its watchers stops it; pausing, stepping and
deleting are for a watcher who is alone. Watchers count while they look: `view` with their session is what shows it.
"""

import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import ConfigError, RunError
from vaegan.lab.dispatch import Dispatch
from vaegan.lab.documents import ACTIVE, START, Control, Origin, Plan, Status, make_plan, state_name
from vaegan.lab.limits import Limits
from vaegan.lab.pool import address_from_environment, workers_from_environment
from vaegan.lab.queue import View, line_up, view_of
from vaegan.lab.runs import Lab
from vaegan.lab.watchers import Audience
from vaegan.model.networks import shape

SNAPSHOT_SECONDS = 0.25
DELETE_SECONDS = 5.0


class Jobs:
    """Submits runs, passes on what people want of them, and keeps them going. May be shared by threads."""

    def __init__(
        self, digits: Digits, root: Path | None = None, *, scheduler: str | None = None, workers: int = 0
    ) -> None:
        """Returns at once: the cluster starts in a thread. `scheduler` and `workers` override the environment's."""
        self.lab = Lab(root)
        self.limits = Limits.from_environment()
        self._digits = digits
        self._audience = Audience()
        self._snapshot: tuple[float, dict[str, View]] = (0.0, {})
        self._dispatch = Dispatch(
            self.lab, scheduler or address_from_environment(), workers or workers_from_environment()
        )
        self._lock = self._dispatch.lock
        self._dispatch.start()

    def __enter__(self) -> "Jobs":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the own cluster; its runs go on when the next Jobs opens the folder."""
        self._dispatch.close()

    def submit(self, config: TrainConfig, *, session: str, preset: str = "vaegan-bn") -> str:
        """Queue a run, or share the one that is the same; returns its id. A stopped or failed one goes on.

        `preset` is what its name and command line begin with. ConfigError if a limit of this server is exceeded;
        RunError if the session has another active run, or there is no cluster.
        """
        return self.race([(preset, config)], session=session)[0]

    def race(self, entries: Sequence[tuple[str, TrainConfig]], *, session: str) -> list[str]:
        """Queue several runs, (preset, config) each: one of the session's, in which all make the same step in turns."""
        for _, config in entries:
            self.limits.check(config, len(self._digits.train_images))
        return self._enter([make_plan(config, self._digits, preset) for preset, config in entries], session)

    def fork(self, run_id: str, epoch: int, changes: dict[str, Any], *, session: str) -> str:
        """Queue a run that begins with the weights of another after `epoch`, under changed settings; its id."""
        parent = self.lab.run(run_id)
        plan = parent.plan
        config = plan.config.updated(changes)
        self.limits.check(config, len(self._digits.train_images))
        inherited = shape(plan.config.model)
        if shape(config.model) != inherited:
            raise ConfigError(f"a fork keeps what decides its weights' shapes: {', '.join(inherited)}; leave them")
        parent.state(epoch)
        forked = make_plan(config, self._digits, plan.preset, Origin(run=run_id, epoch=epoch))
        with self._on_disk():
            folder = self.lab.root / forked.run_id
            (folder / "states").mkdir(parents=True, exist_ok=True)
            shutil.copyfile(parent.folder / state_name(epoch), folder / START)
        return self._enter([forked], session)[0]

    def pause(self, run_id: str, *, session: str) -> None:
        """Hold the run after the batch it is at."""
        self._want(run_id, session, want="pause")

    def resume(self, *run_ids: str, session: str) -> None:
        """Let paused runs go on, or put stopped or failed ones into the queue again; several as a race."""
        runs = [self.lab.run(run_id) for run_id in run_ids]
        ended = [run.plan for run in runs if run.status.phase not in ACTIVE]
        for run in runs:
            if run.status.phase in ACTIVE:
                self._want(run.run_id, session, want="run")
        if ended:
            self._enter(ended, session)

    def step_batch(self, run_id: str, *, session: str) -> None:
        """Let a paused run make one more batch; calls add up."""
        self._want(run_id, session, want="pause", batches=1)

    def step_epoch(self, run_id: str, *, session: str) -> None:
        """Let a paused run go on to the end of an epoch; calls add up."""
        self._want(run_id, session, want="pause", epochs=1)

    def stop(self, run_id: str, *, session: str) -> int:
        """Leave a run; without other watchers it stops, and keeps what it has learned. Returns how many others stay."""
        with self._lock, self._on_disk():
            run = self.lab.run(run_id)
            self._audience.leave(run, session)
            if others := self._audience.others(run, session):
                return others
            status = run.status
            if status.phase in ACTIVE:
                run.write(run.control.model_copy(update={"want": "stop"}))
            if status.phase == "queued" or (status.phase == "paused" and not status.held):
                self._dispatch.end(run)
            self._forget_snapshot()
            return 0

    def delete(self, run_id: str, *, session: str) -> None:
        """Stop the run if it goes on, and remove its folder."""
        run = self.lab.run(run_id)
        self._audience.check_alone(run, session)
        self.stop(run_id, session=session)
        deadline = time.monotonic() + DELETE_SECONDS
        while run.status.phase in ACTIVE and time.monotonic() < deadline:
            time.sleep(0.02)
        with self._lock, self._on_disk():
            away = self.lab.root / f".deleted-{run_id}-{secrets.token_hex(4)}"
            run.folder.rename(away)
            shutil.rmtree(away, ignore_errors=True)
            self._dispatch.forget(run_id)
            self.lab.forget(run_id)
            self._forget_snapshot()

    def view(self, run_id: str, *, session: str | None = None) -> View:
        """How a run stands; RunError if there is none. With `session` that watcher is known to be still there."""
        if session is not None:
            self._audience.notice(session)
        views = self._views()
        if run_id not in views:
            self._forget_snapshot()
            views = self._views()
        if run_id not in views:
            raise RunError(f"there is no run {run_id[:40]!r} in {self.lab.root}; it may have been deleted")
        return views[run_id]

    def views(self) -> list[View]:
        """All runs, the newest first."""
        return sorted(self._views().values(), key=lambda view: view.plan.created, reverse=True)

    def active(self, session: str) -> list[View]:
        """The runs of a session that have not ended."""
        return [
            view
            for view in self.views()
            if view.phase in ACTIVE and session in self._audience.of(self.lab.open(view.run_id))
        ]

    def _views(self) -> dict[str, View]:
        """All runs by id; looked at four times a second, however many ask."""
        with self._lock:
            taken, views = self._snapshot
            if time.monotonic() - taken < SNAPSHOT_SECONDS:
                return views
            found: dict[str, tuple[float, View]] = {}
            for run in self.lab:
                try:
                    plan, status = run.plan, self._dispatch.status(run)
                except RunError:  # deleted meanwhile
                    continue
                watchers = len(self._audience.of(run))
                found[run.run_id] = status.queued_at, view_of(run.run_id, plan, status, run.control.want, watchers)
            for run_id in self._dispatch.plans.keys() - found.keys():  # whose folders were lost
                reason = f"the run's folder {self.lab.root / run_id} is gone; start it again"
                status = Status(phase="failed", reason=reason)
                found[run_id] = 0.0, view_of(run_id, self._dispatch.plans[run_id], status, "run", 0)
            views = {view.run_id: view for view in line_up(list(found.values()), self._dispatch.slots)}
            self._snapshot = time.monotonic(), views
            return views

    def _forget_snapshot(self) -> None:
        self._snapshot = (0.0, {})

    def _enter(self, plans: Sequence[Plan], session: str) -> list[str]:
        """Create what is new, queue what has ended without result, and watch all."""
        ids = [plan.run_id for plan in plans]
        self._dispatch.connect()
        with self._lock, self._on_disk():
            self._forget_snapshot()
            busy = [view.plan.name for view in self.active(session) if view.run_id not in ids]
            if busy:
                raise RunError(f"your run {busy[0]} goes on; stop it, or wait for its end, then start another")
            waiting = []
            for plan in plans:
                run = self.lab.open(plan.run_id)
                run.folder.mkdir(parents=True, exist_ok=True)
                if run.read(Plan) is None:
                    run.write(Control())
                    run.write(Status(phase="stopped"))
                    run.write(plan)
                self._audience.join(run, session)
                if self._dispatch.status(run).phase in ("stopped", "failed"):
                    waiting.append((run, Control()))
                elif run.control.want == "stop":
                    run.write(run.control.model_copy(update={"want": "run"}))
            self._dispatch.queue(waiting)
            self._forget_snapshot()
        return ids

    def _want(self, run_id: str, session: str, *, want: str, batches: int = 0, epochs: int = 0) -> None:
        with self._lock, self._on_disk():
            run = self.lab.run(run_id)
            self._audience.check_alone(run, session)
            status, before = self._dispatch.status(run), run.control
            if status.phase not in ACTIVE:
                raise RunError(f"run {run.plan.name} has {status.phase}; resume it or start another")
            sums = {"batches": before.batches + batches, "epochs": before.epochs + epochs}
            run.write(before.model_copy(update={"want": want} | sums))
            self._dispatch.revive(run)
            self._forget_snapshot()

    @contextmanager
    def _on_disk(self) -> Iterator[None]:
        """What goes wrong with the folder of all runs, as a sentence."""
        try:
            yield
        except OSError as error:
            raise RunError(
                f"the runs' folder {self.lab.root} cannot be written ({error.strerror or error}); make room or give "
                "another by VAEGAN_RUNS"
            ) from error
