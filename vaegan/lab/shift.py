"""One run on a worker: it is trained from the state in its folder on, until it ends or people want it to leave.

shift = Shift(run, digits_of)
for _ in shift.turns():     # one batch, or one look at what people want, a turn
    shift.done              # the share that is trained; by it the runs of a race are kept at the same batch
shift.outcome               # how the run left the worker, and why
"""

import errno
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vaegan.checkpoint.state import TrainState, load_state
from vaegan.data.mnist import Digits
from vaegan.errors import DivergedError, VaeganError
from vaegan.files import remove_left_over
from vaegan.lab import layout
from vaegan.lab.documents import ACTIVE, Cause, Control, Phase, Plan, RunData, Status
from vaegan.lab.ledger import Ledger, newest_state
from vaegan.lab.lock import LockLostError, RunLock
from vaegan.lab.run import Run
from vaegan.lab.runs import Lab
from vaegan.training.events import EndEvent, StepEvent
from vaegan.training.finish import RunFolder, also_measured
from vaegan.training.journal import Place, place_of
from vaegan.training.loop import start_from, train

CONTROL_SECONDS = 0.05  # between two looks at what people want
PATIENCE_SECONDS = 3.0  # for which a paused run keeps its worker from others
BY_WATCHERS = "stopped by its watchers"
Outcome = tuple[Phase, str]  # how a run left its worker, and why

_REMEDIES = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "make room, for example by deleting runs")
_REMEDIES |= dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "give a folder that can be written by VAEGAN_RUNS")


@dataclass(frozen=True)
class _Goal:
    """How far a run may go before it pauses again: until a batch is made, or an epoch is finished."""

    step: int | None = None
    epoch: int | None = None

    def is_reached(self, place: Place) -> bool:
        """Whether a run at `place` is there."""
        return (self.step is not None and place.step >= self.step) or (
            self.epoch is not None and place.epoch >= self.epoch
        )


