"""Run coroutines in tests, in a thread of their own: a browser of other tests keeps a loop in the main one."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def in_a_thread(function: Callable[..., T], *arguments: Any) -> T:
    """What a function returns that calls asyncio.run itself."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *arguments).result()


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns."""
    return in_a_thread(asyncio.run, coroutine)
