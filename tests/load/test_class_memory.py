"""What a server holds when classes have come and gone: real processes, sixty browsers as they are seen by a server."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.browser.driver import running_app
from tests.coroutines import run
from tests.load.client import Session
from tests.load.lesson import PASSCODE, hold_class

STUDENTS, CLASSES = 60, 3
LIFE = 2  # seconds that a session outlives its browser here, in place of ten minutes
MOST = 1.10  # times the memory of before


def memory(address: str) -> float:
    """Of the server at this address alone, in MB: not of the lab's processes, or of other tests' servers."""
    port = str(urlsplit(address).port)
    (server,) = (each for each in psutil.Process().children() if port in each.cmdline())
    return float(server.memory_info().rss) / 1e6


async def expire(address: str) -> None:
    """Wait until the sessions that have left are forgotten, which the server does when another one leaves."""
    for _ in range(2):
        await asyncio.sleep(LIFE + 1)
        async with Session(address, "Learn"):
            pass


@pytest.mark.long
@pytest.mark.clocked
@pytest.mark.timeout(600)
def test_when_classes_have_left_the_servers_memory_is_what_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One class may leave pieces of the heap behind; what each of three would leave is more than is allowed."""
    monkeypatch.setenv("VAEGAN_PASSCODE", PASSCODE)

    async def scene(address: str) -> list[float]:
        assert await hold_class(address, 3) == []  # what all share, such as networks, is loaded by now
        await expire(address)
        seen = [memory(address)]
        for _ in range(CLASSES):
            assert await hold_class(address, STUDENTS) == []
            await expire(address)
            seen.append(memory(address))
        return seen

    with running_app(tmp_path, options=["--server.disconnectedSessionTTL", str(LIFE)]) as address:
        before, *after = run(scene(address))
    print(
        f"{before:.0f} MB before, then after each class of {STUDENTS}: {', '.join(f'{each:.0f}' for each in after)} MB"
    )
    assert max(after) <= MOST * before
