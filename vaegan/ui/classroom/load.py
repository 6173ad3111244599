"""What is trained, by whom, and what waits: for the teacher, who may pause all and stop any."""

from collections.abc import Callable, Mapping

import streamlit as st

from vaegan.lab.documents import ACTIVE
from vaegan.lab.jobs import Jobs
from vaegan.lab.queue import View
from vaegan.ui import visitor
from vaegan.ui.frame import errors_as_toast

Who = Mapping[str, str]  # names of students by the public names of their browsers


def show_load(jobs: Jobs, who: Who) -> None:
    """A line for each active run, with a button that stops it, and one for all."""
    active = [view for view in jobs.views() if view.phase in ACTIVE]
    if not active:
        st.caption("Nothing is trained at the moment.")
        return
    going = [view for view in active if view.phase == "running"]
    held = [view for view in active if view.phase == "paused"]
    with st.container(horizontal=True):
        st.button(
            "Pause all", key="load_pause", disabled=not going, on_click=_each, args=(jobs.pause, going),
            help="Each run holds after the batch that it is at.",
        )  # fmt: skip
        st.button(
            "Let all go on", key="load_resume", disabled=not held, on_click=_each, args=(jobs.resume, held),
            help="Those that were held train on.",
        )  # fmt: skip
    for view in active:
        with st.container(horizontal=True, vertical_alignment="center"):
            owner = jobs.owner(view.run_id) or ""
            own = "you" if owner == visitor.public_name() else None
            st.markdown(_line(view, own or who.get(owner, "somebody outside of the class")))
            st.button(
                "Stop", key=f"load_stop_{view.run_id}", on_click=_each, args=(jobs.end, [view]),
                help="What it has learned is kept.",
            )  # fmt: skip


def _line(view: View, by: str) -> str:
    waits = f", number {view.position} in the queue" if view.position else ""
    return f"**{view.plan.name}**: {view.phase}{waits}, epoch {view.epoch} of {view.plan.config.epochs}; by {by}"


def _each(act: Callable[..., object], views: list[View]) -> None:
    for view in views:
        with errors_as_toast():
            act(view.run_id, session=visitor.public_name())
