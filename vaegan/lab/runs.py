"""The lab: a folder with one folder a run, which a worker writes and everyone reads.

    config.json             what is trained, on what, by which code, from where: written once
    watchers.json           the sessions that want it
    control.json            what people want of it: go on, pause (but for some steps), stop
    status.json             what the worker says of it
    events.jsonl            every step, epoch and preview
    previews/ states/       pictures, and the complete state after each epoch
    states.json             the last and the best epoch
    NAME.safetensors .json  the finished model and its card

Every file but the journal is replaced whole, so a reader sees an old one or a new one.
"""

import hashlib
import io
import os
import re
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock, get_ident
from typing import Any, NamedTuple, TypeVar

import numpy as np
import platformdirs
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError
from torch import Tensor

from vaegan import checkpoint as checkpoints
from vaegan.checkpoint.card import Card, CardData
from vaegan.checkpoint.files import Checkpoint, weights_bytes
from vaegan.checkpoint.formats import card_bytes
from vaegan.checkpoint.state import TrainState, load_state
from vaegan.errors import CheckpointError, RunError
from vaegan.lab.documents import START, Control, Plan, States, Status, Watchers, state_name
from vaegan.model.networks import build
from vaegan.training.curves import Curves, downsampled, table
from vaegan.training.journal import EpochLine, JournalReader

ENVIRONMENT = "VAEGAN_RUNS"
OPEN_RUNS = 200  # whose journals are kept in memory
Pictures = NDArray[np.uint8]
B = TypeVar("B", bound=BaseModel)
_RUN_ID = re.compile(r"[0-9a-f]{12}")


class Preview(NamedTuple):
    """The same ten digits and latent vectors each time, (10, 28, 28) uint8; reconstructions None for a GAN."""

    step: int
    epoch: int
    originals: Pictures
    inputs: Pictures
    reconstructions: Pictures | None
    samples: Pictures


def runs_folder() -> Path:
    """VAEGAN_RUNS, else a folder of the user's."""
    folder = os.environ.get(ENVIRONMENT)
    return (
        Path(folder).expanduser().absolute()
        if folder
        else platformdirs.user_data_path("vaegan", appauthor=False) / "runs"
    )


class Run:
    """One run's folder. Everything here may be called while a worker writes, by many threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run_id = folder.name
        self.journal = JournalReader(folder / "events.jsonl")
        self._curves: tuple[int, int, Curves] | None = None
        self._papers: dict[type[BaseModel], tuple[tuple[int, int, int], BaseModel]] = {}

    @property
    def plan(self) -> Plan:
        """config.json; RunError if the run is gone."""
        found = self.read(Plan)
        if found is None:
            raise RunError(f"there is no run {self.run_id} in {self.folder.parent}; it may have been deleted")
        return found

    @property
    def status(self) -> Status:
        """status.json as it stands."""
        return self.read(Status) or Status(
            phase="failed", reason=f"{self.folder / 'status.json'} is missing or damaged"
        )

    @property
    def control(self) -> Control:
        """control.json as it stands."""
        return self.read(Control) or Control()

    def read(self, kind: type[B]) -> B | None:
        """One of the small files; None if it is missing or damaged. Parsed only when it was replaced."""
        file = self.folder / _FILES[kind]
        try:
            found = file.stat()
            version = found.st_mtime_ns, found.st_ino, found.st_size
            known = self._papers.get(kind)
            if known is not None and known[0] == version and isinstance(known[1], kind):
                return known[1]
            paper = kind.model_validate_json(file.read_bytes())
        except (FileNotFoundError, NotADirectoryError, ValidationError):
            return None
        self._papers[kind] = version, paper
        return paper

    def write(self, paper: BaseModel) -> None:
        """Replace one of the small files."""
        _replace(self.folder / _FILES[type(paper)], paper.model_dump_json(indent=1).encode())

    def put(self, name: str, data: bytes) -> None:
        """Replace one of the other files, for example a preview's."""
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        _replace(file, data)

    def curves(self, points: int = 200) -> Curves:
        """The step curves so far, downsampled; equal calls between two lines of the journal share one answer."""
        version = self.journal.poll()
        if self._curves is None or self._curves[:2] != (version, points):
            self._curves = version, points, downsampled(self.journal.columns(), points)
        return self._curves[2]

    def epochs(self) -> list[EpochLine]:
        """The finished passes, with average and test loss."""
        self.journal.poll()
        return self.journal.epochs

    def previews(self) -> list[tuple[int, int]]:
        """(step, epoch) of each preview there is; epoch 0 is before training."""
        self.journal.poll()
        return [(line.step, line.epoch) for line in self.journal.previews]

    def epoch_previews(self) -> dict[int, int]:
        """The step of each epoch's preview, made as it ended, without those within epochs; 0 is before training."""
        found: dict[int, int] = {}
        for step, epoch in self.previews():
            found.setdefault(epoch, step)
        return found

    def preview(self, step: int) -> Preview:
        """The pictures of the preview at a step; RunError if there is none."""
        try:
            with np.load(io.BytesIO((self.folder / preview_name(step)).read_bytes())) as arrays:
                found = {name: arrays[name] for name in arrays.files}
        except (OSError, ValueError) as error:
            raise RunError(f"run {self.run_id} has no preview of step {step}; choose one that it lists") from error
        place = found.pop("place")
        return Preview(int(place[0]), int(place[1]), **({"reconstructions": None} | found))

    def state(self, epoch: int) -> TrainState:
        """The complete state after an epoch; CheckpointError if it is not there."""
        file = self.folder / state_name(epoch)
        if not file.is_file():
            raise CheckpointError(
                f"run {self.run_id} has no epoch {epoch}; it keeps {self.kept_epochs() or 'none yet'}"
            )
        return load_state(file)

    def kept_epochs(self) -> list[int]:
        """The epochs whose states are there."""
        return sorted(
            int(file.stem.removeprefix("epoch-")) for file in (self.folder / "states").glob("epoch-*.safetensors")
        )

    def marked(self) -> States | None:
        """The last and the best epoch; None before the first."""
        return self.read(States)

    def checkpoint(self, epoch: int | None = None) -> Checkpoint:
        """The model after an epoch (0: before training), for a Studio; without one the finished model and its card."""
        if epoch is None:
            return checkpoints.load(self.folder / self.plan.name)
        logs = tuple(line.log for line in self.epochs() if line.epoch <= epoch)
        plan, weights = self.plan, self._weights(epoch)
        card = Card(
            name=f"{plan.name}-{epoch}",
            config=plan.config,
            data=CardData(label=plan.data.label, sha256=plan.data.sha256),
            command=plan.command,
            created=plan.created[:10],
            epochs=epoch,
            history=logs,
            metrics=(),
            definitions={},
            versions={},
            sha256=hashlib.sha256(weights_bytes(weights)).hexdigest(),
        )
        return Checkpoint(card, weights)

    def _weights(self, epoch: int) -> dict[str, Tensor]:
        if epoch:
            return self.state(epoch).weights
        plan = self.plan
        if plan.origin is not None:
            return load_state(self.folder / START).weights
        weights: dict[str, Tensor] = build(plan.config.model, plan.config.seed).state_dict()
        return weights

    def files(self, epoch: int | None = None) -> dict[str, bytes]:
        """A checkpoint as its two files, by name: what a person takes away."""
        found = self.checkpoint(epoch)
        return {
            f"{found.card.name}.safetensors": weights_bytes(found.weights),
            f"{found.card.name}.json": card_bytes(found.card),
        }

    def csv(self) -> str:
        """Every step and every epoch as CSV."""
        self.journal.poll()
        return table(self.journal.columns(), self.journal.epochs)


