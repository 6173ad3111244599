"""Latent space: a map of what the decoder makes of every z, with the pointer on it and your digit in it."""

import streamlit as st

from vaegan.config import NOISE_KINDS
from vaegan.ui import pages, resources, state
from vaegan.ui.controls import pair_label, training_words, way_choice
from vaegan.ui.drawings import take_drawing
from vaegan.ui.frame import begin_page, errors_as_sentences, page_words
from vaegan.ui.glossary import explain, note
from vaegan.ui.latent_space import latent_map, map_state
from vaegan.ui.latent_space.dimensions import dimensions
from vaegan.ui.latent_space.places import places
from vaegan.ui.noise_words import noise_label
from vaegan.ui.shipped import MAPS, put_first
from vaegan.ui.store import courier


@st.fragment
def explore(pairs: list[str]) -> None:
    """A line with the controls, the maps, and what belongs to them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        page_words(pages.LATENT_SPACE)
        with st.popover("What is shown", icon=":material/layers:"):
            controls()
        with st.popover("Networks", icon=":material/neurology:"):
            networks(pairs)
    with errors_as_sentences():
        take_drawing(latent_map.KEY)
    with errors_as_sentences():
        pair, suffixes = map_state.pair(), map_state.shown()
        latent_map.latent_map(pair, suffixes)
        if "densities" in map_state.layers():
            st.markdown(explain(latent_map.densities_in_words(pair, suffixes)), unsafe_allow_html=True)
        placed = places(pair, suffixes)
        latent_map.show_neighbours(pair, placed)
        dimensions(pair, suffixes, placed)
    map_state.write_link()


def networks(pairs: list[str]) -> None:
    """Which twins have a map."""
    st.selectbox(
        "Networks",
        pairs,
        key=map_state.PAIR,
        format_func=pair_label,
        persist_state="session",
        help="With two dimensions the map is all of latent space; with more it is a plane through your digit.",
    )
    with errors_as_sentences():
        map_state.shown()
        st.segmented_control(
            "Twins",
            map_state.twins(),
            key=map_state.SHOWN,
            required=True,
            format_func=lambda shown: map_state.TWINS_SHOWN[shown],
            persist_state="session",
            help="Both share the pointer: the same z, decoded by each.",
        )
        note(training_words(map_state.pair()))


def controls() -> None:
    """What the map shows and how."""
    st.pills(
        "Show",
        list(map_state.ALL_LAYERS),
        key=map_state.LAYERS,
        selection_mode="multi",
        format_func=lambda layer: map_state.ALL_LAYERS[layer],
        persist_state="session",
        help="What the decoder makes of each place; where real test digits lie; and how many of both there are.",
    )
    st.segmented_control(
        "Axes",
        list(map_state.AXES),
        key=map_state.AXIS,
        required=True,
        format_func=lambda axis: map_state.AXES[axis],
        persist_state="session",
        help="Equal steps on the map are equal steps in z, or they hold equal shares of the prior (its quantiles).",
    )
    way_choice(map_state.WAY)
    st.slider(
        "Digits a side",
        *map_state.COUNTS,
        key=map_state.COUNT,
        persist_state="session",
        help="How many digits are decoded along each side of the map.",
    )
    st.selectbox(
        "Noise on your digit",
        NOISE_KINDS,
        key=state.KIND,
        format_func=noise_label,
        persist_state="session",
        help="Turn it up below the map and see your digit wander.",
    )


begin_page(pages.LATENT_SPACE, words=False)
courier()
with errors_as_sentences():
    shown_first = put_first(resources.pairs(), *MAPS)
    dropped = map_state.begin(shown_first)
    state.begin_digit(resources.gallery().pictures[0])
    if dropped:
        st.warning(dropped, icon=":material/link_off:")
    explore(shown_first)
