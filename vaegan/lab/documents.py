"""The small files of a run: what is to be trained, what people want of it, and what its worker says."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from vaegan.checkpoint.card import CardData
from vaegan.checkpoint.command import changes_from, command_line
from vaegan.config import TrainConfig, identity
from vaegan.data.mnist import Digits
from vaegan.lab import layout
from vaegan.presets import PRESETS
from vaegan.training.version import code_version


def _run_id(text: str) -> str:
    if not layout.is_run_id(text):
        raise ValueError("a run's id has twelve digits and letters from a to f")
    return text


RunId = Annotated[str, AfterValidator(_run_id)]
Phase = Literal["queued", "running", "paused", "stopping", "stopped", "finished", "failed"]
Cause = Literal["diverged"]  # why a run failed, where a program must know and not only people
ACTIVE: frozenset[Phase] = frozenset(("queued", "running", "paused", "stopping"))


class Document(BaseModel):
    """A small file of a run, always replaced whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    file: ClassVar[str]


class RunData(CardData):
    """The digits of a run, so that a worker on another machine can check that it has the same ones."""

    train: int
    test: int
    of_class: bool = False  # a class wrote the training digits, which lie in the run's own folder


class Origin(BaseModel):
    """Where a fork began: the weights after `epoch` of another run."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    run: str
    epoch: int


class Plan(Document):
    """All that decides a run's weights, its name, and when it was asked for."""

    file = layout.PLAN
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
        preset = PRESETS.get(self.preset)  # a later version may have others
        settings = None if preset is None else changes_from(preset, self.config)
        base = self.preset if settings is not None else "vaegan-bn"  # in which all optional numbers are left open
        settings = settings if settings is not None else changes_from(PRESETS[base], self.config)
        words = command_line(base, settings or {}, Path("runs") / base)
        if self.origin is None:
            return words
        return f"{words} --start {self.origin.run}/{layout.state_name(self.origin.epoch)}"


class Control(Document):
    """What people want of a run. While it is paused it may still make `batches` batches and `epochs` epochs in all."""

    file = layout.CONTROL
    want: Literal["run", "pause", "stop", "delete"] = "run"
    batches: int = 0
    epochs: int = 0

    @property
    def wants_end(self) -> bool:
        """Whether the run is to leave its worker for good."""
        return self.want in ("stop", "delete")


class Watchers(Document):
    """The sessions that asked for the run and have not left it, and the one that was the first to ask."""

    file = layout.WATCHERS
    sessions: tuple[str, ...] = ()
    owner: str | None = None  # None for runs of before anybody noted it


class Status(Document):
    """The run's phase, and how far its worker has brought it; `phases` says who may change the phase."""

    file = layout.STATUS
    phase: Phase
    reason: str = ""  # a sentence for people
    cause: Cause | None = None  # of a run that failed
    queued_at: float = 0.0  # seconds since 1970
    race: tuple[RunId, ...] = ()  # the runs that were queued together and take turns on one worker, this one among them
    held: bool = False  # paused, and a worker waits for it to go on
    step: int = 0
    epoch: int = 0  # finished passes
    done: float = 0.0  # share of the run, 0 to 1
    seconds: float = 0.0  # for which this attempt has trained
    remaining: float | None = None  # seconds
    images_per_s: float | None = None
    spent_batches: int = 0  # of those that the control allows while the run is paused
    spent_epochs: int = 0

    def task_of(self, run_id: str) -> str:
        """The name of the Dask task that trains the run. Submitting it once more joins the task that is there."""
        return f"vaegan-{self.race[0] if self.race else run_id}-{self.queued_at:.3f}"


class States(Document):
    """The epochs with the newest state, and with the lowest loss on held-out digits (on test digits without them)."""

    file = layout.STATES
    last: int
    best: int


def make_plan(config: TrainConfig, data: Digits, preset: str, origin: Origin | None = None) -> Plan:
    """The plan of a run that is asked for now."""
    counts = len(data.train_images), len(data.test_images)
    written = data.source == "class"
    plan = Plan(
        name="",
        preset=preset,
        config=config,
        data=RunData(label=data.label, sha256=data.sha256, train=counts[0], test=counts[1], of_class=written),
        code=code_version(),
        origin=origin,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return plan.model_copy(update={"name": f"{preset}-{plan.run_id[:6]}"})
