"""How often one browser, or all together, may ask for something."""

from collections import deque
from collections.abc import Callable
from threading import Lock

MOST_ASKERS = 2000  # that are remembered at a time; those that asked longest ago are forgotten first


class Rate:
    """At most `most` times within `seconds` for each asker. May be shared by threads."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        self.most, self.seconds, self._clock = most, seconds, clock
        self._times: dict[str, deque[float]] = {}
        self._lock = Lock()

    def allows(self, asker: str) -> bool:
        """Count one more time, unless it is too often."""
        now = self._clock()
        with self._lock:
            times = self._times.pop(asker, deque())
            self._times[asker] = times  # the last one, as it asked last
            while len(self._times) > MOST_ASKERS:
                del self._times[next(iter(self._times))]
            while times and times[0] <= now - self.seconds:
                times.popleft()
            if len(times) >= self.most:
                return False
            times.append(now)
            return True
