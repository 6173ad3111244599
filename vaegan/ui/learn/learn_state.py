"""Which lesson a visit is in and how far, in the session and in the page's address."""

import streamlit as st

from vaegan.lessons import progress, shelf
from vaegan.lessons.progress import Progress
from vaegan.lessons.schema import Lesson, Step
from vaegan.ui import link
from vaegan.ui.language import language, say
from vaegan.ui.learn.answers import Given, give
from vaegan.ui.link import Field

_PAGE = "Learn"
_NAME, _STEP, _ANSWERS, _DONE = "learn_lesson", "learn_step", "learn_answers", "learn_done"
_KEPT = "learn_progress"  # session key: how far one is, by lesson
_SET_UP = "learn_set_up"  # session key: the step that was set up last
_BEFORE = "learn_before"  # session key: the answer that was taken back last, after its lesson and step
_MOST = 4000  # characters of answers in an address


def begin() -> str | None:
    """Set the page up from its link, else from this session. Returns a sentence if something in the link was wrong."""
    fields = _fields()
    new = link.news(_PAGE)
    dropped = say("page.link") if link.begin(_PAGE, fields) else None
    if "lesson" in new and name() is not None:
        # Who was led here by a teacher has the own answers still; a link has those of whoever shared it.
        parts = progress.write(now()) | {"step": new.get("step", "")} if link.was_led() else new
        _keep(progress.read(lesson(), *(parts.get(key, "") for key in ("step", "a", "done"))))
    return dropped


def write_link() -> None:
    """Put the lesson, the step and the answers into the address."""
    texts = progress.write(now()) if name() is not None else {}
    session = st.session_state
    session[_STEP], session[_ANSWERS], session[_DONE] = (texts.get(key, "") for key in ("step", "a", "done"))
    link.write(_PAGE, _fields())


def name() -> str | None:
    """The lesson's name; None on the shelf."""
    chosen: str | None = st.session_state.get(_NAME)
    return chosen


def lesson() -> Lesson:
    """The lesson in this visit's language."""
    return shelf.lesson(str(name()), language())


def now() -> Progress:
    """How far one is in it."""
    return kept(str(name()))


def kept(of: str) -> Progress:
    """How far one is in a lesson."""
    known: dict[str, Progress] = st.session_state.setdefault(_KEPT, {})
    return known.get(of) or progress.begin(shelf.lesson(of))


def step() -> Step | None:
    """The step that is shown; None after the last."""
    number, steps = now().step, lesson().steps
    return steps[number - 1] if number <= len(steps) else None


def answer_of(number: int) -> str:
    """The answer to step 1, 2, ...; empty if there is none."""
    return now().answers[number - 1]


def is_done(number: int) -> bool:
    """Whether the step was done."""
    return now().marks[number - 1] == progress.DONE


def open_lesson(wanted: str | None, at: int | None = None, *, afresh: bool = False) -> None:
    """Go to a lesson, at a step or where one was; None is the shelf. `afresh` forgets all answers to it."""
    st.session_state[_NAME] = wanted
    st.session_state.pop(_SET_UP, None)
    if wanted is None:
        return
    if afresh:
        _keep(progress.begin(shelf.lesson(wanted)))
    if at is not None:
        _keep(kept(wanted)._replace(step=at))


def go_to(number: int) -> None:
    """Show step 1, 2, ... or, after the last, the end."""
    _keep(now()._replace(step=min(max(number, 1), len(lesson().steps) + 1)))


def answer(number: int, given: str) -> None:
    """Take an answer to a step, if it is one, and tell all who listen."""
    ask = lesson().steps[number - 1].ask
    checked = None if ask is None else ask.checked(given)
    if checked is not None:
        _keep(now().answered(number, checked))
        give(Given(str(name()), number, checked))


def take_back(number: int) -> None:
    """Ask the question of a step again; what was answered stands in it."""
    st.session_state[_BEFORE] = (name(), number, answer_of(number))
    _keep(now().answered(number, ""))


def before(number: int) -> str:
    """What was answered to a step before the answer was taken back; empty if that is another step."""
    *of, answer = st.session_state.get(_BEFORE, ("", 0, ""))
    return str(answer) if of == [name(), number] else ""


def mark_done(number: int) -> None:
    """Note that a step was done."""
    _keep(now().marked(number, progress.DONE))


def skip(number: int) -> None:
    """Note that a step was skipped, and go on."""
    _keep(now().marked(number, progress.SKIPPED))
    go_to(number + 1)


def needs_setting_up() -> bool:
    """Whether the step has just been entered; from then on it has been set up."""
    entered = (name(), now().step)
    if st.session_state.get(_SET_UP) == entered:
        return False
    st.session_state[_SET_UP] = entered
    return True


def _keep(changed: Progress) -> None:
    st.session_state.setdefault(_KEPT, {})[name()] = changed


def _fields() -> dict[str, Field]:
    def text(value: str) -> str | None:
        return value if len(value) <= _MOST else None

    return {
        "lesson": Field(_NAME, None, link.one_of(shelf.names())),
        "step": Field(_STEP, "", link.whole(0, 99)),
        "a": Field(_ANSWERS, "", text),
        "done": Field(_DONE, "", text),
    }
