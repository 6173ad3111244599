import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from vaegan.lab import lock
from vaegan.lab.lock import LockLostError, RunLock, is_held, wait_until_free


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "TOUCH_SECONDS", 0.02)
    monkeypatch.setattr(lock, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(lock, "SILENT_SECONDS", 0.5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "claim"


def nothing() -> None:
    pass


def test_one_holds_at_a_time(file: Path) -> None:
    order = []

    def second() -> None:
        with RunLock(file, nothing):
            order.append("second")

    with RunLock(file, nothing) as held:
        other = Thread(target=second)
        other.start()
        time.sleep(0.7)  # longer than a silent holder is waited for
        order.append("first")
        held.check()
        assert is_held(file)
    other.join()
    assert order == ["first", "second"]
    assert not file.exists()
    assert not is_held(file)


def test_a_holder_that_ended_is_not_waited_for(file: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
        file.write_text(json.dumps({"token": "", "host": socket.gethostname(), "pid": ended.pid}))
    assert not is_held(file)
    began = time.monotonic()
    wait_until_free(file)
    assert time.monotonic() - began < 0.4


@pytest.mark.parametrize(
    "text",
    [json.dumps({"token": "", "host": "elsewhere", "pid": os.getpid()}), "", "{}"],
    ids=["elsewhere", "not yet written", "cut short"],
)
def test_a_holder_elsewhere_is_waited_for_until_it_is_silent(file: Path, text: str) -> None:
    file.write_text(text)
    assert is_held(file)
    began = time.monotonic()
    wait_until_free(file)
    assert time.monotonic() - began >= 0.5


def test_who_was_taken_for_gone_learns_it(file: Path) -> None:
    with RunLock(file, nothing) as held:
        file.write_text("another's")
        held._thread.join(10)
        with pytest.raises(LockLostError):
            held.check()
        assert file.read_text() == "another's"
    assert file.exists(), "it is not ours to remove"


def test_the_holder_is_called_again_and_again(file: Path) -> None:
    beats = []
    with RunLock(file, lambda: beats.append(1)):
        deadline = time.monotonic() + 10
        while len(beats) < 3:
            assert time.monotonic() < deadline


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", '"x"', "7", "{}", '{"host": "h"}', "[" * 100_000),
        *(f'{{"host": HOST, "pid": {pid}}}' for pid in (-1, 10**30, '"x"', "null")),
    ],
)
def test_a_lock_that_says_nothing_is_waited_for_until_it_is_old(text: str, file: Path) -> None:
    file.write_text(text.replace("HOST", json.dumps(socket.gethostname())))
    is_held(file)
    began = time.monotonic()
    wait_until_free(file)
    assert time.monotonic() - began < 2
    assert not file.exists()


def test_a_folder_in_place_of_a_lock_holds_nothing_for_long(file: Path) -> None:
    file.mkdir()
    assert is_held(file)
    time.sleep(0.6)
    assert not is_held(file)
