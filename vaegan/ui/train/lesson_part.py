"""The stage of the Train page as a part of a lesson: runs that the learner starts and watches."""

from collections.abc import Mapping

import streamlit as st

from vaegan.lab.documents import ACTIVE
from vaegan.ui.language import say
from vaegan.ui.lesson_part import Changed, Part
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.start import lesson_of, press, seconds_of, show_offer
from vaegan.ui.train.view import views_of
from vaegan.ui.train.watching import watch

_LESSON = "learn_training"  # session key: the lesson of the Train page that the step is about


def _set_up(texts: Mapping[str, str]) -> None:
    """Propose the lesson; if its runs are on the page already, they stay."""
    wanted = st.session_state[_LESSON] = texts["lesson"]
    lab_state.begin_without_link()
    views = views_of(lab_state.runs())
    if not views or lesson_of(views) != wanted:
        lab_state.propose(wanted, texts.get("show"))


def _show(changed: Changed) -> None:
    views = views_of(lab_state.runs())
    show_offer()
    if not views:
        key = st.session_state[_LESSON]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                say("train.start"),
                key="learn_start",
                type="primary",
                icon=":material/play_arrow:",
                on_click=press,
                args=(key,),
            )
            st.caption(say("train.seconds", seconds=max(1, round(seconds_of(key)))))
        changed()
        return
    watch([view.run_id for view in views], lab.refresh_seconds(views), changed, titled=False)


def _facts() -> dict[str, int]:
    views = views_of(lab_state.runs())
    if not views:
        return {"run.begun": 0, "run.epochs": 0, "run.trained": 0}
    ended = all(view.phase not in ACTIVE for view in views)
    return {
        "run.begun": 1,
        "run.epochs": min(view.epoch for view in views),
        "run.trained": int(ended and all(view.phase in ("finished", "failed") for view in views)),
    }


PART = Part(_set_up, _show, _facts)
