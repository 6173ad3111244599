"""The rooms of this process, by code, until their teacher or the clock ends them."""

import time
from collections.abc import Callable
from threading import RLock

from vaegan.classroom import names
from vaegan.classroom.limits import Rate
from vaegan.classroom.room import Room
from vaegan.errors import ClassError

MOST_ROOMS = 20
LIFE_SECONDS = 8 * 60 * 60.0
MOST_WRONG = 30  # codes that one browser may try within a minute
MOST_JOINS = 600  # of all browsers together, within a minute


class Rooms:
    """All classes of this process. May be shared by threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._rooms: dict[str, Room] = {}
        self._lock = RLock()
        self._tries = Rate(MOST_WRONG, 60, clock)
        self._joins = Rate(MOST_JOINS, 60, clock)

    def begin(self, teacher: str) -> Room:
        """Begin a class, or go on with the one that this browser has begun."""
        with self._lock:
            self._sweep()
            if room := self.taught_by(teacher):
                return room
            if len(self._rooms) >= MOST_ROOMS:
                raise ClassError(f"{MOST_ROOMS} classes go on here, which is all that one server takes; end one first")
            room = Room(names.new_code(self._rooms), teacher, self.clock, self.clock())
            self._rooms[room.code] = room
            return room

    def end(self, code: str) -> None:
        """End a class, if it still goes on."""
        with self._lock:
            if room := self._rooms.pop(code, None):
                room.end()

    def join(self, code: str, token: str) -> Room:
        """Let a browser into the class with this code, and out of any other; ClassError says why it cannot come in."""
        if not self._tries.allows(token) or not self._joins.allows("all"):
            raise ClassError("too many have tried to join within a minute; wait for one, then try again")
        room = self.room(code)
        if room is None:
            typed = names.read_code(code)
            raise ClassError(
                f"there is no class {typed} here; look at the code again" if typed else "type the code of the class"
            )
        for other in self.rooms():
            if other is not room:
                other.leave(token)
        room.join(token)
        return room

    def room(self, code: str) -> Room | None:
        """The class with this code, as it was typed."""
        with self._lock:
            self._sweep()
            return self._rooms.get(names.read_code(code))

    def rooms(self) -> list[Room]:
        """All classes that go on."""
        with self._lock:
            self._sweep()
            return list(self._rooms.values())

    def taught_by(self, token: str) -> Room | None:
        """The class that this browser has begun."""
        return next((room for room in self.rooms() if room.teacher == token), None)

    def attended_by(self, token: str) -> Room | None:
        """The class in which this browser is a student."""
        return next((room for room in self.rooms() if room.student(token)), None)

    def _sweep(self) -> None:
        late = self.clock() - LIFE_SECONDS
        for code in [code for code, room in self._rooms.items() if room.began <= late]:
            self.end(code)
