"""How far a learner is in a lesson, as text in an address: `lesson=noise&step=3&a=b~45&done=ds`.

It may come from anyone, so what the lesson could not have written itself is dropped.
"""

from typing import NamedTuple

from vaegan.lessons.schema import Lesson

DONE, SKIPPED, OPEN = "d", "s", "-"
APART = "~"  # between the answers of two steps


class Progress(NamedTuple):
    """The step that is shown, from 1; the answer to each step, empty where there is none; and a mark for each."""

    step: int
    answers: tuple[str, ...]
    marks: str

    def answered(self, step: int, answer: str) -> "Progress":
        """The same after an answer to step 1, 2, ..."""
        return self._replace(answers=_with(self.answers, step, answer))

    def marked(self, step: int, mark: str) -> "Progress":
        """The same with another mark on step 1, 2, ...; what is done stays done."""
        marks = _with(tuple(self.marks), step, DONE if self.marks[step - 1] == DONE else mark)
        return self._replace(marks="".join(marks))

    @property
    def furthest(self) -> int:
        """The last step that one may go to: the first that is neither done nor skipped, else the one after all."""
        return next((number for number, mark in enumerate(self.marks, start=1) if mark == OPEN), len(self.marks) + 1)


def begin(lesson: Lesson) -> Progress:
    """Before the first step."""
    return Progress(1, ("",) * len(lesson.steps), OPEN * len(lesson.steps))


def read(lesson: Lesson, step: str, answers: str, marks: str) -> Progress:
    """What an address says of a lesson; a step by link is shown even if those before it were not done."""
    count = len(lesson.steps)
    parts = [*answers[:4000].split(APART), *[""] * count][:count]
    checked = tuple(
        (each.ask.checked(part) or "") if each.ask is not None and part else ""
        for each, part in zip(lesson.steps, parts, strict=True)
    )
    known = "".join(mark if mark in (DONE, SKIPPED) else OPEN for mark in marks[:count]).ljust(count, OPEN)
    number = int(step) if step.isascii() and step.isdigit() and len(step) <= 3 else 1
    shown = min(max(number, 1), count + 1)
    passed = "".join(SKIPPED if place < shown and mark == OPEN else mark for place, mark in enumerate(known, start=1))
    return Progress(shown, checked, passed)


def write(progress: Progress) -> dict[str, str]:
    """The same as texts of an address; empty ones are left out there."""
    answers = APART.join(progress.answers).rstrip(APART)
    return {"step": str(progress.step), "a": answers, "done": progress.marks.rstrip(OPEN)}


def _with(parts: tuple[str, ...], step: int, value: str) -> tuple[str, ...]:
    return (*parts[: step - 1], value, *parts[step:])
