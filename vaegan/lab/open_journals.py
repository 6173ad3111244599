"""The journals that were read last, kept in bounded memory, so that reading one again reads only its new lines."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from vaegan.training.curves import Curves, downsampled
from vaegan.training.journal import JournalReader

MOST_BYTES = 128 * 2**20  # of all open journals; about 1,000 runs of 1,000 steps, or ten of 100,000


class OpenJournal:
    """A journal as far as it was read, and the curves that were last made of it."""

    def __init__(self, file: Path) -> None:
        self.reader = JournalReader(file)
        self._curves: tuple[int, int, Curves] | None = None

    def curves(self, points: int) -> Curves:
        """The step curves so far; equal calls between two lines of the journal share one answer."""
        version = self.reader.poll()
        if self._curves is None or self._curves[:2] != (version, points):
            self._curves = version, points, downsampled(self.reader.columns(), points)
        return self._curves[2]


class OpenJournals:
    """Journals by file. Those that were used longest ago are dropped; used again, they are read from the start."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._open: OrderedDict[Path, OpenJournal] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._open)

    def open(self, file: Path) -> OpenJournal:
        """The journal in `file`, which need not be there yet."""
        with self._lock:
            journal = self._open.pop(file, None) or OpenJournal(file)
            self._open[file] = journal
            size = sum(opened.reader.nbytes for opened in self._open.values())
            while size > self._most_bytes and len(self._open) > 1:
                _, oldest = self._open.popitem(last=False)
                size -= oldest.reader.nbytes
            return journal

    def close(self, file: Path) -> None:
        """Drop what is kept of a journal."""
        with self._lock:
            self._open.pop(file, None)
