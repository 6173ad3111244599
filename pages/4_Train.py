"""Train: press a lesson or set everything yourself, and watch losses fall and digits appear."""

import streamlit as st

from vaegan.ui import pages
from vaegan.ui.frame import begin_page, errors_as_sentences
from vaegan.ui.present import presenting
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.actions import show_refusal
from vaegan.ui.train.layout import BOTH_PRESENTED, STAGE_ALONE, STYLE
from vaegan.ui.train.sections import show_sections
from vaegan.ui.train.start import digits_switches, lesson_of, show_lessons, show_offer, show_proposed
from vaegan.ui.train.view import views_of
from vaegan.ui.train.watching import watch


def lessons(shown: str | None) -> None:
    """All lessons, of which one may be on the page."""
    with st.container(key="lessons", gap="xsmall"):
        show_lessons(shown)
        digits_switches()


begin_page(pages.TRAIN, words=False)  # the stage has the first screen for itself
with errors_as_sentences():
    dropped = lab_state.begin()
    stage_alone = presenting() and bool(lab_state.runs())  # before that the lessons are what there is to see
    st.html(STYLE + (STAGE_ALONE if stage_alone else BOTH_PRESENTED if presenting() else ""))
    show_refusal()
    if dropped:
        st.warning(dropped, icon=":material/link_off:")
    views = views_of(lab_state.runs())
    run_ids, seconds = [view.run_id for view in views], lab.refresh_seconds(views)
    with st.container(key="train", gap=None):
        if not stage_alone:
            lessons(lesson_of(views))
        with st.container(key="watch", gap="small"):
            with st.container():  # always there: the stage below keeps its place, and with it what it plays
                show_proposed()
                show_offer()
            watch(run_ids, seconds, lambda: lab_state.write_link("stage"))
            show_sections(run_ids, seconds)
        if stage_alone:  # it has the whole screen, and these stand below
            lessons(lesson_of(views))
    lab_state.write_link()
