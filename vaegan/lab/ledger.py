"""What a worker writes of the run it trains, in an order that lets it be killed at any moment.

The pictures are written first, then the journal, which is forced onto the disk, and then the state. A worker that goes
on from the newest state cuts the journal back to it, and writes again what came after.
"""

import time
from pathlib import Path
from threading import Lock
from typing import Any

from vaegan.checkpoint.card import EpochLog
from vaegan.checkpoint.state import TrainState, load_state, save_state
from vaegan.errors import CheckpointError
from vaegan.lab import layout
from vaegan.lab.documents import Phase, States, Status
from vaegan.lab.phases import changed
from vaegan.lab.run import Run, preview_bytes
from vaegan.training.events import EpochEvent, Event, PreviewEvent, StepEvent
from vaegan.training.journal import JournalWriter, Place, line_of, place_of

STATUS_SECONDS = 0.5


def newest_state(run: Run) -> TrainState | None:
    """The state that has come furthest; a damaged one gives way to the one before it."""
    after_epochs = [run.folder / layout.state_name(epoch) for epoch in reversed(run.kept_epochs())]
    candidates = _first_intact([run.folder / layout.STOPPED]), _first_intact(after_epochs)
    return max((state for state in candidates if state is not None), key=_order, default=None)


def _first_intact(files: list[Path]) -> TrainState | None:
    for file in files:
        try:
            return load_state(file)
        except CheckpointError:  # none there, or cut short by a power failure
            continue
    return None


def _order(state: TrainState) -> tuple[int, int]:
    place = place_of(state)
    return place.step, place.epoch


class Ledger:
    """Journal, pictures, states and status of one run on one worker."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.status: Status = run.status
        self._journal: JournalWriter | None = None
        self._error: OSError | None = None  # that the lock's thread met in `beat`
        self._lock = Lock()
        self._status_written = 0.0
        self._epoch: EpochEvent | None = None  # a finished epoch whose preview is still to come
        self._timer_start = 0.0  # when this worker made its first step; by it the rest of the time is estimated
        self._done_at_start: float | None = None  # the share of the run that was done then

    def begin(self, place: Place) -> None:
        """Cut the journal back to the place that the run goes on from."""
        self._journal = JournalWriter(self.run.folder / layout.JOURNAL, place)

    def flush(self) -> None:
        """Put all lines that were kept into the journal's file."""
        if self._journal is not None:
            self._journal.flush()

    def close(self) -> None:
        """Close the journal."""
        if self._journal is not None:
            self._journal.close()

    @property
    def journal(self) -> JournalWriter:
        """The journal, once `begin` was called."""
        assert self._journal is not None
        return self._journal

    @property
    def history(self) -> list[EpochLog]:
        """The epochs so far, as the card keeps them."""
        return [line.log for line in self.journal.epochs]

    def keep(self, event: Event) -> bool:
        """Write an event down. True if nothing would be lost if the run left its worker now."""
        if self._error is not None:
            raise self._error
        if isinstance(event, StepEvent):
            self.journal.write(line_of(event))
            self._progress(event)
            return False
        if isinstance(event, EpochEvent):
            self._epoch = event
            return False
        if not isinstance(event, PreviewEvent):
            self.journal.write(line_of(event))
            self.journal.flush(sync=True)
            return True
        if self._epoch is not None:
            self.journal.write(line_of(self._epoch))
        self._keep_preview(event)
        if self._epoch is not None:
            self._keep_state(self._epoch)
            self._epoch = None
            return True
        return event.step == 0

    def _keep_preview(self, event: PreviewEvent) -> None:
        pictures = {name: value for name, value in vars(event).items() if name not in ("step", "epoch")}
        file = layout.preview_name(event.step)
        self.run.put(file, preview_bytes(place=[event.step, event.epoch], **pictures))
        self.journal.write(line_of(event, file))

    def _keep_state(self, event: EpochEvent) -> None:
        self.journal.flush(sync=True)
        save_state(event.state, self.run.folder / layout.state_name(event.epoch))
        (self.run.folder / layout.STOPPED).unlink(missing_ok=True)
        losses = {line.epoch: line.watched_loss for line in self.journal.epochs if line.watched_loss is not None}
        best = min(losses, key=lambda epoch: losses[epoch]) if losses else event.epoch
        self.run.write(States(last=event.epoch, best=best))
        self.update_status(epoch=event.epoch)

    def keep_stopped(self, state: TrainState) -> None:
        """Keep a state from within an epoch."""
        save_state(state, self.run.folder / layout.STOPPED)

    def _progress(self, event: StepEvent) -> None:
        now = time.monotonic()
        if self._done_at_start is None:
            self._timer_start, self._done_at_start = now, event.done
        progress = event.done - self._done_at_start
        changes = {
            "step": event.step,
            "done": event.done,
            "remaining": (1 - event.done) * (now - self._timer_start) / progress if progress > 0 else None,
            "images_per_s": event.images_per_s,
        }
        with self._lock:
            self.status = self.status.model_copy(update=changes)

    def leave_out(self, seconds: float) -> None:
        """Leave time in which the run was paused out of the estimate of how long it will take."""
        self._timer_start += seconds

    def change_phase(self, phase: Phase, **details: Any) -> None:
        """Change the run's phase, and write the status."""
        with self._lock:
            self._write(changed(self.status, "worker", phase, **details))

    def update_status(self, **changes: Any) -> None:
        """Change values of the status other than the phase, and write it."""
        with self._lock:
            self._write(self.status.model_copy(update=changes))

    def _write(self, status: Status) -> None:
        self.status = status
        self._status_written = time.monotonic()
        self.run.write(status)

    def beat(self) -> None:
        """Called ten times a second by the lock's thread, so that readers soon see every line and the status."""
        try:
            self.flush()
            if self.status.phase == "running" and time.monotonic() - self._status_written > STATUS_SECONDS:
                self.update_status()
        except OSError as error:
            self._error = error
