"""What all pages of a visit share: the digit in force and the noise; and the link of the Denoise page, with both."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import streamlit as st

from vaegan.config import MAX_SEED, NOISE_KINDS, NoiseConfig
from vaegan.data.drawing import Prepared, Stage
from vaegan.data.pictures import Float, pack, to_uint8, unpack
from vaegan.data.strokes import Strokes, pack_strokes, unpack_strokes
from vaegan.denoisers.filters import FILTERS
from vaegan.ui import link, visitor
from vaegan.ui.link import Field
from vaegan.ui.shipped import PAIRS, first_of

PAIR, KIND, LEVEL, SEED = "pair", "kind", "level", "seed"  # widget keys
DETAILS, FILTER, LADDER = "details", "filter", "ladder"
BEST = "best"  # stands for the filter that does best under the chosen noise
ALL_DETAILS = {  # what the Denoise page shows below its stage, if asked to
    "filter": "Compare with a filter",
    "errors": "Error maps",
    "steps": "Steps to 28 × 28",
    "draws": "Several draws",
    "ladder": "Noise ladder",
}
LADDER_VIEWS = (PICTURES, CHART) = ("Pictures", "Chart")
EXAMPLE = "example"
BETWEEN = "~"  # a digit and its strokes in a link
_DIGIT, _SEEN = "digit_in_force", "seen_input"
_LIVE, _COMPARED = "live", "compared"  # of older links: drawing is always live now, and a filter one of the details


class Origin(NamedTuple):
    """Where the digit in force came from: in words, and as a part of file names."""

    words: str
    short: str


class DigitInForce(NamedTuple):
    """The digit that every page works with, the steps that led to it, its origin, and the strokes if it was drawn.

    There is no digit in a field that was cleared.
    """

    prepared: Prepared | None
    origin: Origin
    strokes: Strokes = ()


def session() -> str:
    """A name for this visitor, by which the lab knows who watches which run; it is the same after a reload."""
    return visitor.public_name()


def begin(pairs: list[str], example: Float) -> str | None:
    """Set up the Denoise page from its link, else from this session. Returns what was wrong with the link, or None."""
    dropped = link.begin("Denoise", _fields(pairs))
    begin_digit(example)
    if st.session_state.pop(_COMPARED, False) and "filter" not in details():
        st.session_state[DETAILS] = [*details(), "filter"]
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


def details() -> list[str]:
    """What the Denoise page shows below its stage: names in ALL_DETAILS, in that order."""
    chosen = st.session_state.get(DETAILS) or []
    return [name for name in ALL_DETAILS if name in chosen]


def chosen_filter() -> str | None:
    """The filter to show beside the twins, a name in FILTERS or BEST; None if the comparison is switched off."""
    return str(st.session_state.get(FILTER) or BEST) if "filter" in details() else None


def noise() -> NoiseConfig:
    """The noise that the controls are set to."""
    session = st.session_state
    return NoiseConfig(
        kind=session.get(KIND, "gaussian"), level=session.get(LEVEL, 50) / 100, seed=session.get(SEED, 0)
    )


def use_digit(prepared: Prepared, origin: Origin, strokes: Strokes = ()) -> None:
    """Make this the digit in force, with the strokes of which it was made if it was drawn."""
    st.session_state[_DIGIT] = DigitInForce(prepared, origin, strokes)


def drop_digit(where: str) -> None:
    """Leave the pages without a digit: a field was cleared; `where` is its origin's `short`."""
    st.session_state[_DIGIT] = DigitInForce(None, Origin("Nothing", where))


def digit() -> Prepared | None:
    """The digit in force with the steps that led to it; None if a field was cleared."""
    in_force: DigitInForce = st.session_state[_DIGIT]
    return in_force.prepared


def strokes() -> Strokes:
    """The strokes of the digit in force; none if it was not drawn, or if there are too many to keep."""
    in_force: DigitInForce = st.session_state[_DIGIT]
    return in_force.strokes


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


def set_up(pairs: list[str], texts: Mapping[str, str]) -> None:
    """Set the Denoise page as a link with these texts would, but for the digit, which stays."""
    fields = _fields(pairs)
    del fields["digit"]
    link.set_values(fields, texts)


def use_real_digit(picture: Float, label: int) -> None:
    """Make a digit of MNIST the one in force."""
    use_digit(Prepared(picture, (Stage("a digit of MNIST", to_uint8(picture)),)), Origin(f"A real {label}", "mnist"))


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
        "live": Field(_LIVE, False, link.switch, lambda _: ""),
        "compared": Field(_COMPARED, False, link.switch, lambda _: ""),
        "show": Field(DETAILS, [], _read_details, ",".join),
        "filter": Field(FILTER, BEST, link.one_of((BEST, *FILTERS)), lambda name: "" if name == BEST else name),
        "ladder": Field(
            LADDER, LADDER_VIEWS[0], link.one_of(LADDER_VIEWS), lambda view: "" if view == LADDER_VIEWS[0] else view
        ),
        "digit": digit_field(),
    }


def _read_details(text: str) -> list[str] | None:
    names = text[:100].split(",")
    return names if set(names) <= set(ALL_DETAILS) and len(set(names)) == len(names) else None


def _digit_text(in_force: DigitInForce) -> str:
    """The digit's pixels, and its strokes if they are not too many for a link."""
    if in_force.prepared is None:
        return ""
    parts = [pack(in_force.prepared.digit), pack_strokes(in_force.strokes)]
    return BETWEEN.join(filter(None, parts))


def _read_digit(text: str) -> DigitInForce:
    pixels, _, strokes = text.partition(BETWEEN)
    shared = unpack(pixels)
    return DigitInForce(
        Prepared(shared, (Stage("the digit in the link", to_uint8(shared)),)),
        Origin("The digit of the link", "shared"),
        unpack_strokes(strokes),
    )
