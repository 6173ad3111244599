"""The kinds of questions: how an answer is written in an address, whether it is right, and what is said if not.

An answer is a short text in each case: a letter for a choice, a number, the heights of a sketched curve with `_`
between them, or the two coordinates of a place on the map. It comes from an address or a browser, so it is checked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, isfinite

from vaegan.lessons.tables import Table

KINDS = ("choice", "number", "sketch", "place")
LETTERS = "abcdef"
BETWEEN = "_"
MOST_TEXT = 200  # characters of an answer
FURTHEST = 10.0  # coordinate on the map


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from, and what is said to whoever took it; empty for the right one."""

    text: str
    wrong: str


@dataclass(frozen=True)
class Choice:
    """One of some answers, under letters."""

    question: str
    right_letter: str
    options: tuple[Option, ...]
    kind: str = "choice"

    def checked(self, text: str) -> str | None:
        """The answer if it is one."""
        return text if len(text) == 1 and text in LETTERS[: len(self.options)] else None

    def is_right(self, answer: str) -> bool:
        """Whether it is the right one."""
        return answer == self.right_letter

    def comment(self, answer: str) -> str:
        """A sentence on a wrong answer that names the misunderstanding; empty for the right one."""
        return self.options[LETTERS.index(answer)].wrong

    def in_words(self, answer: str) -> str:
        """The answer as one reads it."""
        return self.options[LETTERS.index(answer)].text

    @property
    def truth(self) -> str:
        """The right answer."""
        return self.right_letter


@dataclass(frozen=True)
class Number:
    """A number, which may be off by `within`."""

    question: str
    least: float
    most: float
    by: float
    unit: str
    true: float
    within: float
    low: str
    high: str
    kind: str = "number"

    def checked(self, text: str) -> str | None:
        """The answer if it is one."""
        value = _read_number(text)
        return None if value is None or not self.least <= value <= self.most else written(value)

    def is_right(self, answer: str) -> bool:
        """Whether it is near enough."""
        return abs(float(answer) - self.true) <= self.within

    def comment(self, answer: str) -> str:
        """A sentence on a number that is too small or too large."""
        return "" if self.is_right(answer) else self.low if float(answer) < self.true else self.high

    def in_words(self, answer: str) -> str:
        """The number with its unit."""
        return f"{answer} {self.unit}".strip()

    @property
    def truth(self) -> str:
        """The number that comes out."""
        return written(self.true)


@dataclass(frozen=True)
class Sketch:
    """A curve, given by its height at some places; right if it is off by `within` on average at most."""

    question: str
    at: tuple[float, ...]
    at_label: str
    label: str
    least: float
    most: float
    by: float
    true: tuple[float, ...]
    within: float
    low: str
    high: str
    kind: str = "sketch"

    def checked(self, text: str) -> str | None:
        """The answer if it is one."""
        values = [_read_number(part) for part in text[:MOST_TEXT].split(BETWEEN)]
        if len(values) != len(self.at):
            return None
        numbers = [value for value in values if value is not None and self.least <= value <= self.most]
        return _joined(numbers) if len(numbers) == len(values) else None

    def heights(self, answer: str) -> tuple[float, ...]:
        """The heights of an answer."""
        return tuple(float(part) for part in answer.split(BETWEEN))

    def is_right(self, answer: str) -> bool:
        """Whether the curve is near enough."""
        pairs = zip(self.heights(answer), self.true, strict=True)
        return sum(abs(given - true) for given, true in pairs) / len(self.true) <= self.within

    def comment(self, answer: str) -> str:
        """A sentence on a curve that lies too low or too high, taken as a whole."""
        return "" if self.is_right(answer) else self.low if sum(self.heights(answer)) < sum(self.true) else self.high

    def in_words(self, answer: str) -> str:
        """The heights, one after the other."""
        return ", ".join(written(value) for value in self.heights(answer))

    @property
    def truth(self) -> str:
        """The curve that comes out."""
        return _joined(self.true)


