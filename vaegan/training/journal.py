"""events.jsonl: one line for each event, written while a run goes on and read at the same time.

    {"kind": "step", "at": 1700000000.123, "step": 1, "epoch": 1, "done": 0.01, "losses": {"recon": 543.2, ...}, ...}

The kinds are step, epoch, preview and end. The first line of the file has an id, "writing". A reader leaves an
unfinished last line for later. A run that goes on from an earlier state writes the file anew, with only the lines from
before that state, so that each step is in it once. The new file has a new id, which tells readers to start over.
"""

import json
import os
import secrets
import time
from array import array
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from vaegan.checkpoint.card import EpochLog
from vaegan.checkpoint.state import TrainState
from vaegan.files import write_atomically
from vaegan.training.events import EndEvent, EpochEvent, Event, PreviewEvent, StepEvent

FLUSH_SECONDS = 0.05
PREFIXES = {"losses": "loss", "grad_norm": "grad"}  # of columns' names; another mapping's columns begin with its name
LINE_BYTES = 1000  # that the line of an epoch or preview takes in memory, about
MAX_COUNT = 2**53  # up to which a float64 holds every whole number
HEAD_BYTES = 200  # that the first line has at most
Columns = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Place:
    """How far a run has come: steps made, epochs finished."""

    step: int
    epoch: int


@dataclass(frozen=True)
class EpochLine:
    """A line of the journal about a finished epoch."""

    step: int
    epoch: int
    losses: dict[str, float]
    average_loss: float | None
    test_loss: float | None
    holdout_loss: float | None
    lr: float
    images_per_s: float

    @property
    def log(self) -> EpochLog:
        """What a card keeps of the epoch."""
        return EpochLog(epoch=self.epoch, average_loss=self.average_loss, test_loss=self.test_loss)

    @property
    def watched_loss(self) -> float | None:
        """The loss by which the best epoch is chosen: on held-out digits if there are any, else on test digits."""
        return self.test_loss if self.holdout_loss is None else self.holdout_loss


_EPOCH = TypeAdapter(EpochLine)


@dataclass(frozen=True)
class PreviewLine:
    """A line of the journal about a preview, with the file that holds its pictures."""

    step: int
    epoch: int
    file: str


def place_of(state: TrainState | None) -> Place:
    """How far the run of a state has come; None stands for its beginning."""
    if state is None:
        return Place(0, 0)
    progress = state.values["progress"]
    return Place(progress["step"], progress["epoch"])


def line_of(event: Event, file: str = "") -> dict[str, Any]:
    """An event as a journal's line; `file` holds a preview's pictures."""
    head = {"at": round(time.time(), 3)}
    if isinstance(event, StepEvent):
        return {"kind": "step"} | head | {name: _short(value) for name, value in vars(event).items()}
    if isinstance(event, EpochEvent):
        numbers = {name: _short(value) for name, value in vars(event).items() if name != "state"}
        return {"kind": "epoch"} | head | numbers
    if isinstance(event, PreviewEvent):
        return {"kind": "preview"} | head | {"step": event.step, "epoch": event.epoch, "file": file}
    assert isinstance(event, EndEvent)
    place = place_of(event.state)
    return {"kind": "end"} | head | {"step": place.step, "epoch": place.epoch, "reason": event.reason}


def _short(value: Any) -> Any:
    """Floats with nine significant digits, which hold all of a float32 in half the bytes."""
    if isinstance(value, dict):
        return {name: _short(inner) for name, inner in value.items()}
    return float(f"{value:.9g}") if isinstance(value, float) else value


class JournalWriter:
    """Appends lines, several at a time. Lines in the file from before `place`, where the run goes on, are kept."""

    def __init__(self, file: Path, place: Place) -> None:
        kept = [line for line in _lines(file) if _seen(line, place)]
        head = {"kind": "journal", "format": 1, "writing": secrets.token_hex(8)}
        write_atomically({file: "".join(json.dumps(line) + "\n" for line in [head, *kept]).encode()})
        self.epochs = [epoch_line(line) for line in kept if line["kind"] == "epoch"]
        self._file = file.open("ab", buffering=0)
        self._lines: list[str] = []
        self._flushed = 0.0
        self._error: OSError | None = None
        self._lock = Lock()

    def write(self, line: dict[str, Any]) -> None:
        """Add a line; the file is written if that is due. OSError if it cannot be written."""
        if line["kind"] == "epoch":
            self.epochs.append(epoch_line(line))
        text = json.dumps(line)
        with self._lock:
            self._lines.append(text)
        if time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self.flush()

    def flush(self, *, sync: bool = False) -> None:
        """Put all lines into the file; with `sync`, onto the disk itself. Another thread may call it as well."""
        with self._lock:
            if self._error is not None:
                raise self._error
            try:
                self._append("".join(f"{line}\n" for line in self._lines).encode())
                if sync:
                    os.fsync(self._file.fileno())
            except OSError as error:
                self._error = error
                raise
            self._lines.clear()
            self._flushed = time.monotonic()

    def _append(self, data: bytes) -> None:
        while data:
            data = data[self._file.write(data) :]

    def close(self) -> None:
        """Close the file; lines that were not flushed are lost."""
        with suppress(OSError):  # all that must be on the disk was synced before
            self._file.close()


