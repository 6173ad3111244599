"""What a class has answered to a step, in words: how many took each answer, and the guess in the middle."""

from collections.abc import Mapping
from statistics import median
from typing import NamedTuple

from vaegan.errors import LessonError
from vaegan.lessons import shelf
from vaegan.lessons.asks import BETWEEN, LETTERS, Choice, Number, written
from vaegan.lessons.words import ENGLISH

MOST_NUMBERS = 12  # different numbers that are listed, those that most gave


class Together(NamedTuple):
    """A step's question; how many gave each answer, as it is written; each in words; and the middle of all.

    Curves and places are all different, so of these no counts are listed. A choice has no middle: it is empty there.
    """

    question: str
    counts: Mapping[str, int]
    words: Mapping[str, str]
    middle: str
    guess: str  # the middle as an answer is written
    given: Mapping[str, int]  # all answers that are some, of any kind

    @property
    def said(self) -> str:
        """The middle, else all counts, on one line."""
        return self.middle or ", ".join(f"{self.words[answer]}: {count}" for answer, count in self.counts.items())


def gather(name: str, step: int, counts: Mapping[str, int], language: str = ENGLISH) -> Together | None:
    """How often each answer was given to step 1, 2, ... of a lesson; None if there is no such question.

    Names, steps and answers may come from anyone: an answer that the question does not take is left out.
    """
    try:
        steps = shelf.lesson(name, language).steps
    except LessonError:
        return None
    ask = steps[step - 1].ask if 1 <= step <= len(steps) else None
    if ask is None:
        return None
    if isinstance(ask, Choice):
        taken = {letter: counts.get(letter, 0) for letter in LETTERS[: len(ask.options)]}
        return Together(ask.question, taken, {letter: ask.in_words(letter) for letter in taken}, "", "", taken)
    given = {answer: count for answer, count in counts.items() if count > 0 and ask.checked(answer) == answer}
    often = sorted(given, key=lambda answer: -given[answer])[:MOST_NUMBERS] if isinstance(ask, Number) else []
    listed = {each: given[each] for each in sorted(often, key=float)}
    guess = _middle(given)
    middle = ask.in_words(guess) if guess else ""
    return Together(ask.question, listed, {each: ask.in_words(each) for each in listed}, middle, guess, given)


def _middle(given: Mapping[str, int]) -> str:
    """Number by number the median: half of the class said less."""
    all_given = [answer.split(BETWEEN) for answer, count in given.items() for _ in range(count)]
    columns = zip(*all_given, strict=True)
    return BETWEEN.join(written(median(map(float, column))) for column in columns)
