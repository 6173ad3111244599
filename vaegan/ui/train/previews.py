"""A run's pictures and alarms.

They change only with a new preview or step of the run. Each is computed once and shared by all sessions.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import streamlit as st

from vaegan.config import Prior, TrainConfig
from vaegan.data.pictures import tile
from vaegan.lab.alarms import Alarm, curve_alarms, sample_alarms
from vaegan.lab.queue import View
from vaegan.lab.run import Preview
from vaegan.training.curves import Curves
from vaegan.ui import catalogue, resources, trained
from vaegan.ui.frame import errors_as_sentences
from vaegan.ui.gallery import caption, picture_grid, picture_url
from vaegan.ui.train import lab
from vaegan.ui.train.charts import ChartedRun

SAMPLES = 30  # from each prior, when a run has finished


def show_priors(views: Sequence[View], names: Sequence[str]) -> None:
    """Samples of each run that has finished, from the standard prior and from the one that was fitted at its end."""
    finished = [(view, name) for view, name in zip(views, names, strict=True) if view.phase == "finished"]
    if not finished:
        return
    st.markdown(catalogue.PRIORS_HELP)
    alone = len(finished) == 1
    for column, (view, name) in zip([st.container()] if alone else st.columns(len(finished)), finished, strict=True):
        with column, errors_as_sentences():
            sheets = _sheets_by_prior(str(trained.RunName(view.run_id)))
            pictures = [
                (
                    url,
                    f"{SAMPLES} samples of {name}, {catalogue.PRIORS[prior]}",
                    caption(catalogue.PRIORS[prior].capitalize(), name),
                )
                for prior, url in sheets.items()
            ]
            st.html(picture_grid(pictures, columns=2 if alone else 1, width="62rem" if alone else "30rem", narrow=1))
            if "fitted" not in sheets:
                st.caption("No prior could be fitted: that needs an encoder, and some digits to encode.")


@resources.by_checkpoint(st.cache_data(max_entries=64, show_spinner=False))
def _sheets_by_prior(files: resources.Files) -> dict[Prior, str]:
    """A sheet of samples from each prior of a checkpoint, as data URLs."""
    studio = resources.studio(files)
    return {prior: picture_url(np.asarray(tile(studio.sample(SAMPLES, 0, prior=prior), 10))) for prior in studio.priors}


def alarms_of(view: View, run: ChartedRun) -> list[Alarm]:
    """What goes wrong in a run, and what to change."""
    steps = [step for step, _ in lab.jobs().lab.open(view.run_id).previews()]
    of_samples = _sample_alarms(view.run_id, steps[-1]) if steps else []
    return [*_curve_alarms(view.plan.config, run.curves), *of_samples]


@lru_cache(maxsize=64)  # a run's curves are the same object until its journal has another line
def _curve_alarms(config: TrainConfig, curves: Curves) -> list[Alarm]:
    return curve_alarms(config, curves)


@st.cache_data(max_entries=512, show_spinner=False)
def _sample_alarms(run_id: str, step: int) -> list[Alarm]:
    preview = preview_of(run_id, step)
    return sample_alarms(lab.jobs().lab.run(run_id).plan.config, step, preview.originals, preview.samples)


@st.cache_resource(max_entries=32, show_spinner=False)
def preview_of(run_id: str, step: int) -> Preview:
    """The pictures that a run made at a step, opened once for all sessions."""
    return lab.jobs().lab.open(run_id).preview(step)
