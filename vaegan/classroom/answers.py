"""What students answered to each step, hidden until the teacher reveals it."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vaegan.errors import ClassError

MOST_STEPS = 300  # of a room that are remembered
MOST_LESSON = 40  # characters of a lesson's name
MOST_ANSWER = 200  # characters; the heights of a curve take 100
MOST_STEP = 999
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute what begins so


class Step(NamedTuple):
    """One step of a lesson that has something to answer."""

    lesson: str
    number: int


class Answers:
    """The newest answer of each student to each step, by the students' numbers; and which steps are revealed."""

    def __init__(self) -> None:
        self._of: dict[Step, dict[int, str]] = {}
        self._revealed: set[Step] = set()

    def give(self, step: Step, student: int, answer: str) -> None:
        """Note an answer in place of an earlier one; ClassError if the step is revealed, or if it is no answer."""
        if step in self._revealed:
            raise ClassError("the answers to this have been revealed, so yours stays as it is")
        if not answer.strip() or len(answer) > MOST_ANSWER:
            raise ClassError(f"an answer has 1 to {MOST_ANSWER} characters, and this has {len(answer)}")
        if step not in self._of and len(self._of) >= MOST_STEPS:
            raise ClassError(f"this class has answered {MOST_STEPS} steps, which is all that is kept; begin another")
        self._of.setdefault(step, {})[student] = answer

    def of(self, step: Step, student: int) -> str | None:
        """A student's own answer."""
        return self._of.get(step, {}).get(student)

    def count(self, step: Step) -> int:
        """How many have answered."""
        return len(self._of.get(step, {}))

    def reveal(self, step: Step) -> None:
        """Let all see how the class has answered; from then on answers stay as they are."""
        self._revealed.add(step)

    def is_revealed(self, step: Step) -> bool:
        """Whether all may see how the class has answered."""
        return step in self._revealed

    def histogram(self, step: Step, choices: Sequence[str] = ()) -> dict[str, int]:
        """How many gave each answer: `choices` first, in their order and also if nobody took them."""
        counts = Counter(self._of.get(step, {}).values())
        others = [answer for answer, _ in counts.most_common() if answer not in choices]
        return {answer: counts[answer] for answer in [*choices, *others]}

    def drop(self, student: int) -> None:
        """Forget what a student has answered."""
        for given in self._of.values():
            given.pop(student, None)

    def steps(self) -> list[Step]:
        """All steps that somebody has answered, in the order in which that began."""
        return [step for step, given in self._of.items() if given]


def matrix(answers: Answers, names: Mapping[int, str]) -> tuple[list[Step], list[list[str]]]:
    """The steps, and for each student of `names` the name and what was answered to each step."""
    steps = answers.steps()
    return steps, [[name, *(answers.of(step, number) or "" for step in steps)] for number, name in names.items()]


def csv_text(answers: Answers, names: Mapping[int, str]) -> str:
    """The matrix as a table for a spreadsheet, in which nothing can become a formula."""
    steps, rows = matrix(answers, names)
    file = io.StringIO()
    writer = csv.writer(file)
    for row in [["student", *(f"{step.lesson} {step.number}" for step in steps)], *rows]:
        writer.writerow([_defused(cell) for cell in row])
    return file.getvalue()


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell
