"""Does several pieces of work at once on one machine, in processes of one thread each."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

P = TypeVar("P")


def side_by_side(
    work: Callable[[P], object], pieces: Sequence[P], workers: int, begin: Callable[..., None], given: tuple[Any, ...]
) -> Iterator[P]:
    """Do the work on each piece in so many processes, which each `begin` with what is given; yields pieces as they end.

    If the caller stops asking, what runs comes to its end and nothing new begins. If it is killed, so are they.
    """
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (begin, given))
    try:
        waiting = {pool.submit(work, piece): piece for piece in pieces}
        for done in as_completed(waiting):
            done.result()
            yield waiting[done]
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(begin: Callable[..., None], given: tuple[Any, ...]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begin(*given)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
