"""What the page shows below its stage if asked to. The server computes it when a gesture has ended."""

import streamlit as st

from vaegan.ui import state
from vaegan.ui.comparison import Comparison, show_errors, show_filter, show_ladder
from vaegan.ui.denoise.digit_input import show_steps
from vaegan.ui.denoise.draws import draws
from vaegan.ui.filters import filter_choice
from vaegan.ui.frame import errors_as_sentences


def show_details(comparison: Comparison, names: list[str]) -> None:
    """Show each of these, names in `state.ALL_DETAILS`."""
    if chosen := state.chosen_filter():
        st.header("Beside a filter", help="What image processing made of noise before networks learned to.")
        filter_choice()
        comparison = comparison.beside(chosen)
        show_filter(comparison, state.pair())
    if "errors" in names:
        st.header("Error maps", help="Where each picture differs from the clean digit.")
        show_errors(comparison)
    if "steps" in names:
        st.header("Steps", help="From what you gave to the 28 × 28 pixels that the networks see.")
        show_steps()
    if "draws" in names:
        with errors_as_sentences():
            draws(state.pair(), comparison)
    if "ladder" in names:
        st.header("Noise ladder", help="The same digit and the same noise pattern, from none to all of it.")
        show_ladder(comparison.on_ladder())
