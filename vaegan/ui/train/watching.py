"""The stage with its runs, drawn again while they train; the Train page and the Learn page show it."""

from collections.abc import Callable

import streamlit as st

from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.start import lesson_of
from vaegan.ui.train.training_stage import training_stage
from vaegan.ui.train.view import views_of

_MARKED = "lab_marked"  # session key: the epoch that the charts mark


def watch(run_ids: list[str], seconds: float | None, afterwards: Callable[[], None], *, titled: bool = True) -> None:
    """The stage with these runs, drawn again after so many seconds while one of them is active.

    `afterwards` is called each time. `titled` is the stage's.
    """

    @st.fragment(run_every=seconds)
    def stage() -> None:
        views = views_of(run_ids)
        if lab.refresh_seconds(views) != seconds:
            if seconds is not None and lab.refresh_seconds(views) is None:
                lab_state.show_end()
            st.rerun()  # of the whole page, which ends the timer or sets it anew
        chosen = lab_state.chosen_epoch()
        training_stage(views, lesson_of(views), titled=titled)
        if lab_state.section() in ("charts", "moves") and seconds is None and st.session_state.get(_MARKED) != chosen:
            st.session_state[_MARKED] = chosen
            st.rerun()  # what is below shows the epoch too
        afterwards()

    stage()
