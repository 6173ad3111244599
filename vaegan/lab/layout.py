"""How runs are stored: what each file is called in the folder of a run, and which folders are runs.

A run's folder is called by the run's id, which it keeps for good, and holds:

    config.json                      the plan: what is trained, on what, by which code, from where; written once
    watchers.json                    the sessions that watch the run
    control.json                     what people want of it: go on, pause (but for some steps), stop, be deleted
    status.json                      its phase, and how far it has come
    claim                            the lock: which process writes the run at the moment
    events.jsonl                     the journal: every step, epoch and preview
    previews/0000012.npz             the pictures of the preview at step 12
    states/epoch-00003.safetensors   the complete state after epoch 3
    states/stopped.safetensors       the complete state where people stopped the run, within an epoch
    states/start.safetensors         the state whose weights a fork begins with
    digits.rows                      the digits it is trained on, if they are of nobody else's: a class's own
    states.json                      the epochs with the newest state and with the lowest loss
    NAME.safetensors, NAME.json      the finished model and its card; NAME is in the plan

Every file but the journal is replaced whole, so a reader sees an old one or a new one. Runs of earlier versions are
still read: these names must not change.
"""

import os
import re
import secrets
from pathlib import Path

PLAN = "config.json"
WATCHERS = "watchers.json"
CONTROL = "control.json"
STATUS = "status.json"
LOCK = "claim"
JOURNAL = "events.jsonl"
STATES = "states.json"
START = "states/start.safetensors"
STOPPED = "states/stopped.safetensors"
DIGITS = "digits.rows"

_RUN_ID = re.compile(r"[0-9a-f]{12}")
_STATE = re.compile(r"epoch-(\d+)\.safetensors")
_DELETED = ".deleted-"


def state_name(epoch: int) -> str:
    """The file of the state after an epoch, within a run's folder."""
    return f"states/epoch-{epoch:05}.safetensors"


def epochs_with_state(folder: Path) -> list[int]:
    """The epochs whose states are in a run's folder, in order."""
    matches = map(_STATE.fullmatch, _names_in(folder / "states"))
    return sorted(int(match[1]) for match in matches if match)


def preview_name(step: int) -> str:
    """The file of the preview at a step, within a run's folder."""
    return f"previews/{step:07}.npz"


def written_folders(folder: Path) -> list[Path]:
    """The folders of a run in which files are replaced: a killed process may leave half-written ones there."""
    return [folder, folder / "states", folder / "previews"]


def is_run_id(text: str) -> bool:
    """Whether a run can be called so: twelve hexadecimal digits, in lower case."""
    return _RUN_ID.fullmatch(text) is not None


def run_ids(root: Path) -> list[str]:
    """The names of all run folders in the folder of runs, in no particular order; some may have no plan."""
    return [name for name in _names_in(root) if _RUN_ID.fullmatch(name)]


def deleted_folder(root: Path, run_id: str) -> Path:
    """A new name for the folder of a deleted run, so that it no longer counts as a run."""
    return root / f"{_DELETED}{run_id}-{secrets.token_hex(4)}"


def deleted_folders(root: Path) -> list[Path]:
    """The folders of deleted runs that are still to be removed."""
    return [root / name for name in _names_in(root) if name.startswith(_DELETED)]


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names alone: paths of all runs take ten times as long
    except (FileNotFoundError, NotADirectoryError):
        return []
