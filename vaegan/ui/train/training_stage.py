"""The stage of the Train page: the Python side of the component with curve, pictures and time line."""

import base64
import html
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from vaegan.data.pictures import tile
from vaegan.lab.documents import ACTIVE
from vaegan.lab.queue import View
from vaegan.ui import pages, state
from vaegan.ui.component import component
from vaegan.ui.frame import errors_as_toast
from vaegan.ui.gallery import picture_url
from vaegan.ui.glossary import explain
from vaegan.ui.language import lent
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.charts import ChartedRun, shoots_up
from vaegan.ui.train.dissection import forces_of
from vaegan.ui.train.epoch_map import map_picture
from vaegan.ui.train.lessons import LESSONS
from vaegan.ui.train.looks import ON_STAGE, Look, looks_of
from vaegan.ui.train.previews import alarms_of, preview_of
from vaegan.ui.train.view import charted_runs, views_of
from vaegan.ui.train.words import gap_in_words, status_in_words

KEY = "training"
MOST_EPOCHS = 60  # in a film; of a longer run every second epoch, every third, ...
LOSS = "Loss on test digits (line) and on training digits (thin): lower is better"
BELIEF = "How real the discriminator finds real digits (line) and made-up ones (dots)"
_component = component("training")


class Film(NamedTuple):
    """A run's pictures, a row of ten for each kind, epoch after epoch: a PNG as data URL."""

    url: str
    epochs: list[int]


def training_stage(views: Sequence[View], lesson: str | None, *, titled: bool = True) -> None:
    """Draw the stage with these runs; `lesson` is the one that they are, if any.

    Unless `titled` it says neither what to watch nor what goes wrong: a step of the Learn page asks that.
    """
    data = stage_data(views, lesson)
    _component(
        key=KEY,
        data=data if titled else data | {"title": "", "words": "", "alarms": []},
        on_act_change=_act,
        on_epoch_change=_take_epoch,
        on_speed_change=_take_speed,
        on_map_change=_take_map,
    )


def stage_data(views: Sequence[View], lesson: str | None) -> dict[str, Any]:
    """All that the stage shows."""
    active = any(view.phase in ACTIVE for view in views)
    looks = looks_of([view.plan for view in views])
    runs = charted_runs(views)
    reached = max((view.epoch for view in views), default=0)
    given, given_words = _given(views)
    return {
        "title": html.escape(_title(looks, lesson)),
        "words": explain(LESSONS[lesson].words if lesson else "" if views else _about()),
        **_chart(views, runs, reached, active),
        "said": explain(lent(_said(views, runs))),
        "alarms": [
            {"title": f"{alarm.title} ({look.name})", "words": explain(alarm.words)}
            for view, look, run in zip(views, looks, runs, strict=True)
            for alarm in lab_state.steady_alarms(view.run_id, alarms_of(view, run), ended=view.phase not in ACTIVE)
        ],
        "runs": [_run(view, look, run, active) for view, look, run in zip(views, looks, runs, strict=True)],
        "given": given,
        "givenWords": given_words,
        "reached": reached,
        "done": max((view.done for view in views), default=0.0),
        "active": active,
        "held": active and not any(view.phase in ("queued", "running") for view in views),
        "resumable": not active and any(view.phase in ("stopped", "failed") for view in views),
        "turn": lab_state.turn(),
        "epoch": lab_state.chosen_epoch(),
        "speed": lab_state.speed(),
        "map": lab_state.map_is_shown(),
        "forces": forces_of(views) if views and lab_state.section() == "moves" else None,
        "maps": _maps(views, looks, lab_state.epoch(reached)) if not active and lab_state.map_is_shown() else None,
    }


def _title(looks: Sequence[Look], lesson: str | None) -> str:
    if lesson is not None:
        return LESSONS[lesson].title
    names = [look.name for look in looks]
    return names[0] if len(names) == 1 else f"{len(names)} runs side by side" if names else pages.TRAIN.words


