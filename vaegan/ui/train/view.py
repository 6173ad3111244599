"""Runs on the page and their charts, drawn again each second while one of them is active."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from vaegan.lab.queue import View
from vaegan.ui import state
from vaegan.ui.charts import CONFIG
from vaegan.ui.frame import errors_as_sentences
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.charts import (
    CHARTED,
    LOSS_NAMES,
    QUANTITIES,
    ChartedRun,
    epoch_chart,
    mark_epoch,
    quantity_chart,
    step_chart,
)
from vaegan.ui.train.looks import looks_of
from vaegan.ui.train.words import overfitting_in_words


def views_of(run_ids: Sequence[str]) -> list[View]:
    """How far the runs are; a run that is gone is left out, and the page says so."""
    views = []
    for run_id in run_ids:
        with errors_as_sentences():
            views.append(lab.jobs().view(run_id, session=state.session()))
    return views


def charted_runs(views: Sequence[View]) -> list[ChartedRun]:
    """The runs as the charts show them; one whose folder was lost has empty curves."""
    charted = []
    for view, look in zip(views, looks_of([view.plan for view in views]), strict=True):
        run = lab.jobs().lab.open(view.run_id)
        kl_counts = view.plan.config.sample_latent
        charted.append(ChartedRun(look.name, run.curves(), run.epochs(), kl_counts, look.colour, look.dash))
    return charted


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
        st.markdown(
            "Loss by epoch", help="Reconstruction + KL, for each digit. Solid: test digits. Dotted: training digits."
        )
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
