"""Runs on their way to a cluster and kept on it: what broke off there is put there again."""

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Event, RLock, Thread
from typing import Any

from vaegan.errors import RunError
from vaegan.lab.documents import ACTIVE, Control, Plan, Status
from vaegan.lab.lock import is_held
from vaegan.lab.pool import Pool
from vaegan.lab.runs import Lab, Run
from vaegan.lab.worker import BY_WATCHERS, Outcome

TEND_SECONDS = 0.5
RETRY_SECONDS = 5.0

log = logging.getLogger(__name__)


class Dispatch:
    """Queues runs and tends them in a thread. A task carries one run, or those of a race, which take turns."""

    def __init__(self, lab: Lab, address: str | None, workers: int) -> None:
        """The scheduler at `address`, else an own cluster with so many `workers`."""
        self.lock = RLock()
        self.slots = 0  # how many tasks can run at once; 0 while that is not known
        self.plans: dict[str, Plan] = {}  # of what this app has put on the cluster
        self._lab = lab
        self._pool = Pool(address, workers, self._ended)
        self._failed: dict[str, tuple[str, str]] = {}  # task and reason, also where no disk took word of it
        self._closing = Event()
        self._tender = Thread(target=self._tend, name="jobs", daemon=True)

    def start(self) -> None:
        """Go on with the runs that are there, and look after all."""
        self._tender.start()

    def close(self) -> None:
        """End the own cluster; its runs go on with the next start."""
        self._closing.set()
        self._tender.join()
        self._pool.close()

    def connect(self) -> None:
        """Have a cluster; RunError if there is none to be had."""
        self._pool.connect()

    def status(self, run: Run) -> Status:
        """The status on disk, or that the run failed and no disk took word of it."""
        status = run.status
        failed = self._failed.get(run.run_id)
        if failed is not None and failed[0] == _task(run, status) and status.phase in ACTIVE:
            return status.model_copy(update={"phase": "failed", "reason": failed[1]})
        return status

    def queue(self, runs: Sequence[tuple[Run, Control]]) -> None:
        """Put runs that no worker has into the queue, as one task: on it they take turns."""
        now, race = time.time(), tuple(run.run_id for run, _ in runs)
        for run, control in runs:
            changes: dict[str, Any] = {"phase": "queued", "reason": "", "cause": None, "held": False}
            changes |= {"queued_at": now, "race": race}
            run.write(control)
            run.write(run.status.model_copy(update=changes | {"spent_batches": 0, "spent_epochs": 0}))
            self._failed.pop(run.run_id, None)
            self.plans[run.run_id] = run.plan
        if runs:
            self._start(runs[0][0])

    def revive(self, run: Run) -> None:
        """Queue a paused run that has left its worker, if it may go on, and those of its race that may as well."""
        if _may_go_on(run):
            mates = [mate for mate in self._race(run) if _may_go_on(mate)]
            self.queue([(mate, _allowed(mate)) for mate in mates])

    def end(self, run: Run) -> None:
        """Take a run that no worker trains out of the queue: it has been stopped."""
        status = run.status
        run.write(status.model_copy(update={"phase": "stopped", "reason": BY_WATCHERS}))
        if not any(mate.status.phase in ACTIVE for mate in self._race(run)):
            self._pool.cancel(_task(run, status))

    def forget(self, run_id: str) -> None:
        """Drop what is known of a run that was deleted."""
        self._failed.pop(run_id, None)
        self.plans.pop(run_id, None)

    def _race(self, run: Run) -> list[Run]:
        """The run and those that share its task."""
        return [self._lab.open(run_id) for run_id in run.status.race or (run.run_id,)]

    def _start(self, run: Run) -> None:
        """First come, first served, also among the tasks of other apps: who was queued earlier has priority."""
        status, folders = run.status, [str(mate.folder) for mate in self._race(run)]
        self._pool.submit(_task(run, status), folders, priority=-int(status.queued_at * 1000))

    def _ended(self, task: str, outcomes: Mapping[str, Outcome] | str) -> None:
        """Told by the pool when a task has left its worker: how each run did, or why all broke off."""
        with self.lock:
            told = outcomes if isinstance(outcomes, Mapping) else self._all_failed(task, outcomes)
            for run_id, (phase, reason) in told.items():
                if phase == "failed" and run_id in self.plans:
                    self._failed[run_id] = task, reason
                    self._put_down(self._lab.open(run_id), task, reason)

    def _all_failed(self, task: str, reason: str) -> dict[str, Outcome]:
        carried = [run_id for run_id in self.plans if _task_of(self._lab.open(run_id)) == task]
        return dict.fromkeys(carried, ("failed", reason))

    @staticmethod
    def _put_down(run: Run, task: str, reason: str) -> None:
        """Write that a run failed, unless its worker did or the disk takes no word of it."""
        status = run.status
        if run.folder.is_dir() and _task(run, status) == task and status.phase in ACTIVE:
            with suppress(OSError):
                run.write(status.model_copy(update={"phase": "failed", "reason": reason, "held": False}))

    def _tend(self) -> None:
        """Keep the cluster there, and every active run on it."""
        while not self._closing.is_set():
            try:
                self._pool.connect()
                self.slots = self._pool.slots()
                with self.lock:
                    for run in self._lab:
                        try:
                            self._tend_run(run)
                        except (RunError, OSError) as error:  # of this run alone: the others are tended all the same
                            log.warning("run %s: %s", run.run_id, error)
            except (RunError, OSError) as error:
                log.warning("%s", error)
                self._closing.wait(RETRY_SECONDS)
            self._closing.wait(TEND_SECONDS)

    def _tend_run(self, run: Run) -> None:
        status, want = self.status(run), run.control.want
        if status.phase == "stopped" and want == "run":  # wanted again while it stopped
            self.queue([(run, Control())])
        if status.phase not in ACTIVE or _task(run, status) in self._pool or run.status != status:
            return
        lost = not is_held(run.folder / "claim")
        if want == "stop" and lost:
            run.write(status.model_copy(update={"phase": "stopped", "reason": BY_WATCHERS, "held": False}))
        elif status.phase == "paused" and not status.held:
            self.revive(run)
        else:
            if lost:
                run.write(status.model_copy(update={"phase": "queued", "held": False}))
            self.plans[run.run_id] = run.plan
            self._start(run)


def _may_go_on(run: Run) -> bool:
    """Whether a paused run that has left its worker is wanted there again."""
    status, control = run.status, run.control
    unspent = control.batches > status.spent_batches or control.epochs > status.spent_epochs
    return status.phase == "paused" and not status.held and (control.want == "run" or unspent)


def _allowed(run: Run) -> Control:
    """What people want of a run, without the batches and epochs that it has made."""
    status, control = run.status, run.control
    left = {"batches": control.batches - status.spent_batches, "epochs": control.epochs - status.spent_epochs}
    return control.model_copy(update=left)


def _task_of(run: Run) -> str:
    return _task(run, run.status)


def _task(run: Run, status: Status) -> str:
    """The task's name on every cluster: whoever asks for the same attempt again joins it."""
    first = status.race[0] if status.race else run.run_id
    return f"vaegan-{first}-{status.queued_at:.3f}"
