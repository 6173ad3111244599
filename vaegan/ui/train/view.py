"""Runs on the page: their progress, buttons and charts, drawn again each second while one of them is active."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from vaegan.lab.documents import ACTIVE
from vaegan.lab.queue import View
from vaegan.ui import state
from vaegan.ui.charts import CONFIG
from vaegan.ui.frame import errors_as_sentences, errors_as_toast
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.charts import (
    CHARTED,
    LOSS_NAMES,
    QUANTITIES,
    ChartedRun,
    empty_chart,
    epoch_chart,
    mark_epoch,
    quantity_chart,
    step_chart,
)
from vaegan.ui.train.run_names import looks_of
from vaegan.ui.train.words import duration, overfitting_in_words

PHASES = {
    "queued": ":material/hourglass_empty: waits",
    "running": ":material/play_circle: trains",
    "paused": ":material/pause_circle: pauses",
    "stopping": ":material/stop_circle: is stopping",
    "stopped": ":material/stop_circle: was stopped",
    "finished": ":material/check_circle: has finished",
    "failed": ":material/error: failed",
}


def views_of(run_ids: Sequence[str]) -> list[View]:
    """How far the runs are; a run that is gone is left out, and the page says so."""
    views = []
    for run_id in run_ids:
        with errors_as_sentences():
            views.append(lab.jobs().view(run_id, session=state.session()))
    return views


def show_status(views: Sequence[View], names: Sequence[str]) -> None:
    """A bar with a line of words for each run: its phase, progress, speed and the time that it still needs."""
    for view, name in zip(views, names, strict=True):
        epochs = view.plan.config.epochs
        words = [f"**{name}** {PHASES[view.phase]}", f"epoch {view.epoch} of {epochs}", f"step {view.step:,}"]
        if view.phase == "running" and view.images_per_s:
            words.append(f"{view.images_per_s:,.0f} images/s")
        if view.phase == "running" and view.remaining is not None:
            words.append(f"about {duration(view.remaining)} left")
        if view.position is not None:
            words.append(f"number {view.position} in the queue")
            if view.wait:
                words.append(f"begins in about {duration(view.wait)}")
        if view.watchers > 1:
            words.append(f"{view.watchers} watch it")
        st.progress(min(1.0, view.done), text=" · ".join(words))
        if view.phase == "failed" and view.reason:
            st.error(view.reason, icon=":material/error:")


def show_buttons(views: Sequence[View]) -> None:
    """Buttons to pause, resume, step and stop all runs on the page at once."""
    phases = {view.phase for view in views}
    going, paused = bool(phases & {"queued", "running"}), "paused" in phases
    ended = not phases & ACTIVE
    with st.container(horizontal=True):
        _button("Pause", "pause", ":material/pause:", "Hold after the batch they are at.", "pause", not going)
        _button(
            "Resume",
            "resume",
            ":material/play_arrow:",
            "Go on.",
            "resume",
            not (paused or phases & {"stopped", "failed"}),
        )
        _button("One batch", "batch", ":material/skip_next:", "Make one batch, then hold.", "step_batch", ended)
        _button(
            "One epoch", "epoch", ":material/fast_forward:", "Go to the epoch's end, then hold.", "step_epoch", ended
        )
        _button("Stop", "stop", ":material/stop:", "End here; what was learned is kept.", "stop", ended)


def _button(label: str, key: str, icon: str, words: str, action: str, disabled: bool) -> None:
    st.button(label, key=f"lab_do_{key}", icon=icon, help=words, on_click=_act, args=(action,), disabled=disabled)


def _act(action: str) -> None:
    views = views_of(lab_state.runs())
    if action == "resume":
        groups = [[view.run_id for view in views if view.phase in ("paused", "stopped", "failed")]]  # one race again
        lab_state.show_end()
    else:
        groups = [[view.run_id] for view in views if view.phase in ACTIVE]  # some runs of a race may have ended
    for run_ids in groups:
        with errors_as_toast():
            others = getattr(lab.jobs(), action)(*run_ids, session=state.session())
            if others:
                watch = "one more watches" if others == 1 else f"{others} more watch"
                st.toast(f"It goes on, since {watch} it; once they leave, stop ends it.", icon=":material/group:")


def charted_runs(views: Sequence[View]) -> list[ChartedRun]:
    """The runs as the charts show them; one whose folder was lost has empty curves."""
    charted = []
    for view, look in zip(views, looks_of([view.plan for view in views]), strict=True):
        run = lab.jobs().lab.open(view.run_id)
        kl_counts = view.plan.config.sample_latent
        charted.append(ChartedRun(look.name, run.curves(), run.epochs(), kl_counts, look.colour, look.dash))
    return charted


def show_empty() -> None:
    """An empty chart, where the losses will be."""
    _show_chart(empty_chart(), "empty")


def show_losses(runs: Sequence[ChartedRun], epoch: int | None = None) -> None:
    """The chart of one loss over steps beside that of all over epochs, with a line where `epoch` ended."""
    terms = [term for term in CHARTED if any(run.curves.get(f"loss.{term}") is not None for run in runs)]
    left, right = st.columns(2, gap="large")
    with left:
        if not terms:
            st.caption("The first steps are on their way …")
            return
        if st.session_state[lab_state.TERM] not in terms:
            st.session_state[lab_state.TERM] = terms[0]
        term = st.selectbox(
            "Loss by step",
            terms,
            key=lab_state.TERM,
            format_func=lambda term: LOSS_NAMES[term],
            persist_state="session",
            help="The line is the mean over a few steps, the band their lowest and highest value.",
        )
        _show_chart(_marked(step_chart(runs, term), runs, epoch), f"step_{term}")
    with right:
        st.markdown("Loss by epoch", help="Recon + KL per image. Solid: test digits. Dotted: training digits.")
        if any(line.test_loss is not None for run in runs for line in run.epochs):
            _show_chart(_marked(epoch_chart(runs), runs, epoch, by_step=False), "epoch")
        elif any(run.epochs for run in runs):
            st.caption("Nothing to draw: a GAN encodes no digit, so it has no loss on test digits.")
        else:
            st.caption("The first epoch is on its way …")
        if words := overfitting_in_words(runs, epoch):
            st.caption(words)


def show_more(runs: Sequence[ChartedRun], epoch: int | None = None) -> None:
    """The chart of one of QUANTITIES, with a line where `epoch` ended."""
    more = st.segmented_control(
        "More",
        list(QUANTITIES),
        key=lab_state.MORE,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
        help="What else was measured at each step.",
    )
    quantity = QUANTITIES[str(more)]
    chart = _marked(quantity_chart(quantity, runs), runs, epoch)
    if chart.data:
        _show_chart(chart, f"more_{more}")
    elif any(len(run.curves.step) for run in runs):
        st.caption(f"Nothing to draw: {quantity.missing}.")
    else:
        st.caption("The first steps are on their way …")


def _marked(chart: go.Figure, runs: Sequence[ChartedRun], epoch: int | None, by_step: bool = True) -> go.Figure:
    if epoch is not None and chart.data:
        mark_epoch(chart, runs, epoch, by_step)
    return chart


def _show_chart(chart: go.Figure, key: str) -> None:
    st.plotly_chart(chart, key=f"lab_chart_{key}", theme="streamlit", config=CONFIG)
