"""`train(config, data)` is an iterator of events; it prints nothing, writes nothing and knows no user interface.

All random numbers of step n come from a stream named by (seed, purpose, n), so a run's state needs no generator, only
counters. A resumed run repeats an uninterrupted one bit for bit on a CPU, and twins that differ in BatchNorm see the
same digits and noise.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.optim import lr_scheduler as schedulers

from vaegan.checkpoint.state import TrainState
from vaegan.config import TrainConfig, parse
from vaegan.data.mnist import Digits, first_of_each_class
from vaegan.data.noise import corrupt_mixture
from vaegan.data.tensors import to_pictures
from vaegan.errors import CheckpointError, ConfigError, DivergedError
from vaegan.metrics.likeness import reconstruct, vae_losses
from vaegan.model.networks import VAEGAN, build, seeded
from vaegan.training.average import Average
from vaegan.training.batches import PREVIEW, STEP, Batches, EvaluationSet, stream
from vaegan.training.events import EndEvent, EpochEvent, Event, PreviewEvent, StepEvent
from vaegan.training.optimisers import (
    PER_STEP,
    check_precision,
    keep_freed_memory,
    make_schedule,
    optimizers,
    restore_schedule,
)
from vaegan.training.routing import gradients, network_parameters, terms

PREVIEW_SAMPLES = 10


def train(
    config: TrainConfig,
    data: Digits,
    *,
    resume: TrainState | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Iterator[Event]:
    """Train, and yield what happens: a preview, steps, an epoch and a preview after each pass, and at last the end.

    `should_stop` is asked after each step. ConfigError if `resume` is of another run or the processor lacks what
    `config` asks for; DivergedError as soon as a number is no longer finite.
    """
    run = _Run(config, data)
    if resume is not None:
        run.restore(resume)
    events = _events(run, should_stop or (lambda: False))
    while (event := _next(events)) is not None:
        yield event


def start_from(weights: dict[str, Tensor], config: TrainConfig, data: Digits) -> TrainState:
    """The state to resume from for a new run of `config` that begins with the weights of another."""
    run = _Run(config, data)
    run.model.load_state_dict(weights)
    run.begin_average()
    return run.snapshot()


def _next(events: Iterator[Event]) -> Event | None:
    """The next event, computed with denormal numbers flushed to 0.

    Adam's moments of always-black pixels decay into denormals, which processors handle many times slower. The setting
    holds for a whole thread, so it is undone after each event: runs that take turns end as if each were alone.
    """
    torch.set_flush_denormal(True)
    try:
        return next(events, None)
    finally:
        torch.set_flush_denormal(False)


def _events(run: "_Run", should_stop: Callable[[], bool]) -> Iterator[Event]:
    config, progress = run.config, run.progress
    if progress.step == 0:
        yield run.preview()
    while progress.epoch < config.epochs and not run.is_stale:
        while progress.batch < run.batches.count:
            yield run.step()
            if config.preview_every and progress.step % config.preview_every == 0:
                yield run.preview()
            if should_stop():
                yield EndEvent("stopped", run.snapshot())
                return
        yield run.end_epoch()
        yield run.preview()
    yield EndEvent("early stopping" if run.is_stale else "finished", run.snapshot())


@dataclass
class _Progress:
    """Counters of a run, all plain numbers: with them and its tensors a run can go on."""

    step: int = 0
    epoch: int = 0  # finished passes
    batch: int = 0  # finished batches of the pass under way
    images: int = 0  # digits in these batches
    seconds: float = 0.0  # that these batches took
    sums: dict[str, float] = field(default_factory=dict)  # of each loss over these digits
    best: float = math.inf  # the lowest loss on held-out digits
    stale_epochs: int = 0  # passes since that loss was reached


class _Run:
    """One training run's tensors and counters; its methods make one step, end one pass, or make one preview."""

    def __init__(self, config: TrainConfig, data: Digits) -> None:
        check_precision(config)
        keep_freed_memory()
        self.config, self.data = config, data
        self.progress = _Progress()
        self.model = build(config.model, config.seed)
        self.begin_average()
        self.before_gan = config.in_epoch(0)
        self.parameters = network_parameters(self.model)
        self.optimizers = optimizers(self.model, config)
        self.batches = Batches(config, data)
        self.schedules = [make_schedule(optimizer, config, self.batches.count) for optimizer in self.optimizers]

    def begin_average(self) -> None:
        """Let the average over steps, if the run keeps one, begin with the weights of now."""
        self.average = Average(self.model, self.config.ema) if self.config.ema > 0 else None

    @property
    def shown(self) -> VAEGAN:
        """The network that is measured, shown and saved: the average over steps if the run keeps one."""
        return self.model if self.average is None else self.average.model

    def step(self) -> StepEvent:
        """Send one batch through the networks and let both optimisers make one step."""
        progress = self.progress
        config = self.before_gan if progress.epoch < self.config.adv_start else self.config
        started = perf_counter()
        generator = stream(config.seed, STEP, progress.step)
        clean = self.batches.clean(progress.epoch, progress.batch)  # (B, 784)
        inputs = corrupt_mixture(clean, config.noise, generator)
        with seeded(generator.initial_seed()) if config.model.dropout > 0 else nullcontext():
            result = terms(self.model, clean, inputs, config, generator, progress.step)
        losses = {name: float(value.detach()) for name, value in result.losses.items()}
        self._check_finite(losses)
        lr = self.optimizers[0].param_groups[0]["lr"]
        norms = self._apply(gradients(self.parameters, result.losses, config))
        progress.step += 1
        progress.batch += 1
        progress.images += len(clean)
        progress.seconds += perf_counter() - started
        for name, value in losses.items():
            progress.sums[name] = progress.sums.get(name, 0.0) + value * len(clean)
        return StepEvent(
            step=progress.step,
            epoch=progress.epoch + 1,
            done=progress.step / (config.epochs * self.batches.count),
            losses=losses,
            d_real=None if result.d_real is None else float(result.d_real),
            d_fake=None if result.d_fake is None else float(result.d_fake),
            grad_norm=norms,
            lr=lr,
            images_per_s=progress.images / progress.seconds,
        )

    def _apply(self, gradient: dict[str, list[Tensor | None]]) -> dict[str, float]:
        norms = {}
        for name, values in gradient.items():
            for parameter, value in zip(self.parameters[name], values, strict=True):
                parameter.grad = value
            present = [value for value in values if value is not None]
            if present:
                norms[name] = float(torch.stack([torch.linalg.vector_norm(value) for value in present]).norm())
        self._check_finite({f"the {name}'s gradient": norm for name, norm in norms.items()})
        for optimizer in self.optimizers:
            optimizer.step()
        if self.average is not None:
            self.average.follow(self.progress.step)
        if self.config.schedule in PER_STEP:
            for schedule in self.schedules:
                schedule.step()
        return norms

    def _check_finite(self, losses: dict[str, float]) -> None:
        for name, value in losses.items():
            if not math.isfinite(value):
                raise DivergedError(
                    f"training diverged: {name} is {value} at step {self.progress.step + 1} (epoch "
                    f"{self.progress.epoch + 1}); lower the learning rate (now {self.config.lr:g}, try "
                    f"{self.config.lr / 10:g})" + (" or use norm batch" if self.config.model.norm == "none" else "")
                )

    def end_epoch(self) -> EpochEvent:
        """Measure on test and held-out digits, update schedules and early stopping, and begin a new pass."""
        progress = self.progress
        losses = {name: total / progress.images for name, total in progress.sums.items()}
        average_loss = None
        if "recon" in losses:
            average_loss = (progress.sums["recon"] + self._kl_counts * progress.sums["kl"]) / self.batches.count
        test_loss, holdout_loss = self._measure(self.batches.test), self._measure(self.batches.holdout)
        self._check_finite({"test loss": test_loss or 0.0})
        speed = progress.images / progress.seconds
        lr = self.optimizers[0].param_groups[0]["lr"]
        self._watch(holdout_loss)
        progress.epoch += 1
        progress.batch = progress.images = 0
        progress.seconds, progress.sums = 0.0, {}
        return EpochEvent(
            progress.step, progress.epoch, losses, average_loss, test_loss, holdout_loss, lr, speed, self.snapshot()
        )

    @property
    def _kl_counts(self) -> bool:
        """Whether the KL term is part of the loss: a plain autoencoder has no posterior, so it is not."""
        return self.config.sample_latent

    def _measure(self, pictures: EvaluationSet | None) -> float | None:
        """The test loss of these digits; None if there are none or this system does not encode."""
        if pictures is None or not self.config.uses_encoder:
            return None
        with _in_use(self.shown) as model:
            recon, kl = vae_losses(model, *pictures)
        return float((recon + self._kl_counts * kl).mean())

    def _watch(self, loss: float | None) -> None:
        progress = self.progress
        if loss is not None:
            progress.stale_epochs = 0 if loss < progress.best else progress.stale_epochs + 1
            progress.best = min(progress.best, loss)
        for schedule in self.schedules:
            if isinstance(schedule, schedulers.ReduceLROnPlateau):
                if loss is not None:
                    schedule.step(loss)
            elif self.config.schedule == "step":
                schedule.step()

    @property
    def is_stale(self) -> bool:
        """Whether early stopping ends the run; its counter is part of the state, so a resumed run stays stopped."""
        return 0 < self.config.early_stopping <= self.progress.stale_epochs

    def preview(self) -> PreviewEvent:
        """The first test digit of each class: clean, as the encoder sees it, and reconstructed; and decoded samples."""
        rows = list(first_of_each_class(self.data.test_labels).values())
        clean, inputs = (pictures[rows] for pictures in self.batches.test)
        z = torch.randn(PREVIEW_SAMPLES, self.model.latent_dim, generator=stream(self.config.seed, PREVIEW))
        with _in_use(self.shown) as model, torch.inference_mode():
            samples = model.decode(z)
            reconstructions = reconstruct(model, inputs) if self.config.uses_encoder else None
        return PreviewEvent(
            step=self.progress.step,
            epoch=self.progress.epoch,
            originals=_bytes(clean),
            inputs=_bytes(inputs),
            reconstructions=None if reconstructions is None else _bytes(reconstructions),
            samples=_bytes(samples),
        )

    def snapshot(self) -> TrainState:
        """A copy of everything that changes while the run trains."""
        tensors = {f"model.{name}": value.clone() for name, value in self.model.state_dict().items()}
        if self.average is not None:
            tensors |= {f"average.{name}": value.clone() for name, value in self.shown.state_dict().items()}
        for index, optimizer in enumerate(self.optimizers):
            for row, moments in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{index}.{row}.{name}": value.clone() for name, value in moments.items()}
        values = {
            "config": self.config.model_dump(mode="json"),
            "data_sha256": self.data.sha256,
            "progress": dict(vars(self.progress)) | {"sums": dict(self.progress.sums)},
            "schedules": [schedule.state_dict() for schedule in self.schedules],
            "lrs": [[group["lr"] for group in optimizer.param_groups] for optimizer in self.optimizers],
        }
        return TrainState(tensors, values)

    def restore(self, state: TrainState) -> None:
        """Go on from `state`; ConfigError if it is of another configuration or other data."""
        self._check_same_run(state)
        self.model.load_state_dict(state.part("model"))
        if self.average is not None:
            self.shown.load_state_dict(state.part("average"))
        try:
            self._restore_optimizers(state)
        except (ValueError, TypeError, IndexError, KeyError) as error:
            raise CheckpointError(f"the state to resume is damaged ({error}); start the run again") from error
        for name, value in deepcopy(state.values["progress"]).items():  # the sums grow, and the state must stay
            setattr(self.progress, name, value)

    def _restore_optimizers(self, state: TrainState) -> None:
        """Moments, learning rates and schedules; ValueError and its like if they are not this run's."""
        progress = state.values["progress"]
        if progress["step"] != progress["epoch"] * self.batches.count + progress["batch"]:
            raise ValueError(f"step {progress['step']} is not in epoch {progress['epoch']} of so many digits")
        for index, optimizer in enumerate(self.optimizers):
            parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
            moments: dict[int, dict[str, Tensor]] = {}
            for name, value in state.part(f"optimizer.{index}").items():
                row, key = name.split(".")
                if key != "step" and value.shape != parameters[int(row)].shape:
                    raise ValueError(f"{key} {row} of optimiser {index} has shape {tuple(value.shape)}")
                moments.setdefault(int(row), {})[key] = value.clone()
            optimizer.load_state_dict(optimizer.state_dict() | {"state": moments})
            for group, lr in zip(optimizer.param_groups, state.values["lrs"][index], strict=True):
                group["lr"] = lr
        steps = progress["step"] if self.config.schedule in PER_STEP else None
        for schedule, values in zip(self.schedules, state.values["schedules"], strict=True):
            restore_schedule(schedule, values, steps)

    def _check_same_run(self, state: TrainState) -> None:
        if state.values["data_sha256"] != self.data.sha256:
            raise ConfigError(f"the run to resume was trained on other data than {self.data.label}; use the same data")
        saved = parse(TrainConfig, state.values["config"])  # a setting that is newer than the state gets its default
        before, now = saved.model_dump(mode="json"), self.config.model_dump(mode="json")
        longer_is_fine = self.config.schedule not in PER_STEP  # per-step schedules depend on the run's whole length
        changed = [name for name in now if before[name] != now[name] and not (name == "epochs" and longer_is_fine)]
        if changed:
            raise ConfigError(
                f"the run to resume had other settings: {', '.join(f'{name} {before[name]}' for name in changed)}; "
                "use the same, or start a new run"
            )


@contextmanager
def _in_use(model: VAEGAN) -> Iterator[VAEGAN]:
    """The model in eval mode within this block, then in training mode again."""
    model.eval()
    try:
        yield model
    finally:
        model.train()


def _bytes(pictures: Tensor) -> NDArray[np.uint8]:
    return to_pictures((pictures.clamp(0, 1) * 255).round().byte())
