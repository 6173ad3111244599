"""A page's state in its address, so that copying the address shares the page.

A link may come from anyone: a value that the page could not have written itself is dropped.
"""

import time
from collections.abc import Callable, Container, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import streamlit as st

from vaegan.errors import VaeganError
from vaegan.ui.shipped import renamed

IN_FLIGHT = 1.0  # seconds in which a browser may still send its old address
_LAST = "last_links"  # session key: for each page the links that were read or written last, the newest at the end
_KEPT = 8  # links of a page


class Field(NamedTuple):
    """One value of a page: its session key, its default, and how it is read from text (None if wrong) and written."""

    key: str
    default: Any
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


class _Link(NamedTuple):
    values: Mapping[str, str]
    since: float  # seconds of the monotonic clock


def one_of(choices: Container[str]) -> Callable[[str], str | None]:
    """Read one of `choices`."""
    return lambda text: text if text in choices else None


def whole(lowest: int, highest: int) -> Callable[[str], int | None]:
    """Read a whole number from `lowest` to `highest`, of at most ten digits."""

    def read(text: str) -> int | None:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
            return None
        return int(text) if lowest <= int(text) <= highest else None

    return read


def switch(text: str) -> bool | None:
    """Read a switch: 1 or 0."""
    return {"1": True, "0": False}.get(text)


def numbers(count: int, limit: float) -> Callable[[str], tuple[float, ...] | None]:
    """Read `count` numbers from -limit to limit with commas between."""

    def read(text: str) -> tuple[float, ...] | None:
        try:
            values = tuple(float(part) for part in text[: 24 * count].split(","))
        except ValueError:
            return None
        return values if len(values) == count and all(-limit <= value <= limit for value in values) else None

    return read


def begin(page: str, fields: Mapping[str, Field]) -> str | None:
    """Set the page's values from the link, else from this session, else to their defaults.

    `fields` are by name in the address. Returns a sentence on what was wrong with the link: which names were dropped,
    or the VaeganError that a `Field.read` raised; and which checkpoints were opened in place of others that are gone.
    None if nothing was wrong.
    """
    link, problem, dropped = dict(st.query_params), None, []
    replaced: dict[str, str] = {}
    if link and not _is_known(page, link):
        for name in (name for name in fields if name in link):
            try:
                value = fields[name].read(link[name])
                if value is None:  # perhaps it names a checkpoint that is no longer there
                    text, changed = renamed(link[name])
                    value = fields[name].read(text) if changed else None
                    replaced |= changed if value is not None else {}
            except VaeganError as error:
                problem = str(error)
                continue
            if value is None:
                dropped.append(name)
            else:
                st.session_state[fields[name].key] = value
        _note(page, link)
    for field in fields.values():
        st.session_state.setdefault(field.key, field.default)
    sentences = [problem or _dropped_words(dropped), *(_replaced_words(*pair) for pair in replaced.items())]
    return " ".join(filter(None, sentences)) or None


def _replaced_words(old: str, new: str) -> str:
    return f"The link's {old} is no longer there; {new}, which took its place, was opened."


def _dropped_words(dropped: list[str]) -> str:
    if not dropped:
        return ""
    *names, last = sorted(dropped)
    if not names:
        return f"The link's {last} is not one this page knows, so it was left as it is."
    return f"The link's {', '.join(names)} and {last} are not ones this page knows, so they were left as they are."


def write(page: str, fields: Mapping[str, Field]) -> None:
    """Put the page's values into the address, except those that are None or an empty text."""
    values = {name: st.session_state.get(field.key) for name, field in fields.items()}
    texts = {name: fields[name].write(value) for name, value in values.items() if value is not None}
    link = {name: text for name, text in texts.items() if text}
    known = _known(page)
    if link != dict(st.query_params) or (known and known[-1].values != link):  # the last one may still be on its way
        st.query_params.from_dict(link)
    _note(page, link)


def values_of(*names: str) -> list[str]:
    """What the address says under these names, and what the last links of this session's pages say."""
    known: dict[str, list[_Link]] = st.session_state.get(_LAST, {})
    links = [st.query_params.to_dict(), *(links[-1].values for links in known.values() if links)]
    return [link[name] for link in links for name in names if name in link]


def _is_known(page: str, link: Mapping[str, str]) -> bool:
    """Whether a link brings nothing new: it is the last one, or the browser sent it before it knew the last one.

    If such a link were read again, the old address would undo a click that follows another one at once.
    """
    known = _known(page)
    if known and link == known[-1].values:
        return True
    now = time.monotonic()
    return any(link == old.values and now < new.since + IN_FLIGHT for old, new in pairwise(known))


def _note(page: str, link: Mapping[str, str]) -> None:
    known = _known(page)
    if not known or known[-1].values != link:
        known.append(_Link(link, time.monotonic()))
        del known[:-_KEPT]


def _known(page: str) -> list[_Link]:
    known: list[_Link] = st.session_state.setdefault(_LAST, {}).setdefault(page, [])
    return known
