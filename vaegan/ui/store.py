"""Bring bytes to the browser's tab, which keeps them for all components and asks for those that it does not have.

It fetches them over HTTP where `routes` are served, which is what `make run` does, and asks for them here elsewhere.
"""

from contextlib import suppress

import streamlit as st

from vaegan.errors import VaeganError
from vaegan.ui import parcels
from vaegan.ui.component import component
from vaegan.ui.reach import prefix

KEY = "courier"
MOST_KEYS = 16  # in one request; a page needs four
_courier = component("courier", shows=False)
_parcel = component("parcel", shows=False)


def courier() -> None:
    """Bring what the tab lacks, now and later; a page whose components need weights calls this once, at its top."""
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
                if (data := parcels.bytes_under(key)) is not None:
                    # The data are plain bytes, since Streamlit would encode anything else.
                    _parcel(key=f"parcel-{key}", data=key.encode() + b"\n" + data)
    _courier(key=KEY, data={"answered": number, "prefix": prefix()}, on_wanted_change=lambda: None)


def _request(value: object) -> tuple[int | None, list[str]]:
    """The number and the keys of a request; it comes from a browser, so it is not trusted."""
    number, keys = (value.get("number"), value.get("keys")) if isinstance(value, dict) else (None, None)
    if not isinstance(number, int) or not isinstance(keys, list):
        return None, []
    return number, list(dict.fromkeys(key for key in keys[:MOST_KEYS] if isinstance(key, str)))
