"""The stage of the Denoise page as a part of a lesson."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from vaegan.ui import resources, state
from vaegan.ui.comparison import compare, opened
from vaegan.ui.denoise.details import show_details
from vaegan.ui.denoise.tools import choice_of_details
from vaegan.ui.drawings import take_drawing
from vaegan.ui.frame import errors_as_sentences
from vaegan.ui.lesson_part import Changed, Part
from vaegan.ui.readings import say
from vaegan.ui.stage import stage

PARTS = ("kinds", "tools", "network", "opponent")
_TURN = "lesson_turn"  # session key: how often a step was set up
_OFFERED = "lesson_details"  # session key: what can be shown below the stage
_AT_FIRST = "lesson_digit"  # session key: the digit with which the step began
_COMPUTED = "lesson_misread"  # what was computed last, and of what


def _set_up(texts: Mapping[str, str]) -> None:
    gallery = resources.gallery()
    state.set_up(resources.pairs(), texts)
    st.session_state[_OFFERED] = [name for name in state.ALL_DETAILS if name == "draws" or name in state.details()]
    number = int(texts.get("pick", "0"))
    state.use_real_digit(gallery.pictures[number], gallery.labels[number])
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.session_state[_AT_FIRST] = gallery.pictures[number]


@st.fragment
def _show(changed: Changed) -> None:
    key = f"lesson_stage_{st.session_state[_TURN]}"  # a stage for each step: what was set in the last one is no news
    with errors_as_sentences():
        take_drawing(key)
    on_stage = st.container()
    choice_of_details(st.session_state[_OFFERED])  # what the step shows, and the draws, for which a step may wait
    with on_stage, errors_as_sentences():
        stage(state.pair(), opened(state.pair()), key=key, parts=PARTS)
    prepared = state.digit()
    if prepared is not None and state.details():
        with errors_as_sentences():
            compared = compare(state.pair(), prepared.digit, state.noise())
            if compared is not None:
                show_details(compared, state.details())
    changed()


def _facts() -> dict[str, int]:
    prepared = state.digit()
    drawn = prepared is not None and not np.array_equal(prepared.digit, st.session_state[_AT_FIRST])
    return {
        "level": round(100 * state.noise().level),
        "drawn": int(drawn),
        "misread": _misread(),
        "draws": int("draws" in state.details()),
    }


def _misread() -> int:
    """How many twins' results are read as another digit than the clean one."""
    prepared, noise = state.digit(), state.noise()
    if prepared is None:
        return 0
    asked = (state.pair(), prepared.digit.tobytes(), noise)
    known = st.session_state.get(_COMPUTED)
    if known is None or known[0] != asked:
        compared = compare(state.pair(), prepared.digit, noise)
        said = [] if compared is None else say(prepared.digit, compared.row)[1:]
        known = st.session_state[_COMPUTED] = (asked, sum(each.misread for each in said))
    return int(known[1])


PART = Part(_set_up, _show, _facts)
