"""Let many sessions use every page at once and print how long the server takes to answer: `make load`.

Each session opens the page and then makes one gesture a second, for which the server is asked. All of it runs on one
machine, so the sessions themselves take time from the server: what is printed is an upper bound.
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

import numpy as np
import psutil

from tests.browser.driver import running_app
from tests.load.client import Answer, Session
from tests.load.gestures import PAGES

PAUSE = 1.0  # seconds between two gestures of a session, on average


@dataclass
class Measured:
    """Answers of all sessions on one page."""

    opened: list[Answer] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @property
    def exceptions(self) -> list[str]:
        """All exceptions that a page showed."""
        return [words for answer in [*self.opened, *self.answers] for words in answer.exceptions]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; returns 1 if a page showed an exception."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--sessions", type=int, default=30, help="at once on each page (default 30)")
    parser.add_argument("--seconds", type=float, default=20, help="for which they work on each page (default 20)")
    parser.add_argument("--training", action="store_true", help="beside a training run that goes on meanwhile")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as address:
        exceptions = asyncio.run(_measure(address, wanted.sessions, wanted.seconds, training=wanted.training))
    for words in dict.fromkeys(exceptions):
        print(words, file=sys.stderr)
    return int(bool(exceptions))


async def _measure(address: str, sessions: int, seconds: float, *, training: bool) -> list[str]:
    """Print a row for each page, then memory; returns the exceptions that pages showed."""
    await _visit_each(address)
    idle = memory()
    beside = " beside a training run" if training else ""
    print(
        f"{sessions} sessions, one gesture a second each, {seconds:g} s a page{beside}; milliseconds at the client:\n"
    )
    print("| page | what is done | opened p50 | p95 | answered p50 | p95 | kB an answer | answers | exceptions |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    exceptions: list[str] = []
    for page, (name, words, _) in PAGES.items():
        if training:
            await _train(address)
        measured = Measured()
        await asyncio.gather(*(_use(address, page, seconds, measured, number) for number in range(sessions)))
        exceptions += measured.exceptions
        opened, answered = (_percentiles(answers) for answers in (measured.opened, measured.answers))
        size = np.median([answer.size for answer in measured.answers]) / 1000
        counts = f"{len(measured.answers):,} | {len(measured.exceptions)}"
        print(f"| {name} | {words} | {opened} | {answered} | {size:.0f} | {counts} |", flush=True)
    print(f"\nProportional memory (PSS) of app, lab and worker: {idle:,.0f} MB before, {memory():,.0f} MB after.")
    return exceptions


async def _visit_each(address: str) -> None:
    """Each page once: what it computes for all visitors is there before anything is timed."""
    for page, (_, _, gesture) in PAGES.items():
        async with Session(address, page) as session:
            await session.set(*gesture(0))
    await asyncio.sleep(5)  # until the lab's worker is there


async def _use(address: str, page: str, seconds: float, measured: Measured, number: int) -> None:
    """One session on one page."""
    chance = random.Random(number)
    gesture = PAGES[page][2]
    async with Session(address, page) as session:
        measured.opened.append(session.opened)
        end = time.monotonic() + seconds
        turn = chance.randrange(1000)
        await asyncio.sleep(PAUSE * chance.random())
        while time.monotonic() < end:
            answer = await session.set(*gesture(turn))
            measured.answers.append(answer)
            turn += 1
            await asyncio.sleep(max(0.0, 2 * PAUSE * chance.random() - answer.seconds))


async def _train(address: str) -> None:
    """Start a run that goes on while a page is measured: the lesson whose networks learn longest."""
    async with Session(address, "Train") as session:
        await session.set("lesson_layers", {"trigger_value": True})


def _percentiles(answers: Sequence[Answer]) -> str:
    p50, p95 = np.percentile([1000 * answer.seconds for answer in answers], [50, 95])
    return f"{p50:.0f} | {p95:.0f}"


def memory() -> float:
    """Proportional memory in MB of all processes that this one has started: each shared page counts once."""
    return sum(process.memory_full_info().pss for process in psutil.Process().children(recursive=True)) / 1e6


if __name__ == "__main__":
    sys.exit(main())
