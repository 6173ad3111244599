"""A class: its students, what the teacher shows them, what they are asked, and their wall of digits.

Threads share it: each visitor's page runs in one, and routes answer in others. A student is known by the token of the
browser, which no other browser is ever sent; all others see a number and a name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock
from types import MappingProxyType
from typing import Any, NamedTuple

from vaegan.classroom import names
from vaegan.classroom.answers import MOST_LESSON, MOST_STEP, Answers, Step
from vaegan.classroom.push import Broadcaster
from vaegan.classroom.shown import NOTHING, Shown, read_shown
from vaegan.classroom.wall import Wall
from vaegan.data.pictures import Bytes
from vaegan.errors import ClassError

MOST_STUDENTS = 100
MOST_CHOICES = 6
MOST_TEXT = 200  # characters of a question, and of a note that stands on the teacher's page
HERE_SECONDS = 30.0  # after a phone's last sign of life: one that is awake gives a sign every 15 s
OWN_LESSON = "Asked"  # what questions belong to that a teacher types
ENDED = "The class has ended. What you see stays until you close or reload it."
REMOVED = "Your teacher has taken you out of this class."


class Question(NamedTuple):
    """What the class is asked at the moment; `words` has a choice in words where it is not written in such."""

    step: Step
    text: str
    choices: tuple[str, ...]
    words: Mapping[str, str] = MappingProxyType({})


@dataclass
class Student:
    """One browser of the class: its number in the class, its name, and when it was last heard of."""

    number: int
    name: str
    seen: float


@dataclass
class Room:
    """One class. `changed` counts what has happened, so that a page can tell whether there is news."""

    code: str
    teacher: str  # the token of the browser that began it
    clock: Callable[[], float]
    began: float
    follow: bool = True  # phones show what the teacher shows, unless a student leaves; else all go at their own pace
    locked: bool = False  # nobody else comes in
    paused: bool = False  # phones are covered
    ended: bool = False
    shown: Shown = NOTHING
    question: Question | None = None
    answers: Answers = field(default_factory=Answers)
    wall: Wall = field(default_factory=Wall)
    changed: int = 0

    def __post_init__(self) -> None:
        self.news = Broadcaster()
        self._lock = RLock()
        self._students: dict[str, Student] = {}  # by token
        self._removed: set[str] = set()
        self._numbers = 0

    def join(self, token: str) -> Student:
        """Let a browser in, or back in under its name; ClassError if the class takes nobody else."""
        with self._lock:
            if token in self._removed:
                raise ClassError(REMOVED)
            if token not in self._students:
                if self.locked:
                    raise ClassError("the class is locked: ask your teacher to let you in")
                if len(self._students) >= MOST_STUDENTS:
                    raise ClassError(f"the class is full with {MOST_STUDENTS} students")
                self._numbers += 1
                taken = {student.name for student in self._students.values()}
                self._students[token] = Student(self._numbers, names.new_name(taken), self.clock())
                self._change(token)
            return self._students[token]

    def leave(self, token: str) -> None:
        """Forget a student with all that it gave; it may join again, as somebody else."""
        with self._lock:
            student = self._students.pop(token, None)
            if student:
                self.answers.drop(student.number)
                self.wall.drop(student.number)
                self._change(token)

    def remove(self, number: int) -> None:
        """Take a student out for good."""
        with self._lock:
            token = self._token_of(number)
            self._removed.add(token)
            self.leave(token)

    def rename(self, number: int, name: str) -> None:
        """Give a student another name; ClassError if it is empty, or another student's."""
        with self._lock:
            token, wanted = self._token_of(number), names.plain_name(name)
            if not wanted:
                raise ClassError("a name needs at least one letter")
            if any(other.name == wanted for key, other in self._students.items() if key != token):
                raise ClassError(f"another student is called {wanted}; choose another name")
            self._students[token].name = wanted
            self._change(token)

    def student(self, token: str) -> Student | None:
        """The student with this token, which thereby gives a sign of life."""
        with self._lock:
            if student := self._students.get(token):
                student.seen = self.clock()
            return student

    def students(self) -> list[Student]:
        """All students, in the order in which they came."""
        with self._lock:
            return list(self._students.values())

    def names(self) -> dict[int, str]:
        """The students' names by their numbers."""
        return {student.number: student.name for student in self.students()}

    def public_names(self) -> dict[str, str]:
        """The students' names by the public names of their browsers."""
        with self._lock:
            return {names.public_name(token): student.name for token, student in self._students.items()}

    def is_here(self, student: Student) -> bool:
        """Whether the student's phone is awake."""
        return self.clock() - student.seen < HERE_SECONDS

    def set_(self, *, follow: bool | None = None, locked: bool | None = None, paused: bool | None = None) -> None:
        """Change how the class goes."""
        with self._lock:
            self.follow = self.follow if follow is None else follow
            self.locked = self.locked if locked is None else locked
            self.paused = self.paused if paused is None else paused
            self._change()

    def show(self, page: object, query: object) -> None:
        """Show a page, as the teacher's browser has it in its address; ClassError if it is no link of a page."""
        with self._lock:
            shown = read_shown(page, query, self.shown.number + 1)
            if (shown.page, shown.query) != (self.shown.page, self.shown.query):
                self.shown = shown
                self._change()

    def ask(self, text: str, choices: Sequence[str], step: Step | None = None) -> Step:
        """Ask the class; its answers are hidden until `reveal`. Without a step it is a question of the teacher."""
        given = tuple(dict.fromkeys(filter(None, (names.plain_name(choice) for choice in choices))))
        words = " ".join(text.split())[:MOST_TEXT]
        if not words or not 2 <= len(given) <= MOST_CHOICES:
            raise ClassError(f"a question has words and 2 to {MOST_CHOICES} different answers to choose from")
        with self._lock:
            now = self.question
            hidden = now is not None and not self.answers.is_revealed(now.step)
            if now and hidden and (now.text, now.choices, now.step.lesson) == (words, given, OWN_LESSON):
                return now.step  # pressed twice: what has been answered already counts
            own = [each.number for each in self.answers.steps() if each.lesson == OWN_LESSON]
            asked = step or Step(OWN_LESSON, max([*own, self.question.step.number if self.question else 0]) + 1)
            self.question = Question(asked, words, given)
            self._change()
            return asked

    def reveal(self) -> None:
        """Let all see how the class has answered."""
        with self._lock:
            if self.question:
                self.answers.reveal(self.question.step)
                self._change()

    def show_answers(self, step: Step, text: str = "", words: Mapping[str, str] | None = None) -> None:
        """Show all how the class has answered a step of a lesson, and reveal it by that.

        With `words` the answers are those of it, in its order; else they are what most have given.
        """
        with self._lock:
            given = tuple(self.answers.histogram(step))[:MOST_CHOICES] if words is None else tuple(words)
            self.question = Question(step, text or f"{step.lesson}, step {step.number}", given, words or {})
            self.reveal()

    def tally(self) -> dict[str, int]:
        """How many have given each answer to what is asked, in words."""
        with self._lock:
            if self.question is None:
                return {}
            step, _, choices, words = self.question
            counts = self.answers.histogram(step, choices)
            return {words.get(choice, choice): counts[choice] for choice in choices}

    def close_question(self) -> None:
        """Take the question away; its answers stay in the matrix."""
        with self._lock:
            self.question = None
            self._change()

    def answer(self, token: str, lesson: object, number: object, answer: object) -> None:
        """Note a student's answer to a step; ClassError if it is none or comes too late."""
        if not (isinstance(lesson, str) and 0 < len(lesson) <= MOST_LESSON and isinstance(answer, str)):
            raise ClassError("this is no answer to a step of a lesson; reload the page and answer again")
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MOST_STEP:
            raise ClassError(f"a step has a number from 0 to {MOST_STEP}; reload the page and answer again")
        with self._lock:
            step, question = Step(lesson, number), self.question
            if lesson == OWN_LESSON and (question is None or question.step != step or answer not in question.choices):
                raise ClassError("this is not asked any more")
            self.answers.give(step, self._known(token).number, answer)
            self._change(token)

    def collect(self, is_open: bool) -> None:
        """Begin or end to collect digits."""
        with self._lock:
            self.wall.is_open = is_open
            self._change()

    def hang_up(self, token: str, digit: Bytes, label: int) -> None:
        """Hang up a student's digit, uint8 (28, 28)."""
        with self._lock:
            self.wall.add(self._known(token).number, digit, label)
            self._change(token)

    def end(self) -> None:
        """End the class: it forgets students, answers and the wall, and says so to those who still look."""
        with self._lock:
            self.ended = True
            self._students.clear()
            self.question, self.answers, self.wall = None, Answers(), Wall()
            self._change()

    def view(self, token: str) -> dict[str, Any]:
        """All that a student's browser is told. What others answered is in it only when it is revealed."""
        with self._lock:
            student = self.student(token)
            if student is None:
                return {"code": self.code, "over": REMOVED if token in self._removed else ENDED}
            return {
                "code": self.code,
                "name": student.name,
                "follow": self.follow,
                "paused": self.paused,
                "shown": {"page": self.shown.page, "number": self.shown.number},
                "question": self._question_view(student),
                "wall": {"open": self.wall.is_open, "given": self.wall.count(student.number)},
            }

    def teacher_view(self) -> dict[str, Any]:
        """What the teacher's own pages are told, to be shown in a corner of them."""
        with self._lock:
            question = self.question
            return {
                "code": self.code,
                "over": ENDED if self.ended else None,
                "joined": len(self._students),
                "here": sum(self.is_here(student) for student in self._students.values()),
                "follow": self.follow,
                "paused": self.paused,
                "answered": None
                if question is None or self.answers.is_revealed(question.step)
                else self.answers.count(question.step),
            }

    def _question_view(self, student: Student) -> dict[str, Any] | None:
        if self.question is None:
            return None
        step, text, choices, words = self.question
        revealed, counts = self.answers.is_revealed(step), self.answers.histogram(step, choices)
        return {
            "lesson": step.lesson,
            "step": step.number,
            "text": text,
            "choices": list(choices),
            "words": [words.get(choice, choice) for choice in choices],
            "mine": self.answers.of(step, student.number),
            "counts": {choice: counts[choice] for choice in choices} if revealed else None,
        }

    def _known(self, token: str) -> Student:
        if student := self._students.get(token):
            return student
        raise ClassError("you are not in this class; join it by its code")

    def _token_of(self, number: int) -> str:
        for token, student in self._students.items():
            if student.number == number:
                return token
        raise ClassError(f"there is no student {number} in this class any more")

    def _change(self, only: str = "") -> None:
        """Wake all who look, or if it is news for one student and the teacher alone, these two."""
        self.changed += 1
        self.news.publish(*([only, self.teacher] if only else []))
