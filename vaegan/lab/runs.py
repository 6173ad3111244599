"""The lab: the folder of all runs. Each run has a folder of its own, which a worker writes and everyone reads."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

import platformdirs

from vaegan.errors import RunError
from vaegan.lab import layout
from vaegan.lab.documents import Plan
from vaegan.lab.open_journals import OpenJournals
from vaegan.lab.run import Run

ENVIRONMENT = "VAEGAN_RUNS"


def runs_folder() -> Path:
    """VAEGAN_RUNS, else a folder of the user's; RunError if that begins with the ~ of a user who is not there."""
    folder = os.environ.get(ENVIRONMENT) or platformdirs.user_data_path("vaegan", appauthor=False) / "runs"
    try:
        return Path(folder).expanduser().absolute()
    except RuntimeError as error:
        raise RunError(f"{ENVIRONMENT}={folder} cannot be found ({error}); give the folder's full path") from error


class Lab:
    """The folder of all runs. What was parsed of a run's small files is kept in memory until they are replaced."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = runs_folder() if root is None else root
        self._runs: dict[str, Run] = {}
        self._journals = OpenJournals()
        self._lock = Lock()

    def run(self, run_id: str) -> Run:
        """The run called so; RunError if there is none."""
        run = self.open(run_id)
        if not (run.folder / layout.PLAN).is_file():
            self.forget(run_id)
            raise RunError(f"there is no run {run_id} here; it may have been deleted")
        return run

    def open(self, run_id: str) -> Run:
        """The run called so, whether it is there or not; RunError if the text cannot be the id of a run."""
        if not layout.is_run_id(run_id):
            raise RunError(f"{run_id[:40]!r} is no run; a run's name has twelve digits and letters from a to f")
        with self._lock:
            run = self._runs.get(run_id)
            if run is None:
                run = self._runs[run_id] = Run(self.root / run_id, self._journals)
            return run

    def equal_to(self, plan: Plan) -> Run:
        """The run that trains what `plan` says, even if it is stored under another id; a new one if there is none."""
        run_id = plan.run_id
        same_id = self.open(run_id)
        if same_id.read(Plan) is not None:
            return same_id
        return next((run for run in self if run.identity == run_id), same_id)

    def forget(self, run_id: str) -> None:
        """Drop what is kept in memory of a run."""
        with self._lock:
            run = self._runs.pop(run_id, None)
        if run is not None:
            self._journals.close(run.folder / layout.JOURNAL)

    def __iter__(self) -> Iterator[Run]:
        """All runs, the newest first."""
        names = layout.run_ids(self.root)
        with self._lock:
            gone = self._runs.keys() - set(names)
        for run_id in gone:
            self.forget(run_id)
        runs = [(plan.created, name, run) for name in names if (plan := (run := self.open(name)).read(Plan))]
        yield from (run for *_, run in sorted(runs, key=lambda item: item[:2], reverse=True))
