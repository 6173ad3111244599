"""A class at work for ten minutes while processes are killed at random: `python -m tests.load.soak`.

Sessions come, use a page and go to another; one run after the other is trained; the lab's worker, or the whole process
that keeps its cluster, is killed now and then. In the end every run must be finished, with weights that equal, to the
bit, those of a training that nobody has disturbed, and no page may have shown an exception.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import torch

from tests.browser.driver import running_app
from tests.load.client import Session
from tests.load.gestures import PAGES
from vaegan.data.mnist import load_sample
from vaegan.errors import VaeganError
from vaegan.lab import layout
from vaegan.lab.documents import ACTIVE, States, Status
from vaegan.lab.run import Run
from vaegan.training.events import EndEvent
from vaegan.training.loop import train
from vaegan.ui.train.config_form import GROUPS

SECONDS_A_VISIT = 20.0
SECONDS_BETWEEN_KILLS = (15.0, 45.0)
PATIENCE = 180.0  # seconds in which the last run must end when the sessions have left


@dataclass
class Soak:
    """What has happened so far."""

    address: str
    runs: Path
    end: float  # by time.monotonic
    answers: int = 0
    exceptions: list[str] = field(default_factory=list)
    kills: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; returns 1 if anything was lost or a page showed an exception."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.soak", description=__doc__)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--log", action="store_true", help="print what the app has written as well")
    wanted = parser.parse_args(arguments)
    torch.set_num_threads(1)  # as the lab's worker has it: the last bits of weights depend on it
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as address:
        soak = Soak(address, Path(folder) / "runs", time.monotonic() + 60 * wanted.minutes)
        asyncio.run(_all_at_once(soak, wanted.sessions))
        runs = [Run(found) for found in sorted(soak.runs.iterdir()) if (found / layout.PLAN).is_file()]
        faults = [*dict.fromkeys(soak.exceptions), *(words for run in runs if (words := _fault(run)))]
        log = (Path(folder) / "log").read_text(errors="replace")
    killed = ", ".join(f"{soak.kills.count(kind)} times the {kind}" for kind in sorted(set(soak.kills))) or "nothing"
    print(f"{soak.answers:,} answers to {wanted.sessions} sessions in {wanted.minutes:g} minutes; killed {killed};")
    print(
        f"{len(runs)} runs trained, {len(soak.exceptions)} exceptions on pages, "
        f"{log.count('Traceback')} tracebacks in the log."
    )
    if wanted.log:
        print(log)
    print("\n".join(faults) if faults else "Every run has the weights of an undisturbed one.")
    return int(bool(faults) or not runs)


async def _all_at_once(soak: Soak, sessions: int) -> None:
    await asyncio.gather(_train(soak), _kill(soak), *(_wander(soak, number) for number in range(sessions)))
    deadline = time.monotonic() + PATIENCE
    while _going(soak) and time.monotonic() < deadline:
        await asyncio.sleep(1)


async def _wander(soak: Soak, number: int) -> None:
    """One visitor after the other."""
    chance = random.Random(number)
    while time.monotonic() < soak.end:
        page = chance.choice(list(PAGES))
        async with Session(soak.address, page) as session:
            soak.exceptions += session.opened.exceptions
            leave = min(soak.end, time.monotonic() + SECONDS_A_VISIT * 2 * chance.random())
            while time.monotonic() < leave:
                await asyncio.sleep(2 * chance.random())
                answer = await session.set(*PAGES[page][2](chance.randrange(1000)))
                soak.answers += 1
                soak.exceptions += answer.exceptions


async def _train(soak: Soak) -> None:
    """One run at a time, each from another seed."""
    seed = 0
    while time.monotonic() < soak.end:
        seed += 1
        async with Session(soak.address, "Train", "show=own") as session:
            await session.set("form_vaegan-bn_tabs", {"string_value": GROUPS[""]})  # the tab that has the seed
            await session.set("form_vaegan-bn_seed", {"int_value": seed})
            answer = await session.set("start_own", {"trigger_value": True})
            soak.exceptions += [*session.opened.exceptions, *answer.exceptions]
        await asyncio.sleep(2)
        while _going(soak) and time.monotonic() < soak.end:
            await asyncio.sleep(0.5)


async def _kill(soak: Soak) -> None:
    """Now and then a process of the lab."""
    chance = random.Random(-1)
    while time.monotonic() < soak.end:
        await asyncio.sleep(chance.uniform(*SECONDS_BETWEEN_KILLS))
        clusters = [each for each in psutil.Process().children(recursive=True) if "lab/cluster.py" in _command(each)]
        if not clusters or time.monotonic() > soak.end:
            continue
        workers = [each for each in clusters[0].children(recursive=True) if "spawn_main" in _command(each)]
        kind, victim = chance.choice([("cluster", clusters[0]), *(("worker", worker) for worker in workers)])
        soak.kills.append(kind)
        victim.kill()


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _going(soak: Soak) -> bool:
    statuses = [Run(folder).read(Status) for folder in soak.runs.iterdir()] if soak.runs.is_dir() else []
    return any(status is not None and status.phase in ACTIVE for status in statuses)


def _fault(run: Run) -> str | None:
    """What is wrong with a run that should have ended as if nothing had happened; None if nothing is."""
    try:
        status, states = run.read(Status), run.read(States)
        if status is None or status.phase != "finished" or states is None:
            return f"{run.run_id}: {'no status' if status is None else status.phase}"
        found = run.state(states.last).weights
        *_, end = train(run.plan.config, load_sample())
    except VaeganError as error:
        return f"{run.run_id}: {error}"
    assert isinstance(end, EndEvent)
    same = all(torch.equal(value, found[name]) for name, value in end.state.weights.items())
    return None if same else f"{run.run_id}: other weights than those of an undisturbed run"


if __name__ == "__main__":
    sys.exit(main())
