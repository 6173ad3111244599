"""Generate: new digits, ways between digits, sums of digits, repaired digits, and what is no digit at all."""

import streamlit as st

from vaegan.ui import pages
from vaegan.ui.frame import begin_page, errors_as_sentences, page_words
from vaegan.ui.generate import generate_state
from vaegan.ui.generate.anomaly import anomaly
from vaegan.ui.generate.arithmetic import arithmetic
from vaegan.ui.generate.duel import duel
from vaegan.ui.generate.morph import morph
from vaegan.ui.generate.repair import repair
from vaegan.ui.generate.sampling import sampling
from vaegan.ui.store import courier

SHOW = {
    "sample": sampling,
    "morph": morph,
    "arithmetic": arithmetic,
    "repair": repair,
    "anomaly": anomaly,
    "duel": duel,
}


@st.fragment
def show(offered: generate_state.Offer) -> None:
    """The chosen section; what changes in it does not run the rest of the page again."""
    with errors_as_sentences():
        SHOW[generate_state.section()](offered)
    generate_state.write_link(offered)


begin_page(pages.GENERATE, words=False)
courier()
with errors_as_sentences():
    offered = generate_state.offer()
    problem = generate_state.begin(offered)
    st.segmented_control(
        "Section",
        list(generate_state.SECTIONS),
        key=generate_state.SECTION,
        format_func=generate_state.SECTIONS.__getitem__,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
        help="Six things to do; only the chosen one is computed.",
    )
    if problem:
        st.warning(problem, icon=":material/link_off:")
    show(offered)
    page_words(pages.GENERATE)
    st.caption("The address of this page holds all that is chosen here: share it to show just this.")
