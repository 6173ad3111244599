"""What a Dask worker executes: runs, from wherever their folders say they stand to wherever people let them go.

The runs of a race take turns, the one that is furthest behind next, so that all are at the same batch.
"""

import errno
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import torch
from distributed import WorkerPlugin

from vaegan.checkpoint.state import load_state
from vaegan.config import TrainConfig
from vaegan.data import mnist
from vaegan.data.mnist import Digits
from vaegan.errors import DataError, DivergedError, VaeganError
from vaegan.lab.documents import START, Cause, Control, Phase, Plan, RunData, Status
from vaegan.lab.ledger import Ledger, newest_state
from vaegan.lab.lock import Claim, ClaimLostError
from vaegan.lab.runs import Run
from vaegan.training.events import EndEvent, EpochEvent, Event, StepEvent
from vaegan.training.finish import RunFolder, also_measured
from vaegan.training.journal import place_of
from vaegan.training.loop import start_from, train

CONTROL_SECONDS = 0.05  # between looks at what people want
PATIENCE_SECONDS = 3.0  # that a paused run keeps its worker from others
BY_WATCHERS = "stopped by its watchers"
Outcome = tuple[Phase, str]  # how a run left its worker, and why
Turns = Generator[bool, None, Outcome]  # yields after each thing done: whether the run now waits for people

_one_at_a_time = Lock()  # torch's global generator and thread settings belong to the process
_warming = Lock()
_REMEDIES = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "make room, for example by deleting runs")
_REMEDIES |= dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "give a folder that can be written by VAEGAN_RUNS")


class WarmUp(WorkerPlugin):  # type: ignore[misc]  # distributed is untyped
    """Makes each worker, also one that replaces another, ready for its first run."""

    name = "vaegan-warm-up"

    def setup(self, worker: Any) -> None:  # noqa: ARG002 - Dask's signature
        """Begin in a thread: the worker must answer its scheduler meanwhile."""
        Thread(target=warm_up, name="warm-up", daemon=True).start()


def warm_up() -> None:
    """Load torch and the digits, and train a step: the first takes seconds, every other milliseconds."""
    with _warming:
        _warm_up()


@cache
def _warm_up() -> None:
    torch.set_num_threads(1)
    few = _whole().subset(4, 4)
    tiny = TrainConfig.model_validate({"model": {"latent_dim": 1, "hidden_dim": 1}, "epochs": 1, "batch_size": 2})
    for _ in train(tiny, few):
        pass


@cache
def _whole() -> Digits:
    return mnist.load_available().digits


@cache
def _digits(wanted: RunData) -> Digits:
    """The digits of a run, from this machine's MNIST or from the sample; DataError if neither has them."""
    for source in (_whole, mnist.load_sample):
        whole = source()
        if len(whole.train_images) >= wanted.train and len(whole.test_images) >= wanted.test:
            found = whole if whole.sha256 == wanted.sha256 else whole.subset(wanted.train, wanted.test)
            if found.sha256 == wanted.sha256:
                return found
    raise DataError(
        f"the run is to be trained on {wanted.label}, which its worker has not (it has {_whole().label}); "
        f"set {mnist.ENVIRONMENT} for the worker as for the app"
    )


def work(folders: Sequence[str]) -> dict[str, Outcome]:
    """Train the runs in `folders` in turns, each until it ends, people stop it, or it is paused and others wait."""
    with _one_at_a_time:
        warm_up()
        torch.set_num_threads(1)  # of this thread; the order of sums, so the weights' last bits, depends on it
        return _take_turns([Run(Path(folder)) for folder in folders])


def _take_turns(runs: Sequence[Run]) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    ledgers = {run.run_id: Ledger(run) for run in runs}
    going = {run.run_id: _turns(run, ledgers[run.run_id]) for run in runs}
    waiting: set[str] = set()
    while going:
        if len(waiting) == len(going):
            time.sleep(CONTROL_SECONDS)
        behind = min((ledgers[run_id].status.done for run_id in going.keys() - waiting), default=0.0)
        for run_id in list(going):
            if run_id in waiting or ledgers[run_id].status.done <= behind:
                try:
                    waits = next(going[run_id])
                except StopIteration as end:
                    outcomes[run_id], waits = end.value, False
                    del going[run_id]
                (waiting.add if waits else waiting.discard)(run_id)
    return outcomes


def _turns(run: Run, ledger: Ledger) -> Turns:
    """All that is to be done for one run."""
    try:
        with Claim(run.folder / "claim", ledger.beat) as claim:
            return (yield from _Shift(run, ledger, claim).work())
    except ClaimLostError:
        return run.status.phase, run.status.reason
    except DivergedError as error:
        return _failed(ledger, str(error), "diverged")
    except VaeganError as error:
        return _failed(ledger, str(error))
    except OSError as error:
        return _failed(ledger, _sentence(error, run.folder))
    finally:
        ledger.close()


def _failed(ledger: Ledger, reason: str, cause: Cause | None = None) -> Outcome:
    """A disk that takes no word of a failure leaves it to the app to know."""
    with suppress(OSError):
        ledger.tell(phase="failed", reason=reason, cause=cause, held=False, remaining=None)
        ledger.flush()
    return "failed", reason


