"""A lesson and its steps, read from TOML; what is wrong in a file is said with file, step and key."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vaegan.errors import LessonError
from vaegan.lessons.asks import Ask, read_ask
from vaegan.lessons.facts import FACTS, Condition, contradiction, read_condition
from vaegan.lessons.setups import Setup, read_setup
from vaegan.lessons.tables import Table

SCHEMA = 1
MOST_STEPS = 12
MOST_BECAUSE = 60  # words
MOST_BYTES = 200_000
PREDICTIONS = 2  # at least, in a lesson
_REASONS = {
    "Cannot overwrite a value": "the key or table stands there a second time; [[step]] begins a new step",
    "Cannot declare": "the table stands there a second time; [[step]] begins a new step",
    "Illegal character '\\n'": "a quote is not closed in that line; a text of several lines stands in three quotes",
    "Invalid value": "the value is neither a number nor a text in quotes",
    "Expected '=' after a key": "a key is followed by = and its value",
}
TEXTS = {  # what another language replaces; all else is the same in all
    *("title", "summary", "teacher", "typical", "goal", "do", "reveal", "because"),
    *("question", "text", "wrong", "low", "high", "unit", "at_label", "label"),
}


@dataclass(frozen=True)
class Step:
    """What to understand, what to predict, what to do until which conditions hold, and what then is revealed."""

    title: str
    goal: str
    minutes: float
    setup: Setup
    ask: Ask | None
    do: str
    until: tuple[Condition, ...]
    reveal: str
    because: str
    typical: str  # for teachers: what learners usually answer


@dataclass(frozen=True)
class Lesson:
    """A lesson: its title, what it is about in a sentence, its steps, and notes for whoever teaches it."""

    name: str
    title: str
    summary: str
    teacher: str
    steps: tuple[Step, ...]

    @property
    def minutes(self) -> int:
        """How long it takes, in whole minutes."""
        return max(1, round(sum(step.minutes for step in self.steps)))

    @property
    def predictions(self) -> int:
        """How many of its steps ask."""
        return sum(step.ask is not None for step in self.steps)


def read_file(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; LessonError says where it is not TOML."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LessonError(f"{path}: it cannot be read ({error.strerror}); give the path of a lesson's file") from error
    if len(data) > MOST_BYTES:
        raise LessonError(f"{path.name}: it has {len(data):,} bytes; a lesson has at most {MOST_BYTES:,}")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))  # some editors begin a file with a mark of their own
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LessonError(
            f"{path.name}, line {line}: a letter there is not in UTF-8; save the file as UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise LessonError(f"{path.name}: it is no TOML: {_plainly(str(error))}") from error
    except RecursionError as error:
        raise LessonError(f"{path.name}: it is no lesson: there are too many brackets within each other") from error


def _plainly(error: str) -> str:
    """What tomllib says, and what it usually comes from."""
    reason = next((words for said, words in _REASONS.items() if error.startswith(said)), None)
    place = error[error.rfind("(") :] if error.endswith(")") else ""
    return f"{reason} {place}".strip() if reason else error


def read_lesson(values: Mapping[str, Any], name: str, file: str) -> Lesson:
    """The lesson in these tables; LessonError has a line for each thing that is wrong."""
    problems: list[str] = []
    table = Table(values, file, problems)
    if not table.has("schema"):
        table.fault("schema", f"it is missing; write schema = {SCHEMA}")
    if table.number("schema", 1, 1_000, default=SCHEMA) > SCHEMA:
        table.fault(
            "schema", f"{values['schema']} is newer than this program, which reads {SCHEMA}; write schema = {SCHEMA}"
        )
    title, summary, teacher = table.text("title"), table.text("summary"), table.text("teacher")
    tables = table.tables("step")
    if len(tables) > MOST_STEPS:
        table.fault("step", f"there are {len(tables)} steps; a lesson has at most {MOST_STEPS}")
    steps = tuple(map(_step, tables))
    table.finish()
    lesson = Lesson(name, title, summary, teacher, steps)
    if steps and not problems and lesson.predictions < PREDICTIONS:
        table.fault("step", f"{lesson.predictions} of its steps ask; at least {PREDICTIONS} have to, by [step.ask]")
    if problems:
        raise LessonError("\n".join(problems))
    return lesson


def translated(values: Mapping[str, Any], texts: Mapping[str, Any], file: str) -> dict[str, Any]:
    """The tables of a lesson with its texts in another language; LessonError says which key is missing or not known."""
    problems = [*_missing(values, texts, file)]
    if problems:
        raise LessonError("\n".join(problems))
    merged: dict[str, Any] = _merged(values, texts)
    return merged


def _step(table: Table) -> Step:
    title, goal, minutes = table.text("title"), table.text("goal"), table.number("minutes", 0.5, 30)
    setup = _setup(table)
    question = table.table("ask")
    ask = None if question is None else read_ask(question)
    do = table.text("do", needed=table.has("until"))
    until = _until(table, setup)
    if not table.has("ask") and not table.texts("until"):
        table.fault("until", "the step neither asks nor waits for anything; write until = [...] or [step.ask]")
    if ask is not None and ask.kind == "place" and setup is not None and setup.page != "Latent space":
        table.fault("setup", f"a place is asked for, but {setup.page} has no map; write Latent_space?...")
    reveal, because = table.text("reveal"), table.text("because", most_words=MOST_BECAUSE)
    typical = table.text("typical", needed=ask is not None)
    table.finish()
    return Step(title, goal, minutes, setup or Setup("Denoise", {}), ask, do, until, reveal, because, typical)


def _setup(table: Table) -> Setup | None:
    text = table.text("setup")
    try:
        return read_setup(text) if text else None
    except ValueError as error:
        table.fault("setup", str(error))
        return None


def _until(table: Table, setup: Setup | None) -> tuple[Condition, ...]:
    conditions = []
    for text in table.texts("until"):
        try:
            conditions.append(read_condition(text))
        except ValueError as error:
            table.fault("until", str(error))
    if sentence := contradiction(conditions):
        table.fault("until", sentence)
    if setup is None or not conditions:
        return tuple(conditions)
    for condition in conditions:
        page = FACTS[condition.name].page
        if page != setup.page:
            table.fault(
                "until", f"{condition.written!r} can never hold: it is a fact of {page}, the step is on {setup.page}"
            )
    if all(condition.holds(setup.facts()) for condition in conditions):
        table.fault("until", "it holds as soon as the step begins, by its setup; there is nothing to do")
    return tuple(conditions)


def _missing(values: Mapping[str, Any], texts: Mapping[str, Any], where: str) -> Iterator[str]:
    """What a translation lacks, and what it has that the lesson has not."""
    for key, value in values.items():
        nested = isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict))
        if key in TEXTS and isinstance(value, str):
            if not isinstance(texts.get(key), str) or not texts[key].strip():
                yield f"{where}, {key}: it is missing; translate {value[:40].strip()!r}"
        elif nested:
            yield from _missing_below(key, value, texts.get(key), where)
    for key in texts:
        if key not in values:
            yield f"{where}, {key}: the lesson has no such key here"
        elif key not in TEXTS and not isinstance(values[key], dict | list):
            yield f"{where}, {key}: it is no text; leave it out, it is the same in all languages"


def _missing_below(key: str, value: Any, below: Any, where: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _missing(value, below if isinstance(below, dict) else {}, f"{where}, {key}")
        return
    others = below if isinstance(below, list) else []
    if len(others) != len(value):
        yield f"{where}, {key}: there are {len(others)}, the lesson has {len(value)}"
    for number, (one, other) in enumerate(zip(value, others, strict=False), start=1):
        yield from _missing(one, other if isinstance(other, dict) else {}, f"{where}, {key} {number}")


def _merged(values: Any, texts: Any) -> Any:
    if isinstance(values, dict):
        return {key: _merged(value, texts[key]) if key in texts else value for key, value in values.items()}
    if isinstance(values, list) and isinstance(texts, list):
        return [_merged(one, other) for one, other in zip(values, texts, strict=True)]
    return texts
