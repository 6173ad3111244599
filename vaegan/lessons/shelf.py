"""Which lessons there are: the files of a folder for each language, English ones first, in the order of teaching."""

import os
from functools import lru_cache
from pathlib import Path

from vaegan.errors import LessonError
from vaegan.lessons.schema import Lesson, read_file, read_lesson, translated
from vaegan.lessons.words import ENGLISH, LANGUAGES

FOLDER = Path(__file__).parent
ORDER = ("squeeze", "sampling", "prior", "game", "rivals", "batchnorm", "noise", "evidence")  # then all others by name


def names(folder: Path = FOLDER) -> list[str]:
    """The lessons' names, as links have them."""
    files = os.listdir(folder / ENGLISH)  # noqa: PTH208 - asked for at every run of the page: a glob takes ten times as long
    known = sorted(file.removesuffix(".toml") for file in files if file.endswith(".toml"))
    return sorted(known, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def lesson(name: str, language: str = ENGLISH, folder: Path = FOLDER) -> Lesson:
    """A lesson, in English where it is not translated; LessonError says what is wrong with its file."""
    if name not in names(folder):
        raise LessonError(f"there is no lesson {name!r}; choose one of {', '.join(names(folder))}")
    paths = [
        folder / each / f"{name}.toml"
        for each in dict.fromkeys((ENGLISH, language if language in LANGUAGES else ENGLISH))
    ]
    return _read(name, tuple((path, path.stat().st_mtime) for path in paths if path.is_file()))


def titles(language: str = ENGLISH) -> dict[str, str]:
    """The title of each lesson by its name."""
    return {name: lesson(name, language).title for name in names()}


def step_titles(name: str, language: str = ENGLISH) -> list[str]:
    """The titles of a lesson's steps, in order; step 1 is the first."""
    return [step.title for step in lesson(name, language).steps]


def answer_in_words(name: str, step: int, answer: str, language: str = ENGLISH) -> str | None:
    """An answer to step 1, 2, ... of a lesson as one reads it; None if that step has no such answer."""
    steps = lesson(name, language).steps
    ask = steps[step - 1].ask if 1 <= step <= len(steps) else None
    checked = None if ask is None else ask.checked(answer)
    return None if ask is None or checked is None else ask.in_words(checked)


def check(path: Path) -> list[Lesson]:
    """A lesson's file in each language that lies beside it; LessonError says all that is wrong with them.

    `path` may be the English file, a translation, or a file anywhere.
    """
    original = path.parent.parent / ENGLISH / path.name
    if path.parent.name in LANGUAGES and path.parent.name != ENGLISH and original.is_file():
        values = read_file(original)
        return [read_lesson(translated(values, read_file(path), path.name), path.stem, path.name)]
    values, problems, found = read_file(path), list[str](), list[Lesson]()
    files = [
        path.parent.parent / each / path.name for each in LANGUAGES if path.parent.name == ENGLISH and each != ENGLISH
    ]
    for file in [path, *(each for each in files if each.is_file())]:
        label = path.name if file == path else f"{file.parent.name}/{file.name}"
        try:
            texts = values if file == path else translated(values, read_file(file), label)
            found.append(read_lesson(texts, path.stem, label))
        except LessonError as error:
            problems += [line for line in str(error).split("\n") if line not in problems]
    if problems:
        raise LessonError("\n".join(problems))
    return found


@lru_cache(maxsize=256)
def _read(name: str, files: tuple[tuple[Path, float], ...]) -> Lesson:
    """From the file, or from that and its translation; read again when one was written anew."""
    values, file = read_file(files[0][0]), files[0][0].name
    for path, _ in files[1:]:
        file = f"{path.parent.name}/{path.name}"
        values = translated(values, read_file(path), file)
    return read_lesson(values, name, file)
