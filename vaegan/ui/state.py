"""The Denoise page's state, in the session and in the address; the only place that names session keys.

A link is text from anyone: each value is checked against what the page could have written and dropped if it is not.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from vaegan.config import MAX_SEED, NOISE_KINDS, NoiseConfig
from vaegan.errors import ImageError
from vaegan.images import Prepared, Stage, pack, to_uint8, unpack

Float = NDArray[np.float32]

PAIR, KIND, LEVEL, SEED, SOURCE, ERRORS = "pair", "kind", "level", "seed", "source", "errors"  # widget keys
_PREPARED, _ORIGIN, _WRITTEN, _SEEN = "prepared", "origin", "written_link", "seen_input"
SOURCES = ("Draw", "Upload", "Pick")
DEFAULTS: dict[str, Any] = {PAIR: "denoise", KIND: "gaussian", LEVEL: 50, SEED: 0, SOURCE: "Draw", ERRORS: False}


class Origin(NamedTuple):
    """Where the digit in force came from, in words, and how it is called in a file name."""

    words: str
    short: str


def begin(pairs: list[str], example: Float) -> str | None:
    """Set the page up from the link, else from this session, else from defaults; says what of a link was dropped."""
    link = dict(st.query_params)
    dropped = None
    if link and link != st.session_state.get(_WRITTEN):
        dropped = _read_link(link, pairs)
    for key, value in DEFAULTS.items():
        st.session_state.setdefault(key, value)
    if st.session_state[PAIR] not in pairs and pairs:
        st.session_state[PAIR] = pairs[0]
    if _ORIGIN not in st.session_state:
        use_digit(
            Prepared(example, (Stage("a real digit of MNIST", to_uint8(example)),)),
            Origin("An example, until you draw", "example"),
        )
    return dropped


def pair() -> str:
    """The twins that are compared."""
    return str(st.session_state[PAIR])


def errors_shown() -> bool:
    """Whether the error maps are wanted."""
    return bool(st.session_state[ERRORS])


def noise() -> NoiseConfig:
    """The noise that the controls are set to."""
    return NoiseConfig(kind=st.session_state[KIND], level=st.session_state[LEVEL] / 100, seed=st.session_state[SEED])


def use_digit(prepared: Prepared, origin: Origin) -> None:
    """Make this the digit in force."""
    st.session_state[_PREPARED], st.session_state[_ORIGIN] = prepared, origin


def drop_digit() -> None:
    """Leave the page without a digit: the canvas was cleared."""
    st.session_state[_PREPARED], st.session_state[_ORIGIN] = None, Origin("Nothing", "nothing")


def digit() -> Prepared | None:
    """The digit in force with the steps that led to it; None on a cleared canvas."""
    prepared: Prepared | None = st.session_state[_PREPARED]
    return prepared


def origin() -> Origin:
    """Where the digit in force came from."""
    found: Origin = st.session_state[_ORIGIN]
    return found


def is_new(source: str, fingerprint: Any) -> bool:
    """Whether this source delivers something else than at its last look; a widget repeats itself on every run."""
    seen = st.session_state.setdefault(_SEEN, {})
    if seen.get(source) == fingerprint:
        return False
    seen[source] = fingerprint
    return True


def write_link() -> None:
    """Put the state into the address, so that copying the address shares the page."""
    values = {key: str(st.session_state[key]) for key in (PAIR, KIND, LEVEL, SEED)}
    prepared = digit()
    if prepared is not None:
        values["digit"] = pack(prepared.digit)
    if values != dict(st.query_params):
        st.query_params.from_dict(values)
    st.session_state[_WRITTEN] = values


def new_noise() -> None:
    """Draw another noise of the same kind and level."""
    st.session_state[SEED] = (st.session_state[SEED] + 1) % (MAX_SEED + 1)


def _read_link(link: Mapping[str, str], pairs: list[str]) -> str | None:
    dropped = [key for key in (PAIR, KIND, LEVEL, SEED) if key in link and not _accept(key, link[key], pairs)]
    if "digit" in link:
        try:
            shared = unpack(link["digit"])
            use_digit(
                Prepared(shared, (Stage("the digit in the link", to_uint8(shared)),)),
                Origin("The digit of the link", "shared"),
            )
        except ImageError as error:
            return str(error)
    if dropped:
        return f"The link's {' and '.join(dropped)} is not one this page knows, so it was left as it is."
    return None


def _accept(key: str, text: str, pairs: list[str]) -> bool:
    value: str | int | None
    if key == PAIR:
        value = text if text in pairs else None
    elif key == KIND:
        value = text if text in NOISE_KINDS else None
    else:
        value = _whole(text, 100 if key == LEVEL else MAX_SEED)
    if value is None:
        return False
    st.session_state[key] = value
    return True


def _whole(text: str, highest: int) -> int | None:
    """A whole number from 0 to `highest`, or None; ten digits are enough for any of ours."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return int(text) if int(text) <= highest else None
