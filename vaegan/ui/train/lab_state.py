"""The state of the Train page: which runs it shows and how, in the session and in the address."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import streamlit as st

from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.lab.alarms import Alarm
from vaegan.lab.layout import is_run_id
from vaegan.ui import link
from vaegan.ui.link import Field
from vaegan.ui.train.charts import CHARTED, QUANTITIES
from vaegan.ui.train.lessons import LESSONS

RUNS, TERM, MORE, EPOCH, SPEED, FEW = "lab_runs", "lab_term", "lab_more", "lab_epoch", "lab_speed", "lab_few"
LESSON, MAP, FILM, SECTION = "lab_lesson", "lab_map", "lab_film", "lab_section"
WALL = "lab_wall"
SLOW_RUN, SLOW_EPOCH = "lab_slow_run", "lab_slow_epoch"
_TURN, _SLOW_DONE, _ALARMS, _NOTES, _OFFER = "lab_turn", "lab_slow_done", "lab_alarms", "lab_notes", "lab_offer"
_VERSION = "lab_version"
MOST_RUNS = 5  # on the page at once; the charts have so many colours
MOST_EPOCHS = 10_000
SPEEDS = (1, 2, 4)  # epochs a second
SECTIONS = {  # what opens below the stage, at one press
    "charts": "More charts",
    "moves": "Who moves whom",
    "slow": "One step in numbers",
    "priors": "Two ways to make digits",
    "keep": "Use and keep",
    "own": "Own settings",
    "all": "All runs",
}


class Offer(NamedTuple):
    """Runs that could not begin, since others of this visitor go on: what they are called, and the runs."""

    title: str
    entries: list[tuple[str, TrainConfig]]
    own: bool  # asked for by the form of own settings, and said there
    digits: Digits | None = None  # a class's, to train on


def begin() -> str | None:
    """Set the page up from its link, else from this session. Returns a sentence on what was wrong with the link."""
    return link.begin("Train", _FIELDS)


def begin_without_link() -> None:
    """Give every value its default where this session has none."""
    for each in _FIELDS.values():
        st.session_state.setdefault(each.key, each.default)


def write_link(place: str = "page") -> None:
    """Put the page's state into its address, so that a reload shows the same runs. Each fragment has its own place."""
    link.write("Train", _FIELDS, place)


def propose(lesson: str, section: str | None) -> None:
    """Put a lesson on the page that is not begun yet, with nothing of what was there."""
    link.set_values(_FIELDS, {"show": section} if section else {})
    show_runs(())
    st.session_state[LESSON] = lesson


def runs() -> list[str]:
    """The ids of the runs on the page."""
    return list(st.session_state[RUNS])


def show_runs(run_ids: Sequence[str], notes: Mapping[str, str] | None = None) -> None:
    """Put these runs on the page, at their last epoch; `notes` say what is to be known of some of them."""
    st.session_state[RUNS] = list(run_ids)
    st.session_state[_NOTES] = dict(notes or {})
    st.session_state[_ALARMS] = {}
    make_offer(None)
    show_end()


def note(run_id: str) -> str:
    """What is to be known of a run on the page; else an empty text."""
    return str(st.session_state.get(_NOTES, {}).get(run_id, ""))


def show_end() -> None:
    """Let the time line show the last epoch, and the newest while runs train."""
    st.session_state[EPOCH] = None
    st.session_state[_TURN] = turn() + 1


def turn() -> int:
    """How often the page itself has chosen the epoch; what the time line shows otherwise is its own."""
    return int(st.session_state.get(_TURN, 0))


def lesson() -> str | None:
    """The lesson that the link proposes; None as soon as runs are on the page."""
    return None if st.session_state[RUNS] else st.session_state[LESSON]


def offer() -> Offer | None:
    """The runs that wait for the visitor's word, since others of theirs go on."""
    waiting: Offer | None = st.session_state.get(_OFFER)
    return waiting


def make_offer(waiting: Offer | None) -> None:
    """Let runs wait for the visitor's word; None takes them back."""
    st.session_state[_OFFER] = waiting
    st.session_state[_VERSION] = version() + 1


