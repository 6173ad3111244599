"""Does several pieces of work at once on one machine, in processes of one thread each."""

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

from vaegan.errors import RunError

P = TypeVar("P")


def side_by_side(
    work: Callable[[P], object], pieces: Sequence[P], workers: int, begin: Callable[..., None], given: tuple[Any, ...]
) -> Generator[P]:
    """Do the work on each piece in so many processes, which each `begin` with what is given; yields pieces as they end.

    No piece is handed out before a process is free. If the caller stops asking, or Ctrl+C stops it, what runs comes to
    its end and nothing new begins. If the caller is killed, so are the processes.
    """
    waiting = iter(pieces)
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (begin, given))
    try:
        running: dict[Future[object], P] = {}
        while True:
            with _without_interrupts():
                running |= {pool.submit(work, piece): piece for piece in islice(waiting, workers - len(running))}
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                piece = running.pop(done)
                done.result()
                yield piece
    except BrokenProcessPool as error:
        raise RunError(
            "a process was ended from outside, or had no memory; start the command again to go on"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold Ctrl+C back while processes start: until they ignore it themselves, they inherit this."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(begin: Callable[..., None], given: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all: the caller alone decides what to do
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begin(*given)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
