"""The state of the Latent space page, in the session and in its address."""

from collections.abc import Mapping, Sequence

import streamlit as st

from vaegan.config import MAX_SEED, NOISE_KINDS, NoiseConfig
from vaegan.ui import link, state, trained
from vaegan.ui.catalogue import TWINS
from vaegan.ui.controls import WAYS
from vaegan.ui.link import Field
from vaegan.ui.shipped import MAPS, first_of

PAIR, SHOWN, AXIS, COUNT, LAYERS, WAY = "map_pair", "map_shown", "map_axis", "map_count", "map_layers", "map_way"
LEVEL, PINS, VIEW, MOVED = "map_level", "map_pins", "map_view", "map_moved"

AXES = {"z": "z", "quantile": "Prior quantiles"}
NO_LAYERS = "none"  # in a link, where an empty text would mean the default
ALL_LAYERS = {"tiles": "Decoded digits", "points": "Real digits", "densities": "Densities"}
BOTH = "bn,plain"
TWINS_SHOWN = {BOTH: "Both", "bn": TWINS["bn"], "plain": TWINS["plain"]}
FURTHEST = 100.0  # coordinate of a pin; beyond it a decoder draws nothing new
COUNTS = (8, 40)  # decoded digits along a side

Pin = tuple[float, float]


def begin(pairs: list[str]) -> str | None:
    """Set the page up from its link or else from this session; returns what was wrong with the link, if anything."""
    dropped = link.begin("Latent space", _fields(pairs))
    if st.session_state[PAIR] not in pairs and pairs:  # a run was deleted meanwhile
        st.session_state[PAIR] = pairs[0]
    return dropped


def set_up(pairs: list[str], texts: Mapping[str, str]) -> None:
    """Set the page as a link with these texts would, but for the digit, which stays."""
    fields = _fields(pairs)
    del fields["digit"]
    link.set_values(fields, texts)


def write_link() -> None:
    """Put the page's state into its address."""
    link.write("Latent space", _fields([]))


def pair() -> str:
    """The twins whose maps are shown."""
    return str(st.session_state[PAIR])


def twins() -> list[str]:
    """What the twins of this pair offer to show, names in TWINS_SHOWN; a run may have no twin."""
    suffixes = trained.suffixes(pair())
    return list(TWINS_SHOWN) if len(suffixes) > 1 else suffixes


def shown() -> list[str]:
    """The suffixes of the twins that are shown, at least one. What this pair does not have is not kept."""
    choices = twins()
    if st.session_state[SHOWN] not in choices:
        st.session_state[SHOWN] = choices[0]
    return str(st.session_state[SHOWN]).split(",")


def layers() -> list[str]:
    """What the maps show."""
    return list(st.session_state.get(LAYERS) or [])


def noise() -> NoiseConfig:
    """The noise on the digit on the map."""
    level = st.session_state[LEVEL] / 100
    return NoiseConfig(kind=st.session_state[state.KIND], level=level, seed=st.session_state[state.SEED])


def keep(name: str, value: object) -> None:
    """Keep a value that a component sent, if it would also be valid in a link."""
    field = _fields([])[name]
    try:
        checked = field.read(_as_text(value))
    except (TypeError, ValueError):
        return
    if checked is not None:
        st.session_state[field.key] = checked


def moved(suffix: str) -> dict[int, float]:
    """Which dimensions of a twin were moved by hand, and where to."""
    by_twin: dict[str, dict[int, float]] = st.session_state[MOVED]
    return by_twin.get(suffix, {})


def keep_moved(suffix: str, values: object) -> None:
    """Keep what the sliders of a twin's dimensions sent, if it would also be valid in a link."""
    if isinstance(values, dict):
        text = ",".join(f"{suffix}{dimension}:{value}" for dimension, value in values.items())
        by_twin = _read_moved(text) if text else {}
        if by_twin is not None:
            st.session_state[MOVED] = st.session_state[MOVED] | {suffix: by_twin.get(suffix, {})}


def _fields(pairs: list[str]) -> dict[str, Field]:
    return {
        "pair": Field(PAIR, first_of(pairs, *MAPS), link.one_of(pairs)),
        "shown": Field(SHOWN, BOTH, link.one_of(TWINS_SHOWN)),
        "axis": Field(AXIS, "z", link.one_of(list(AXES))),
        "grid": Field(COUNT, 20, link.whole(*COUNTS)),
        "layers": Field(LAYERS, ["tiles", "points"], _read_layers, lambda layers: ",".join(layers) or NO_LAYERS),
        "way": Field(WAY, "linear", link.one_of(list(WAYS))),
        "pins": Field(PINS, [], _read_pins, _as_text),
        "view": Field(VIEW, None, link.numbers(3, 1), _as_text),
        "kind": Field(state.KIND, "gaussian", link.one_of(NOISE_KINDS)),
        "noise": Field(LEVEL, 0, link.whole(0, 100)),
        "seed": Field(state.SEED, 0, link.whole(0, MAX_SEED)),
        "moved": Field(MOVED, {}, _read_moved, _write_moved),
        "digit": state.digit_field(),
    }


def _read_layers(text: str) -> list[str] | None:
    parts = [] if text == NO_LAYERS else text[:100].split(",")
    return parts if all(part in ALL_LAYERS for part in parts) else None


def _as_text(value: object) -> str:
    """Numbers, alone or nested, with commas between."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(filter(None, (_as_text(part) for part in value)))
    return f"{float(value):.4g}" if isinstance(value, float) else str(value)


def _read_pins(text: str) -> list[Pin] | None:
    if not text:
        return []
    for count in (2, 4):
        if (numbers := link.numbers(count, FURTHEST)(text)) is not None:
            return [(numbers[index], numbers[index + 1]) for index in range(0, count, 2)]
    return None


def _read_moved(text: str) -> dict[str, dict[int, float]] | None:
    """`bn3:1.5,plain0:-2` -> {"bn": {3: 1.5}, "plain": {0: -2.0}}."""
    by_twin: dict[str, dict[int, float]] = {}
    for part in text[:4000].split(","):
        place, _, number = part.partition(":")
        suffix = next((suffix for suffix in TWINS if place.startswith(suffix)), None)
        value = link.numbers(1, FURTHEST)(number)
        dimension = None if suffix is None else link.whole(0, 999)(place.removeprefix(suffix))
        if suffix is None or value is None or dimension is None:
            return None
        by_twin.setdefault(suffix, {})[dimension] = value[0]
    return by_twin


def _write_moved(by_twin: dict[str, dict[int, float]]) -> str:
    return ",".join(f"{suffix}{dim}:{value:.2f}" for suffix, values in by_twin.items() for dim, value in values.items())
