"""The stage to draw on: the Python side of the component in which both networks follow the pen."""

import base64
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import streamlit as st

from vaegan.config import NOISE_KINDS, NoiseKind
from vaegan.errors import CheckpointError
from vaegan.ui import parcels, resources, state
from vaegan.ui.catalogue import TWINS
from vaegan.ui.component import component
from vaegan.ui.drawings import field_data
from vaegan.ui.glossary import IDEAS, TERMS
from vaegan.ui.noise_words import noise_help, noise_label

PARTS = ("kinds", "tools", "network", "opponent", "ideas")  # can be left out; the opponent is the network's end
COMMON: tuple[NoiseKind, ...] = ("gaussian", "salt-pepper")  # kinds of noise that are always shown
SHORT = {"bn": "With BatchNorm", "plain": "Without"}  # under a picture
_component = component("live_drawing")


def stage(pair: str, suffixes: Sequence[str], *, key: str, parts: Sequence[str] = PARTS, demo: bool = False) -> None:
    """A field, the noise, and what these twins of a pair make of it, at each frame.

    What was drawn is taken over by `drawings.take_drawing(key)`, called before. With `demo` a digit draws itself, as
    long as nobody has given one. CheckpointError if a twin's card cannot be read.
    """
    noise = state.noise()
    names = {suffix: f"{pair}-{suffix}" for suffix in suffixes}
    _component(
        key=key,
        data={
            **field_data(key),
            "kinds": [_kind(kind) for kind in NOISE_KINDS],
            "kind": noise.kind,
            "level": round(noise.level * 100),
            "pattern": base64.b64encode(resources.noise_pattern(noise.kind, noise.seed)).decode(),
            "models": [_twin(suffix, name) for suffix, name in names.items()],
            "reader": _reader(),
            "parts": list(parts),
            "ideas": [[name, TERMS[name].sentence] for name in IDEAS] if "ideas" in parts else [],
            "demo": demo and state.is_example(),
        },
        on_drawing_change=lambda: None,
        on_level_change=partial(_take_level, key),
        on_kind_change=partial(_take_kind, key),
    )


def _twin(suffix: str, name: str) -> dict[str, str | bool | None]:
    config = resources.card(name).config
    return {
        "key": parcels.weights_key(name),
        "judge": parcels.discriminator_key(name) if config.uses_discriminator else None,
        "samples": config.sample_latent,
        "side": suffix,
        "name": TWINS[suffix],
        "short": SHORT[suffix],
    }


def _kind(kind: NoiseKind) -> dict[str, str | bool]:
    label = noise_label(kind).partition(" (")[0]  # there is little room
    return {"name": kind, "label": label, "help": noise_help(kind), "common": kind in COMMON}


def _reader() -> str | None:
    with suppress(CheckpointError):  # `readings.who_reads` says why nobody can read
        return parcels.reader_key()
    return None


def _take_level(key: str) -> None:
    level = st.session_state[key].get("level")
    if isinstance(level, int | float) and 0 <= level <= 100:
        st.session_state[state.LEVEL] = round(level)


def _take_kind(key: str) -> None:
    kind = st.session_state[key].get("kind")
    if kind in NOISE_KINDS:
        st.session_state[state.KIND] = kind
