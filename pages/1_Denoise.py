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
    with left:
        with errors_as_sentences():
            digit_input()
        show_digit()
    with right:
        row = st.container()  # right after the digit on a phone, where columns stack
        models, noise = st.columns(2, gap="medium")
        with models:
            pair = pair_choice(pairs)
            errors = st.toggle("Error maps", help="Where each picture differs from the clean digit.", key="errors")
        with noise:
            noise_controls()
        below = st.container()
    state.write_link()
    with row:
        prepared = state.digit()
        if prepared is None:
            st.info("Nothing to clean yet: draw one digit, large, in the black field.", icon=":material/draw:")
            return
        comparison = compare(pair, prepared.digit, state.noise())
        if comparison is None:
            st.info("Choose other models to go on.", icon=":material/info:")
            return
        show_row(comparison, errors)
    with below:
        st.subheader("Noise ladder", help="The same digit and the same noise pattern, from none to all of it.")
        show_ladder(comparison)
        downloads(comparison, pair, state.origin().short)
        st.caption("The address of this page holds the digit, the noise and the models: share it to show just this.")


setup_page("Denoise")
st.title("Denoise")
st.markdown("Draw a digit, cover it with noise, and watch two twins clean it: one trained with BatchNorm, one without.")
with errors_as_sentences():
    known = resources.pairs()
    dropped = state.begin(known, resources.gallery().pictures[0])
    if dropped:
        st.warning(dropped, icon=":material/link_off:")
    denoise(known)