def _said(views: Sequence[View], runs: Sequence[ChartedRun]) -> str:
    """Who was first, how far a run without a rival overfits, and what is to be known of runs that were there before."""
    gap = gap_in_words(runs, [view.plan.config for view in views])
    notes = dict.fromkeys(note for view in views if (note := lab_state.note(view.run_id)))
    return " ".join(filter(None, [gap, *notes]))


def _about() -> str:
    return (
        "Blue is with BatchNorm, orange without. A curve shows how wrong a network is, the pictures what it makes of "
        f"ten digits. It learns from {lab.training_origin()}."
    )


def _run(view: View, look: Look, run: ChartedRun, active: bool) -> dict[str, Any]:
    """One run: its name and line, what it does, and its pictures, the newest while runs train, else all."""
    films, now = None, None
    steps = lab.jobs().lab.open(view.run_id).epoch_previews()
    if active:
        newest = [step for step, _ in lab.jobs().lab.open(view.run_id).previews()][-1:]
        if newest:
            films = _film(view.run_id, (newest[0],))
            now = {"url": films.url, "row": 0, "rows": len(_kinds(view))}
    elif steps:
        stride = -(-len(steps) // MOST_EPOCHS)
        films = _film(view.run_id, tuple(list(steps.values())[::-1][::stride][::-1]))
    return {
        "id": view.run_id,
        "name": look.name,
        "twin": look.twin,
        "colour": ON_STAGE[look.colour],
        "dash": look.dash,
        "status": status_in_words(view),
        "values": [[line.epoch, f"{line.test_loss:.1f}"] for line in run.epochs if line.test_loss is not None],
        "lines": _lines(run, view),
        "kinds": _kinds(view),
        "sheet": None if films is None else {"url": films.url, "epochs": films.epochs},
        "now": now,
    }


def _kinds(view: View) -> list[str]:
    """What the rows of a run's pictures show."""
    return ["Rebuilt", "New digits"] if view.plan.config.uses_encoder else ["New digits"]


def _chart(views: Sequence[View], runs: Sequence[ChartedRun], reached: int, active: bool) -> dict[str, Any]:
    """The chart's frame: what goes up, how far it goes across. A GAN rebuilds nothing, so its D's belief is shown."""
    believes = bool(views) and not any(view.plan.config.uses_encoder for view in views)
    losses = [curve for run in runs if (curve := run.curves.get("loss.recon")) is not None]
    planned = max((view.plan.config.epochs for view in views), default=10)
    return {
        "up": explain(lent(BELIEF if believes else LOSS)),
        "chart": {
            "lines": [],
            "epochs": planned if active or not reached else reached,
            "log": any(shoots_up(curve) for curve in losses),
            "range": [0.0, 1.0] if believes else None,
        },
    }


def _lines(run: ChartedRun, view: View) -> list[dict[str, Any]]:
    """A run's lines over epochs: the loss on training digits at each step, and on test digits after each epoch."""
    steps_an_epoch = _steps_an_epoch(run, view)
    across = np.round(run.curves.step / steps_an_epoch, 3).tolist()
    lines = []
    if view.plan.config.uses_encoder:
        recon, kl = run.curves.get("loss.recon"), run.curves.get("loss.kl")
        if recon is not None:
            loss = recon.mean + (kl.mean if kl is not None and run.kl_counts else 0)
            lines.append(_line(across, loss.tolist(), run, "solid", strong=False))
        tested = [(line.epoch, line.test_loss) for line in run.epochs if line.test_loss is not None]
        if tested:
            epochs, losses = zip(*tested, strict=True)
            lines.append(_line(list(epochs), list(losses), run, run.dash, strong=True))
    else:
        for column, dash, strong in (("d_real", "solid", True), ("d_fake", "dot", False)):
            if (curve := run.curves.get(column)) is not None:
                lines.append(_line(across, curve.mean.tolist(), run, dash, strong=strong))
    return lines


def _line(x: list[float], y: list[float], run: ChartedRun, dash: str, *, strong: bool) -> dict[str, Any]:
    points = [(at, round(value, 3)) for at, value in zip(x, y, strict=True) if np.isfinite(value)]
    return {
        "x": [at for at, _ in points],
        "y": [value for _, value in points],
        "colour": ON_STAGE[run.colour],
        "dash": dash,
        "strong": strong,
    }


def _steps_an_epoch(run: ChartedRun, view: View) -> float:
    """From the last epoch that has ended; before that from how far the run is."""
    if run.epochs:
        return run.epochs[-1].step / run.epochs[-1].epoch
    if view.step and view.done:
        return view.step / (view.done * view.plan.config.epochs)
    config = view.plan.config
    digits = min(config.train_limit or view.plan.data.train, view.plan.data.train)
    return max(1.0, digits / config.batch_size)


def _given(views: Sequence[View]) -> tuple[str, str]:
    """The digits that all runs are given, from the first that shows any and encodes; and what they are called."""
    for view in views:
        steps = [step for step, _ in lab.jobs().lab.open(view.run_id).previews()]
        if steps and view.plan.config.uses_encoder:
            noisy = " with noise" if view.plan.config.noise.noise_kinds else ""
            return _given_url(view.run_id, steps[-1]), f"Digits given{noisy}"
    return "", "Digits given" if any(view.plan.config.uses_encoder for view in views) else ""


@st.cache_data(max_entries=256, show_spinner=False)
def _given_url(run_id: str, step: int) -> str:
    return picture_url(tile(preview_of(run_id, step).inputs, 10, gap=0))


@st.cache_data(max_entries=64, show_spinner=False)
def _film(run_id: str, steps: tuple[int, ...]) -> Film:
    """What a run made at these steps, a row for each kind of pictures."""
    rows, epochs = [], []
    for step in steps:
        preview = preview_of(run_id, step)
        rows += [pictures for pictures in (preview.reconstructions, preview.samples) if pictures is not None]
        epochs.append(preview.epoch)
    return Film(picture_url(tile(np.concatenate(rows), 10, gap=0)), epochs)


def _maps(views: Sequence[View], looks: Sequence[Look], epoch: int) -> dict[str, Any]:
    """The map of each run's latent space after an epoch; a run with one dimension has none."""
    items = []
    for view, look in zip(views, looks, strict=True):
        url = ""
        if view.plan.config.model.latent_dim > 1 and view.epoch:
            data = map_picture(view.run_id, min(epoch, view.epoch), view.epoch)
            url = f"data:image/webp;base64,{base64.b64encode(data).decode()}"
        items.append({"url": url, "name": look.name, "twin": look.twin})
    return {"epoch": epoch, "items": items}


def _sent(name: str) -> Any:
    """What the component sent under a name; it comes from a browser, so it is not trusted."""
    return st.session_state[KEY].get(name)


def _take_epoch() -> None:
    epoch = _sent("epoch")
    if epoch is None or (isinstance(epoch, int) and 0 <= epoch <= lab_state.MOST_EPOCHS):
        lab_state.choose_epoch(epoch)


def _take_speed() -> None:
    if (speed := _sent("speed")) in lab_state.SPEEDS:
        st.session_state[lab_state.SPEED] = speed


def _take_map() -> None:
    st.session_state[lab_state.MAP] = _sent("map") is True


def _act() -> None:
    """Do with all runs on the page what a button of the time line asks."""
    action = _sent("act")
    views = views_of(lab_state.runs())
    if action == "resume":
        groups = [[view.run_id for view in views if view.phase in ("paused", "stopped", "failed")]]  # one race again
        lab_state.show_end()
    elif action in ("pause", "step_batch", "step_epoch", "stop"):
        groups = [[view.run_id] for view in views if view.phase in ACTIVE]  # some runs of a race may have ended
    else:
        return
    for run_ids in filter(None, groups):
        with errors_as_toast():
            others = getattr(lab.jobs(), action)(*run_ids, session=state.session())
            if others:
                watch = "one more watches" if others == 1 else f"{others} more watch"
                st.toast(f"It goes on, since {watch} it; once they leave, stop ends it.", icon=":material/group:")
