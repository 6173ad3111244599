"""Two ways to train an experiment, with equal results: in this process, or through the jobs of a Dask cluster."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from torch import Tensor

from vaegan.checkpoint.card import EpochLog
from vaegan.data.mnist import Digits
from vaegan.errors import DivergedError, RunError
from vaegan.lab.documents import ACTIVE
from vaegan.lab.jobs import Jobs
from vaegan.lab.run import Run
from vaegan.reproduction.experiments import Experiment
from vaegan.training.events import EpochEvent
from vaegan.training.finish import epoch_log
from vaegan.training.loop import start_from, train

Weights = dict[str, Tensor]
POLL_SECONDS = 0.2
SESSION = "reproduction"


@dataclass(frozen=True)
class Pass:
    """One finished epoch: its two losses, its speed, and its weights, read when they are asked for."""

    log: EpochLog
    images_per_s: float
    weights: Callable[[], Weights]


class Trainer(Protocol):
    """Trains experiments. The runs whose weights they begin with have been trained already."""

    def prepare(self, experiments: Sequence[Experiment]) -> None:
        """Be told which runs will be asked for next; none of them begins with the weights of another."""

    def passes(self, experiment: Experiment, start: Weights | None) -> Iterator[Pass]:
        """Every epoch of a run in order; DivergedError after the last finite one if it diverges."""


class LocalTrainer:
    """One run after the other in this process, on all of torch's threads."""

    def __init__(self, data: Digits) -> None:
        self._data = data

    def prepare(self, experiments: Sequence[Experiment]) -> None:
        """Do nothing: a second run at the same time would only slow the first."""

    def passes(self, experiment: Experiment, start: Weights | None) -> Iterator[Pass]:
        """Train, and yield each epoch as it ends."""
        state = None if start is None else start_from(start, experiment.config, self._data)
        for event in train(experiment.config, self._data, resume=state):
            if isinstance(event, EpochEvent):
                yield Pass(epoch_log(event), event.images_per_s, partial(_weights, event))


class ClusterTrainer:
    """As many runs at once as the cluster has workers."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def prepare(self, experiments: Sequence[Experiment]) -> None:
        """Queue them all."""
        for experiment in experiments:
            self._submit(experiment)

    def passes(self, experiment: Experiment, start: Weights | None) -> Iterator[Pass]:  # noqa: ARG002 - the lab has it
        """Wait for the run's end, and read its folder."""
        run_id = self._ended(experiment)
        run, view = self._jobs.lab.run(run_id), self._jobs.view(run_id)
        for line in run.epochs():
            yield Pass(line.log, line.images_per_s, partial(_kept_weights, run, line.epoch))
        if view.phase == "failed" and run.status.cause == "diverged":
            raise DivergedError(view.reason)
        if view.phase != "finished":
            raise RunError(f"{experiment.name} has {view.phase}: {view.reason}; start the command again to go on")

    def _submit(self, experiment: Experiment) -> str:
        """Queue a run, unless an equal one is there already; returns the id, which is the same for both."""
        if experiment.start is None:
            return self._jobs.submit(experiment.config, session=_session(experiment))
        origin = self._ended(experiment.start)
        changes = experiment.config.model_dump()
        return self._jobs.fork(origin, experiment.start.config.epochs, changes, session=_session(experiment))

    def _ended(self, experiment: Experiment) -> str:
        run_id = self._submit(experiment)
        while self._jobs.view(run_id, session=_session(experiment)).phase in ACTIVE:
            time.sleep(POLL_SECONDS)
        return run_id


def _weights(event: EpochEvent) -> Weights:
    return event.state.weights


def _kept_weights(run: Run, epoch: int) -> Weights:
    return run.state(epoch).weights


def _session(experiment: Experiment) -> str:
    """The session that asks for a run. Each run has its own, since a session may have only one active run."""
    return f"{SESSION}-{hashlib.sha256(repr(experiment.identity).encode()).hexdigest()[:12]}"
