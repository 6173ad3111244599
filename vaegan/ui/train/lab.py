"""The training lab that all sessions share. Only Home and the Train page import it, since Dask is slow to load."""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

import numpy as np
import streamlit as st

from vaegan.classroom.wall import as_rows
from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.data.pictures import gif_bytes, tile
from vaegan.errors import VaeganError
from vaegan.lab import forecast
from vaegan.lab.documents import ACTIVE
from vaegan.lab.forecast import pace_of
from vaegan.lab.jobs import Jobs
from vaegan.lab.limits import Limits
from vaegan.lab.own_digits import digits_from
from vaegan.lab.queue import View
from vaegan.ui import attendance, passcode
from vaegan.ui.reach import open_to_others
from vaegan.ui.resources import digits
from vaegan.ui.train import lab_state

REFRESH_SECONDS = 1.0  # between two looks of the page at runs that go on
SOON_SECONDS = 0.25  # the same while a run is about to make its first step


@st.cache_resource(show_spinner=False, on_release=lambda jobs: jobs.close())
def jobs() -> Jobs:
    """The training lab of this server: one for all sessions."""
    others = open_to_others()
    masters = passcode.is_teachers if others else None
    return Jobs(digits(), limits=Limits.from_environment(open_to_others=others), masters=masters)


def open_early() -> None:
    """Start the lab, so that its worker loads torch before anybody presses a lesson. The Train page shows errors."""
    with suppress(VaeganError):
        jobs()


def class_digits() -> Digits | None:
    """The digits of this visitor's class, if runs are to be trained on these; else None."""
    return digits_from(as_rows(attendance.digits_to_train())) if trains_on_class() else None


def trains_on_class() -> bool:
    """Whether runs are to be trained on the digits of this visitor's class."""
    return lab_state.on_wall() and bool(attendance.digits_to_train())


def training_digits() -> int:
    """How many digits the next run has to train on."""
    return len(attendance.digits_to_train()) if trains_on_class() else all_digits()


def all_digits() -> int:
    """How many digits there are to train on for whoever is in no class."""
    return len(digits().train_images)


def training_origin() -> str:
    """In words, what runs are trained on."""
    return (class_digits() or digits()).label


def expected_seconds(configs: Sequence[TrainConfig]) -> float:
    """How long these runs will probably take on one worker, judged by the speed of earlier runs."""
    pace = pace_of([(view.plan.config, view.images_per_s) for view in jobs().views() if view.images_per_s])
    return sum(forecast.expected_seconds(config, training_digits(), pace) for config in configs)


def refresh_seconds(views: Sequence[View]) -> float | None:
    """After how many seconds the page shows these runs again; None when all have ended.

    A warm worker makes the first step of a run that need not wait in a quarter of a second.
    """
    active = [view for view in views if view.phase in ACTIVE]
    if not active:
        return None
    begins = any(view.step == 0 and (view.phase == "running" or view.wait == 0) for view in active)
    has_curve = any(len(jobs().lab.open(view.run_id).curves().step) for view in active)
    return SOON_SECONDS if begins and not has_curve else REFRESH_SECONDS


@lru_cache(maxsize=32)
def film(run_id: str, frames: int, milliseconds: int) -> bytes:
    """A run's first `frames` epochs as a GIF: what it makes of ten digits above ten samples."""
    run = jobs().lab.run(run_id)
    pictures = []
    for step in list(run.epoch_previews().values())[:frames]:
        preview = run.preview(step)
        rows = [preview.inputs, preview.samples]
        rows[1:1] = [] if preview.reconstructions is None else [preview.reconstructions]
        pictures.append(tile(np.concatenate(rows), 10))
    return gif_bytes(np.stack(pictures), milliseconds, scale=3) if pictures else b""
