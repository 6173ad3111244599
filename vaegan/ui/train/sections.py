"""What opens below the stage of the Train page, one section at a time."""

from collections.abc import Callable, Sequence

import streamlit as st

from vaegan.lab.documents import ACTIVE
from vaegan.lab.queue import View
from vaegan.ui.frame import errors_as_sentences
from vaegan.ui.run_names import names_of
from vaegan.ui.train import lab_state
from vaegan.ui.train.actions import show_actions
from vaegan.ui.train.dissection import show_influence, show_slow_motion
from vaegan.ui.train.files import show_downloads
from vaegan.ui.train.film import show_film
from vaegan.ui.train.previews import show_priors
from vaegan.ui.train.start import show_form
from vaegan.ui.train.table import run_table
from vaegan.ui.train.view import charted_runs, show_losses, show_more, views_of

LIVE = ("charts", "moves")  # sections that change while runs train
ANYTIME = ("own", "all")  # sections that need no run on the page
_FILM_WORDS = "All epochs one after the other, there and again."


def show_sections(run_ids: Sequence[str], seconds: float | None) -> None:
    """A line of buttons, and the section that is chosen, drawn again after so many seconds if it is a live one."""
    every = seconds if lab_state.section() in LIVE else None
    version, moves = lab_state.version(), lab_state.section() == "moves"

    @st.fragment(run_every=every)
    def below() -> None:
        offered = list(lab_state.SECTIONS) if run_ids else list(ANYTIME)
        if lab_state.section() not in offered:
            st.session_state[lab_state.SECTION] = None
        st.pills(
            "Open below",
            offered,
            key=lab_state.SECTION,
            format_func=lab_state.SECTIONS.__getitem__,
            label_visibility="collapsed",
            persist_state="session",
        )
        if lab_state.version() != version or (seconds if lab_state.section() in LIVE else None) != every:
            st.rerun()  # of the whole page: it has other runs, or a timer starts or ends
        if (lab_state.section() == "moves") != moves:
            st.rerun()  # the stage draws who moves whom, or no longer
        with errors_as_sentences():
            _show(lab_state.section(), views_of(run_ids))
        lab_state.write_link("below")

    below()


def _show(section: str | None, views: list[View]) -> None:
    """Draw one section."""
    if section is None:
        return
    names = names_of([view.plan for view in views]) if views else []
    if section in ANYTIME or views:
        shown: dict[str, Callable[[], None]] = {
            "charts": lambda: _show_charts(views),
            "moves": lambda: show_influence(views),
            "slow": lambda: show_slow_motion(views, names),
            "priors": lambda: show_priors(views, names),
            "keep": lambda: _take_home(views, names),
            "own": show_form,
            "all": run_table,
        }
        shown[section]()


def _show_charts(views: Sequence[View]) -> None:
    ended = not any(view.phase in ACTIVE for view in views)
    last = max(view.epoch for view in views)
    runs = charted_runs(views)
    epoch = lab_state.epoch(last) if ended or lab_state.chosen_epoch() is not None else None
    show_losses(runs, epoch)
    show_more(runs, epoch)


def _take_home(views: Sequence[View], names: Sequence[str]) -> None:
    """What one can do with runs that have ended: use, fork, delete, save."""
    if any(view.phase in ACTIVE for view in views):
        st.caption("When the training has ended, the networks can be used on the other pages, forked and saved here.")
        return
    for view, name in zip(views, names, strict=True):
        st.markdown(f"**{name}**")
        with errors_as_sentences():  # its folder may be lost
            show_actions(view)
            show_downloads(view)
    if st.toggle("As a film", key=lab_state.FILM, persist_state="session", help=_FILM_WORDS):
        show_film(views, names)
