"""Denoise: draw a digit, cover it with noise, watch both twins clean it at each frame."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from vaegan.config import NoiseConfig
from vaegan.data.pictures import Float
from vaegan.errors import CheckpointError
from vaegan.ui import pages, resources, state
from vaegan.ui.comparison import Comparison, compare, opened
from vaegan.ui.denoise.details import show_details
from vaegan.ui.denoise.tools import choice_of_details, tools
from vaegan.ui.drawings import take_drawing
from vaegan.ui.frame import begin_page, errors_as_sentences, page_words
from vaegan.ui.readings import who_reads
from vaegan.ui.stage import stage
from vaegan.ui.store import courier

STAGE = "stage"


@st.fragment
def denoise(pairs: list[str]) -> None:
    """All that a stroke or a slider changes; the rest of the page is not run again."""
    with errors_as_sentences():
        take_drawing(STAGE)
    on_stage, below = st.container(), st.container()
    with below:
        twins: list[str] = []
        with errors_as_sentences():  # the models may be a run that was deleted meanwhile
            twins = opened(state.pair())
        tools(pairs, comparison() if twins else None)  # they may bring another digit, other networks or another noise
        choice_of_details()
    with on_stage, errors_as_sentences():
        stage(state.pair(), twins, key=STAGE)
    names, cleaned_now = state.details(), comparison()
    if twins and names and cleaned_now:
        with errors_as_sentences():
            show_details(cleaned_now(), names)
    who_reads()
    state.write_link()


def comparison() -> Callable[[], Comparison] | None:
    """What cleans the digit in force, if there is one, under the chosen noise and on the whole ladder.

    It holds all it needs: a file is made when it is asked for, and then nobody's session is at hand.
    """
    prepared = state.digit()
    return partial(cleaned, state.pair(), prepared.digit, state.noise()) if prepared else None


def cleaned(pair: str, digit: Float, noise: NoiseConfig) -> Comparison:
    """The twins beside each other; CheckpointError if none can be opened."""
    found = compare(pair, digit, noise)
    if found is None:
        raise CheckpointError(f"nothing of {pair} can be opened; choose other networks")
    return found


begin_page(pages.DENOISE, words=False)  # the stage has the first screen for itself
courier()
with errors_as_sentences():
    known = resources.pairs()
    dropped = state.begin(known, resources.gallery().pictures[0])
    if dropped:
        st.warning(dropped, icon=":material/link_off:")
    denoise(known)
page_words(pages.DENOISE)
