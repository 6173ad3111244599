"""A table of TOML whose every fault becomes a sentence that names file, step and key."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any


class Table:
    """A table, where it stands, and what was wrong in it; each key that is read is a known one."""

    def __init__(self, values: Mapping[str, Any], where: str, problems: list[str], inside: str = "") -> None:
        self._values, self._where, self._problems = values, where, problems
        self._inside = inside  # what stands before a key in the brackets of a table within this one, such as `step.`
        self._known: set[str] = set()

    def fault(self, key: str, sentence: str) -> None:
        """Note what is wrong with a key."""
        self._problems.append(f"{self._where}, {key}: {sentence}")

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._values

    def text(self, key: str, *, needed: bool = True, most_words: int | None = None) -> str:
        """A text, without the line breaks of the file; paragraphs stay."""
        value = self._value(key, "a text", needed=needed)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.fault(key, f"{_short(value)} is no text; write a sentence in quotes")
            return ""
        paragraphs = [" ".join(part.split()) for part in value.split("\n\n")]
        words = len(value.split())
        if most_words is not None and words > most_words:
            self.fault(key, f"it has {words} words; at most {most_words} are read")
        return "\n\n".join(filter(None, paragraphs))

    def number(self, key: str, least: float, most: float, *, default: float | None = None) -> float:
        """A number within a range; `default` if the key may be left out."""
        value = self._value(key, f"a number from {least:g} to {most:g}", needed=default is None)
        if value is None:
            return least if default is None else default
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.fault(key, f"{_short(value)} is no number from {least:g} to {most:g}")
            return least
        return value

    def numbers(self, key: str, least: float, most: float) -> tuple[float, ...]:
        """A list of numbers, all within a range."""
        value = self._value(key, "a list of numbers", needed=True)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(_is_number(each) and least <= each <= most for each in value):
            self.fault(key, f"{_short(value)} is no list of numbers from {least:g} to {most:g}")
            return ()
        return tuple(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none if the key is left out."""
        value = self._value(key, "a list of texts", needed=False)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.fault(key, f"{_short(value)} is no list of texts in quotes")
            return ()
        return tuple(value)

    def one_of(self, key: str, choices: Sequence[str]) -> str | None:
        """One of some words; None if it is none of them."""
        value = self._value(key, f"one of {', '.join(choices)}", needed=True)
        if value is not None and value not in list(choices):
            self.fault(key, f"{_short(value)} is none of {', '.join(choices)}")
        return value if value in list(choices) else None

    def table(self, key: str) -> "Table | None":
        """The table under a key, if there is one."""
        value = self._value(key, "a table", needed=False)
        if value is not None and not isinstance(value, dict):
            self.fault(key, f"{_kind(value)} is no table; write [{self._inside}{key}] in single brackets")
        if not isinstance(value, dict):
            return None
        return Table(value, f"{self._where}, {key}", self._problems, f"{self._inside}{key}.")

    def tables(self, key: str) -> list["Table"]:
        """The tables under a key, numbered from 1 in what is said of them; none if something is wrong with them."""
        wanted = f"[[{self._inside}{key}]]"
        value = self._value(key, f"at least one {wanted}", needed=True)
        if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
            if value is not None:
                self.fault(key, f"{_kind(value)} is no list of tables; write {wanted} in double brackets for each")
            return []
        return [
            Table(each, f"{self._where}, {key} {number}", self._problems, f"{self._inside}{key}.")
            for number, each in enumerate(value, start=1)
        ]

    def finish(self) -> None:
        """Say which keys are there that nobody knows."""
        for key in self._values:
            if key not in self._known:
                self.fault(key, f"there is no such key here; known are {', '.join(sorted(self._known))}")

    def _value(self, key: str, wanted: str, *, needed: bool) -> Any:
        self._known.add(key)
        if needed and key not in self._values:
            self.fault(key, f"it is missing; write {wanted}")
        return self._values.get(key)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _short(value: object) -> str:
    """A value as the file has it, more or less: TOML writes true where Python says True."""
    is_other = isinstance(value, bool | date | time)
    text = str(value).lower() if is_other else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _kind(value: object) -> str:
    """What stands where a table should, without the tables in it."""
    has_tables = isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value))
    if not has_tables:
        return _short(value)
    return "a table" if isinstance(value, dict) else "a list of tables"
