"""Train: press a lesson or set everything yourself, and watch losses fall and digits appear."""

from typing import Any

import streamlit as st

from vaegan.config import TrainConfig, preset
from vaegan.lab.papers import ACTIVE
from vaegan.ui import lab, lab_state
from vaegan.ui.config_form import config_form
from vaegan.ui.frame import errors_as_sentences, errors_as_toast, setup_page
from vaegan.ui.lessons import LESSONS, Lesson
from vaegan.ui.run_charts import Shown
from vaegan.ui.run_view import (
    duration,
    gap_in_words,
    names_of,
    show_alarms,
    show_buttons,
    show_charts,
    show_downloads,
    show_film,
    show_pictures,
    show_status,
    views_of,
)

COLUMNS = 4


def lessons() -> None:
    """The lessons, each a button with what to watch."""
    for start in range(0, len(LESSONS), COLUMNS):
        chosen = list(LESSONS.items())[start : start + COLUMNS]
        for column, (key, lesson) in zip(st.columns(COLUMNS), chosen, strict=False):
            with column.container(border=True, height="stretch"):
                st.button(lesson.title, key=f"lesson_{key}", on_click=press, args=(lesson,), help="Start it now.")
                st.caption(f"{lesson.words} {in_words(lesson)}")


def in_words(lesson: Lesson) -> str:
    """How long a lesson will probably take."""
    configs = [config for _, config in lesson.configs(lab.training_digits())]
    seconds = lab.expected_seconds(configs)
    return "" if seconds is None else f"About {duration(seconds)}."


def press(lesson: Lesson) -> None:
    """Start a lesson's runs."""
    start(lesson.configs(lab.training_digits()))


def press_own(name: str, changes: dict[str, Any]) -> None:
    """Start one run with the settings of the form."""
    with errors_as_toast():
        start([(name, preset(name).updated(changes))])


def start(entries: list[tuple[str, TrainConfig]]) -> None:
    """Submit runs and put them on the page; what is wrong is said there."""
    with errors_as_toast():
        jobs, count = lab.jobs(), lab.training_digits()
        fitted = [(base, jobs.limits.fitted(config, count)) for base, config in entries]
        lab_state.show_runs(jobs.race(fitted, session=lab_state.session()))


def watch(run_ids: list[str], active: bool) -> None:
    """The runs, again each second while one goes on."""

    @st.fragment(run_every=1.0 if active else None)
    def live() -> None:
        views = views_of(run_ids)
        if active and not any(view.phase in ACTIVE for view in views):
            st.rerun()  # ends the timer
        names = names_of(views)
        show_status(views, names)
        show_buttons(views)
        runs = [lab.jobs().lab.run(view.run_id) for view in views]
        shown = [Shown(name, run.curves(), run.epochs()) for name, run in zip(names, runs, strict=True)]
        if words := gap_in_words(shown):
            st.info(words, icon=":material/flag:")
        show_alarms(views, names, shown)
        show_charts(shown)
        show_pictures(views, names, None)
        lab_state.write_link()

    live()
    if not active:
        time_machine(run_ids)


@st.fragment
def time_machine(run_ids: list[str]) -> None:
    """Any epoch of runs that do not move, as pictures; the whole run as a film; and all of it to take home."""
    views = views_of(run_ids)
    names = names_of(views)
    st.subheader("Time machine", help="Every epoch is kept.")
    last = max((view.epoch for view in views), default=0)
    if last:
        st.slider("Epoch", 0, last, key=lab_state.EPOCH, persist_state="session", help="0 is before the first step.")
        show_pictures(views, names, st.session_state[lab_state.EPOCH])
    if st.toggle("As a film", key="lab_film", help="All epochs one after the other, there and again."):
        show_film(views, names)
    st.subheader("Take it home")
    show_downloads(views, names)
    lab_state.write_link()


setup_page("Train")
st.title("Train")
st.markdown("Press a lesson: within seconds losses fall and digits appear. Training runs beside the app, not in it.")
with errors_as_sentences():
    dropped = lab_state.begin()
    if dropped:
        st.warning(dropped, icon=":material/link_off:")
    st.caption(f"Trained on {lab.training_origin()}.")
    shown_runs = lab_state.runs()
    with st.expander("Lessons", expanded=not shown_runs, icon=":material/school:"):
        lessons()
    with st.expander("All settings", icon=":material/tune:"), errors_as_sentences():
        preset_name, changes = config_form()
        st.button(
            "Start",
            key="start_own",
            icon=":material/play_arrow:",
            on_click=press_own,
            args=(preset_name, changes),
            help="Train with these settings.",
        )
    if shown_runs:
        views = views_of(shown_runs)
        if views:
            watch([view.run_id for view in views], any(view.phase in ACTIVE for view in views))
    lab_state.write_link()