class Lab:
    """The folder of all runs."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = runs_folder() if root is None else root
        self._open: OrderedDict[str, Run] = OrderedDict()
        self._lock = Lock()

    def run(self, run_id: str) -> Run:
        """The run called so; RunError if there is none."""
        found = self.open(run_id)
        if not (found.folder / "config.json").is_file():
            self.forget(run_id)
            raise RunError(f"there is no run {run_id} in {self.root}; it may have been deleted")
        return found

    def open(self, run_id: str) -> Run:
        """The run called so, whether it is there or not; RunError if none can be called so."""
        if not _RUN_ID.fullmatch(run_id):
            raise RunError(f"{run_id[:40]!r} is no run; a run's name has twelve digits and letters from a to f")
        with self._lock:
            found = self._open.pop(run_id, None) or Run(self.root / run_id)
            self._open[run_id] = found
            if len(self._open) > OPEN_RUNS:
                self._open.popitem(last=False)
            return found

    def forget(self, run_id: str) -> None:
        """Drop what is kept in memory of a run."""
        with self._lock:
            self._open.pop(run_id, None)

    def __iter__(self) -> Iterator[Run]:
        """All runs, the newest first."""
        try:
            names = [path.name for path in self.root.iterdir() if _RUN_ID.fullmatch(path.name)]
        except FileNotFoundError:
            return
        found = []
        for name in names:
            try:
                run = self.run(name)
                found.append((run.plan.created, name, run))
            except RunError:  # deleted meanwhile
                continue
        yield from (run for *_, run in sorted(found, key=lambda item: item[:2], reverse=True))


def _replace(file: Path, data: bytes) -> None:
    """Write a file so that a reader never sees half of it. Not forced to the disk: a power failure may take it."""
    written = file.with_name(f".{file.name}.{os.getpid()}-{get_ident()}")
    try:
        written.write_bytes(data)
        written.replace(file)
    finally:
        written.unlink(missing_ok=True)


def preview_name(step: int) -> str:
    """A preview's file within its run."""
    return f"previews/{step:07}.npz"


def preview_bytes(**arrays: Any) -> bytes:
    """A preview as a file; arrays that are None are left out."""
    data = io.BytesIO()
    np.savez_compressed(data, **{name: array for name, array in arrays.items() if array is not None})
    return data.getvalue()


_FILES: dict[type[BaseModel], str] = {
    Plan: "config.json",
    Watchers: "watchers.json",
    Control: "control.json",
    Status: "status.json",
    States: "states.json",
}
