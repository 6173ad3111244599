"""Runs are started here: by the button of a lesson, or with settings of one's own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import streamlit as st

from vaegan.config import TrainConfig
from vaegan.errors import ConfigError
from vaegan.lab.documents import ACTIVE
from vaegan.lab.limits import Limits
from vaegan.lab.queue import View
from vaegan.ui import attendance, state
from vaegan.ui.frame import errors_as_sentences, errors_as_toast
from vaegan.ui.run_names import names_of
from vaegan.ui.settings import in_titles
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.config_form import config_form, form_entry, preset_choice
from vaegan.ui.train.lessons import FEW, LESSONS, Lesson, on_class_digits, on_few_digits, with_pictures
from vaegan.ui.train.words import counted, duration

Entries = list[tuple[str, TrainConfig]]


def show_lessons(shown: str | None) -> None:
    """A button for each lesson; the one whose runs are on the page stands out."""
    for key, lesson in LESSONS.items():
        st.button(
            lesson.title,
            key=f"lesson_{key}",
            on_click=press,
            args=(key,),
            help=f"{lesson.words} {_in_words(lesson)}",
            type="primary" if key == shown else "secondary",
            width="stretch",
        )


def show_proposed() -> None:
    """The lesson that the link proposes, with a button that starts it."""
    key = lab_state.lesson()
    if key is not None:
        with st.container(border=True, key="proposed"):
            st.header(LESSONS[key].title)
            st.markdown(f"{LESSONS[key].words} {_in_words(LESSONS[key])}")
            st.button(
                "Start this lesson",
                key="lesson_proposed",
                type="primary",
                icon=":material/play_arrow:",
                on_click=press,
                args=(key,),
                help="Train it now.",
            )


def show_offer(*, own: bool = False) -> None:
    """What was asked for last and has not begun, since runs of this visitor go on: they may make room for it.

    It stands where one has pressed: what the form asked for (`own`) beside its button, a lesson beside the lessons.
    """
    offer = lab_state.offer()
    if offer is None or offer.own != own:
        return
    with st.container(border=True, key="offer"), errors_as_sentences():
        going = lab.jobs().hindering(offer.entries, session=state.session(), digits=offer.digits)
        if going:
            on_page = lab_state.runs()
            going.sort(key=lambda view: on_page.index(view.run_id) if view.run_id in on_page else len(on_page))
            names = " and ".join(f"**{name}**" for name in names_of([view.plan for view in going]))
            run, goes, it = ("run", "goes", "it") if len(going) == 1 else ("runs", "go", "them")
            st.markdown(
                f":material/front_hand: **{offer.title}** has not begun: your {run} {names} {goes} on "
                f"({_how_far(going)})."
            )
            start, leave = f"Stop {it} and start this", f"Let {it} train"
        else:
            st.markdown(f":material/check: Your training has ended. **{offer.title}** can begin now.")
            start, leave = "Start it", "Not now"
        with st.container(horizontal=True):
            st.button(start, key="offer_take", type="primary", on_click=_take_offer, help="What was learned is kept.")
            st.button(leave, key="offer_leave", on_click=_leave_offer)


def show_form() -> None:
    """A widget for each setting, and a button that starts the run."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = preset_choice()
        st.button(
            "Start",
            key="start_own",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_press_own,
            help="Train with these settings.",
        )
    with st.container():  # always there: the tabs below keep their place, and with it which of them is open
        show_offer(own=True)
    config_form(name, lab.jobs().limits, lab.training_digits())


def digits_switches() -> None:
    """Switches that train lessons and own settings on few digits, and on those of the class if it has any."""
    if pieces := attendance.digits_to_train():
        st.toggle(
            f"Our class's {len(pieces)} digits",
            key=lab_state.WALL,
            persist_state="session",
            help="Lessons and own settings are trained on what the class has given to the wall, in batches of 20 at "
            "most and for 60 epochs at least, and tested on digits of MNIST. A run keeps its digits on this "
            "computer's disk until it is deleted.",
        )
    st.toggle(
        f"{FEW} digits in every run",
        key=lab_state.FEW,
        persist_state="session",
        help="For lessons and own settings alike, in batches of 20 at most and for 60 epochs at least: so few digits "
        "can be learned by heart, and the loss on test digits leaves that on training digits behind.",
    )


def lesson_of(views: Sequence[View]) -> str | None:
    """The lesson whose runs these are; None if they are of no lesson."""
    wanted = frozenset(view.plan.config for view in views)
    first = views[0].plan.data if views else None
    if first is not None and first.of_class:
        return _lessons(lab.jobs().limits, first.train, of_class=True).get(wanted)
    return _lessons(lab.jobs().limits, lab.all_digits(), of_class=False).get(wanted)


