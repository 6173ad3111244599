"""Denoise: give a digit, cover it with noise, watch both twins clean it."""

import streamlit as st

from vaegan.ui import pages, resources, state
from vaegan.ui.comparison import (
    Comparison,
    compare,
    downloads,
    show_errors,
    show_filter,
    show_filter_alone,
    show_ladder,
    show_row,
)
from vaegan.ui.controls import noise_controls, pair_choice
from vaegan.ui.denoise import live
from vaegan.ui.denoise.digit_input import digit_input, show_digit, source_choice
from vaegan.ui.denoise.draws import draws
from vaegan.ui.drawings import take_drawing
from vaegan.ui.filters import filter_choice
from vaegan.ui.frame import begin_page, errors_as_sentences
from vaegan.ui.readings import who_reads
from vaegan.ui.store import courier

INPUT_WIDTH = 300  # pixels: the canvas and a little room
FILTER_WIDTH = 180  # pixels
HOW_TO_GIVE = {
    "Draw": "draw one digit, large, in the black field",
    "Upload": "upload a picture of one digit",
    "Pick": "pick one of the digits",
}


@st.fragment
def denoise(pairs: list[str]) -> None:
    """All that a stroke or a slider changes; the rest of the page is not run again."""
    source_choice()
    if state.live():
        at_each_frame(pairs)
    else:
        at_each_stroke(pairs)
    state.write_link()


def at_each_stroke(pairs: list[str]) -> None:
    """The digit at the left, and at its right what a stroke that has ended changes."""
    with st.container(horizontal=True, gap="large"):
        left, right = st.container(width=INPUT_WIDTH), st.container(width="stretch")
    with left, errors_as_sentences():
        digit_input()
    with right:  # the pictures first: they are what the stroke was for, and on a phone they follow the digit
        comparison = None
        with errors_as_sentences():  # the models may be a run that was deleted meanwhile
            comparison = cleaned()
        if comparison is None and state.digit() is None:
            st.info(f"Nothing to clean yet: {HOW_TO_GIVE[state.source()]}.", icon=":material/draw:")
        elif comparison:
            show_row(comparison)
            show_filter(comparison, state.pair())
        below(pairs, comparison)
    with left:
        show_digit()


def at_each_frame(pairs: list[str]) -> None:
    """Field and pictures in one component, in which the models follow the pointer."""
    with errors_as_sentences():
        take_drawing(live.KEY)
    comparison = None
    with errors_as_sentences():  # the models may be a run that was deleted meanwhile
        comparison = cleaned()
        live.live_drawing(state.pair(), comparison)
    if comparison and comparison.filtered:
        with st.container(horizontal=True):
            with st.container(width=FILTER_WIDTH):
                show_filter_alone(comparison)
            st.caption("The filter works on the server and follows when the stroke ends.", width="stretch")
    if comparison:
        show_filter(comparison, state.pair())
    below(pairs, comparison)
    show_digit()


def cleaned() -> Comparison | None:
    """What both twins, and a filter if asked for, make of the digit in force, if there is one."""
    prepared, chosen, noise = state.digit(), state.chosen_filter(), state.noise()
    comparison = compare(state.pair(), prepared.digit, noise) if prepared else None
    return comparison.beside(chosen) if comparison and chosen else comparison


def below(pairs: list[str], comparison: Comparison | None) -> None:
    """Who reads the digits, the controls, several draws of z, the noise ladder and the downloads."""
    if comparison:
        who_reads()
    if comparison and state.errors_shown():
        show_errors(comparison)
    models, noise = st.columns(2, gap="medium")
    with models:
        pair_choice(pairs)
        st.toggle("Error maps", help="Where each picture differs from the clean digit.", key=state.ERRORS)
        filter_choice()
    with noise:
        noise_controls(with_level=not state.live())
    if comparison:
        with errors_as_sentences():
            draws(state.pair(), comparison)
        st.header("Noise ladder", help="The same digit and the same noise pattern, from none to all of it.")
        comparison = comparison.on_ladder()
        show_ladder(comparison)
        downloads(comparison, state.pair(), state.origin().short)
        st.caption("The address of this page holds the digit, the noise and the models: share it to show just this.")


begin_page(pages.DENOISE)
courier()
with errors_as_sentences():
    known = resources.pairs()
    dropped = state.begin(known, resources.gallery().pictures[0])
    if dropped:
        st.warning(dropped, icon=":material/link_off:")
    denoise(known)
