"""The words of the Learn page and of the navigation, in each language: files in `catalogues/`, by key."""

import tomllib
from functools import cache
from pathlib import Path

from vaegan.errors import LessonError

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "de": "Deutsch"}  # each in its own words
FOLDER = Path(__file__).parent / "catalogues"


def language_of(text: str | None) -> str | None:
    """The language of an address, if it is one of ours."""
    return text if text in LANGUAGES else None


def say(key: str, language: str = ENGLISH, **values: object) -> str:
    """The words under a key, with these values in the places that they name; English ones where there are no others."""
    words = catalogue(language).get(key) or catalogue(ENGLISH).get(key)
    if words is None:
        raise LessonError(f"there are no words under {key!r}; add them to {FOLDER.name}/{ENGLISH}.toml")
    return words.format(**values) if values else words


@cache
def catalogue(language: str) -> dict[str, str]:
    """All words of a language, by keys such as `step.next`."""
    tables = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{group}.{key}": words for group, entries in tables.items() for key, words in entries.items()}
