"""Generate: new digits, ways between digits, sums of digits, repaired digits, and what is no digit at all."""

import streamlit as st

from vaegan.ui import generate
from vaegan.ui.anomaly import anomaly
from vaegan.ui.arithmetic import arithmetic
from vaegan.ui.duel import duel
from vaegan.ui.frame import errors_as_sentences, setup_page
from vaegan.ui.morph import bring_models, morph
from vaegan.ui.repair import repair
from vaegan.ui.sampling import sampling

SHOW = {
    "sample": sampling,
    "morph": morph,
    "arithmetic": arithmetic,
    "repair": repair,
    "anomaly": anomaly,
    "duel": duel,
}


@st.fragment
def show(offered: generate.Offer) -> None:
    """The chosen section; what changes in it does not run the rest of the page again."""
    with errors_as_sentences():
        SHOW[generate.section()](offered)
    generate.write_link(offered)


setup_page("Generate")
st.title("Generate")
st.markdown("What the networks make up, and what they make of things they have never seen.")
with errors_as_sentences():
    offered = generate.offer()
    problem = generate.begin(offered)
    st.segmented_control(
        "Section",
        list(generate.SECTIONS),
        key=generate.SECTION,
        format_func=generate.SECTIONS.__getitem__,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
        help="Six things to do; only the chosen one is computed.",
    )
    if problem:
        st.warning(problem, icon=":material/link_off:")
    if generate.section() == "morph":
        bring_models()
    show(offered)
    st.caption("The address of this page holds all that is chosen here: share it to show just this.")
