"""The phase of a run, and who may change it to what.

    (new) ---app---> queued ---worker---> running ---worker---> finished
                       ^                  ^     |                failed
                       |                  |worker               stopped
                      app                 |     v
          stopped, failed,                 paused
          and what lost its worker

    from                     to        by      when
    none                     queued    app     somebody asks for a run that is not there
    stopped, failed          queued    app     somebody asks for it again, or resumes it
    queued                   running   worker  takes it up
    running                  paused    worker  people want a pause; the worker holds the run, unless others wait
    paused                   running   worker  people want it to go on, for good or for a step; or its task began again
    running                  running   worker  takes up a run whose worker was lost
    running                  finished  worker  all is trained and measured
    queued, running, paused  stopped   worker  people want that
    queued, running, paused  failed    worker  training diverged, or the disk is full, ...
    running, paused          queued    app     its worker was lost, or has left it and people want it to go on
    queued, running, paused  stopped   app     people want that, and no worker has it
    queued, running, paused  failed    app     its task broke off on the cluster, or its worker could not write so

A run that has finished stays so. A stopping run is one that people want stopped while a worker has it: `queue.View`
shows it so, and no file says it. A worker changes phases while it holds the run's lock, and the app while no worker
holds it or may take it up.
"""

from contextlib import suppress
from typing import Any, Literal

from vaegan.errors import RunError
from vaegan.lab.documents import ACTIVE, Phase, Status
from vaegan.lab.run import Run

Actor = Literal["app", "worker"]
_Changes = dict[Phase | None, frozenset[Phase]]

_BY_APP: _Changes = {
    None: frozenset(("queued",)),
    "stopped": frozenset(("queued",)),
    "failed": frozenset(("queued",)),
    "queued": frozenset(("stopped", "failed")),
    "running": frozenset(("queued", "stopped", "failed")),
    "paused": frozenset(("queued", "stopped", "failed")),
}
_BY_WORKER: _Changes = {
    "queued": frozenset(("running", "stopped", "failed")),
    "running": frozenset(("running", "paused", "finished", "stopped", "failed")),
    "paused": frozenset(("running", "stopped", "failed")),
}
ALLOWED: dict[Actor, _Changes] = {"app": _BY_APP, "worker": _BY_WORKER}


def changed(status: Status | None, actor: Actor, phase: Phase, **details: Any) -> Status:
    """The status of a run (None: a new one) after a change of phase; RunError if it is not one of the table's."""
    before = None if status is None else status.phase
    if phase not in ALLOWED[actor].get(before, ()):
        raise RunError(f"a run that is {before or 'new'} cannot be made {phase} by the {actor}; start the app again")
    return (status or Status(phase=phase)).model_copy(update={"phase": phase, "cause": None, "held": False} | details)


class Phases:
    """The phases of all runs as this app knows them. The app reads them and changes them here alone.

    They are on the disk, except for those of runs that failed when the disk could not be written.
    """

    def __init__(self) -> None:
        self._failed: dict[str, tuple[str, str]] = {}  # by run: the task that failed, and why

    def status(self, run: Run) -> Status:
        """The status on disk, or that the run failed."""
        status = run.status
        failed = self._failed.get(run.run_id)
        if failed is not None and failed[0] == status.task_of(run.run_id) and status.phase in ACTIVE:
            return status.model_copy(update={"phase": "failed", "reason": failed[1]})
        return status

    def change(self, run: Run, phase: Phase, **details: Any) -> None:
        """Change a run's phase on the disk; OSError if it cannot be written."""
        known = self.status(run) if run.read(Status) is not None else None
        run.write(changed(known, "app", phase, **details))
        self._failed.pop(run.run_id, None)

    def fail(self, run: Run, task: str, reason: str) -> None:
        """Remember that the task of a run failed, and write it to the disk, unless the worker did or nobody can."""
        self._failed[run.run_id] = task, reason
        status = run.status
        if status.phase in ACTIVE and status.task_of(run.run_id) == task and run.folder.is_dir():
            with suppress(OSError):
                run.write(changed(status, "app", "failed", reason=reason))

    def forget(self, run_id: str) -> None:
        """Drop what is known of a run that was deleted."""
        self._failed.pop(run_id, None)
