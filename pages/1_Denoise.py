"""Denoise: give a digit, cover it with noise, watch both twins clean it."""

import streamlit as st

from vaegan.ui import resources, state
from vaegan.ui.comparison import compare, downloads, show_ladder, show_row
from vaegan.ui.controls import noise_controls, pair_choice
from vaegan.ui.digit_input import digit_input, show_digit
from vaegan.ui.frame import errors_as_sentences, setup_page

INPUT_WIDTH = 300  # pixels: the canvas and a little room


@st.fragment
def denoise(pairs: list[str]) -> None:
    """All that a stroke or a slider changes; the rest of the page is not run again."""
    with st.container(horizontal=True, gap="large"):
        left, right = st.container(width=INPUT_WIDTH), st.container(width="stretch")
    with left, errors_as_sentences():
        digit_input()
    prepared, comparison = state.digit(), None
    with right:  # the pictures first: they are what the stroke was for, and on a phone they follow the digit
        if prepared is None:
            st.info("Nothing to clean yet: draw one digit, large, in the black field.", icon=":material/draw:")
        elif comparison := compare(state.pair(), prepared.digit, state.noise()):
            show_row(comparison, errors=state.errors_shown())
        models, noise = st.columns(2, gap="medium")
        with models:
            pair_choice(pairs)
            st.toggle("Error maps", help="Where each picture differs from the clean digit.", key=state.ERRORS)
        with noise:
            noise_controls()
        if comparison:
            st.subheader("Noise ladder", help="The same digit and the same noise pattern, from none to all of it.")
            show_ladder(comparison)
            downloads(comparison, state.pair(), state.origin().short)
            st.caption(
                "The address of this page holds the digit, the noise and the models: share it to show just this."
            )
    with left:
        show_digit()
    state.write_link()


setup_page("Denoise")
st.title("Denoise")
st.markdown("Draw a digit, cover it with noise, and watch two twins clean it: one trained with BatchNorm, one without.")
with errors_as_sentences():
    known = resources.pairs()
    dropped = state.begin(known, resources.gallery().pictures[0])
    if dropped:
        st.warning(dropped, icon=":material/link_off:")
    denoise(known)
