"""Sheets of new digits and the game of the Generate page as parts of a lesson."""

from collections.abc import Mapping

import streamlit as st

from vaegan.config import PRIORS
from vaegan.ui import catalogue
from vaegan.ui.frame import errors_as_sentences
from vaegan.ui.generate import generate_state
from vaegan.ui.generate.choices import seed_button
from vaegan.ui.generate.duel import duel
from vaegan.ui.generate.generate_state import SAMPLE_SEED
from vaegan.ui.generate.rival_sheets import rival_sheets
from vaegan.ui.language import say
from vaegan.ui.lesson_part import Changed, Part

_PRIORS = "lesson_priors"  # session key: whose sheets are shown


def _set_up(texts: Mapping[str, str]) -> None:
    st.session_state[_PRIORS] = [prior for prior in PRIORS if prior in texts.get("priors", ",".join(PRIORS)).split(",")]
    generate_state.set_up(generate_state.offer(), texts)


@st.fragment
def _show(changed: Changed) -> None:
    with errors_as_sentences():
        if generate_state.section() == "duel":
            duel(generate_state.offer(), chosen=st.session_state[generate_state.FORGER])
        elif rivals := catalogue.rivals():
            gan, vae = rivals
            seed_button(SAMPLE_SEED, say("sample.again"))
            rival_sheets(gan, vae, st.session_state[SAMPLE_SEED], 1.0, rows=st.session_state[_PRIORS], words=False)
    changed()


def _facts() -> dict[str, int]:
    if generate_state.section() == "duel":
        return {"duel.played": len(generate_state.answers())}
    return {"sheet.seed": int(st.session_state[SAMPLE_SEED])}


PART = Part(_set_up, _show, _facts)
