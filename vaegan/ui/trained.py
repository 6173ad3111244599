"""Finished runs as models for every page, without Dask.

A page, a link and the session name a model by a text. That of a run is `run-ID`; as the name of a pair it means the run
and its twin, which may be missing, and `run-ID-bn` and `run-ID-plain` are the two sides of the pair.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from vaegan.config import Norm
from vaegan.errors import CheckpointError
from vaegan.lab.documents import Watchers
from vaegan.lab.layout import is_run_id
from vaegan.lab.run import Run
from vaegan.lab.runs import runs_folder
from vaegan.ui import link, shipped, state
from vaegan.ui.finished import FinishedRuns

Side = Literal["bn", "plain"]
SIDES: dict[Norm, Side] = {"batch": "bn", "hidden": "bn", "none": "plain"}
NEWEST = 30  # in a menu
MOST_LINKED = 500  # characters of a link that name models
_NAME = re.compile(r"run-(\w+)(?:-(bn|plain))?")


@dataclass(frozen=True)
class RunName:
    """The name of a finished run; with a side, of that side of the pair of the run and its twin."""

    run_id: str
    side: Side | None = None

    def __str__(self) -> str:
        return f"run-{self.run_id}" + (f"-{self.side}" if self.side else "")


@lru_cache(maxsize=1024)
def run_name(text: str) -> RunName | None:
    """The run that a text names; None if it names a shipped checkpoint or nothing."""
    match = _NAME.fullmatch(text)
    if match is None or not is_run_id(match[1]):
        return None
    return RunName(match[1], "bn" if match[2] == "bn" else "plain" if match[2] else None)


def names() -> list[str]:
    """The models of the newest finished runs, then of older ones that are in use."""
    runs = [*_runs().newest(NEWEST), *_in_use("models", "model")]
    return list(dict.fromkeys(str(RunName(run.run_id)) for run in runs))


def pairs() -> list[str]:
    """The newest finished runs that encode, twins counted once, then older ones that are in use."""
    runs = (run for run in _runs().newest(NEWEST) if run.plan.config.uses_encoder)
    in_use = [str(RunName(run.run_id)) for run in _in_use("pair") if run.plan.config.uses_encoder]
    return list(dict.fromkeys([*(_pair_of(run) for run in runs), *in_use]))


def pair_of(run_id: str) -> str:
    """The name of the pair of a finished run and its twin: if both exist, the name of the one with BatchNorm."""
    return _pair_of(_runs().run(run_id))


def suffixes(pair: str) -> list[str]:
    """Which sides of a pair exist; a shipped pair has both."""
    name = run_name(pair)
    if name is None:
        return ["bn", "plain"]
    run = _runs().run(name.run_id)
    twin = _runs().twin(run)
    return sorted({_side(run)} | ({_side(twin)} if twin else set()))


def place(name: str) -> tuple[Path, str] | None:
    """A run's folder and what its checkpoint's files are called; None for a name that is not a run's.

    CheckpointError if the run or its twin is not there or has not finished.
    """
    named = run_name(name)
    if named is None:
        return None
    run = _runs().run(named.run_id)
    if named.side and _side(run) != named.side:
        twin = _runs().twin(run)
        if twin is None:
            raise CheckpointError(f"{title(name)} has no twin; train the same settings with and without BatchNorm")
        run = twin
    return run.folder, run.plan.name


def title(name: str) -> str:
    """What a model is called: a run by what makes it different, a shipped one by what it is for."""
    return _title(name, both=False)


def pair_title(pair: str) -> str:
    """What a pair is called; a run without a twin as one model."""
    return _title(pair, both=True)


def _title(name: str, *, both: bool) -> str:
    named = run_name(name)
    if named is None:
        return shipped.title(name)
    try:
        run = _runs().run(named.run_id)
        if named.side and _side(run) != named.side:
            run = _runs().twin(run) or run
    except CheckpointError:
        return f"A run that is gone ({named.run_id})"
    is_own = state.session() in (run.read(Watchers) or Watchers()).sessions
    words = _runs().name(run, both=both and _runs().twin(run) is not None)
    return f"{'Your run' if is_own else 'Run'}: {words}"


def _in_use(*names: str) -> list[Run]:
    """The finished runs that the address or this session's pages name so, however many are newer.

    Else a link to a run, or a choice that a class has overtaken, would lead to other models.
    """
    runs = []
    for text in (text for value in link.values_of(*names) for text in value[:MOST_LINKED].split(",")):
        named = run_name(text)
        if named is not None and named.side is None:
            with suppress(CheckpointError):  # it is gone, or has not finished
                runs.append(_runs().run(named.run_id))
    return runs


def _pair_of(run: Run) -> str:
    twin = _runs().twin(run)
    with_norm = twin if twin and _side(run) == "plain" else run
    return str(RunName(with_norm.run_id))


def _side(run: Run) -> Side:
    return SIDES[run.plan.config.model.norm]


def _runs() -> FinishedRuns:
    return _runs_of(runs_folder())


@lru_cache(maxsize=4)
def _runs_of(root: Path) -> FinishedRuns:
    return FinishedRuns(root)
