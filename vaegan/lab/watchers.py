"""Which sessions watch which run, and which of these sessions are still open."""

import time

from vaegan.errors import RunError
from vaegan.lab.documents import Watchers
from vaegan.lab.run import Run

PRESENT_SECONDS = 5.0  # after a session's last sign of life: a page that shows a run asks once a second


class Audience:
    """The sessions of this app. After a start of the app all watchers count as present for a while."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._seen: dict[str, float] = {}

    def notice(self, session: str) -> None:
        """Note that a session is still open."""
        self._seen[session] = time.monotonic()

    def of(self, run: Run) -> tuple[str, ...]:
        """The sessions that asked for a run and have not left it."""
        return (run.read(Watchers) or Watchers()).sessions

    def join(self, run: Run, session: str) -> None:
        """Count a session among a run's watchers."""
        self.notice(session)
        if session not in self.of(run):
            run.write(Watchers(sessions=(*self.of(run), session)))

    def leave(self, run: Run, session: str) -> None:
        """Count a session no more."""
        if session in self.of(run):
            run.write(Watchers(sessions=tuple(one for one in self.of(run) if one != session)))

    def others(self, run: Run, session: str) -> int:
        """How many watchers other than `session` are still there."""
        since = time.monotonic() - PRESENT_SECONDS
        return sum(self._seen.get(one, self._started) > since for one in self.of(run) if one != session)

    def check_alone(self, run: Run, session: str) -> None:
        """RunError if somebody else watches too."""
        others = self.others(run, session)
        if others:
            raise RunError(
                f"{others} more {'watches' if others == 1 else 'watch'} this run, which all share because it is the "
                "same; leave it by stop, or change its seed and have one of your own"
            )