@dataclass(frozen=True)
class Place:
    """A place on the map; right if it is at most `within` away."""

    question: str
    true: tuple[float, float]
    within: float
    wrong: str
    kind: str = "place"

    def checked(self, text: str) -> str | None:
        """The answer if it is one."""
        values = [_read_number(part) for part in text[:MOST_TEXT].split(BETWEEN)]
        numbers = [value for value in values if value is not None and abs(value) <= FURTHEST]
        return _joined(numbers) if len(numbers) == len(values) == 2 else None

    def place(self, answer: str) -> tuple[float, float]:
        """The coordinates of an answer."""
        x, y = answer.split(BETWEEN)
        return float(x), float(y)

    def is_right(self, answer: str) -> bool:
        """Whether it is near enough."""
        (x, y), (true_x, true_y) = self.place(answer), self.true
        return hypot(x - true_x, y - true_y) <= self.within

    def comment(self, answer: str) -> str:
        """A sentence on a place that is too far away."""
        return "" if self.is_right(answer) else self.wrong

    def in_words(self, answer: str) -> str:
        """The coordinates."""
        return "({}, {})".format(*map(written, self.place(answer)))

    @property
    def truth(self) -> str:
        """The place where it is."""
        return _joined(self.true)


Ask = Choice | Number | Sketch | Place


def written(value: float) -> str:
    """A number as an address has it: at most four digits count."""
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"


def read_ask(table: Table) -> Ask | None:
    """The question in a table; what is wrong with it is noted there. None if its kind is not known."""
    kind = table.one_of("kind", KINDS)
    if kind is None:
        return None  # which keys it should have is not known either
    question = table.text("question")
    ask = {"choice": _choice, "number": _number, "sketch": _sketch, "place": _place}[kind](table, question)
    table.finish()
    return ask


def _choice(table: Table, question: str) -> Ask:
    letter = table.one_of("right", LETTERS)
    options, tables = [], table.tables("option")
    for each, own in zip(tables, LETTERS, strict=False):
        text = each.text("text")
        if own == letter and each.has("wrong"):
            each.fault("wrong", "this is the right option; only the others say what is wrong with them")
        options.append(Option(text, each.text("wrong", needed=letter is not None and own != letter)))
        each.finish()
    if tables and not 2 <= len(tables) <= len(LETTERS):
        count = f"there is {len(tables)} option" if len(tables) == 1 else f"there are {len(tables)} options"
        table.fault("option", f"{count}; write 2 to {len(LETTERS)}")
    elif tables and letter is not None and letter not in LETTERS[: len(options)]:
        table.fault("right", f"{letter!r} is no option: there are {', '.join(LETTERS[: len(options)])}")
    return Choice(question, letter or LETTERS[0], tuple(options))


def _number(table: Table, question: str) -> Ask:
    least, most = _range(table)
    return Number(
        question,
        least,
        most,
        table.number("by", 1e-6, 1e6, default=1),
        table.text("unit", needed=False),
        table.number("truth", least, most),
        table.number("within", 0, most - least),
        table.text("low"),
        table.text("high"),
    )


def _sketch(table: Table, question: str) -> Ask:
    least, most = _range(table)
    at, true = table.numbers("at", -1e6, 1e6), table.numbers("truth", least, most)
    if at and not 3 <= len(at) <= 12:
        table.fault("at", f"it has {len(at)} places; a curve needs 3 to 12")
    if at and list(at) != sorted(set(at)):
        table.fault("at", "its places have to grow from left to right")
    if at and true and len(at) != len(true):
        table.fault("truth", f"it has {len(true)} heights for {len(at)} places")
    return Sketch(
        question,
        at,
        table.text("at_label"),
        table.text("label"),
        least,
        most,
        table.number("by", 1e-6, 1e6, default=1),
        true,
        table.number("within", 0, most - least),
        table.text("low"),
        table.text("high"),
    )


def _place(table: Table, question: str) -> Ask:
    true = table.numbers("truth", -FURTHEST, FURTHEST)
    if true and len(true) != 2:
        table.fault("truth", f"it has {len(true)} numbers; a place on the map has 2")
    x, y = (*true, 0.0, 0.0)[:2]
    return Place(question, (x, y), table.number("within", 0.01, FURTHEST), table.text("wrong"))


def _range(table: Table) -> tuple[float, float]:
    """From least to most; if they are wrong, a range that finds no fault with other numbers."""
    both = table.has("least") and table.has("most")
    least, most = table.number("least", -1e6, 1e6), table.number("most", -1e6, 1e6)
    if both and least < most:
        return least, most
    if both:
        table.fault("most", f"{most:g} is not above least, {least:g}")
    return -1e6, 1e6


def _read_number(text: str) -> float | None:
    try:
        value = float(text) if len(text) <= 12 else None
    except ValueError:
        return None
    return value if value is not None and isfinite(value) else None


def _joined(values: Sequence[float]) -> str:
    return BETWEEN.join(map(written, values))
