"""What tests of jobs share: short and endless runs, and waiting for what becomes of them."""

import json
import time
from collections.abc import Callable
from typing import Any

import psutil
import torch

from tests.conftest import present
from vaegan.checkpoint.state import TrainState
from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.lab.documents import ACTIVE, States
from vaegan.lab.jobs import Jobs
from vaegan.lab.queue import View
from vaegan.training.events import EndEvent
from vaegan.training.journal import JournalReader
from vaegan.training.loop import train

DEADLINE = 60.0  # what must happen at all, on a busy machine
seeds = iter(range(10_000))


def small(**changes: Any) -> TrainConfig:
    """A run that is like no other unless it is given a seed."""
    values = {"model": {"latent_dim": 8, "hidden_dim": 64}, "batch_size": 50, "epochs": 3, "seed": next(seeds)}
    return TrainConfig(**values | changes)


def endless(**changes: Any) -> TrainConfig:
    return small(**{"epochs": 10_000} | changes)


def until(condition: Callable[[], Any], seconds: float = DEADLINE) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError(f"not within {seconds} s")


def ended(jobs: Jobs, run_id: str) -> View:
    return until(lambda: (view := jobs.view(run_id)).phase not in ACTIVE and view)


def in_phase(jobs: Jobs, run_id: str, phase: str, seconds: float = DEADLINE) -> View:
    return until(lambda: (view := jobs.view(run_id)).phase == phase and view, seconds)


def steps(jobs: Jobs, run_id: str) -> list[int]:
    """Each step that the journal holds, as a reader from outside sees it."""
    written = (jobs.lab.root / run_id / "events.jsonl").read_text()
    lines = written[: written.rfind("\n") + 1].splitlines()  # the last line may still be on its way
    return [line["step"] for line in map(json.loads, lines) if line["kind"] == "step"]


def reached(jobs: Jobs, run_id: str, step: int) -> bool:
    reader = JournalReader(jobs.lab.root / run_id / "events.jsonl")
    reader.poll()
    return len(reader.columns().get("step", ())) >= step


def undisturbed(config: TrainConfig, data: Digits) -> TrainState:
    *_, end = train(config, data)
    assert isinstance(end, EndEvent)
    return end.state


def same_weights(jobs: Jobs, run_id: str, state: TrainState) -> bool:
    run = jobs.lab.run(run_id)
    found = run.state(present(run.read(States)).last).weights
    return all(torch.equal(value, found[name]) for name, value in state.weights.items())


def family(jobs: Jobs) -> list[psutil.Process]:
    """The processes of the lab's own cluster; other tests' servers may have theirs."""
    cluster = psutil.Process(present(jobs._dispatch._pool._cluster)._process.pid)
    return [cluster, *cluster.children(recursive=True)]


def workers(jobs: Jobs) -> list[psutil.Process]:
    """Those that train: spawned, and not the tracker of spawned ones' resources."""
    return [member for member in family(jobs) if any("spawn_main" in word for word in member.cmdline())]
