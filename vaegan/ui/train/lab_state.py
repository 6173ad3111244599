"""The state of the Train page: which runs it shows and how, in the session and in the address."""

import time
from collections.abc import Sequence

import streamlit as st

from vaegan.lab.layout import is_run_id
from vaegan.ui import link
from vaegan.ui.link import Field
from vaegan.ui.train.charts import CHARTED, QUANTITIES
from vaegan.ui.train.lessons import LESSONS

RUNS, TERM, MORE, EPOCH, SPEED, FEW = "lab_runs", "lab_term", "lab_more", "lab_epoch", "lab_speed", "lab_few"
LESSON, MAP, FILM = "lab_lesson", "lab_map", "lab_film"
INFLUENCE, SLOW, SLOW_RUN, SLOW_EPOCH = "lab_influence", "lab_slow", "lab_slow_run", "lab_slow_epoch"
_PLAYED, _SLOW_DONE = "lab_played", "lab_slow_done"
MOST_RUNS = 5  # on the page at once; the charts have so many colours
SPEEDS = (1, 2, 4)  # epochs a second


def begin() -> str | None:
    """Set the page up from its link, else from this session. Returns a sentence on what was wrong with the link."""
    return link.begin("Train", _FIELDS)


def write_link(place: str = "page") -> None:
    """Put the page's state into its address, so that a reload shows the same runs. Each fragment has its own place."""
    link.write("Train", _FIELDS, place)


def runs() -> list[str]:
    """The ids of the runs on the page."""
    return list(st.session_state[RUNS])


def show_runs(run_ids: Sequence[str]) -> None:
    """Put these runs on the page, at their last epoch."""
    st.session_state[RUNS] = list(run_ids)
    show_end()


def show_end() -> None:
    """Let the time machine show the last epoch."""
    st.session_state[EPOCH] = None
    pause()


def lesson() -> str | None:
    """The lesson that the link proposes; None as soon as runs are on the page."""
    return None if st.session_state[RUNS] else st.session_state[LESSON]


def few() -> bool:
    """Whether runs are to be trained on few digits."""
    return bool(st.session_state[FEW])


def epoch(last: int) -> int:
    """The epoch that the time machine shows: the chosen one, or the one that playing has reached, at most `last`."""
    at = st.session_state.get(EPOCH)
    at = last if at is None else at
    played = st.session_state.get(_PLAYED)
    if played is not None:
        since, start = played
        at = start + int((time.monotonic() - since) * speed())  # a slow page leaves epochs out and keeps time
    if at >= last:
        pause()
    st.session_state[EPOCH] = min(at, last)
    return min(at, last)


def speed() -> int:
    """Epochs a second."""
    return int(st.session_state[SPEED])


def playing() -> bool:
    """Whether the time machine plays."""
    return st.session_state.get(_PLAYED) is not None


def play(last: int) -> None:
    """Play the epochs from the chosen one, from the first if that is the last."""
    at = st.session_state[EPOCH]
    st.session_state[EPOCH] = 0 if at is None or at >= last else at
    keep_playing(anyway=True)


def keep_playing(anyway: bool = False) -> None:
    """Go on playing from here, after the slider or the speed was changed; with `anyway` also if it was not playing."""
    if anyway or playing():
        st.session_state[_PLAYED] = time.monotonic(), st.session_state[EPOCH]


def pause() -> None:
    """Stop playing."""
    st.session_state[_PLAYED] = None


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
    "epoch": Field(EPOCH, None, link.whole(0, 10_000)),
    "speed": Field(SPEED, SPEEDS[1], lambda text: int(text) if text in map(str, SPEEDS) else None),
    "lesson": Field(LESSON, None, _read_lesson, lambda key: "" if st.session_state[RUNS] else key),
    "few": Field(FEW, False, link.switch, lambda on: "1" if on else ""),
    "map": Field(MAP, True, link.switch, lambda on: "" if on else "0"),
    "film": Field(FILM, False, link.switch, lambda on: "1" if on else ""),
}
