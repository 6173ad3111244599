"""Finished runs as models for every page, without Dask.

`run-ID` names a run's model; as a pair it names the run and its twin, which differs in BatchNorm alone and may be
missing: `run-ID-bn` is the one of both with BatchNorm, `run-ID-plain` the one without.
"""

import re
from functools import lru_cache
from pathlib import Path

from vaegan.errors import CheckpointError, RunError
from vaegan.lab.documents import Watchers
from vaegan.lab.runs import Lab, Run, runs_folder
from vaegan.ui import state

SUFFIXES = {"batch": "bn", "hidden": "bn", "none": "plain"}
OTHER: dict[str, str] = {"batch": "none", "none": "batch"}  # what a twin has; BatchNorm in hidden layers only has none
NEWEST = 30  # in a menu
_NAME = re.compile(r"run-([0-9a-f]{12})(?:-(bn|plain))?")


def names() -> list[str]:
    """The models of the newest finished runs."""
    return [f"run-{run.run_id}" for run in _finished()]


def pairs() -> list[str]:
    """The newest finished runs that encode, twins counted once."""
    found = (pair_of(run.run_id) for run in _finished() if run.plan.config.uses_encoder)
    return list(dict.fromkeys(found))


def pair_of(run_id: str) -> str:
    """The name of a finished run and its twin: it is that of the one with BatchNorm if there are both."""
    run = _open(run_id)
    other = _twin(run)
    first = other if other is not None and run.plan.config.model.norm == "none" else run
    return f"run-{first.run_id}"


def suffixes(pair: str) -> list[str]:
    """Which of the twins there are: both of a shipped pair."""
    found = _NAME.fullmatch(pair)
    if not found:
        return ["bn", "plain"]
    run = _open(found[1])
    there = {_suffix(run)} | ({_suffix(other)} if (other := _twin(run)) is not None else set())
    return sorted(there)


def place(name: str) -> tuple[Path, str] | None:
    """A run's folder and what its checkpoint's files are called; None for a name that is not a run's.

    CheckpointError if the run or its twin is not there or has not finished.
    """
    found = _NAME.fullmatch(name)
    if not found:
        return None
    run: Run | None = _open(found[1])
    if run is not None and found[2] and _suffix(run) != found[2]:
        run = _twin(run)
    if run is None:
        raise CheckpointError(f"{title(name)} has no twin; train the same settings with and without BatchNorm")
    return run.folder, run.plan.name


def title(name: str) -> str:
    """What a model or a pair is called in menus: a run by its name, anything else as it is."""
    found = _NAME.fullmatch(name)
    if not found:
        return name
    run = _open(found[1])
    own = state.session() in (run.read(Watchers) or Watchers()).sessions
    return f"{'your run' if own else 'run'} {run.plan.name}"


def _finished() -> list[Run]:
    found = []
    for run in _lab(runs_folder()):
        if run.status.phase == "finished":
            found.append(run)
        if len(found) == NEWEST:
            break
    return found


def _open(run_id: str) -> Run:
    try:
        run = _lab(runs_folder()).run(run_id)
        run.plan  # noqa: B018 - it says whether the run is still there
    except RunError as error:
        raise CheckpointError(str(error)) from error
    if run.status.phase != "finished":
        raise CheckpointError(f"run {run.plan.name} has not finished; wait for its end on the Train page")
    return run


def _twin(run: Run) -> Run | None:
    """The finished run that differs in BatchNorm alone: what a run trains is what it is called by."""
    plan = run.plan
    norm = OTHER.get(plan.config.model.norm)
    if norm is None:
        return None
    other = plan.model_copy(update={"config": plan.config.updated({"model": {"norm": norm}})})
    try:
        return _open(other.run_id)
    except CheckpointError:
        return None


def _suffix(run: Run) -> str:
    return SUFFIXES[run.plan.config.model.norm]


@lru_cache(maxsize=4)
def _lab(root: Path) -> Lab:
    return Lab(root)
