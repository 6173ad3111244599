"""One run: reads what is in its folder, and replaces its files. `layout` lists the files."""

import hashlib
import io
import os
from pathlib import Path
from threading import get_ident
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from pydantic import ValidationError
from torch import Tensor

from vaegan import checkpoint as checkpoints
from vaegan.checkpoint.card import Card, CardData
from vaegan.checkpoint.files import Checkpoint, checkpoint_bytes, weights_bytes
from vaegan.checkpoint.formats import card_bytes
from vaegan.checkpoint.state import TrainState, load_state
from vaegan.config import SIDE
from vaegan.data.pictures import Bytes
from vaegan.errors import CheckpointError, RunError
from vaegan.lab import layout
from vaegan.lab.documents import Control, Document, Plan, Status
from vaegan.lab.open_journals import OpenJournals
from vaegan.model.networks import build
from vaegan.training.curves import Curves, table
from vaegan.training.journal import EpochLine, JournalReader

D = TypeVar("D", bound=Document)
_Version = tuple[int, int, int]  # of a file: when it was written, its inode, its size


class Preview(NamedTuple):
    """The same ten digits and latent vectors each time, (10, 28, 28) uint8; reconstructions None for a GAN."""

    step: int
    epoch: int
    originals: Bytes
    inputs: Bytes
    reconstructions: Bytes | None
    samples: Bytes


class Run:
    """One run's folder. Several threads may use it at the same time, also while a worker writes."""

    def __init__(self, folder: Path, journals: OpenJournals | None = None) -> None:
        """The runs of a lab share its open `journals`; without them the run has its own."""
        self.folder = folder
        self.run_id = folder.name
        self._journals = OpenJournals() if journals is None else journals
        self._directory = f"{folder}{os.sep}"
        self._documents: dict[type[Document], tuple[_Version, Document]] = {}
        self._identity: tuple[Plan, str] | None = None

    @property
    def plan(self) -> Plan:
        """config.json; RunError if the run is gone."""
        plan = self.read(Plan)
        if plan is None:
            raise RunError(f"there is no run {self.run_id} here; it may have been deleted")
        return plan

    @property
    def identity(self) -> str:
        """The id that a run with this plan would get now; equal runs have the same. RunError if the run is gone."""
        plan = self.plan
        if self._identity is None or self._identity[0] is not plan:
            self._identity = plan, plan.run_id
        return self._identity[1]

    @property
    def status(self) -> Status:
        """status.json as it stands."""
        return self.read(Status) or Status(
            phase="failed", reason=f"{self.folder / layout.STATUS} is missing or damaged"
        )

    @property
    def control(self) -> Control:
        """control.json as it stands."""
        return self.read(Control) or Control()

    def read(self, kind: type[D]) -> D | None:
        """One of the small files; None if it is missing or damaged. It is parsed again only when it was replaced."""
        file = self._directory + kind.file
        try:
            status = os.stat(file)  # noqa: PTH116 - five of these for each run, twice a second: a Path takes three times as long
            version = status.st_mtime_ns, status.st_ino, status.st_size
            known = self._documents.get(kind)
            if known is not None and known[0] == version:
                return cast("D", known[1])
            document = kind.model_validate_json(Path(file).read_bytes())
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValidationError):
            return None
        self._documents[kind] = version, document
        return document

    def write(self, document: Document) -> None:
        """Replace one of the small files."""
        _replace(self.folder / document.file, document.model_dump_json(indent=1).encode())

    def put(self, name: str, data: bytes) -> None:
        """Replace one of the other files, for example a preview's."""
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        _replace(file, data)

    @property
    def journal(self) -> JournalReader:
        """The reader of the run's journal; `poll` makes it read the new lines."""
        return self._journals.open(self.folder / layout.JOURNAL).reader

    def curves(self, points: int = 200) -> Curves:
        """The step curves so far, downsampled; equal calls between two lines of the journal share one answer."""
        return self._journals.open(self.folder / layout.JOURNAL).curves(points)

    def epochs(self) -> list[EpochLine]:
        """The finished passes, with average and test loss."""
        journal = self.journal
        journal.poll()
        return journal.epochs

    def previews(self) -> list[tuple[int, int]]:
        """(step, epoch) of each preview there is; epoch 0 is before training."""
        journal = self.journal
        journal.poll()
        return [(line.step, line.epoch) for line in journal.previews]

    def epoch_previews(self) -> dict[int, int]:
        """The step of the preview at the end of each epoch, by epoch; epoch 0 is before training."""
        steps: dict[int, int] = {}
        for step, epoch in self.previews():
            steps.setdefault(epoch, step)
        return steps

    def preview(self, step: int) -> Preview:
        """The pictures of the preview at a step; RunError if there is none."""
        try:
            return _preview((self.folder / layout.preview_name(step)).read_bytes())
        except Exception as error:  # damaged bytes can make NumPy's reader raise anything
            raise RunError(f"run {self.run_id} has no preview of step {step}; choose one that it lists") from error

    def state(self, epoch: int) -> TrainState:
        """The complete state after an epoch; CheckpointError if it is not there."""
        file = self.folder / layout.state_name(epoch)
        if not file.is_file():
            raise CheckpointError(
                f"run {self.run_id} has no epoch {epoch}; it keeps {self.kept_epochs() or 'none yet'}"
            )
        return load_state(file)

    def kept_epochs(self) -> list[int]:
        """The epochs after which a state is kept."""
        return layout.epochs_with_state(self.folder)

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
            return load_state(self.folder / layout.START).weights
        weights: dict[str, Tensor] = build(plan.config.model, plan.config.seed).state_dict()
        return weights

    def files(self, epoch: int | None = None) -> dict[str, bytes]:
        """A checkpoint as its two files, by name, for a download."""
        checkpoint = self.checkpoint(epoch)
        name = checkpoint.card.name
        return {f"{name}.safetensors": checkpoint_bytes(checkpoint), f"{name}.json": card_bytes(checkpoint.card)}

    def csv(self) -> str:
        """Every step and every epoch as CSV."""
        journal = self.journal
        journal.poll()
        return table(journal.columns(), journal.epochs)


def preview_bytes(**arrays: Any) -> bytes:
    """A preview as a file; arrays that are None are left out."""
    data = io.BytesIO()
    np.savez_compressed(data, **{name: array for name, array in arrays.items() if array is not None})
    return data.getvalue()


def _preview(data: bytes) -> Preview:
    """A preview's file; any error if it is damaged."""
    with np.load(io.BytesIO(data)) as file:
        step, epoch = (int(number) for number in file["place"])
        stacks = {name: file[name] for name in file.files if name != "place"}
    if any(stack.dtype != np.uint8 or stack.shape[1:] != (SIDE, SIDE) for stack in stacks.values()):
        raise ValueError("these are no pictures")
    return Preview(step, epoch, **({"reconstructions": None} | stacks))


def _replace(file: Path, data: bytes) -> None:
    """Write a file so that a reader never sees half of it. It is not synced: a power failure may lose it."""
    written = file.with_name(f".{file.name}.{os.getpid()}-{get_ident()}")
    try:
        written.write_bytes(data)
        written.replace(file)
    finally:
        written.unlink(missing_ok=True)
