"""Wakes all who wait for news of a room. News is only that there is some: whoever wakes looks at the room itself.

with broadcaster.subscribe(token) as subscriber:  # in an event loop
    while await subscriber.news(15):
        ...
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from vaegan.errors import ClassError

MOST_SUBSCRIBERS = 300  # browser tabs; a class of 100 has three each


class Subscriber:
    """One who waits, in the event loop in which it was made, and the token of its browser.

    Its queue holds one piece of news: a second one says no more, since who wakes sees all that has happened until then.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[None] = asyncio.Queue(maxsize=1)

    def wake(self) -> bool:
        """Tell it from any thread; False if its event loop has ended."""
        try:
            self._loop.call_soon_threadsafe(self._put)
        except RuntimeError:  # the loop is closed
            return False
        return True

    def _put(self) -> None:
        if self._queue.empty():
            self._queue.put_nowait(None)

    async def news(self, seconds: float) -> bool:
        """Wait for news; False if there was none for so long."""
        try:
            await asyncio.wait_for(self._queue.get(), seconds)
        except TimeoutError:
            return False
        return True


class Broadcaster:
    """Those who wait for news of one room."""

    def __init__(self) -> None:
        self._subscribers: set[Subscriber] = set()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._subscribers)

    @contextmanager
    def subscribe(self, token: str) -> Iterator[Subscriber]:
        """One more who waits; ClassError if there are too many."""
        subscriber = Subscriber(token)
        with self._lock:
            if len(self._subscribers) >= MOST_SUBSCRIBERS:
                raise ClassError(f"{MOST_SUBSCRIBERS} browser tabs follow this class, which is all that it serves")
            self._subscribers.add(subscriber)
        try:
            yield subscriber
        finally:
            with self._lock:
                self._subscribers.discard(subscriber)

    def publish(self, *tokens: str) -> None:
        """Wake the tabs of these browsers, or all, from any thread and without waiting for any of them.

        Those whose event loop has ended are dropped.
        """
        with self._lock:
            meant = {each for each in self._subscribers if not tokens or each.token in tokens}
            self._subscribers -= {each for each in meant if not each.wake()}
