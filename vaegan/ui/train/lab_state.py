"""The state of the Train page: which runs it shows, for whom, and how; in the session and in the address."""

import re
import time
from collections.abc import Sequence

import streamlit as st

from vaegan.ui import link
from vaegan.ui.link import Field
from vaegan.ui.train.charts import LOSS_NAMES, QUANTITIES
from vaegan.ui.train.lessons import LESSONS

RUNS, TERM, MORE, EPOCH, SPEED, FEW = "lab_runs", "lab_term", "lab_more", "lab_epoch", "lab_speed", "lab_few"
LESSON = "lab_lesson"
INFLUENCE, SLOW, SLOW_RUN, SLOW_EPOCH = "lab_influence", "lab_slow", "lab_slow_run", "lab_slow_epoch"
_PLAYED, _SLOW_DONE = "lab_played", "lab_slow_done"
_RUN_ID = re.compile(r"[0-9a-f]{12}")
MOST_RUNS = 5  # colours tell so many apart
SPEEDS = (1, 2, 4)  # epochs a second


def begin() -> str | None:
    """Set the page up from its link, else from this session; says what of a link was dropped."""
    return link.begin("Train", _FIELDS)


def write_link() -> None:
    """Put the page's state into its address: a reload is attached again."""
    link.write("Train", _FIELDS)


def runs() -> list[str]:
    """The ids of the runs on the page."""
    return list(st.session_state[RUNS])


def show_runs(run_ids: Sequence[str]) -> None:
    """Put these runs on the page, as they are now."""
    st.session_state[RUNS] = list(run_ids)
    show_end()


def show_end() -> None:
    """Let the time machine stand at the last epoch."""
    st.session_state[EPOCH] = None
    pause()


def lesson() -> str | None:
    """The lesson that a link proposes; None once runs are on the page."""
    return None if st.session_state[RUNS] else st.session_state[LESSON]


def few() -> bool:
    """Whether runs are to be trained on few digits."""
    return bool(st.session_state[FEW])


def epoch(last: int) -> int:
    """Where the time machine stands: where it was put, or where playing has come to by now; `last` ends that."""
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
    """Whether the epochs go by."""
    return st.session_state.get(_PLAYED) is not None


def play(last: int) -> None:
    """Let the epochs go by, from the first if this is the last."""
    at = st.session_state[EPOCH]
    st.session_state[EPOCH] = 0 if at is None or at >= last else at
    keep_playing(anyway=True)


def keep_playing(anyway: bool = False) -> None:
    """If epochs go by, let them do so from here on: the scrubber was moved, or the speed."""
    if anyway or playing():
        st.session_state[_PLAYED] = time.monotonic(), st.session_state[EPOCH]


def pause() -> None:
    """Let the epochs stand."""
    st.session_state[_PLAYED] = None


def slow_done(chosen: tuple[str, int]) -> tuple[str, ...]:
    """What the batch in slow motion has been through in this run and epoch, in order."""
    last, done = st.session_state.get(_SLOW_DONE, (None, ()))
    return done if last == chosen else ()


def slow_press(chosen: tuple[str, int], name: str) -> None:
    """The next part, or the step of a network."""
    if name not in slow_done(chosen):
        st.session_state[_SLOW_DONE] = chosen, (*slow_done(chosen), name)


def slow_again() -> None:
    """Take all of it back."""
    st.session_state.pop(_SLOW_DONE, None)


def _read_runs(text: str) -> list[str] | None:
    found = text[: 13 * MOST_RUNS].split(",") if text else []
    return found if all(_RUN_ID.fullmatch(one) for one in found) else None


def _read_lesson(text: str) -> str | None:
    """A link to a lesson is about that lesson, not about the runs that this session looked at before."""
    found = link.one_of(list(LESSONS))(text)
    if found is not None and "runs" not in st.query_params:
        st.session_state[RUNS] = []
    return found


_FIELDS = {
    "runs": Field(RUNS, [], _read_runs, ",".join),
    "term": Field(TERM, "recon", link.one_of(LOSS_NAMES)),
    "more": Field(MORE, next(iter(QUANTITIES)), link.one_of(QUANTITIES)),
    "epoch": Field(EPOCH, None, link.whole(0, 10_000)),
    "speed": Field(SPEED, SPEEDS[1], lambda text: int(text) if text in map(str, SPEEDS) else None),
    "lesson": Field(LESSON, None, _read_lesson, lambda key: "" if st.session_state[RUNS] else key),
    "few": Field(FEW, False, link.switch, lambda on: "1" if on else ""),
}