class Shift:
    """One run from when a worker takes it up until it leaves the worker."""

    def __init__(self, run: Run, digits_of: Callable[[RunData], Digits]) -> None:
        self.run = run
        self.is_waiting = False  # paused, with nothing to train until people want more
        self.outcome: Outcome | None = None  # set when the turns have ended
        self._ledger = Ledger(run)
        self._neighbours = Lab(run.folder.parent)
        self._digits_of = digits_of
        self._lock = RunLock(run.folder / layout.LOCK, self._ledger.beat)
        self._place = Place(0, 0)
        self._goal: _Goal | None = None  # of a run that people have paused, and let go on this far
        self._leaves_as: Phase | None = None  # set when the run is to leave the worker before its end
        self._control, self._looked = Control(), 0.0

    @property
    def done(self) -> float:
        """Share of the run that is trained, 0 to 1."""
        return self._ledger.status.done

    def turns(self) -> Iterator[None]:
        """Do all that is to be done for the run, one batch or one look a turn, and set `outcome`."""
        try:
            with self._lock:
                self.outcome = yield from self._work()
        except LockLostError:
            self.outcome = self.run.status.phase, self.run.status.reason
        except DivergedError as error:
            self.outcome = self._fail(str(error), "diverged")
        except VaeganError as error:
            self.outcome = self._fail(str(error))
        except OSError as error:
            self.outcome = self._fail(_sentence(error, self.run.folder))
        finally:
            self.is_waiting = False
            self._ledger.close()

    def _fail(self, reason: str, cause: Cause | None = None) -> Outcome:
        """Write down that the run failed. If that cannot be written, the app learns it from the outcome."""
        with suppress(OSError):
            if self._ledger.status.phase in ACTIVE:
                self._ledger.change_phase("failed", reason=reason, cause=cause, remaining=None)
            self._ledger.flush()
        return "failed", reason

    def _work(self) -> Generator[None, None, Outcome]:
        """Train; OSError, VaeganError or LockLostError say why the run could not go on."""
        run, ledger = self.run, self._ledger
        status = ledger.status = run.status  # as it is now: another process may have held the run until now
        if status.phase not in ("queued", "running", "paused"):
            return status.phase, status.reason
        if run.control.wants_end:
            return self._leave("stopped", BY_WATCHERS)
        for folder in layout.written_folders(run.folder):
            remove_left_over(folder)
        plan = run.plan
        data = self._digits_of(plan.data)
        state = self._begin(status)
        if state is None and plan.origin is not None:
            state = start_from(load_state(run.folder / layout.START).weights, plan.config, data)
        yield from self._obey()
        if self._leaves_as is None:
            for event in train(plan.config, data, resume=state, should_stop=lambda: self._leaves_as is not None):
                self._lock.check()
                is_saved = ledger.keep(event)
                if isinstance(event, EndEvent):
                    if event.reason != "stopped":
                        return self._finish(plan, data, event)
                    ledger.keep_stopped(event.state)
                elif is_saved or isinstance(event, StepEvent):
                    self._place = Place(event.step, event.epoch if is_saved else self._place.epoch)
                    yield from self._obey()
                if is_saved and self._leaves_as is not None:
                    break
                yield
        assert self._leaves_as is not None
        return self._leave(self._leaves_as, BY_WATCHERS if self._leaves_as == "stopped" else "")

    def _begin(self, status: Status) -> TrainState | None:
        """Change the phase to running, and cut the journal back to the newest state. Returns that state, if any."""
        state = newest_state(self.run)
        self._place = place = place_of(state)
        self._ledger.begin(place)
        step = place.step
        if self.run.control.want == "pause" and status.step > step:
            self._goal = _Goal(step=status.step)  # the batch at which it was paused when its worker was killed
            step = status.step
        done = status.done * step / status.step if status.step else 0.0
        self._ledger.change_phase("running", reason="", step=step, epoch=place.epoch, done=done)
        return state

    def _finish(self, plan: Plan, data: Digits, end: EndEvent) -> Outcome:
        self._ledger.update_status(reason="measuring the trained model on the test digits", done=1.0, remaining=None)
        folder = RunFolder(self.run.folder, plan.name)
        folder.finish(end.state, self._ledger.history, data, also_measured(data), plan.command)
        return self._leave("finished", end.reason)

    def _leave(self, phase: Phase, reason: str) -> Outcome:
        if phase != self._ledger.status.phase:
            self._ledger.change_phase(phase, reason=reason, remaining=None)
        else:  # it stays paused, without a worker
            self._ledger.update_status(held=False)
        return phase, reason

    def _obey(self) -> Iterator[None]:
        """Look at what people want, at most twenty times a second; while the run is paused, stay here."""
        if self._goal is not None and self._goal.is_reached(self._place):
            self._goal = None
            self._looked = 0.0
        if not self._look():
            return
        if self._control.wants_end:
            self._leaves_as = "stopped"
        elif self._control.want == "pause" and self._goal is None:
            yield from self._hold()

    def _look(self) -> bool:
        """Read what people want, unless that was done just now. True if it was read."""
        if time.monotonic() - self._looked < CONTROL_SECONDS:
            return False
        self._looked = time.monotonic()
        self._control = self.run.control
        return True

    def _hold(self) -> Iterator[None]:
        """Pause until people let the run go on, want it stopped, or others need the worker."""
        ledger, began = self._ledger, time.monotonic()
        ledger.flush()
        ledger.change_phase("paused", held=True, remaining=None)
        self.is_waiting = True
        while self._control.want == "pause":
            self._goal = self._next_goal()
            if self._goal is not None:
                break
            if time.monotonic() - began > PATIENCE_SECONDS and self._others_wait():
                self._leaves_as = "paused"
                break
            yield
            self._lock.check()
            self._look()
        self.is_waiting = False
        ledger.leave_out(time.monotonic() - began)
        if self._control.wants_end:
            self._leaves_as = "stopped"
        if self._leaves_as is None:
            ledger.change_phase("running")

    def _next_goal(self) -> _Goal | None:
        """The next batch or epoch that people allow the paused run; None if it has made all of them."""
        control, status = self._control, self._ledger.status
        if control.batches > status.spent_batches:
            self._ledger.update_status(spent_batches=status.spent_batches + 1)
            return _Goal(step=self._place.step + 1)
        if control.epochs > status.spent_epochs:
            self._ledger.update_status(spent_epochs=status.spent_epochs + 1)
            return _Goal(epoch=self._place.epoch + 1)
        return None

    def _others_wait(self) -> bool:
        """Whether some run of the lab is queued."""
        return any(run.status.phase == "queued" for run in self._neighbours)


def _sentence(error: OSError, folder: Path) -> str:
    if not folder.is_dir():
        return "the run's folder is gone; start it again"
    remedy = _REMEDIES.get(error.errno or 0, "check the disk")
    return (
        f"the run's folder cannot be used ({error.strerror or error}); {remedy}, then start the run again: "
        "it goes on from its last epoch"
    )
