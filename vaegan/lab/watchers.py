"""Which sessions watch which run, and which of these sessions are still open."""

import time

from vaegan.errors import RunError
from vaegan.lab.documents import Watchers
from vaegan.lab.run import Run

PRESENT_SECONDS = 5.0  # after a session's last sign of life: a page that shows a run asks once a second


class RunWatchers:
    """Which sessions of this app watch which run. When the app has just started, all watchers count as present."""

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
            run.write(Watchers(sessions=(*self.of(run), session), owner=self.owner(run) or session))

    def leave(self, run: Run, session: str) -> None:
        """Remove a session from a run's watchers."""
        if session in self.of(run):
            others = tuple(watcher for watcher in self.of(run) if watcher != session)
            run.write(Watchers(sessions=others, owner=self.owner(run)))

    def owner(self, run: Run) -> str | None:
        """The session that was the first to ask for a run; None if that was never noted."""
        return (run.read(Watchers) or Watchers()).owner

    def check_owner(self, run: Run, session: str, deed: str) -> None:
        """RunError if the run is another's."""
        if self.owner(run) not in (None, session):
            raise RunError(
                f"this run was started in another browser; only from there, or by a teacher, can it be {deed}. Start "
                "one of your own with another seed"
            )

    def check_watcher(self, run: Run, session: str, deed: str) -> None:
        """RunError if a session neither asked for the run nor shares it: a link shows a run, and grants nothing."""
        if session not in self.of(run):
            self.check_owner(run, session, deed)

    def count_others(self, run: Run, session: str) -> int:
        """How many watchers other than `session` are still there."""
        return len(set(self.present(run)) - {session})

    def present(self, run: Run) -> tuple[str, ...]:
        """The watchers that are still there."""
        since = time.monotonic() - PRESENT_SECONDS
        return tuple(watcher for watcher in self.of(run) if self._seen.get(watcher, self._started) > since)

    def check_alone(self, run: Run, session: str) -> None:
        """RunError if somebody else watches too."""
        others = self.count_others(run, session)
        if others:
            raise RunError(
                f"{others} more {'watches' if others == 1 else 'watch'} this run, which all share because it is the "
                "same; leave it by stop, or change its seed and have one of your own"
            )
