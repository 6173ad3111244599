"""The map of the Latent space page as a part of a lesson."""

from collections.abc import Mapping

import streamlit as st

from vaegan.ui import resources, state
from vaegan.ui.drawings import take_drawing
from vaegan.ui.frame import errors_as_sentences
from vaegan.ui.glossary import explain
from vaegan.ui.latent_space import latent_map, map_state
from vaegan.ui.lesson_part import Changed, Part
from vaegan.ui.shipped import MAPS, put_first


def _set_up(texts: Mapping[str, str]) -> None:
    gallery = resources.gallery()
    map_state.set_up(put_first(resources.pairs(), *MAPS), texts)
    number = int(texts.get("pick", "0"))
    state.use_real_digit(gallery.pictures[number], gallery.labels[number])


@st.fragment
def _show(changed: Changed) -> None:
    with errors_as_sentences():
        take_drawing(latent_map.KEY)
    st.pills(
        "Show",
        list(map_state.ALL_LAYERS),
        key=map_state.LAYERS,
        selection_mode="multi",
        format_func=lambda layer: map_state.ALL_LAYERS[layer],
        label_visibility="collapsed",
        persist_state="session",
    )
    with errors_as_sentences():
        pair, suffixes = map_state.pair(), map_state.shown()
        latent_map.latent_map(pair, suffixes)
        if "densities" in map_state.layers():
            st.markdown(explain(latent_map.densities_in_words(pair, suffixes)), unsafe_allow_html=True)
    changed()


def _facts() -> dict[str, int]:
    layers = map_state.layers()
    return {
        "map.pins": len(st.session_state[map_state.PINS]),
        "map.level": round(100 * map_state.noise().level),
        **{f"map.{layer}": int(layer in layers) for layer in map_state.ALL_LAYERS},
    }


def _place() -> tuple[float, float] | None:
    pins: list[tuple[float, float]] = st.session_state[map_state.PINS]
    return pins[-1] if pins else None


PART = Part(_set_up, _show, _facts, _place)
