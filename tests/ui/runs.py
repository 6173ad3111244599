"""Runs for tests of pages: a plan in a folder, and a cluster that trains nothing."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from vaegan.data.mnist import Digits
from vaegan.lab.documents import Control, Status, make_plan
from vaegan.lab.run import Run
from vaegan.presets import preset

SMALL: dict[str, Any] = {"model": {"latent_dim": 3, "hidden_dim": 8}, "batch_size": 20, "epochs": 3}


class IdlePool:
    """A cluster that takes runs and trains none."""

    def __init__(self, address: str | None, workers: int, ended: Callable[..., None]) -> None:
        self.tasks: set[str] = set()

    def connect(self) -> None: ...

    def close(self) -> None: ...

    def slots(self) -> int:
        return 1

    def submit(self, task: str, folders: Sequence[str], priority: int) -> None:
        self.tasks.add(task)

    def cancel(self, task: str) -> None:
        self.tasks.discard(task)

    def __contains__(self, task: str) -> bool:
        return task in self.tasks


def planned(folder: Path, sample: Digits, base: str = "vaegan-bn", **changes: Any) -> Run:
    plan = make_plan(preset(base).updated(SMALL).updated(changes), sample.subset(200, 20), base)
    run = Run(folder / plan.run_id)
    run.folder.mkdir()
    run.write(plan)
    run.write(Control())
    run.write(Status(phase="queued"))
    return run
