"""Runs on a page: how they stand, their buttons, charts and pictures, once a second while one goes on."""

import base64
import html
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from pydantic import BaseModel

from vaegan.config import TrainConfig
from vaegan.flags import config_leaves
from vaegan.images import tile
from vaegan.lab.alarms import alarms
from vaegan.lab.folders import Preview, Run
from vaegan.lab.papers import ACTIVE
from vaegan.lab.waiting import View
from vaegan.ui import lab, lab_state
from vaegan.ui.frame import errors_as_sentences, errors_as_toast
from vaegan.ui.gallery import caption, figures, picture_url
from vaegan.ui.run_charts import (
    LOSS_NAMES,
    Shown,
    epoch_chart,
    gradient_chart,
    judgement_chart,
    rate_chart,
    speed_chart,
    step_chart,
)

PHASES = {
    "queued": ":material/hourglass_empty: waits",
    "running": ":material/play_circle: trains",
    "paused": ":material/pause_circle: pauses",
    "stopping": ":material/stop_circle: is stopping",
    "stopped": ":material/stop_circle: was stopped",
    "finished": ":material/check_circle: has finished",
    "failed": ":material/error: failed",
}
MORE = {
    "Discriminator": judgement_chart,
    "Gradients": gradient_chart,
    "Speed": speed_chart,
    "Learning rate": rate_chart,
}
FILES = {".safetensors": "The model for the command line and for Python.", ".json": "Its card."}
NAMED = {"batch": "With BatchNorm", "none": "Without BatchNorm"}


def views_of(run_ids: Sequence[str]) -> list[View]:
    """How the runs stand; those that are gone are left out, with a sentence."""
    found = []
    for run_id in run_ids:
        with errors_as_sentences():
            found.append(lab.jobs().view(run_id, session=lab_state.session()))
    return found


def names_of(views: Sequence[View]) -> list[str]:
    """What tells the runs apart: the settings that differ, else the run's own name."""
    configs = [view.plan.config for view in views]
    names = [_differing(config, configs) for config in configs]
    return [name or view.plan.name for name, view in zip(names, views, strict=True)]


def _differing(config: TrainConfig, others: Sequence[TrainConfig]) -> str:
    words = []
    for path, _ in config_leaves(TrainConfig):
        own = _value(config, path)
        if any(_value(other, path) != own for other in others):
            words.append(NAMED[own] if path[-1] == "norm" else f"{path[-1].replace('_', ' ')} {own}")
    return ", ".join(words)


def _value(config: BaseModel, path: Sequence[str]) -> Any:
    value: Any = config
    for part in path:
        value = getattr(value, part)
    return value


def show_status(views: Sequence[View], names: Sequence[str]) -> None:
    """A line and a bar for each run: its phase, how far it is, how fast, how long it still takes."""
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
    """Pause, step, resume, stop: for all runs of a race at once."""
    phases = {view.phase for view in views}
    going, paused = bool(phases & {"queued", "running"}), "paused" in phases
    ended = not phases & ACTIVE
    with st.container(horizontal=True):
        _button("Pause", "pause", ":material/pause:", "Hold after the batch they are at.", "pause", not going)
        _button("Resume", "resume", ":material/play_arrow:", "Go on.", "resume", not (paused or phases & {"stopped"}))
        _button("One batch", "batch", ":material/skip_next:", "Make one batch, then hold.", "step_batch", ended)
        _button(
            "One epoch", "epoch", ":material/fast_forward:", "Go to the epoch's end, then hold.", "step_epoch", ended
        )
        _button("Stop", "stop", ":material/stop:", "End here; what was learned is kept.", "stop", ended)


def _button(label: str, key: str, icon: str, words: str, action: str, disabled: bool) -> None:
    st.button(label, key=f"lab_do_{key}", icon=icon, help=words, on_click=_act, args=(action,), disabled=disabled)


def _act(action: str) -> None:
    ids = lab_state.runs()
    for together in [ids] if action == "resume" else [[run_id] for run_id in ids]:  # a race goes on as a race
        with errors_as_toast():
            getattr(lab.jobs(), action)(*together, session=lab_state.session())


def show_charts(shown: Sequence[Shown]) -> None:
    """Losses by step and by epoch, and one more chart of choice."""
    terms = [term for term in LOSS_NAMES if any(term in run.curves.losses for run in shown)]
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
        _chart(step_chart(shown, term), f"step_{term}")
    with right:
        st.markdown("Loss by epoch", help="Recon + KL per image, the paper's: on training and on test digits.")
        _chart(epoch_chart(shown), "epoch")
    more = st.segmented_control(
        "More",
        lab_state.MORE_CHARTS,
        key=lab_state.MORE,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    figure = MORE[more or lab_state.MORE_CHARTS[0]](shown)
    if figure.data:
        _chart(figure, f"more_{more}")
    else:
        st.caption("Nothing to draw: this system has no discriminator.")


def _chart(figure: go.Figure, key: str) -> None:
    st.plotly_chart(
        figure,
        key=f"lab_chart_{key}",
        theme="streamlit",
        config={"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d"]},
    )


