"""Train: press a lesson or set everything yourself, and watch losses fall and digits appear."""

import streamlit as st

from vaegan.lab.documents import ACTIVE
from vaegan.ui import pages
from vaegan.ui.frame import begin_page, errors_as_sentences
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.actions import show_actions, show_refusal
from vaegan.ui.train.dissection import show_influence, show_slow_motion
from vaegan.ui.train.files import show_downloads
from vaegan.ui.train.previews import show_alarms, show_pictures, show_priors
from vaegan.ui.train.run_names import names_of
from vaegan.ui.train.start import few_switch, show_form, show_lessons, show_proposed
from vaegan.ui.train.table import run_table
from vaegan.ui.train.time_machine import show_film, time_machine
from vaegan.ui.train.view import (
    charted_runs,
    show_buttons,
    show_empty,
    show_losses,
    show_more,
    show_status,
    views_of,
)
from vaegan.ui.train.words import gap_in_words


def watch(run_ids: list[str], seconds: float | None) -> None:
    """The runs on the page, drawn again after so many seconds while one of them is active."""
    active = seconds is not None

    @st.fragment(run_every=seconds)
    def live() -> None:
        # A container for each part, so that nothing moves when a part above appears. Streamlit sends a chart that has
        # not changed as a reference to its old place; if something else were there by now, the page would break.
        status, buttons, gap, warned, losses, more, pictures, moves = (st.container() for _ in range(8))
        with status:
            views = views_of(run_ids)
            if lab.refresh_seconds(views) != seconds:
                if not any(view.phase in ACTIVE for view in views):
                    lab_state.show_end()
                st.rerun()  # ends the timer, or sets it anew
            names = names_of([view.plan for view in views])
            show_status(views, names)
        with buttons:
            show_buttons(views)
        with gap:
            runs = charted_runs(views)
            if words := gap_in_words(runs):
                st.info(words, icon=":material/flag:")
        with warned:
            show_alarms(views, names, runs)
        if active:
            with losses:
                show_losses(runs)
            with more:
                show_more(runs)
            with pictures:
                show_pictures(views, names, None)
            with moves:
                show_influence(views, names)
        lab_state.write_link("live")

    live()
    views = views_of(run_ids)
    names = names_of([view.plan for view in views])
    if not active:
        time_machine(run_ids)
        show_priors(views, names)
        show_influence(views, names)
    show_slow_motion(views, names)
    if not active:
        take_home(run_ids)


@st.fragment
def take_home(run_ids: list[str]) -> None:
    """What one can do with runs that have ended: use, fork, delete, save."""
    views = views_of(run_ids)
    names = names_of([view.plan for view in views])
    st.header("Use it, take it home")
    for view, name in zip(views, names, strict=True):
        st.markdown(f"**{name}**")
        with errors_as_sentences():  # its folder may be lost
            show_actions(view)
            show_downloads(view)
    words = "All epochs one after the other, there and again."
    if st.toggle("As a film", key=lab_state.FILM, persist_state="session", help=words):
        show_film(views, names)
    lab_state.write_link("film")


begin_page(pages.TRAIN)
with errors_as_sentences():
    dropped = lab_state.begin()
    show_refusal()
    if dropped:
        st.warning(dropped, icon=":material/link_off:")
    st.caption(f"Trained on {lab.training_origin()}.")
    show_proposed()
    few_switch()
    shown_runs = lab_state.runs()
    with st.expander("Lessons", expanded=not shown_runs, icon=":material/school:"):
        show_lessons()
    with st.expander("All settings", icon=":material/tune:"), errors_as_sentences():
        show_form()
    run_table()
    if shown_runs:
        views = views_of(shown_runs)
        if views:
            watch([view.run_id for view in views], lab.refresh_seconds(views))
    else:
        show_empty()
    lab_state.write_link()
