"""Brings runs to a cluster and keeps them there: a run whose task broke off is submitted again."""

import logging
import shutil
import time
from collections.abc import Mapping, Sequence
from threading import Event, RLock, Thread
from typing import Literal, NamedTuple

from vaegan.errors import RunError
from vaegan.lab import layout
from vaegan.lab.documents import ACTIVE, Control, Plan, Status
from vaegan.lab.lock import is_held
from vaegan.lab.phases import Phases
from vaegan.lab.pool import Pool
from vaegan.lab.run import Run
from vaegan.lab.runs import Lab
from vaegan.lab.shift import BY_WATCHERS, Outcome

TEND_SECONDS = 0.5
RETRY_SECONDS = 5.0

log = logging.getLogger(__name__)


class Standing(NamedTuple):
    """How a run stands: what it trains, how far it is, and what people want of it."""

    run_id: str
    plan: Plan
    status: Status
    control: Control


class Dispatch:
    """Queues runs and tends them in a thread. A task carries one run, or those of a race, which take turns.

    All that this app changes in a run goes through here, and its phase through `Phases`. May be shared by threads.
    """

    def __init__(self, lab: Lab, address: str | None, workers: int) -> None:
        """Uses the scheduler at `address`, else a cluster of the app's own with so many `workers`."""
        self.slots = 0  # how many tasks can run at once; 0 while that is not known
        self._lab = lab
        self._lock = RLock()
        self._phases = Phases()
        self._submitted: dict[str, Plan] = {}  # what this app has put on the cluster
        self._faults: dict[str, str] = {}  # what was logged last about a run
        self._pool = Pool(address, workers, self._ended)
        self._closing = Event()
        self._tender = Thread(target=self._tend, name="jobs", daemon=True)

    def start(self) -> None:
        """Go on with the runs in the folder, and from now on tend all runs in a thread."""
        self._tender.start()

    def close(self) -> None:
        """End the app's own cluster; its runs go on when the app is started again."""
        self._closing.set()
        self._tender.join()
        self._pool.close()

    def connect(self) -> None:
        """Make sure that there is a cluster; RunError if there can be none."""
        self._pool.connect()

    def status(self, run: Run) -> Status:
        """How a run stands by what this app knows of it."""
        return self._phases.status(run)

    def standings(self) -> list[Standing]:
        """How all runs stand. Deleted ones are left out; those whose folders were lost have failed."""
        with self._lock:
            runs = list(self._lab)
            standings = []
            for run in runs:
                plan, control = run.read(Plan), run.control
                if plan is not None and control.want != "delete":
                    standings.append(Standing(run.run_id, plan, self.status(run), control))
            for run_id in self._submitted.keys() - {run.run_id for run in runs}:
                reason = f"the run's folder {self._lab.root / run_id} is gone; start it again"
                lost = Status(phase="failed", reason=reason)
                standings.append(Standing(run_id, self._submitted[run_id], lost, Control()))
            return standings

    def enter(self, entries: Sequence[tuple[Run, Plan]]) -> None:
        """Queue runs that are new or have ended without a result, as one task; let the others go on."""
        with self._lock:
            waiting = []
            for run, plan in entries:
                if run.read(Plan) is None or self.status(run).phase in ("stopped", "failed"):
                    waiting.append((run, plan, Control()))
                elif run.control.wants_end:
                    run.write(run.control.model_copy(update={"want": "run"}))
            self._queue(waiting)

    def ask(self, run: Run, want: Literal["run", "pause"], *, batches: int = 0, epochs: int = 0) -> None:
        """Let an active run go on, or pause; while it is paused it may make so many more batches and epochs."""
        with self._lock:
            status, before = self.status(run), run.control
            if status.phase not in ACTIVE:
                raise RunError(f"this run has {status.phase}; start another, or train on if it was stopped")
            sums = {"batches": before.batches + batches, "epochs": before.epochs + epochs}
            run.write(before.model_copy(update={"want": want} | sums))
            self._revive(run)

    def stop(self, run: Run) -> None:
        """End an active run before its end; what it has learned is kept."""
        with self._lock:
            self._end(run, "stop")

    def delete(self, run: Run) -> None:
        """Remove a run for good. One that a worker has is stopped first, and removed as soon as the worker lets go."""
        with self._lock:
            self._end(run, "delete")
            self._remove_if_free(run)

    def _end(self, run: Run, want: Literal["stop", "delete"]) -> None:
        status = self.status(run)
        if status.phase in ACTIVE or (want == "delete" and _is_held(run)):
            run.write(run.control.model_copy(update={"want": want}))
        if status.phase == "queued" or (status.phase == "paused" and not status.held):
            self._phases.change(run, "stopped", reason=BY_WATCHERS)
            if not any(mate.status.phase in ACTIVE for mate in self._race(run)):
                self._pool.cancel(status.task_of(run.run_id))

    def _remove_if_free(self, run: Run) -> None:
        """Take a deleted run out of the lab, unless a worker has it. The tender removes the files later."""
        if self.status(run).phase in ACTIVE or _is_held(run):
            return
        run.folder.rename(layout.deleted_folder(self._lab.root, run.run_id))
        self._submitted.pop(run.run_id, None)
        self._phases.forget(run.run_id)
        self._lab.forget(run.run_id)

    def _queue(self, entries: Sequence[tuple[Run, Plan, Control]]) -> None:
        """Put runs that no worker has into the queue, as one task: on it they take turns. New ones are created."""
        queued_at, race = time.time(), tuple(run.run_id for run, *_ in entries)
        for run, plan, control in entries:
            run.folder.mkdir(parents=True, exist_ok=True)
            run.write(control)
            self._phases.change(
                run, "queued", reason="", queued_at=queued_at, race=race, spent_batches=0, spent_epochs=0
            )
            if run.read(Plan) is None:
                run.write(plan)  # last: a folder with a plan is a run
            self._submitted[run.run_id] = plan
        if entries:
            self._start(entries[0][0])

    def _revive(self, run: Run) -> None:
        """Queue a paused run that has left its worker, if it may go on, and those of its race that may as well."""
        if _may_go_on(run):
            mates = [mate for mate in self._race(run) if _may_go_on(mate)]
            self._queue([(mate, mate.plan, _unspent(mate)) for mate in mates])

    def _race(self, run: Run) -> list[Run]:
        """The run and those that share its task."""
        return [self._lab.open(run_id) for run_id in run.status.race or (run.run_id,)]

    def _start(self, run: Run) -> None:
        """Submit the task of a run. Runs that were queued earlier have priority, also over those of other apps."""
        status, folders = run.status, [str(mate.folder) for mate in self._race(run)]
        self._pool.submit(status.task_of(run.run_id), folders, priority=-int(status.queued_at * 1000))

    def _ended(self, task: str, outcomes: Mapping[str, Outcome] | str) -> None:
        """Called by the pool when a task has left its worker: how each run did, or why the task broke off."""
        with self._lock:
            if isinstance(outcomes, str):
                runs = {run_id: self._lab.open(run_id) for run_id in self._submitted}
                failures = {key: outcomes for key, run in runs.items() if run.status.task_of(key) == task}
            else:
                failures = {run_id: reason for run_id, (phase, reason) in outcomes.items() if phase == "failed"}
            for run_id in failures.keys() & self._submitted.keys():
                self._phases.fail(self._lab.open(run_id), task, failures[run_id])

    def _tend(self) -> None:
        """Keep the connection to the cluster and every active run on it, and remove deleted runs."""
        while not self._closing.is_set():
            for folder in layout.deleted_folders(self._lab.root):
                shutil.rmtree(folder, ignore_errors=True)
            try:
                self._pool.connect()
                self.slots = self._pool.slots()
                with self._lock:
                    for run in self._lab:
                        try:
                            self._tend_run(run)
                            self._faults.pop(run.run_id, None)
                        except Exception as error:  # noqa: BLE001 - whatever it is, the other runs are still tended
                            self._note(run.run_id, error)
            except Exception as error:  # noqa: BLE001 - the thread must outlive it, or nothing is ever queued again
                self._note("the lab", error)
                self._closing.wait(RETRY_SECONDS)
            self._closing.wait(TEND_SECONDS)

    def _note(self, whose: str, error: Exception) -> None:
        """Log what went wrong with a run, once and not twice a second."""
        if self._faults.get(whose) != repr(error):
            self._faults[whose] = repr(error)
            expected = isinstance(error, RunError | OSError)
            log.warning("%s: %s", whose, error, exc_info=None if expected else error)

    def _tend_run(self, run: Run) -> None:
        """Do what the app has to do for one run."""
        status, want = self.status(run), run.control.want
        if status.phase in ACTIVE:
            if status.task_of(run.run_id) not in self._pool and run.status == status:  # it has not ended meanwhile
                self._tend_without_task(run, status)
        elif want == "delete":
            self._remove_if_free(run)
        elif status.phase == "stopped" and want == "run":  # people wanted it again while it stopped
            self._queue([(run, run.plan, Control())])

    def _tend_without_task(self, run: Run, status: Status) -> None:
        """Tend an active run for which this app has no task: it may be from an earlier start or from another app, or it
        is paused and has left its worker.
        """
        has_worker = _is_held(run)
        if run.control.wants_end and not has_worker:
            self._phases.change(run, "stopped", reason=BY_WATCHERS)
        elif status.phase == "paused" and not status.held:
            self._revive(run)
        else:
            if status.phase != "queued" and not has_worker:
                self._phases.change(run, "queued")
            self._submitted[run.run_id] = run.plan
            self._start(run)


def _is_held(run: Run) -> bool:
    return is_held(run.folder / layout.LOCK)


def _may_go_on(run: Run) -> bool:
    """Whether a paused run that has left its worker is wanted there again."""
    status, control = run.status, run.control
    is_allowed_more = control.batches > status.spent_batches or control.epochs > status.spent_epochs
    return status.phase == "paused" and not status.held and (control.want == "run" or is_allowed_more)


def _unspent(run: Run) -> Control:
    """What people want of a run, without the batches and epochs that it has made."""
    status, control = run.status, run.control
    left = {"batches": control.batches - status.spent_batches, "epochs": control.epochs - status.spent_epochs}
    return control.model_copy(update=left)