def _sentence(error: OSError, folder: Path) -> str:
    if not folder.is_dir():
        return f"the run's folder {folder} is gone; start it again"
    remedy = _REMEDIES.get(error.errno or 0, "check the disk")
    return (
        f"the run's folder {folder} cannot be used ({error.strerror or error}); {remedy}, then start the run again: "
        "it goes on from its last epoch"
    )


class _Shift:
    """One run's time on this worker."""

    def __init__(self, run: Run, ledger: Ledger, claim: Claim) -> None:
        self.run, self.ledger, self.claim = run, ledger, claim
        self._looked = 0.0
        self._control = Control()
        self._leaving: Phase | None = None
        self._goal: tuple[type[Event], int] | None = None  # what a paused run may still make: up to a step or an epoch

    def work(self) -> Turns:
        """Train; OSError, VaeganError or ClaimLostError say why it could not go on."""
        run, ledger = self.run, self.ledger
        status = ledger.status = run.status  # another may have held the run until now
        if status.phase not in ("queued", "running", "paused"):
            return status.phase, status.reason
        if run.control.want == "stop":
            return self._end("stopped", BY_WATCHERS)
        plan = run.plan
        data = _digits(plan.data)
        state = newest_state(run)
        place = place_of(state)
        if state is None and plan.origin is not None:
            state = start_from(load_state(run.folder / START).weights, plan.config, data)
        ledger.begin(place)
        if run.control.want == "pause" and status.step > place.step:
            self._goal = StepEvent, status.step  # where a killed worker was paused
        step = place.step if self._goal is None else status.step
        ledger.tell(phase="running", reason="", cause=None, held=False, step=step, epoch=place.epoch)
        events = train(plan.config, data, resume=state, should_stop=lambda: self._leaving is not None)
        end = yield from self._iterate(events)
        if end is not None and end.reason != "stopped":
            return self._finish(plan, data, end)
        if end is not None:
            ledger.keep_stopped(end.state)
        assert self._leaving is not None
        return self._end(self._leaving, BY_WATCHERS if self._leaving == "stopped" else "")

    def _finish(self, plan: Plan, data: Digits, end: EndEvent) -> Outcome:
        self.ledger.tell(reason="measuring the trained model on the test digits", done=1.0, remaining=None)
        folder = RunFolder(self.run.folder, plan.name)
        folder.finish(end.state, self.ledger.history, data, also_measured(data), plan.command)
        return self._end("finished", end.reason)

    def _end(self, phase: Phase, reason: str) -> Outcome:
        self.ledger.tell(phase=phase, reason=reason, held=False, remaining=None)
        return phase, reason

    def _iterate(self, events: Iterator[Event]) -> Generator[bool, None, EndEvent | None]:
        """Write what is told and obey, until the end; None where the run was left with nothing new to keep."""
        yield from self._obey(None)
        for event in events if self._leaving is None else ():
            self.claim.check()
            rests = self.ledger.keep(event)
            if isinstance(event, EndEvent):
                return event
            if rests or isinstance(event, StepEvent):
                yield from self._obey(event)
            if rests and self._leaving is not None:
                break
            yield False
        return None

    def _obey(self, event: Event | None) -> Iterator[bool]:
        """Look at what people want, at most twenty times a second; while the run is paused, stay here."""
        if self._goal is not None and self._is_reached(*self._goal, event):
            self._goal = None
            self._looked = 0.0
        if time.monotonic() - self._looked < CONTROL_SECONDS:
            return
        self._look()
        if self._control.want == "stop":
            self._leaving = "stopped"
        elif self._control.want == "pause" and self._goal is None:
            yield from self._hold()

    @staticmethod
    def _is_reached(kind: type[Event], until: int, event: Event | None) -> bool:
        if isinstance(event, StepEvent):
            return kind is StepEvent and event.step >= until
        return kind is EpochEvent and event is not None and not isinstance(event, EndEvent) and event.epoch >= until

    def _look(self) -> None:
        self._looked = time.monotonic()
        self._control = self.run.control

    def _hold(self) -> Iterator[bool]:
        """Wait until people let the run go on, for good or for a batch or an epoch, or until others need the worker."""
        ledger, began = self.ledger, time.monotonic()
        ledger.flush()
        ledger.tell(phase="paused", held=True, remaining=None)
        while self._control.want == "pause" and self._goal is None and self._leaving is None:
            control, status = self._control, ledger.status
            if control.batches > status.spent_batches:
                self._goal = StepEvent, status.step + 1
                ledger.tell(spent_batches=status.spent_batches + 1)
            elif control.epochs > status.spent_epochs:
                self._goal = EpochEvent, status.epoch + 1
                ledger.tell(spent_epochs=status.spent_epochs + 1)
            elif time.monotonic() - began > PATIENCE_SECONDS and self._others_wait():
                self._leaving = "paused"
            else:
                yield True
                self.claim.check()
                if time.monotonic() - self._looked >= CONTROL_SECONDS:
                    self._look()
        ledger.forget_time(time.monotonic() - began)
        if self._control.want == "stop":
            self._leaving = "stopped"
        if self._leaving is None:
            ledger.tell(phase="running", held=False)

    def _others_wait(self) -> bool:
        papers = self.run.folder.parent.glob("*/status.json")
        found = (Run(paper.parent).read(Status) for paper in papers)
        return any(status.phase == "queued" for status in found if status is not None)
