"""Pick a real digit, and see how the digit in force came about."""

import html

import streamlit as st

from vaegan.ui import resources, state
from vaegan.ui.gallery import beside, picture_grid, picture_url
from vaegan.ui.glossary import explain
from vaegan.ui.picker import pick
from vaegan.ui.readings import say

PICKS = 20  # digits shown at once
_PAGE = "gallery_page"


def gallery() -> None:
    """Real digits, of which the one just pressed is in force."""
    pictures, labels, collection = resources.gallery()
    page = st.session_state.setdefault(_PAGE, 0) % (len(pictures) // PICKS)
    start = page * PICKS
    index = pick(pictures[start : start + PICKS], labels[start : start + PICKS], key="picker")
    if index is not None:
        state.use_real_digit(pictures[start + index], labels[start + index])
    st.button("More digits", icon=":material/refresh:", on_click=_turn_page, help="Show the next twenty.")
    st.caption(explain(f"From {collection}."), unsafe_allow_html=True)


def show_steps() -> None:
    """The digit in force, and how it came from what was given to the 28 x 28 pixels that the networks see."""
    prepared, origin = state.digit(), state.origin()
    if prepared is None:
        return
    (said,) = say(prepared.digit, [prepared.digit])
    words = f"{html.escape(origin.words)}<br>28 × 28 pixels, before noise<br>{said.words}"
    st.html(beside(picture_url(prepared.digit), "the digit in force", words))
    steps = [(picture_url(stage.picture), stage.name, explain(stage.name)) for stage in prepared.stages]
    st.html(picture_grid(steps, columns=3, width="46rem"))


def _turn_page() -> None:
    st.session_state[_PAGE] += 1
