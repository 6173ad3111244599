"""Components of ours. Where routes are served, their scripts come over HTTP, which a browser does once.

Streamlit itself would send a script again with every change of what its component shows: 140 kB after each stroke.
"""

import gzip
import hashlib
from functools import cache
from typing import Any

import streamlit as st

from vaegan.ui.reach import prefix
from vaegan.web import scripts

LEVEL = 6  # of gzip
_UNSEEN = {"html": "<span hidden></span>"}  # of a component that shows nothing
# Loads a script from the app's own address; a second address makes a browser try again that has kept a failure.
_LOADER = """const address = new URL("%s", location.origin).href;
const { default: component } = await import(address).catch(() => import(`${address}?again`));
export default component;
"""
_made: list[str] = []  # names of all components
_served: dict[str, str] = {}  # scripts by their hash
_over_http = False


def serve_scripts() -> None:
    """From now on scripts come over HTTP: routes are served. RuntimeError if there are components already."""
    global _over_http
    if _made:
        raise RuntimeError(f"{', '.join(_made)} were made before; serve scripts first")
    _over_http = True


def component(name: str, *, shows: bool = True) -> Any:
    """The component of which vaegan/web has the parts; one that shows nothing has a script alone."""
    _made.append(name)
    parts = scripts.parts(name) if shows else _UNSEEN | {"js": scripts.script(name)}
    return st.components.v2.component(f"vaegan_{name}", **parts | {"js": _script(parts["js"])})


def script_under(digest: str) -> str | None:
    """The script with this hash; None if no component has it."""
    return _served.get(digest)


@cache  # as many as there are components
def compressed(digest: str) -> bytes:
    """The same as gzip."""
    return gzip.compress(_served[digest].encode(), LEVEL)


def _script(text: str) -> str:
    """What Streamlit sends to the browser as a component's script."""
    if not _over_http:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()
    _served[digest] = text
    return _LOADER % f"{prefix()}/scripts/{digest}"
