"""Runs are started here: by the button of a lesson, or with settings of one's own."""

import streamlit as st

from vaegan.config import TrainConfig
from vaegan.ui import state
from vaegan.ui.frame import errors_as_toast
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.config_form import config_form, form_entry
from vaegan.ui.train.lessons import FEW, LESSONS, Lesson, on_few_digits, with_pictures
from vaegan.ui.train.words import duration

COLUMNS = 4


def show_proposed() -> None:
    """The lesson that the link proposes, with a button that starts it."""
    key = lab_state.lesson()
    if key is not None:
        with st.container(border=True):
            st.header(LESSONS[key].title)
            st.markdown(f"{LESSONS[key].words} {_in_words(LESSONS[key])}")
            st.button(
                "Start this lesson",
                key="lesson_proposed",
                type="primary",
                icon=":material/play_arrow:",
                on_click=_press,
                args=(LESSONS[key],),
                help="Train it now.",
            )


def show_lessons() -> None:
    """A button for each lesson, with a sentence on what to watch."""
    for start in range(0, len(LESSONS), COLUMNS):
        chosen = list(LESSONS.items())[start : start + COLUMNS]
        for column, (key, lesson) in zip(st.columns(COLUMNS), chosen, strict=False):
            with column.container(border=True, height="stretch"):
                st.button(lesson.title, key=f"lesson_{key}", on_click=_press, args=(lesson,), help="Start it now.")
                st.caption(f"{lesson.words} {_in_words(lesson)}")


def show_form() -> None:
    """A widget for each setting, and a button that starts the run."""
    config_form()
    st.button(
        "Start",
        key="start_own",
        icon=":material/play_arrow:",
        on_click=_press_own,
        help="Train with these settings.",
    )


def few_switch() -> None:
    """A switch that trains lessons and own settings on few digits."""
    st.toggle(
        f"Train on {FEW} digits only",
        key=lab_state.FEW,
        persist_state="session",
        help="For lessons and own settings alike, in batches of 20 at most and for 60 epochs at least: watch the gap "
        "between training and test loss open.",
    )


def _in_words(lesson: Lesson) -> str:
    """In a sentence, how many runs and epochs a lesson trains, and how long that will probably take."""
    configs = [config for _, config in _entries(lesson)]
    runs = f"{len(configs)} runs, " if len(configs) > 1 else ""
    return f"{runs}{configs[0].epochs} epochs, about {duration(lab.expected_seconds(configs))}."


def _entries(lesson: Lesson) -> list[tuple[str, TrainConfig]]:
    """A lesson's runs, within the limits of this server."""
    limits, count = lab.jobs().limits, lab.training_digits()
    fitted = (_fitted(base, config) for base, config in lesson.configs(count))
    return [(base, with_pictures(limits.fitted(config, count))) for base, config in fitted]


def _fitted(base: str, config: TrainConfig) -> tuple[str, TrainConfig]:
    return base, on_few_digits(config) if lab_state.few() else config


def _press(lesson: Lesson) -> None:
    _start(_entries(lesson))


def _press_own() -> None:
    with errors_as_toast():
        _start([_fitted(*form_entry())])


def _start(entries: list[tuple[str, TrainConfig]]) -> None:
    """Submit runs and put them on the page; if they cannot be submitted, the page says why."""
    with errors_as_toast():
        run_ids = lab.jobs().race(entries, session=state.session())
        lab_state.show_runs(run_ids)