def show_pictures(views: Sequence[View], names: Sequence[str], epoch: int | None) -> None:
    """The same ten digits and ten samples of each run, as they are now or were after an epoch."""
    for column, view, name in zip(st.columns(max(2, len(views)), gap="large"), views, names, strict=False):
        run = lab.jobs().lab.run(view.run_id)
        steps = [step for step, at in run.previews() if epoch is None or at <= epoch]
        if not steps:
            continue
        preview = run.preview(steps[-1])
        rows = [("What it is given", preview.inputs)]
        if preview.reconstructions is not None:
            rows.append(("What it makes of it", preview.reconstructions))
        rows.append(("Samples from the prior", preview.samples))
        pictures = [
            (picture_url(np.asarray(tile(stack, 10))), f"{words}: ten digits", caption(words)) for words, stack in rows
        ]
        with column:
            st.markdown(f"**{name}**, after epoch {preview.epoch}, step {preview.step:,}")
            st.html(figures(pictures, columns=1, width="30rem"))


def show_alarms(views: Sequence[View], names: Sequence[str], shown: Sequence[Shown]) -> None:
    """What goes wrong, and what to change."""
    for view, name, run in zip(views, names, shown, strict=True):
        pictures = _last_preview(view.run_id)
        seen = (pictures.originals, pictures.samples) if pictures else (None, None)
        for alarm in alarms(view.plan.config, run.curves, *seen):
            st.warning(f"**{alarm.title}** ({name}). {alarm.words}", icon=":material/notification_important:")


def _last_preview(run_id: str) -> Preview | None:
    run = lab.jobs().lab.run(run_id)
    steps = run.previews()
    return run.preview(steps[-1][0]) if steps else None


def show_film(views: Sequence[View], names: Sequence[str]) -> None:
    """The previews of each run as a film: reconstructions above, samples below."""
    speed = st.select_slider(
        "Speed",
        (1, 2, 4, 8),
        value=2,
        key="lab_speed",
        format_func=lambda speed: f"{speed} epochs/s",
        width=240,
        help="How fast the films run.",
    )
    for column, view, name in zip(st.columns(max(2, len(views)), gap="large"), views, names, strict=False):
        with column:
            data = lab.film(view.run_id, len(lab.jobs().lab.run(view.run_id).previews()), 1000 // speed)
            url = f"data:image/gif;base64,{base64.b64encode(data).decode()}"
            st.html(figures([(url, f"{name}: the run as a film", caption(name))], columns=1, width="30rem"))
            st.download_button(
                "Film (GIF)",
                data,
                file_name=f"{view.plan.name}.gif",
                mime="image/gif",
                key=f"film_{view.run_id}",
                on_click="ignore",
                icon=":material/movie:",
                help="The film as a file.",
            )


def show_downloads(views: Sequence[View], names: Sequence[str]) -> None:
    """What a run leaves: weights and card, all its numbers, the command that repeats it."""
    for view, name in zip(views, names, strict=True):
        run = lab.jobs().lab.run(view.run_id)
        st.markdown(f"**{name}**")
        st.code(view.plan.command, language="sh")
        with st.container(horizontal=True):
            st.download_button(
                "Numbers (CSV)",
                run.csv,
                file_name=f"{view.plan.name}.csv",
                mime="text/csv",
                key=f"csv_{view.run_id}",
                on_click="ignore",
                icon=":material/table:",
                help="Every step and every epoch.",
            )
            if view.phase == "finished":
                for ending, words in FILES.items():
                    file = f"{view.plan.name}{ending}"
                    st.download_button(
                        file,
                        partial(_file, run, file),
                        file_name=file,
                        key=f"file_{file}",
                        on_click="ignore",
                        icon=":material/download:",
                        help=words,
                    )


def _file(run: Run, file: str) -> bytes:
    return run.files()[file]


def gap_in_words(shown: Sequence[Shown]) -> str | None:
    """When each run of a race first reached the test loss that all have reached."""
    lines = [[(line.epoch, line.test_loss) for line in run.epochs if line.test_loss is not None] for run in shown]
    if len(shown) < 2 or not all(lines):
        return None
    mark = max(min(loss for _, loss in line) for line in lines)
    when = [next(epoch for epoch, loss in line if loss <= mark) for line in lines]
    reached = [f"{run.name} after epoch {epoch}" for run, epoch in zip(shown, when, strict=True)]
    return f"A test loss of {mark:.1f} was reached by {', by '.join(html.escape(one) for one in reached)}."


def duration(seconds: float) -> str:
    """Seconds in words."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
