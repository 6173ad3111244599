"""What the command `train` writes beside the model: every number as CSV, and numbers and pictures for TensorBoard."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from vaegan.errors import ConfigError
from vaegan.training.curves import table
from vaegan.training.events import EndEvent, EpochEvent, Event, PreviewEvent
from vaegan.training.journal import JournalReader, JournalWriter, Place, line_of, numbers_by_column

PICTURES = ("originals", "inputs", "reconstructions", "samples")


class Recorder:
    """Writes into `folder`: with `csv` NAME.events.jsonl and NAME.csv, with `tensorboard` the folder NAME.tensorboard.

    A run that goes on from `place` goes on with these files too. ConfigError if TensorBoard is not installed.
    """

    def __init__(self, folder: Path, name: str, place: Place, *, csv: bool, tensorboard: bool) -> None:
        self._journal_file, self._csv_file = folder / f"{name}.events.jsonl", folder / f"{name}.csv"
        self._board: Any = _summary_writer(folder / f"{name}.tensorboard", place) if tensorboard else None
        self._journal: JournalWriter | None = None
        if csv:
            folder.mkdir(parents=True, exist_ok=True)
            self._journal = JournalWriter(self._journal_file, place)

    def take(self, event: Event) -> None:
        """Write an event down."""
        if isinstance(event, EndEvent):
            return
        if self._journal is not None and not isinstance(event, PreviewEvent):
            self._journal.write(line_of(event))
        if self._board is not None:
            self._show(event)

    def _show(self, event: Event) -> None:
        if isinstance(event, PreviewEvent):
            for name in PICTURES:
                pictures = getattr(event, name)
                if pictures is not None:
                    self._board.add_images(name, pictures[:, None], event.step)  # (10, 1, 28, 28)
            return
        line = line_of(event)
        prefix = "epoch/" if isinstance(event, EpochEvent) else ""
        for name, number in numbers_by_column(line).items():
            if number is not None and name not in ("step", "epoch", "at", "done"):
                self._board.add_scalar(prefix + name.replace(".", "/"), number, line["step"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._board is not None:
            self._board.close()
        if self._journal is not None:
            self._journal.flush()
            self._journal.close()
            reader = JournalReader(self._journal_file)
            reader.poll()
            self._csv_file.write_text(table(reader.columns(), reader.epochs), encoding="utf-8")


def _summary_writer(folder: Path, place: Place) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ConfigError(
            f"--tensorboard needs the package tensorboard, which cannot be used here ({error}); run `pip install "
            "tensorboard`, or take --csv"
        ) from error
    return SummaryWriter(folder, purge_step=place.step + 1 if place.step else None)
