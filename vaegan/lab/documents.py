"""The small files of a run: what is to be trained, what people want of it, and what its worker says."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from vaegan.checkpoint.card import CardData
from vaegan.checkpoint.command import changes_from, command_line
from vaegan.config import PRESETS, TrainConfig, identity
from vaegan.data.mnist import Digits
from vaegan.training.version import code_version

Phase = Literal["queued", "running", "paused", "stopping", "stopped", "finished", "failed"]
Cause = Literal["diverged"]  # why a run failed, where a program must know and not only people
ACTIVE: frozenset[Phase] = frozenset(("queued", "running", "paused", "stopping"))
START = "states/start.safetensors"  # of a run: where a fork begins


class _Paper(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RunData(CardData):
    """The digits of a run, so that a worker elsewhere can take the same."""

    train: int
    test: int


class Origin(_Paper):
    """Where a fork began: the weights after `epoch` of another run."""

    run: str
    epoch: int


class Plan(_Paper):
    """config.json: all that decides a run's weights, its name, and when it was asked for."""

    format: Literal[1] = 1
    name: str
    preset: str
    config: TrainConfig
    data: RunData
    code: str
    origin: Origin | None = None
    created: str  # ISO date and time, UTC

    @property
    def run_id(self) -> str:
        """What a run that is created now by this plan is called: a hash of settings, digits, code and origin.

        Plans that train the same have the same id. A stored run is called by its folder, whatever this says of its
        plan: the rule by which the id is computed may have changed since.
        """
        decisive = {
            "config": identity(self.config),
            "data": self.data.sha256,
            "code": self.code,
            "origin": None if self.origin is None else self.origin.model_dump(),
        }
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def command(self) -> str:
        """The command line that repeats the run. A fork's begins with a file of the run it comes from."""
        settings = changes_from(PRESETS[self.preset], self.config)
        base = self.preset if settings is not None else "vaegan-bn"  # which leaves open all that may be left open
        settings = settings if settings is not None else changes_from(PRESETS[base], self.config)
        words = command_line(base, settings or {}, Path("runs") / base)
        return words if self.origin is None else f"{words} --start {self.origin.run}/{state_name(self.origin.epoch)}"


class Control(_Paper):
    """control.json: what people want; while it pauses, the run may make so many batches and epochs in all."""

    want: Literal["run", "pause", "stop"] = "run"
    batches: int = 0
    epochs: int = 0


class Watchers(_Paper):
    """watchers.json: the sessions that asked for the run."""

    sessions: tuple[str, ...] = ()


class Status(_Paper):
    """status.json: the worker's last word, or that the run waits for one."""

    phase: Phase
    reason: str = ""  # a sentence for people
    cause: Cause | None = None  # of a run that failed
    queued_at: float = 0.0  # seconds since 1970
    race: tuple[str, ...] = ()  # the runs that were queued together and take turns on one worker, this one among them
    held: bool = False  # by a worker that waits for it to go on
    step: int = 0
    epoch: int = 0  # passes finished
    done: float = 0.0
    seconds: float = 0.0  # that this attempt has trained
    remaining: float | None = None  # seconds
    images_per_s: float | None = None
    spent_batches: int = 0
    spent_epochs: int = 0


class States(_Paper):
    """states.json: the epochs with the newest and with the lowest loss on held-out (else test) digits."""

    last: int
    best: int


def make_plan(config: TrainConfig, data: Digits, preset: str, origin: Origin | None = None) -> Plan:
    """The plan of a run that is asked for now."""
    counts = len(data.train_images), len(data.test_images)
    plan = Plan(
        name="",
        preset=preset,
        config=config,
        data=RunData(label=data.label, sha256=data.sha256, train=counts[0], test=counts[1]),
        code=code_version(),
        origin=origin,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return plan.model_copy(update={"name": f"{preset}-{plan.run_id[:6]}"})


def state_name(epoch: int) -> str:
    """A state's file within its run."""
    return f"states/epoch-{epoch:05}.safetensors"
