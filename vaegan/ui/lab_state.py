"""The state of the Train page: which runs it shows, for whom, and how; in the session and in the address."""

import re
import secrets
from collections.abc import Sequence

import streamlit as st

from vaegan.ui import link
from vaegan.ui.link import Field

RUNS, TERM, MORE, EPOCH = "lab_runs", "lab_term", "lab_more", "lab_epoch"
_SESSION = "lab_session"
_RUN_ID = re.compile(r"[0-9a-f]{12}")
MOST_RUNS = 5  # colours tell so many apart
MORE_CHARTS = ("Discriminator", "Gradients", "Speed", "Learning rate")


def begin() -> str | None:
    """Set the page up from its link, else from this session; says what of a link was dropped."""
    return link.begin("Train", _FIELDS)


def write_link() -> None:
    """Put the page's state into its address: a reload is attached again."""
    link.write("Train", _FIELDS)


def session() -> str:
    """A name for this visitor, by which the lab knows whose runs are whose."""
    found: str = st.session_state.setdefault(_SESSION, secrets.token_hex(8))
    return found


def runs() -> list[str]:
    """The ids of the runs on the page."""
    return list(st.session_state[RUNS])


def show_runs(run_ids: Sequence[str]) -> None:
    """Put these runs on the page."""
    st.session_state[RUNS] = list(run_ids)
    st.session_state[EPOCH] = 0


def _read_runs(text: str) -> list[str] | None:
    found = text[: 13 * MOST_RUNS].split(",") if text else []
    return found if all(_RUN_ID.fullmatch(one) for one in found) else None


_FIELDS = {
    "runs": Field(RUNS, [], _read_runs, ",".join),
    "term": Field(TERM, "recon", link.one_of(("recon", "kl", "adv", "feature", "disc_real", "disc_fake"))),
    "more": Field(MORE, MORE_CHARTS[0], link.one_of(MORE_CHARTS)),
    "epoch": Field(EPOCH, 0, link.whole(0, 10_000)),
}
