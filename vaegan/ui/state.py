"""What all pages of a visit share: the digit in force and the noise; and the link of the Denoise page, with both."""

import secrets
from typing import Any, NamedTuple

import streamlit as st

from vaegan.config import MAX_SEED, NOISE_KINDS, NoiseConfig
from vaegan.data.drawing import Prepared, Stage
from vaegan.data.pictures import Float, pack, to_uint8, unpack
from vaegan.denoisers.filters import FILTERS
from vaegan.ui import link
from vaegan.ui.link import Field
from vaegan.ui.shipped import PAIRS, first_of

PAIR, KIND, LEVEL, SEED, SOURCE, ERRORS = "pair", "kind", "level", "seed", "source", "errors"  # widget keys
LIVE = "live"
COMPARED, FILTER = "compared", "filter"
BEST = "best"  # stands for the filter that does best under the chosen noise
EXAMPLE = "example"
SOURCES = ("Draw", "Upload", "Pick")
_DIGIT, _SEEN, _SESSION = "digit_in_force", "seen_input", "lab_session"


class Origin(NamedTuple):
    """Where the digit in force came from: in words, and as a part of file names."""

    words: str
    short: str


class DigitInForce(NamedTuple):
    """The digit that every page works with, the steps that led to it, and its origin; no digit on a cleared canvas."""

    prepared: Prepared | None
    origin: Origin


def session() -> str:
    """A name for this visitor, by which the lab knows who watches which run."""
    name: str = st.session_state.setdefault(_SESSION, secrets.token_hex(8))
    return name


def begin(pairs: list[str], example: Float) -> str | None:
    """Set up the Denoise page from its link, else from this session. Returns what was wrong with the link, or None."""
    dropped = link.begin("Denoise", _fields(pairs))
    begin_digit(example)
    for key, value in ((SOURCE, "Draw"), (ERRORS, False)):
        st.session_state.setdefault(key, value)
    if st.session_state[PAIR] not in pairs and pairs:
        st.session_state[PAIR] = pairs[0]
    return dropped


def begin_digit(example: Float) -> None:
    """Make the example the digit in force if there has been none yet."""
    if st.session_state.get(_DIGIT) is None:
        stage = Stage("a real digit of MNIST", to_uint8(example))
        use_digit(Prepared(example, (stage,)), Origin("An example, until you draw", EXAMPLE))


def pair() -> str:
    """The twins that are compared."""
    return str(st.session_state[PAIR])


def source() -> str:
    """How the user gives a digit, one of SOURCES."""
    return str(st.session_state.get(SOURCE) or "Draw")


def live() -> bool:
    """Whether live drawing is on: the models follow the pointer."""
    return bool(st.session_state.get(LIVE)) and source() == "Draw"


def errors_shown() -> bool:
    """Whether error maps are switched on."""
    return bool(st.session_state[ERRORS])


def chosen_filter() -> str | None:
    """The filter to show beside the twins, a name in FILTERS or BEST; None if the comparison is switched off."""
    return str(st.session_state.get(FILTER) or BEST) if st.session_state.get(COMPARED) else None


def noise() -> NoiseConfig:
    """The noise that the controls are set to."""
    return NoiseConfig(kind=st.session_state[KIND], level=st.session_state[LEVEL] / 100, seed=st.session_state[SEED])


def use_digit(prepared: Prepared, origin: Origin) -> None:
    """Make this the digit in force."""
    st.session_state[_DIGIT] = DigitInForce(prepared, origin)


def drop_digit() -> None:
    """Leave the page without a digit: the canvas was cleared."""
    st.session_state[_DIGIT] = DigitInForce(None, Origin("Nothing", "nothing"))


def digit() -> Prepared | None:
    """The digit in force with the steps that led to it; None on a cleared canvas."""
    in_force: DigitInForce = st.session_state[_DIGIT]
    return in_force.prepared


def origin() -> Origin:
    """Where the digit in force came from."""
    in_force: DigitInForce = st.session_state[_DIGIT]
    return in_force.origin


def is_example() -> bool:
    """Whether the digit in force is the example: nobody has given one yet."""
    return origin().short == EXAMPLE


def is_new(source: str, fingerprint: Any) -> bool:
    """Whether this source delivers something new. A widget delivers the same value again on every run of the page."""
    seen = st.session_state.setdefault(_SEEN, {})
    if seen.get(source) == fingerprint:
        return False
    seen[source] = fingerprint
    return True


def write_link() -> None:
    """Put the Denoise page's state into its address."""
    link.write("Denoise", _fields([]))


def digit_field() -> Field:
    """The digit in force as part of a page's link."""
    return Field(_DIGIT, None, _read_digit, _digit_text)


def new_noise() -> None:
    """Draw another noise of the same kind and level."""
    st.session_state[SEED] = (st.session_state[SEED] + 1) % (MAX_SEED + 1)


def _fields(pairs: list[str]) -> dict[str, Field]:
    return {
        "pair": Field(PAIR, first_of(pairs, *PAIRS), link.one_of(pairs)),
        "kind": Field(KIND, "gaussian", link.one_of(NOISE_KINDS)),
        "level": Field(LEVEL, 50, link.whole(0, 100)),
        "seed": Field(SEED, 0, link.whole(0, MAX_SEED)),
        "live": Field(LIVE, False, link.switch, lambda on: "1" if on else ""),
        "compared": Field(COMPARED, False, link.switch, lambda on: "1" if on else ""),
        "filter": Field(FILTER, BEST, link.one_of((BEST, *FILTERS)), lambda name: "" if name == BEST else name),
        "digit": digit_field(),
    }


def _digit_text(in_force: DigitInForce) -> str:
    return pack(in_force.prepared.digit) if in_force.prepared else ""


def _read_digit(text: str) -> DigitInForce:
    shared = unpack(text)
    return DigitInForce(
        Prepared(shared, (Stage("the digit in the link", to_uint8(shared)),)),
        Origin("The digit of the link", "shared"),
    )
