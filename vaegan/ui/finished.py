"""Which runs of a folder have finished, what they are called, and which are twins: the same but for BatchNorm."""

import time
from pathlib import Path
from threading import RLock
from typing import NamedTuple

from vaegan.config import TrainConfig
from vaegan.errors import CheckpointError, RunError
from vaegan.lab.documents import Origin, Plan
from vaegan.lab.run import Run
from vaegan.lab.runs import Lab
from vaegan.ui.run_names import own_name

TWIN_NORMS = {"batch": "none", "none": "batch"}  # a run with BatchNorm in hidden layers only has no twin
SETTLED_SECONDS = 0.1  # so long after a change of a folder, another change surely gets another time stamp

Recipe = tuple[TrainConfig, str, str, Origin | None]  # all that decides a run's weights, except its BatchNorm


class _Entry(NamedTuple):
    run: Run
    plan: Plan
    relatives: list[str]  # ids of the runs with the same recipe, this one among them; one list for all of them
    name: str  # of it alone
    pair_name: str  # of it and its twin


class FinishedRuns:
    """The finished runs of one folder. May be shared by threads.

    What a run trains never changes, so the plan of each is compared once. Whether it has finished is asked each time.
    """

    def __init__(self, root: Path) -> None:
        self._lab = Lab(root)
        self._entries: dict[str, _Entry] = {}
        self._relatives: dict[Recipe, list[str]] = {}
        self._newest_first: list[_Entry] = []
        self._unreadable: set[str] = set()  # folders without a plan; it may be on its way
        self._changed = -1  # time of the folder's last change, when it was listed; nanoseconds since 1970
        self._listed = -1  # when it was listed last; nanoseconds since 1970
        self._lock = RLock()

    def newest(self, count: int) -> list[Run]:
        """At most `count` finished runs, the newest first."""
        with self._lock:
            self._look()
            runs: list[Run] = []
            for entry in self._newest_first:
                if len(runs) == count:
                    break
                if entry.run.status.phase == "finished":
                    runs.append(entry.run)
            return runs

    def run(self, run_id: str) -> Run:
        """The finished run called so; CheckpointError if it is not there or has not finished."""
        with self._lock:
            self._look()
            entry = self._entries.get(run_id)
        try:
            run = self._lab.run(run_id) if entry is None else entry.run
            name = own_name(run.plan)  # the plan says whether the run is still there
        except RunError as error:
            raise CheckpointError(str(error)) from error
        if run.status.phase != "finished":
            raise CheckpointError(f"{name} has not finished: wait for its end on the Train page")
        return run

    def name(self, run: Run, *, both: bool = False) -> str:
        """What a run is called, or it and its twin; with its number, by age, among runs that are called the same."""
        with self._lock:
            self._look()
            entry = self._entries.get(run.run_id)
            if entry is None:
                return own_name(run.plan, both=both)
            alike = [other.run.run_id for other in self._newest_first[::-1] if other.name == entry.name]
            name = entry.pair_name if both else entry.name
            return f"{name} ({alike.index(run.run_id) + 1})" if len(alike) > 1 else name

    def twin(self, run: Run) -> Run | None:
        """The finished run that differs from this one in BatchNorm alone, the newest if there are several."""
        with self._lock:
            self._look()
            entry = self._entries.get(run.run_id)
            if entry is None:
                return None
            norm = TWIN_NORMS.get(entry.plan.config.model.norm)
            relatives = [self._entries[run_id] for run_id in entry.relatives]
            twins = [other for other in relatives if other.plan.config.model.norm == norm]
            finished = [other for other in twins if other.run.status.phase == "finished"]
            return max(finished, key=lambda other: other.plan.created).run if finished else None

    def _look(self) -> None:
        """Find out which runs are new and which are gone, if the folder may have changed."""
        try:
            changed = self._lab.root.stat().st_mtime_ns
            settled = self._listed - changed > SETTLED_SECONDS * 1e9
            if changed == self._changed and settled and not self._unreadable:
                return
            self._listed = time.time_ns()
            names = {path.name for path in self._lab.root.iterdir()}
        except FileNotFoundError:
            changed, names = -1, set()
        gone = [run_id for run_id in self._entries if run_id not in names]
        if changed != self._changed:
            gone += [run_id for run_id in self._entries if run_id in names and self._was_made_anew(run_id)]
        for run_id in gone:
            self._entries.pop(run_id).relatives.remove(run_id)
            self._lab.forget(run_id)
        if gone:
            self._relatives = {recipe: run_ids for recipe, run_ids in self._relatives.items() if run_ids}
        new = names - self._entries.keys()
        self._unreadable = {name for name in new if not self._add(name)}
        if gone or len(new) > len(self._unreadable):
            by_age = sorted(self._entries.values(), key=lambda entry: (entry.plan.created, entry.run.run_id))
            self._newest_first = by_age[::-1]
        self._changed = changed

    def _was_made_anew(self, run_id: str) -> bool:
        """Whether a run was deleted and asked for again, which changes its date."""
        entry = self._entries[run_id]
        return entry.run.read(Plan) != entry.plan

    def _add(self, run_id: str) -> bool:
        """Add a run; False if its plan cannot be read."""
        try:
            run = self._lab.run(run_id)
            plan = run.plan
        except RunError:
            return False
        relatives: list[str] = []
        if plan.config.model.norm in TWIN_NORMS:
            recipe = (plan.config.updated({"model": {"norm": "none"}}), plan.data.sha256, plan.code, plan.origin)
            relatives = self._relatives.setdefault(recipe, relatives)
        relatives.append(run_id)
        self._entries[run_id] = _Entry(run, plan, relatives, own_name(plan), own_name(plan, both=True))
        return True