@lru_cache(maxsize=8)
def _lessons(limits: Limits, count: int, *, of_class: bool) -> dict[frozenset[TrainConfig], str]:
    """The lessons by their runs, on all digits and on few."""
    known = {}
    for few in (False, True):
        for key, lesson in LESSONS.items():
            entries = _entries_of(lesson, limits, count, few=few, of_class=of_class)
            known[frozenset(config for _, config in entries)] = key
    return known


def _how_far(views: Sequence[View]) -> str:
    view = min(views, key=lambda each: each.done)
    if view.position is not None:
        return f"number {view.position} in the queue"
    left = "" if view.remaining is None else f", about {duration(view.remaining)} left"
    return f"{view.epoch} of {counted(view.plan.config.epochs)}{left}"


def _in_words(lesson: Lesson) -> str:
    """In a sentence, how many runs and epochs a lesson trains, and how long that will probably take."""
    configs = [config for _, config in _entries(lesson)]
    runs = f"{len(configs)} runs, " if len(configs) > 1 else ""
    return f"{runs}{counted(configs[0].epochs)}, about {duration(lab.expected_seconds(configs))}."


def seconds_of(key: str) -> float:
    """How long the runs of a lesson, a key of LESSONS, will probably take."""
    return lab.expected_seconds([config for _, config in _entries(LESSONS[key])])


def _entries(lesson: Lesson) -> Entries:
    """A lesson's runs, within the limits of this server."""
    few, of_class = lab_state.few(), lab.trains_on_class()
    return _entries_of(lesson, lab.jobs().limits, lab.training_digits(), few=few, of_class=of_class)


def _entries_of(lesson: Lesson, limits: Limits, count: int, *, few: bool, of_class: bool) -> Entries:
    chosen = [(base, _fitted(config, count, few=few, of_class=of_class)) for base, config in lesson.configs(count)]
    return [(base, with_pictures(limits.fitted(config, count))) for base, config in chosen]


def _fitted(config: TrainConfig, count: int, *, few: bool, of_class: bool) -> TrainConfig:
    """A run as it is to be on so many digits, those of a class or of all, or on few of them."""
    config = on_few_digits(config) if few else config
    return on_class_digits(config, count) if of_class else config


def press(key: str) -> None:
    """Start a lesson, a key of LESSONS."""
    _start(LESSONS[key].title, _entries(LESSONS[key]), LESSONS[key].section)


@contextmanager
def _settings_as_in_the_form() -> Iterator[None]:
    """Let an error call settings what the form calls them."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(in_titles(str(error))) from error


def _press_own() -> None:
    with errors_as_toast(), _settings_as_in_the_form():
        base, config = form_entry(lab.jobs().limits, lab.training_digits())
        few, of_class = lab_state.few(), lab.trains_on_class()
        _start("Your own run", [(base, _fitted(config, lab.training_digits(), few=few, of_class=of_class))], own=True)


def _take_offer() -> None:
    """Stop what goes on, which makes room, and start what was asked for."""
    offer = lab_state.offer()
    if offer is None:
        return
    with errors_as_toast():
        for view in lab.jobs().hindering(offer.entries, session=state.session(), digits=offer.digits):
            lab.jobs().stop(view.run_id, session=state.session())
        _submit(offer)


def _leave_offer() -> None:
    lab_state.make_offer(None)


def _start(title: str, entries: Entries, section: str | None = None, *, own: bool = False) -> None:
    """Submit runs and put them on the page; if others of this visitor go on, offer to stop those."""
    with errors_as_toast(), _settings_as_in_the_form():
        wanted = lab_state.Offer(title, entries, own, lab.class_digits())
        if lab.jobs().hindering(entries, session=state.session(), digits=wanted.digits):
            lab_state.make_offer(wanted)
            return
        _submit(wanted)
        if section is not None:
            st.session_state[lab_state.SECTION] = section


def _submit(wanted: lab_state.Offer) -> None:
    """Let runs begin, or share those that are there, and put them on the page."""
    before = {view.run_id: view for view in lab.jobs().views()}
    run_ids = lab.jobs().race(wanted.entries, session=state.session(), digits=wanted.digits)
    known = [before[run_id] for run_id in run_ids if run_id in before]
    names = names_of([view.plan for view in known]) if len(known) < len(run_ids) else [""] * len(known)
    notes = {view.run_id: _note(view, name) for view, name in zip(known, names, strict=True)}
    lab_state.show_runs(run_ids, notes)


def _note(view: View, name: str) -> str:
    """What to know of a run that was there before it was asked for; without a name, of all that were asked for."""
    who = name or "All of this"
    if view.phase == "finished":
        return f"{who} was trained before, so it is complete already."
    if view.phase in ACTIVE:
        return f"{who} was begun before: all who ask for the same settings share one run."
    return f"{who} was begun before, and goes on from there."
