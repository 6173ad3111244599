"""What a Dask worker executes: the runs of one task, which take turns."""

import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import torch
from distributed import WorkerPlugin

from vaegan.config import TrainConfig
from vaegan.data import mnist
from vaegan.data.mnist import Digits
from vaegan.errors import DataError
from vaegan.lab import own_digits
from vaegan.lab.documents import RunData
from vaegan.lab.run import Run
from vaegan.lab.shift import CONTROL_SECONDS, Outcome, Shift
from vaegan.training.loop import train

_one_at_a_time = Lock()  # torch's global generator and thread settings belong to the process
_warming = Lock()


class WarmUp(WorkerPlugin):  # type: ignore[misc]  # distributed is untyped
    """Makes each worker ready for its first run, also a worker that replaces a lost one."""

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
    leave_compiler_out()
    few = _own_digits().subset(4, 4)
    tiny = TrainConfig.model_validate({"model": {"latent_dim": 1, "hidden_dim": 1}, "epochs": 1, "batch_size": 2})
    for _ in train(tiny, few):
        pass


def leave_compiler_out() -> None:
    """Let optimisers step without the modules of torch.compile, which nothing here uses: 150 MB, and seconds to load.

    torch wraps some of their methods so that compiled programs stop there, and loads the compiler to say so. Nothing is
    compiled here, so the methods are called without that. Where torch wraps them otherwise, all stays as it is.
    """
    for method in vars(torch.optim.Optimizer).values():
        if getattr(method, "__globals__", {}).get("__name__") == "torch._compile" and hasattr(method, "__wrapped__"):
            vars(method.__wrapped__).setdefault("__dynamo_disable", method.__wrapped__)  # which is looked for there
    step = torch.optim.Adam.step
    if step.__code__.co_name == "_use_grad" and hasattr(step, "__wrapped__"):
        torch.optim.Adam.step = torch.no_grad()(step.__wrapped__)  # type: ignore[method-assign]


@cache
def _own_digits() -> Digits:
    """This machine's MNIST, else the sample, as in the app."""
    return mnist.load_available().digits


@cache
def _digits_of(wanted: RunData) -> Digits:
    """The digits of a run, from this machine's MNIST or from the sample; DataError if neither has them."""
    for source in (_own_digits, mnist.load_sample):
        whole = source()
        if len(whole.train_images) >= wanted.train and len(whole.test_images) >= wanted.test:
            digits = whole if whole.sha256 == wanted.sha256 else whole.subset(wanted.train, wanted.test)
            if digits.sha256 == wanted.sha256:
                return digits
    raise DataError(
        f"the run is to be trained on {wanted.label}, which its worker does not have (it has {_own_digits().label}); "
        f"set {mnist.ENVIRONMENT} for the worker as for the app"
    )


def _digits_for(run: Run) -> Callable[[RunData], Digits]:
    """Where a run's digits come from: its own folder if they are a class's."""
    return lambda wanted: own_digits.kept(run, wanted) if wanted.of_class else _digits_of(wanted)


def work(folders: Sequence[str]) -> dict[str, Outcome]:
    """Train the runs in `folders` in turns, each until it ends, people stop it, or it is paused and others wait."""
    with _one_at_a_time:
        warm_up()
        torch.set_num_threads(1)  # of this thread; the order of sums, so the weights' last bits, depends on it
        return _take_turns([Shift(run, _digits_for(run)) for run in map(Run, map(Path, folders))])


def _take_turns(shifts: Sequence[Shift]) -> dict[str, Outcome]:
    """Give the next turn to the runs that are furthest behind, so that all are at the same batch.

    A paused run does not count as behind. It has a turn each time, in which it looks whether it may go on.
    """
    turns = {shift: shift.turns() for shift in shifts}
    while going := [shift for shift in shifts if shift.outcome is None]:
        if all(shift.is_waiting for shift in going):
            time.sleep(CONTROL_SECONDS)
        furthest_behind = min((shift.done for shift in going if not shift.is_waiting), default=0.0)
        for shift in going:
            if shift.is_waiting or shift.done <= furthest_behind:
                next(turns[shift], None)
    return {shift.run.run_id: shift.outcome for shift in shifts if shift.outcome is not None}
