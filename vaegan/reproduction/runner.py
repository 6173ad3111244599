"""Trains runs and keeps a record of each as a small file, so that an interrupted reproduction can go on."""

import hashlib
import json
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import safetensors.torch
import torch
from pydantic import ValidationError
from torch import Tensor

from vaegan.checkpoint.files import weights_bytes
from vaegan.config import identity
from vaegan.data.mnist import Digits
from vaegan.errors import DataError, DivergedError, RunError
from vaegan.files import write_atomically
from vaegan.metrics.cards import card_data
from vaegan.model.networks import VAEGAN, restore
from vaegan.reproduction import measures
from vaegan.reproduction.experiments import Experiment, merged
from vaegan.reproduction.schema import Epoch, RunRecord
from vaegan.reproduction.side_by_side import side_by_side
from vaegan.reproduction.trainers import LocalTrainer, Pass, Trainer, Weights
from vaegan.training.version import code_version

Report = Callable[[str], None]


class Runner:
    """The runs of one folder: `make` them, then ask for their records and kept weights."""

    def __init__(
        self,
        folder: Path,
        data: Digits,
        sample: Digits,
        trainer: Trainer | None = None,
        report: Report = lambda _: None,
        *,
        workers: int = 1,
        minutes: float | None = None,
    ) -> None:
        """With more than one of `workers` runs are trained side by side; after so many `minutes` none is begun."""
        self._workers = workers
        self._ends = None if minutes is None else time.monotonic() + 60 * minutes
        self.folder, self.data, self._sample = folder, data, sample
        self._trainer = trainer or LocalTrainer(data)
        self._report = report
        self._code = code_version()
        self._records: dict[str, RunRecord] = {}

    @property
    def records(self) -> tuple[RunRecord, ...]:
        """The records of all runs of `make`, in the order of the experiments, trained now or kept from before."""
        return tuple(self._records.values())

    def make(self, experiments: Sequence[Experiment]) -> None:
        """Train the runs that are not kept yet."""
        pending = []
        for experiment in merged(experiments):
            record = self._read(experiment)
            if record is None:
                pending.append(experiment)
            else:
                self._records[record.key] = record
        left = len(pending)
        for depth in sorted({experiment.depth for experiment in pending}):
            with closing(self._wave([one for one in pending if one.depth == depth])) as made:
                for experiment in made:
                    left -= 1
                    self._report(_line(self.record(experiment), left))
                    if left and self._ends is not None and time.monotonic() > self._ends:
                        raise RunError(f"the time is over, at most {left} runs are to go; start the command again")

    def _wave(self, wave: Sequence[Experiment]) -> Generator[Experiment]:
        """Make runs of which none begins with another; yields each when it has ended."""
        if self._workers > 1:
            given = (self.folder, self.data, self._sample)
            for experiment in side_by_side(_make, wave, self._workers, _begin, given):
                record = self._read(experiment)
                assert record is not None, "its process has just written it"
                self._records[record.key] = record
                yield experiment
            return
        self._trainer.prepare([experiment for experiment in wave if not experiment.sample])
        for experiment in wave:
            self.train(experiment)
            yield experiment

    def record(self, experiment: Experiment) -> RunRecord:
        """The record of a run that was made, here or by another process; KeyError if it was not."""
        key = self.key(experiment)
        if key not in self._records and (kept := self._read(experiment)) is not None:
            self._records[key] = kept
        return self._records[key]

    def model(self, experiment: Experiment, epoch: int) -> VAEGAN:
        """The model after an epoch whose weights are kept, in eval mode."""
        return _built(experiment, self._weights(experiment, epoch))

    def key(self, experiment: Experiment) -> str:
        """A hash of what decides the run's weights: settings, digits, code, and the run it begins with."""
        decisive = {
            "config": identity(experiment.config),
            "data": self._digits(experiment).sha256,
            "code": self._code,
            "start": None if experiment.start is None else self.key(experiment.start),
        }
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:12]

    def _digits(self, experiment: Experiment) -> Digits:
        return self._sample if experiment.sample else self.data

    def _file(self, experiment: Experiment) -> Path:
        return self.folder / f"{self.key(experiment)}.json"

    def _weights_file(self, experiment: Experiment, epoch: int) -> Path:
        return self.folder / f"{self.key(experiment)}-{epoch}.safetensors"

    def _weights(self, experiment: Experiment, epoch: int) -> Weights:
        file = self._weights_file(experiment, epoch)
        try:
            weights: dict[str, Tensor] = safetensors.torch.load(file.read_bytes())
        except (OSError, safetensors.SafetensorError) as error:
            raise DataError(
                f"the weights of {experiment.name} after epoch {epoch} cannot be read from {file} ({error}); delete "
                f"{self._file(experiment)} and start the command again"
            ) from error
        return weights

    def _read(self, experiment: Experiment) -> RunRecord | None:
        """The kept record, if it has all that the experiment asks for; a damaged file counts as none."""
        with suppress(FileNotFoundError, ValidationError):
            record = RunRecord.model_validate_json(self._file(experiment).read_bytes())
            kept = all(self._weights_file(experiment, epoch).is_file() for epoch in experiment.kept)
            if experiment.measures <= set(record.measured) and (kept or record.failure):
                return record
        return None

    def train(self, experiment: Experiment) -> RunRecord:
        """Train a run, measure it, and keep its record and weights."""
        self.folder.mkdir(parents=True, exist_ok=True)
        data = self._digits(experiment)
        trainer = LocalTrainer(data) if experiment.sample else self._trainer
        epochs: list[Epoch] = []
        values: dict[str, float] = {}
        failure, seconds = None, 0.0
        try:
            for finished in trainer.passes(experiment, self._start_of(experiment)):
                seconds += min(experiment.config.train_limit or len(data.train_images), len(data.train_images)) / (
                    finished.images_per_s
                )
                epochs.append(self._measured(experiment, finished, data))
                if finished.log.epoch in experiment.kept:
                    file = self._weights_file(experiment, finished.log.epoch)
                    write_atomically({file: weights_bytes(finished.weights())})
                if finished.log.epoch == experiment.config.epochs:
                    model = _built(experiment, finished.weights())
                    for name in sorted(experiment.measures & measures.GROUPS.keys()):
                        values |= measures.GROUPS[name](model, data, experiment.config)
        except DivergedError as error:
            failure = str(error)
        record = RunRecord(
            key=self.key(experiment),
            name=experiment.name,
            config=experiment.config,
            data=card_data(data),
            start=None if experiment.start is None else self.key(experiment.start),
            epochs=tuple(epochs),
            measures=values,
            measured=tuple(sorted(experiment.measures)),
            seconds=round(seconds, 2),
            failure=failure,
        )
        write_atomically({self._file(experiment): record.model_dump_json(indent=1).encode()})
        self._records[record.key] = record
        return record

    def _start_of(self, experiment: Experiment) -> Weights | None:
        """The weights that a run begins with; DivergedError if the run that they come from has diverged."""
        start = experiment.start
        if start is None:
            return None
        if self.record(start).failure:
            raise DivergedError(f"{start.name}, with whose weights it was to begin, has diverged")
        return self._weights(start, start.config.epochs)

    @staticmethod
    def _measured(experiment: Experiment, finished: Pass, data: Digits) -> Epoch:
        log, asked = finished.log, experiment.measures
        watched: dict[str, float] = {}
        if asked & set(measures.EACH_EPOCH):
            model = _built(experiment, finished.weights())
            if "train" in asked:
                watched["train_loss"] = measures.train_loss(model, data, experiment.config.train_limit)
            if "clean" in asked:
                watched["clean_loss"] = measures.clean_loss(model, data)
            if "masked" in asked:
                watched["masked_loss"] = measures.masked_loss(model, data)
        return Epoch(epoch=log.epoch, average_loss=log.average_loss, test_loss=log.test_loss, **watched)


def _built(experiment: Experiment, weights: Weights) -> VAEGAN:
    return restore(experiment.config.model, weights)


def _line(record: RunRecord, left: int) -> str:
    last = record.epochs[-1].test_loss if record.epochs else None
    reached = "" if last is None else f"test set loss {last:.2f}, "
    ended = "diverged, " if record.failure else ""
    return f"{record.name}: {ended}{reached}{record.seconds:.0f} s; {left} to go"


_own: list[Runner] = []  # of a process that works beside others: the runner of its folder


def _begin(folder: Path, data: Digits, sample: Digits) -> None:
    torch.set_num_threads(1)  # the processes share the cores
    _own.append(Runner(folder, data, sample))


def _make(experiment: Experiment) -> None:
    _own[0].train(experiment)