def version() -> int:
    """Grows with each change that the whole page has to follow, whatever part of it a press has drawn again."""
    return int(st.session_state.get(_VERSION, 0))


def steady_alarms(run_id: str, alarms: Sequence[Alarm], *, ended: bool) -> list[Alarm]:
    """The alarms to show of a run: while it trains, all that were raised, each with the numbers of that moment.

    They would change under the eyes of whoever reads them otherwise. At the end those stand that hold then.
    """
    raised: dict[str, Alarm] = st.session_state.setdefault(_ALARMS, {}).setdefault(run_id, {})
    if ended:
        raised.clear()
    for alarm in alarms:
        raised.setdefault(alarm.title, alarm)
    return list(raised.values())


def few() -> bool:
    """Whether runs are to be trained on few digits."""
    return bool(st.session_state[FEW])


def on_wall() -> bool:
    """Whether runs are to be trained on the digits of the visitor's class, if it has any."""
    return bool(st.session_state.get(WALL))


def section() -> str | None:
    """What is open below the stage, a key of SECTIONS."""
    chosen: str | None = st.session_state[SECTION]
    return chosen


def map_is_shown() -> bool:
    """Whether the stage shows maps of latent space in place of pictures."""
    return bool(st.session_state[MAP])


def chosen_epoch() -> int | None:
    """The epoch that the time line was moved to; None is the last one."""
    chosen: int | None = st.session_state[EPOCH]
    return chosen


def choose_epoch(epoch: int | None) -> None:
    """Note to which epoch the time line was moved."""
    st.session_state[EPOCH] = epoch


def epoch(last: int) -> int:
    """The epoch that the time line shows, at most `last`."""
    chosen = chosen_epoch()
    return last if chosen is None else min(chosen, last)


def speed() -> int:
    """Epochs a second."""
    return int(st.session_state[SPEED])


def slow_done(chosen: tuple[str, int]) -> tuple[str, ...]:
    """The parts that the batch in slow motion has been through, with this run and epoch, in order."""
    last, done = st.session_state.get(_SLOW_DONE, (None, ()))
    return done if last == chosen else ()


def slow_press(name: str) -> None:
    """Note that a part, or the step of a network, was asked for, of the run and epoch that are chosen now."""
    chosen = st.session_state[SLOW_RUN], st.session_state[SLOW_EPOCH]
    if name not in slow_done(chosen):
        st.session_state[_SLOW_DONE] = chosen, (*slow_done(chosen), name)


def slow_again() -> None:
    """Let the batch begin again."""
    st.session_state.pop(_SLOW_DONE, None)


def _read_runs(text: str) -> list[str] | None:
    run_ids = text[: 13 * MOST_RUNS].split(",") if text else []
    differ = len(set(run_ids)) == len(run_ids)
    return run_ids if differ and all(is_run_id(run_id) for run_id in run_ids) else None


def _read_lesson(text: str) -> str | None:
    """A link to a lesson shows that lesson, not the runs that this session looked at before."""
    lesson = link.one_of(LESSONS)(text)
    if lesson is not None and "runs" not in link.news("Train"):
        st.session_state[RUNS] = []
    return lesson


_FIELDS = {
    "runs": Field(RUNS, [], _read_runs, ",".join),
    "term": Field(TERM, "recon", link.one_of(CHARTED)),
    "more": Field(MORE, next(iter(QUANTITIES)), link.one_of(QUANTITIES)),
    "epoch": Field(EPOCH, None, link.whole(0, MOST_EPOCHS)),
    "speed": Field(SPEED, SPEEDS[1], lambda text: int(text) if text in map(str, SPEEDS) else None),
    "lesson": Field(LESSON, None, _read_lesson, lambda key: "" if st.session_state[RUNS] else key),
    "few": Field(FEW, False, link.switch, lambda on: "1" if on else ""),
    "wall": Field(WALL, False, link.switch, lambda on: "1" if on else ""),
    "map": Field(MAP, False, link.switch, lambda on: "1" if on else ""),
    "show": Field(SECTION, None, link.one_of(SECTIONS)),
    "film": Field(FILM, False, link.switch, lambda on: "1" if on else ""),
}