@dataclass
class _Table:
    """Everything that a reader has read so far."""

    head: bytes = b""
    stamp: tuple[int, int, int] | None = None  # of the file as it was read last: inode, size, time of the last change
    offset: int = 0
    steps: int = 0
    columns: dict[str, "array[float]"] = field(default_factory=dict)
    epochs: list[EpochLine] = field(default_factory=list)
    previews: list[PreviewLine] = field(default_factory=list)
    end: str | None = None


class JournalReader:
    """Reads a journal while it is written, each time only the new lines. May be shared by threads."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._table = _Table()
        self._lock = Lock()
        self.version = 0  # grows with each line that was read

    def poll(self) -> int:
        """Read the new lines, and return `version`. A file that is not there counts as empty."""
        with self._lock:
            try:
                status = self.file.stat()
                stamp = status.st_ino, status.st_size, status.st_mtime_ns
                if stamp == self._table.stamp:
                    return self.version
                with self.file.open("rb") as file:
                    head = file.readline(HEAD_BYTES)
                    if not head.endswith(b"\n"):
                        return self.version
                    if head != self._table.head:
                        self._table = _Table(head=head, offset=len(head))
                        self.version += 1
                    file.seek(self._table.offset)
                    data = file.read()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return self.version
            self._table.stamp = stamp  # from before the file was read: what was written meanwhile is read next time
            whole = data[: data.rfind(b"\n") + 1]
            self._table.offset += len(whole)
            for line in _parsed(whole):
                self._add(line)
                self.version += 1
            return self.version

    def _add(self, line: dict[str, Any]) -> None:
        table = self._table
        if line["kind"] == "step":
            numbers = numbers_by_column(line)
            for name in numbers:
                if name not in table.columns:
                    table.columns[name] = array("d", [float("nan")] * table.steps)
            for name, column in table.columns.items():
                value = numbers.get(name)
                column.append(float("nan") if value is None else value)
            table.steps += 1
        elif line["kind"] == "epoch":
            table.epochs.append(epoch_line(line))
        elif line["kind"] == "preview":
            table.previews.append(PreviewLine(line["step"], line["epoch"], line["file"]))
        elif line["kind"] == "end":
            table.end = line["reason"]

    @property
    def nbytes(self) -> int:
        """About how many bytes of memory the lines read so far take."""
        table = self._table
        return 8 * table.steps * len(table.columns) + LINE_BYTES * (len(table.epochs) + len(table.previews))

    def columns(self) -> Columns:
        """All steps read so far by column: step, epoch, at, done, loss.*, grad.*, d_real, d_fake, lr, images_per_s."""
        with self._lock:
            return {name: np.array(values) for name, values in self._table.columns.items()}

    @property
    def epochs(self) -> list[EpochLine]:
        """The finished epochs read so far."""
        with self._lock:
            return list(self._table.epochs)

    @property
    def previews(self) -> list[PreviewLine]:
        """The previews read so far, in order."""
        with self._lock:
            return list(self._table.previews)


def numbers_by_column(line: dict[str, Any]) -> dict[str, float | None]:
    """A step's or epoch's numbers by column; a mapping becomes columns PREFIX.KEY, such as loss.recon, grad.encoder."""
    numbers: dict[str, float | None] = {}
    for name, value in line.items():
        if isinstance(value, dict):
            prefix = PREFIXES.get(name, name)
            numbers |= {f"{prefix}.{inner}": number for inner, number in value.items()}
        elif name != "kind":
            numbers[name] = value
    return numbers


def epoch_line(line: dict[str, Any]) -> EpochLine:
    """A journal's line of the kind epoch; ValueError if it is none."""
    return _EPOCH.validate_python({name: value for name, value in line.items() if name not in ("kind", "at")})


def _seen(line: dict[str, Any], place: Place) -> bool:
    """Whether a line was written before a run came to `place`.

    A run that goes on from step 0 makes its first preview again, so no line is kept.
    """
    if place.step == 0 or line["kind"] in ("journal", "end"):
        return False
    finished = line["epoch"] - (line["kind"] == "step")
    return bool(line["step"] <= place.step and finished <= place.epoch)


def _lines(file: Path) -> list[dict[str, Any]]:
    """The complete lines of a journal. A killed writer may have left an unfinished one at the end."""
    try:
        data = file.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return []
    return _parsed(data[: data.rfind(b"\n") + 1])


def _parsed(data: bytes) -> list[dict[str, Any]]:
    """Lines as JSON; lines that a power failure has damaged, and those that are no lines of a journal, are left out."""
    parsed = []
    for line in data.splitlines():
        try:
            values = json.loads(line)
            if _is_of_a_journal(values):
                parsed.append(values)
        except (ValueError, RecursionError):
            continue
    return parsed


def _is_of_a_journal(line: Any) -> bool:
    """Whether a line has all that its kind has; ValueError says that it has not, as well."""
    match line:
        case {"kind": "step", "step": int(), "epoch": int()}:
            return all(_is_number(number) for number in numbers_by_column(line).values())
        case {"kind": "epoch"}:
            return epoch_line(line).step >= 0
        case {"kind": "preview", "step": int(step), "epoch": int(epoch), "file": str()}:
            return _is_number(step) and _is_number(epoch)
        case {"kind": "end", "step": int(), "epoch": int(), "reason": str()} | {"kind": "journal"}:
            return True
    return False


def _is_number(value: Any) -> bool:
    """Whether a table of float64 can hold it. A loss that diverged is written as NaN or Infinity."""
    if value is None:
        return True
    return isinstance(value, float) or (type(value) is int and abs(value) <= MAX_COUNT)
