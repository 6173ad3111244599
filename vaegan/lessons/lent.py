"""What pages lend to a lesson, said in the lesson's language. Pages are English, and know of no other language.

The catalogue has English sentences and their translations. `{1}`, `{2}` ... in a sentence stand for numbers, `{a}`,
`{b}` ... for words, which are translated too. What is not in the catalogue stays English.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from vaegan.lessons.words import ENGLISH, FOLDER

_PLACE = re.compile(r"\\\{(\w)\\\}")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.,](?=\d)")


class Term(NamedTuple):
    """A word of the glossary in another language: its sentence, and how it is written there."""

    sentence: str
    also: tuple[str, ...]


@cache
def words_lent(language: str) -> Mapping[str, str]:
    """Sentences by the English ones; empty for English."""
    words: dict[str, str] = _catalogue(language).get("words", {})
    return words


@cache
def terms_lent(language: str) -> Mapping[str, Term]:
    """Words of the glossary by their English names; empty for English."""
    terms = _catalogue(language).get("terms", {})
    return {name: Term(each["sentence"], tuple(each.get("also", ()))) for name, each in terms.items()}


@lru_cache(maxsize=4096)
def lent(text: str, language: str) -> str:
    """An English text in a language; its numbers stay as they are, for whatever shows it writes them."""
    words = words_lent(language)
    if text in words:
        return words[text]
    for pattern, translation in _patterns(language):
        if match := pattern.fullmatch(text):
            return _filled(translation, {name[1:]: lent(part, language) for name, part in match.groupdict().items()})
    return text


def in_numbers(text: str, language: str) -> str:
    """A text with its numbers as a language writes them: 1,234.5 is 1.234,5 in German."""
    if language == ENGLISH:
        return text
    return _BETWEEN_DIGITS.sub(lambda mark: "," if mark[0] == "." else ".", text)


def _filled(translation: str, parts: Mapping[str, str]) -> str:
    """A translation with its places filled."""
    return re.sub(r"\{(\w)\}", lambda place: parts[place[1]], translation)


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Sentences with places in them."""
    found = []
    for text, translation in words_lent(language).items():
        written = re.escape(text)
        if _PLACE.search(written):
            found.append((re.compile(_PLACE.sub(_group, written), re.DOTALL), translation))
    return found


def _group(place: re.Match[str]) -> str:
    """What may stand in a place: a number, or any words."""
    return f"(?P<_{place[1]}>{'[-+−]?[0-9][0-9.,]*' if place[1].isdigit() else '.+?'})"


@cache
def _catalogue(language: str) -> dict[str, dict[str, Any]]:
    file = FOLDER / "lent" / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if language != ENGLISH else {}
