"""The classes of this server, and what a browser that is in one may ask for: over HTTP, or through its page."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from vaegan.classroom.answers import Step
from vaegan.classroom.limits import Rate
from vaegan.classroom.room import Room
from vaegan.classroom.rooms import Rooms
from vaegan.classroom.wall import Piece
from vaegan.data.pictures import to_uint8
from vaegan.errors import ClassError
from vaegan.lessons import Together, gather
from vaegan.ui import visitor
from vaegan.ui.drawings import read_drawing

rooms = Rooms()
MOST_WISHES = 40  # of one browser within ten seconds: a teacher who moves a slider shows some each second
_wishes = Rate(MOST_WISHES, 10, time.monotonic)
OF_STUDENTS = ("answer", "digit", "leave")
OF_TEACHERS = ("show", "pace", "pause", "reveal")


def attended(token: str) -> tuple[Room, str] | None:
    """The class that this browser is in, and whether as "teacher" or as "student"; None if in none."""
    if room := rooms.taught_by(token):
        return room, "teacher"
    if room := rooms.attended_by(token):
        return room, "student"
    return None


def take(lesson: str, step: int, answer: str) -> None:
    """Note an answer that this browser has given on the Learn page, if it is a student's; ClassError if too late."""
    if room := rooms.attended_by(visitor.token()):
        room.answer(visitor.token(), lesson, step, answer)


def digits_to_train() -> Sequence[Piece]:
    """The digits of the class of this browser that networks may be trained on; none if there is no such class."""
    found = attended(visitor.token())
    return found[0].wall.to_train if found else ()


def told_together(lesson: str, step: int, language: str) -> Together | None:
    """How the class of this browser has answered a step of a lesson; None before its teacher has revealed that."""
    found = attended(visitor.token())
    place = Step(lesson, step)
    if found is None or not found[0].answers.is_revealed(place):
        return None
    return gather(lesson, step, found[0].answers.histogram(place), language)


def view(room: Room, token: str) -> dict[str, Any]:
    """What this browser is told of the class."""
    return room.teacher_view() if room.teacher == token else room.view(token)


def grant(room: Room, token: str, kind: str, payload: Mapping[str, Any]) -> None:
    """Do what a browser asks of its class; ClassError says why not. Nothing of it is trusted."""
    if not _wishes.allows(token):
        raise ClassError("this was asked too often; wait ten seconds, then try again")
    if kind in (OF_TEACHERS if room.teacher == token else OF_STUDENTS):
        _grant(room, token, kind, payload)
        return
    raise ClassError("this is not for you to ask in this class; join it, or reload the page")


def _grant(room: Room, token: str, kind: str, payload: Mapping[str, Any]) -> None:
    match kind:
        case "show":
            room.show(payload.get("page"), payload.get("query"))
        case "pace":
            room.set_(follow=payload.get("follow") is True)
        case "pause":
            room.set_(paused=payload.get("paused") is True)
        case "reveal":
            room.reveal()
        case "answer":
            room.answer(token, payload.get("lesson"), payload.get("step"), payload.get("answer"))
        case "digit":
            _hang_up(room, token, payload)
        case "leave":
            room.leave(token)


def _hang_up(room: Room, token: str, payload: Mapping[str, Any]) -> None:
    label = payload.get("label")
    if isinstance(label, bool) or not isinstance(label, int) or label not in range(10):
        raise ClassError("say which digit it is meant to be, 0 to 9")
    if not room.wall.is_open or room.student(token) is None:
        raise ClassError("no digits are collected from you at the moment; wait until your teacher asks for them")
    room.hang_up(token, to_uint8(read_drawing(payload.get("png")).digit), label)
