"""Send bytes to the browser's tab, which keeps them for all components and asks for those that it does not have."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import streamlit as st

from vaegan.errors import VaeganError
from vaegan.ui import resources, trained
from vaegan.web.scripts import script

KEY = "courier"
MOST_KEYS = 16  # in one request; a page needs four
_FACE = "<span hidden></span>"
_courier = st.components.v2.component("vaegan_courier", html=_FACE, js=script("courier"))
_parcel = st.components.v2.component("vaegan_parcel", html=_FACE, js=script("parcel"))


class Source(NamedTuple):
    """One kind of bytes: the key and the bytes of a checkpoint, by its name."""

    key: Callable[[str], str]
    data: Callable[[str], bytes]


SOURCES = {
    "weights": Source(resources.weights_key, resources.browser_weights),
    "atlas": Source(resources.atlas_key, resources.browser_atlas),
}


def courier() -> None:
    """Send what the tab asks for, now and later; a page whose components need weights calls this once, at its top."""
    with st.container(key="unseen"):  # frame.py gives it no room
        _answer()


@st.fragment
def _answer() -> None:
    """Send what the tab has asked for.

    It is a fragment of its own, so that a request runs nothing else again, and bytes on their way stay on the page when
    something else runs. The courier is drawn after the bytes, so it can tell which of them did not arrive.
    """
    number, keys = _request(st.session_state.get(KEY, {}).get("wanted"))
    with st.container():  # always there, so that the courier never changes its place
        for key in keys:
            with suppress(VaeganError):  # the page shows the error where the model would stand
                if (data := bytes_under(key)) is not None:
                    # The data are plain bytes, since Streamlit would encode anything else.
                    _parcel(key=f"parcel-{key}", data=key.encode() + b"\n" + data)
    _courier(key=KEY, data={"answered": number}, on_wanted_change=lambda: None)


def bytes_under(key: str) -> bytes | None:
    """The bytes for `key`; None if there is no such model, or if the model has changed since the key was made."""
    kind, _, rest = key.partition("/")
    name = rest.partition("/")[0]
    names = {f"{pair}-{suffix}" for pair in resources.pairs() for suffix in trained.suffixes(pair)}
    source = SOURCES.get(kind)
    if source is None or name not in names or source.key(name) != key:
        return None
    return source.data(name)


def _request(value: object) -> tuple[int | None, list[str]]:
    """The number and the keys of a request; it comes from a browser, so it is not trusted."""
    number, keys = (value.get("number"), value.get("keys")) if isinstance(value, dict) else (None, None)
    if not isinstance(number, int) or not isinstance(keys, list):
        return None, []
    return number, list(dict.fromkeys(key for key in keys[:MOST_KEYS] if isinstance(key, str)))
