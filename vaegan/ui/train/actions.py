"""What one can do with a run that has ended: use it on other pages, fork it, delete it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from vaegan.errors import VaeganError
from vaegan.lab.queue import View
from vaegan.model.networks import shape
from vaegan.ui import pages, state, trained
from vaegan.ui.run_names import own_name
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.config_form import chosen_settings, show_settings

_REFUSED = "lab_refused"  # session key: why what a dialog asked for was refused


def show_refusal() -> None:
    """Say once, over the page, why what a dialog asked for was refused."""
    if words := st.session_state.pop(_REFUSED, None):
        st.toast(words, icon=":material/error:", duration="long")


@contextmanager
def _errors_as_refusal() -> Iterator[None]:
    """Keep an error of ours for `show_refusal`: what a dialog says itself is lost when it closes."""
    try:
        yield
    except VaeganError as error:
        st.session_state[_REFUSED] = str(error)


def show_actions(view: View) -> None:
    """Links to the pages where a finished run can be used, and buttons to fork and to delete it."""
    kept = lab.jobs().lab.run(view.run_id).kept_epochs()
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.phase == "finished":
            _links(view)
        if kept and st.button(
            "Fork …",
            key=f"fork_{view.run_id}",
            icon=":material/fork_right:",
            help="Go on from one of its epochs under other settings, as a run of its own.",
        ):
            _fork(view, kept)
        if st.button(
            "Delete …",
            key=f"delete_{view.run_id}",
            icon=":material/delete:",
            help="Remove the run and all its epochs from this server.",
        ):
            _delete(view)


def _links(view: View) -> None:
    config, pair = view.plan.config, trained.pair_of(view.run_id)
    if config.uses_encoder:
        st.page_link(
            pages.DENOISE.path,
            label=f"Use on {pages.DENOISE.label}",
            icon=pages.DENOISE.icon,
            query_params={"pair": pair},
            help="Let it clean your digit, beside its twin if that has finished too.",
        )
        if config.model.latent_dim > 1:
            st.page_link(
                pages.LATENT_SPACE.path,
                label=f"Use on {pages.LATENT_SPACE.label}",
                icon=pages.LATENT_SPACE.icon,
                query_params={"pair": pair},
                help="Move over its map.",
            )
    st.page_link(
        pages.GENERATE.path,
        label=f"Use on {pages.GENERATE.label}",
        icon=pages.GENERATE.icon,
        query_params={"section": "sample", "models": str(trained.RunName(view.run_id))},
        help="Let it make new digits.",
    )


@st.dialog("Fork a run", width="large")
def _fork(view: View, kept: Sequence[int]) -> None:
    """Choose where a fork begins and what it changes, and start it beside the run it comes from."""
    st.markdown(f"A fork of **{own_name(view.plan)}** begins with the weights it had after an epoch.")
    shown = st.session_state.get(lab_state.EPOCH) or kept[-1]
    st.selectbox(
        "From epoch",
        kept,
        index=max((index for index, epoch in enumerate(kept) if epoch <= shown), default=0),
        key=f"fork_epoch_{view.run_id}",
        help="It begins with what the run had learned by then.",
    )
    show_settings(view.plan.config, f"fork_{view.run_id}", fixed=shape(view.plan.config.model))
    if st.button(
        "Start the fork",
        key="fork_start",
        type="primary",
        on_click=_start_fork,
        args=(view,),
        help="Train it beside the run it comes from.",
    ):
        st.rerun()  # closes the dialog


def _start_fork(view: View) -> None:
    run_id, config = view.run_id, view.plan.config
    epoch = st.session_state[f"fork_epoch_{run_id}"]
    changes = chosen_settings(config, f"fork_{run_id}", fixed=shape(config.model))
    with _errors_as_refusal():
        forked = lab.jobs().fork(run_id, epoch, changes, session=state.session())
        lab_state.show_runs([run_id, forked])


@st.dialog("Delete a run")
def _delete(view: View) -> None:
    """Ask once more before a run is deleted."""
    st.markdown(f"**{own_name(view.plan)}** and its {view.epoch} epochs will be gone for everyone on this server.")
    if st.button(
        "Delete for good",
        key="delete_confirm",
        type="primary",
        on_click=_delete_for_good,
        args=(view.run_id,),
        help="There is no way back.",
    ):
        st.rerun()  # closes the dialog


def _delete_for_good(run_id: str) -> None:
    with _errors_as_refusal():
        lab.jobs().delete(run_id, session=state.session())
        lab_state.show_runs([other for other in lab_state.runs() if other != run_id])
