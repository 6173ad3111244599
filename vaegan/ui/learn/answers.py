"""What learners answer, told to whoever wants to hear it, such as a class whose teacher collects answers.

subscribe("class", lambda given: room.take(given.lesson, given.step, given.answer))
"""

from collections.abc import Callable
from typing import NamedTuple

from vaegan.ui.frame import errors_as_toast


class Given(NamedTuple):
    """An answer: the lesson's name, the number of its step from 1, and the answer as a short text.

    The text is what the step's question takes: a letter, a number, heights of a curve or coordinates with `_` between.
    """

    lesson: str
    step: int
    answer: str


Listener = Callable[[Given], None]
_listeners: dict[str, Listener] = {}


def subscribe(name: str, listener: Listener) -> None:
    """Call `listener` with each answer from now on, whoever gives it, within the run of that learner's session.

    One name has one listener, so that a page which subscribes at each of its runs is told once.
    """
    _listeners[name] = listener


def unsubscribe(name: str) -> None:
    """Tell this listener nothing any more."""
    _listeners.pop(name, None)


def give(given: Given) -> None:
    """Tell all listeners of an answer; what goes wrong there is a notice on the page."""
    for listener in list(_listeners.values()):
        with errors_as_toast():
            listener(given)
