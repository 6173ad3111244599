"""Home: a field in which a digit draws itself until somebody takes the pen, and doors to what one can do."""

import streamlit as st

from vaegan.ui import pages, resources, state
from vaegan.ui.comparison import opened
from vaegan.ui.drawings import take_drawing
from vaegan.ui.frame import begin_page, errors_as_sentences, page_words
from vaegan.ui.home.doors import show_doors
from vaegan.ui.home.ideas import show_ideas
from vaegan.ui.present import presenting
from vaegan.ui.stage import stage
from vaegan.ui.store import courier
from vaegan.ui.train import lab

STAGE = "home_stage"


@st.fragment
def field(pair: str) -> None:
    """The stage; a stroke on it runs nothing else again, and its digit is in force on the other pages too."""
    with errors_as_sentences():
        take_drawing(STAGE)
    with errors_as_sentences():
        ideas = ("ideas",) if presenting() else ()  # a projector has room for them on the stage
        stage(pair, opened(pair), key=STAGE, parts=("tools", "network", *ideas), demo=True)


begin_page(pages.HOME, words=False)
courier()
with errors_as_sentences():
    known = resources.pairs()
    state.begin_digit(resources.gallery().pictures[0])
    field(known[0])
with st.container(horizontal=True, vertical_alignment="center"):
    with st.container(width="content"):
        page_words(pages.HOME)
    st.page_link(pages.LEARN.path, label="New here? Begin with a lesson", icon=pages.LEARN.icon)
    st.page_link(pages.DENOISE.path, label="Go on with it in Denoise", icon=":material/arrow_forward:")
if not presenting():
    show_ideas()
with errors_as_sentences():
    show_doors()

lab.open_early()  # last, so that nothing on the page waits for it
