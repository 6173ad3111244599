"""Where runs execute: the app's side of a Dask cluster, its own small one or that of VAEGAN_SCHEDULER.

    jobs = Jobs(digits)                                       # goes on with the active runs in the folder
    run_id = jobs.submit(preset("vaegan-bn"), session="anna")
    jobs.view(run_id).phase                                   # "queued", "running", ...
    jobs.lab.run(run_id).curves()                             # all else is read from the run's folder

A session has one active run, or one race of several. Whoever asks for a run that is there already, by settings,
digits, code and origin, shares it. A shared run stops when the last of its watchers stops it; pausing, stepping and
deleting are for a watcher who is alone. A watcher counts while its page calls `view` with the session's name.

Where others can open the app, `masters` guards the runs: a run is stopped and deleted by the session that was the first
to ask for it, also once it has finished, or by one that is among the masters, such as a teacher's. Sharers may leave
it, and hold it while they are alone. Who has only a link to it may look.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import ConfigError, RunError
from vaegan.lab import layout, own_digits
from vaegan.lab.dispatch import Dispatch
from vaegan.lab.documents import ACTIVE, Origin, Plan, make_plan
from vaegan.lab.environment import address_from_environment, workers_from_environment
from vaegan.lab.limits import Limits
from vaegan.lab.queue import View, line_up, view_of
from vaegan.lab.run import Run
from vaegan.lab.runs import Lab
from vaegan.lab.watchers import RunWatchers
from vaegan.model.networks import shape

SNAPSHOT_SECONDS = 0.25  # within which all who ask share one look at all runs


class Jobs:
    """Submits runs, passes on what people want of them, and keeps them going. May be shared by threads."""

    def __init__(
        self,
        digits: Digits,
        root: Path | None = None,
        *,
        scheduler: str | None = None,
        workers: int = 0,
        limits: Limits | None = None,
        masters: Callable[[str], bool] | None = None,
    ) -> None:
        """Returns at once: the cluster starts in a thread.

        `scheduler`, `workers` and `limits` override the environment's.
        """
        self.lab = Lab(root)
        self.limits = limits or Limits.from_environment()
        self._digits = digits
        self._watchers = RunWatchers()
        self._masters = masters
        self._lock = RLock()  # what a session wants is checked and carried out before the next session's
        self._snapshot: tuple[float, dict[str, View]] | None = None  # when it was taken, and all runs by id
        self._dispatch = Dispatch(
            self.lab, scheduler or address_from_environment(), workers or workers_from_environment()
        )
        self._dispatch.start()

    def __enter__(self) -> "Jobs":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the app's own cluster; its runs go on when the next Jobs opens the folder."""
        self._dispatch.close()

    def submit(self, config: TrainConfig, *, session: str, preset: str = "vaegan-bn") -> str:
        """Queue a run, or share the one that is the same; returns its id. A stopped or failed one goes on.

        `preset` is what its name and command line begin with. ConfigError if a limit of this server is exceeded;
        RunError if the session has another active run, or there is no cluster.
        """
        return self.race([(preset, config)], session=session)[0]

    def race(
        self, entries: Sequence[tuple[str, TrainConfig]], *, session: str, digits: Digits | None = None
    ) -> list[str]:
        """Queue several runs, (preset, config) each, as one race: they make every step in turns. Returns their ids.

        They are trained on `digits` that a class wrote, or without any on those of all.
        """
        data = digits or self._digits
        for _, config in entries:
            self.limits.check(config, len(data.train_images))
        plans = [make_plan(config, data, preset) for preset, config in entries]
        return self._enter([(self.lab.equal_to(plan), plan) for plan in plans], session, digits)

    def fork(self, run_id: str, epoch: int, changes: dict[str, Any], *, session: str) -> str:
        """Queue a run that begins with the weights of another after `epoch`, under changed settings; its id."""
        parent = self.lab.run(run_id)
        plan = parent.plan
        config = plan.config.updated(changes)
        own = own_digits.kept(parent, plan.data) if plan.data.of_class else None
        data = own or self._digits
        self.limits.check(config, len(data.train_images))
        inherited = shape(plan.config.model)
        if shape(config.model) != inherited:
            raise ConfigError(f"a fork keeps what decides its weights' shapes: {', '.join(inherited)}; leave them")
        parent.state(epoch)
        forked = make_plan(config, data, plan.preset, Origin(run=run_id, epoch=epoch))
        run = self.lab.equal_to(forked)
        with self._changing():
            if run.read(Plan) is None:
                start = run.folder / layout.START
                start.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(parent.folder / layout.state_name(epoch), start)
        return self._enter([(run, forked)], session, own)[0]

    def pause(self, run_id: str, *, session: str) -> None:
        """Hold the run after the batch it is at."""
        self._ask(run_id, session, "pause")

    def resume(self, *run_ids: str, session: str) -> None:
        """Let paused runs go on, or put stopped or failed ones into the queue again; several as a race."""
        runs = [self.lab.run(run_id) for run_id in run_ids]
        ended = [(run, run.plan) for run in runs if self._dispatch.status(run).phase not in ACTIVE]
        for run_id in run_ids:
            if run_id not in {run.run_id for run, _ in ended}:
                self._ask(run_id, session, "run")
        if ended:
            self._enter(ended, session)

    def step_batch(self, run_id: str, *, session: str) -> None:
        """Let a paused run make one more batch; calls add up."""
        self._ask(run_id, session, "pause", batches=1)

    def step_epoch(self, run_id: str, *, session: str) -> None:
        """Let a paused run go on to the end of an epoch; calls add up."""
        self._ask(run_id, session, "pause", epochs=1)

    def stop(self, run_id: str, *, session: str) -> int:
        """Leave a run; without other watchers it stops, and keeps what it has learned. Returns how many others stay."""
        with self._changing():
            run = self.lab.run(run_id)
            guarded = self._is_guarded_from(session)
            if guarded:
                self._watchers.check_watcher(run, session, "stopped")
            self._watchers.leave(run, session)
            others = self._watchers.count_others(run, session)
            if guarded and self._watchers.owner(run) in self._watchers.of(run):
                others = max(others, 1)  # its owner may be elsewhere, and wants it all the same
            if others:
                return others
            self._dispatch.stop(run)
            return 0

    def end(self, run_id: str, *, session: str) -> None:
        """Stop a run whoever watches it; RunError if the session may not do all with all runs."""
        with self._changing():
            if self._is_guarded_from(session):
                raise RunError("only a teacher stops the runs of others; give the passcode on the Class page")
            self._dispatch.stop(self.lab.run(run_id))

    def owner(self, run_id: str) -> str | None:
        """The session that was the first to ask for a run; None if that was never noted."""
        return self._watchers.owner(self.lab.run(run_id))

    def delete(self, run_id: str, *, session: str) -> None:
        """Remove the run, which nobody sees any more; its folder goes as soon as no worker has it."""
        with self._changing():
            run = self.lab.run(run_id)
            if self._is_guarded_from(session):
                self._watchers.check_owner(run, session, "deleted")
            self._watchers.check_alone(run, session)
            self._watchers.leave(run, session)
            self._dispatch.delete(run)

    def view(self, run_id: str, *, session: str | None = None) -> View:
        """How a run stands; RunError if there is none. With `session` that watcher is known to be still there."""
        if session is not None:
            self._watchers.notice(session)
        views = self._views()
        if run_id not in views:
            self._snapshot = None
            views = self._views()
        if run_id not in views:
            raise RunError(f"there is no run {run_id[:40]} here; it may have been deleted")
        return views[run_id]

    def views(self) -> list[View]:
        """All runs, the newest first."""
        return sorted(self._views().values(), key=lambda view: view.plan.created, reverse=True)

    def active(self, session: str) -> list[View]:
        """The runs of a session that have not ended."""
        return [
            view
            for view in self.views()
            if view.phase in ACTIVE and session in self._watchers.of(self.lab.open(view.run_id))
        ]

    def hindering(
        self, entries: Sequence[tuple[str, TrainConfig]], *, session: str, digits: Digits | None = None
    ) -> list[View]:
        """The session's active runs that would have to end before these could begin."""
        data = digits or self._digits
        wanted = {self.lab.equal_to(make_plan(config, data, preset)).run_id for preset, config in entries}
        return [view for view in self.active(session) if view.run_id not in wanted]

    def _views(self) -> dict[str, View]:
        """All runs by id; looked at four times a second, however many ask, and after each change by this app."""
        with self._lock:
            if self._snapshot is not None and time.monotonic() - self._snapshot[0] < SNAPSHOT_SECONDS:
                return self._snapshot[1]
            queued = []
            for run_id, plan, status, control in self._dispatch.standings():
                watchers = len(self._watchers.present(self.lab.open(run_id)))
                queued.append((status.queued_at, view_of(run_id, plan, status, control.want, watchers)))
            views = {view.run_id: view for view in line_up(queued, self._dispatch.slots)}
            self._snapshot = time.monotonic(), views
            return views

    def _enter(self, entries: Sequence[tuple[Run, Plan]], session: str, digits: Digits | None = None) -> list[str]:
        """Let a session watch runs, and queue those of them that are new or have ended without a result."""
        entries = list({run.run_id: (run, plan) for run, plan in entries}.values())
        ids = [run.run_id for run, _ in entries]
        self._dispatch.connect()
        with self._changing():
            if any(view.run_id not in ids for view in self.active(session)):
                raise RunError("another run of yours goes on; stop it, or wait for its end, then start this one")
            for run, _ in entries:
                run.folder.mkdir(parents=True, exist_ok=True)
                if digits is not None:
                    own_digits.keep(run, digits)
                self._watchers.join(run, session)
            self._dispatch.enter(entries)
        return ids

    def _ask(
        self, run_id: str, session: str, want: Literal["run", "pause"], *, batches: int = 0, epochs: int = 0
    ) -> None:
        with self._changing():
            run = self.lab.run(run_id)
            if self._is_guarded_from(session):
                self._watchers.check_watcher(run, session, "held, stepped or sent on")
            if self._masters is None or not self._masters(session):
                self._watchers.check_alone(run, session)
            self._dispatch.ask(run, want, batches=batches, epochs=epochs)

    def _is_guarded_from(self, session: str) -> bool:
        return self._masters is not None and not self._masters(session)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Carry out what a session wants, before the next one; what goes wrong with the disk becomes a sentence."""
        with self._lock:
            self._snapshot = None
            try:
                yield
            except OSError as error:
                raise RunError(
                    f"the folder of runs cannot be written ({error.strerror or error}); make room, or "
                    "give another by VAEGAN_RUNS"
                ) from error
            finally:
                self._snapshot = None
