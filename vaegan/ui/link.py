"""A page's state in its address, so that copying the address shares the page.

A link may come from anyone: a value that the page could not have written itself is dropped. A component of ours writes
the address, since Streamlit's own way adds a step to the browser's history with each change.
"""

import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

import streamlit as st

from vaegan.errors import VaeganError
from vaegan.ui.component import component
from vaegan.ui.present import without_mode
from vaegan.ui.shipped import renamed

_VISIT = "link_visit"  # session key: the page that is shown, and what its address was
_ANEW = "link_anew"  # session key: whether the next page is opened as a link says, and not as it was left
_LAST = "last_links"  # session key: for each page the link that was read or written last
_MOST_OWN = 32  # addresses of one visit to a page that are remembered
_address = component("address", shows=False)


class Field(NamedTuple):
    """One value of a page: its session key, its default, and how it is read from text (None if wrong) and written."""

    key: str
    default: Any
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


@dataclass
class _Visit:
    """One stay on a page: the link with which it began, or that came later, and the addresses that the page wrote."""

    page: str
    link: Mapping[str, str]
    own: list[Mapping[str, str]] = field(default_factory=list)
    number: int = 0  # of the newest address
    begun: bool = False  # whether the link has been read
    whole: bool = False  # whether what the link does not say is at its default, whatever this session had chosen


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


def enter(page: str) -> None:
    """Note that this page is shown, also if it has no link: what comes back to another page is a link to it."""
    visit: _Visit | None = st.session_state.get(_VISIT)
    if visit is None or visit.page != page:
        st.session_state[_VISIT] = _Visit(page, _sent(), whole=st.session_state.pop(_ANEW, False))


def come_anew() -> None:
    """Let the page that is opened next, or this one again, be all that its link says, and nothing else."""
    st.session_state.pop(_VISIT, None)
    st.session_state[_ANEW] = True


def was_led() -> bool:
    """Whether this visit to the page began with `come_anew`."""
    return _visit().whole


def news(page: str) -> Mapping[str, str]:
    """What the address says if it is a link that the page has not read yet, else nothing.

    The browser sends an address with each run. That is the link with which the visit began, for as long as Streamlit's
    frontend has its own copy of it; or one that the page wrote itself, perhaps not the last one if a click follows
    another at once. Read again, each of them would undo what was set meanwhile.
    """
    enter(page)
    visit, sent = _visit(), _sent()
    if not visit.begun:
        return sent
    return {} if sent in (visit.link, *visit.own) else sent


def begin(page: str, fields: Mapping[str, Field]) -> str | None:
    """Set the page's values from a new link, else from this session, else to their defaults.

    `fields` are by name in the address. Returns a sentence on what was wrong with the link: which names were dropped,
    or the VaeganError that a `Field.read` raised; and which checkpoints were opened in place of others that are gone.
    None if nothing was wrong.
    """
    link, problem, dropped = news(page), None, []
    replaced: dict[str, str] = {}
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
    visit = _visit()
    if visit.whole and not visit.begun:
        for each in (fields[name] for name in fields if name not in link):
            st.session_state[each.key] = each.default
    visit.begun = True
    if link:
        visit.link = link
        _last()[page] = link
    for each in fields.values():
        st.session_state.setdefault(each.key, each.default)
    sentences = [problem or _dropped_words(dropped), *(_replaced_words(*pair) for pair in replaced.items())]
    return " ".join(filter(None, sentences)) or None


def set_values(fields: Mapping[str, Field], texts: Mapping[str, str]) -> None:
    """Set values as a link with these texts would, wherever one is; all others to their defaults."""
    for name, each in fields.items():
        value = each.read(texts[name]) if name in texts else None
        st.session_state[each.key] = each.default if value is None else value


def write(page: str, fields: Mapping[str, Field], place: str = "page") -> None:
    """Put the page's values into the address, except those that are None or an empty text.

    They replace what stood there, so the browser's Back leaves the page. `place` tells apart where one page does this.
    """
    values = {name: st.session_state.get(each.key) for name, each in fields.items()}
    texts = {name: fields[name].write(value) for name, value in values.items() if value is not None}
    link = {name: text for name, text in texts.items() if text}
    enter(page)
    visit = _visit()
    if not visit.own or visit.own[-1] != link:
        visit.own = [*visit.own, link][-_MOST_OWN:]
        visit.number = max(visit.number + 1, time.time_ns() // 1000)  # grows from session to session too
    _last()[page] = link
    show_address(page, link, visit.number, place)


def show_address(page: str, link: Mapping[str, str], number: int, place: str) -> None:
    """Let the browser show the address; it ignores numbers below those that it has seen."""
    data = {"page": page.replace(" ", "_"), "query": urlencode(link), "number": number}
    _address(key=f"address_{place}", data=data)


def values_of(*names: str) -> list[str]:
    """What the address says under these names, and what the last links of this session's pages say."""
    links = [_sent(), *_last().values()]
    return [link[name] for link in links for name in names if name in link]


def _sent() -> dict[str, str]:
    """The address that the browser sent, as far as it is the page's."""
    return without_mode(st.query_params.to_dict())


def _visit() -> _Visit:
    visit: _Visit = st.session_state[_VISIT]
    return visit


def _last() -> dict[str, Mapping[str, str]]:
    last: dict[str, Mapping[str, str]] = st.session_state.setdefault(_LAST, {})
    return last


def _replaced_words(old: str, new: str) -> str:
    return f"The link's {old} is no longer there; {new}, which took its place, was opened."


def _dropped_words(dropped: list[str]) -> str:
    if not dropped:
        return ""
    *names, last = sorted(dropped)
    if not names:
        return f"The link's {last} is not one this page knows, so it was left as it is."
    return f"The link's {', '.join(names)} and {last} are not ones this page knows, so they were left as they are."
