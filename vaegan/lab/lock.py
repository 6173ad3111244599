"""A run's lock: only the process that holds it writes the run, and it touches the lock's file to show that it lives."""

import json
import os
import secrets
import socket
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

import psutil

BEAT_SECONDS = 0.1
TOUCH_SECONDS = 0.5
SILENT_SECONDS = 4.0  # after which a holder on another machine counts as gone


class LockLostError(Exception):
    """Another process has taken the run over, because this one was silent for too long: it must write no more."""


class RunLock:
    """Holds a run within `with`, once no other process holds it. A thread calls `on_beat` ten times a second."""

    def __init__(self, file: Path, on_beat: Callable[[], None]) -> None:
        self._file, self._on_beat = file, on_beat
        self._token = secrets.token_hex(8)
        self._text = json.dumps({"token": self._token, "host": socket.gethostname(), "pid": os.getpid()})
        self._ended = Event()
        self._lost = False
        self._thread = Thread(target=self._beat, name="run lock", daemon=True)

    def __enter__(self) -> Self:
        while True:
            wait_until_free(self._file)
            try:
                with self._file.open("x") as file:
                    file.write(self._text)
                break
            except FileExistsError:  # somebody was quicker
                continue
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
        if self._is_ours():
            self._file.unlink(missing_ok=True)

    def check(self) -> None:
        """LockLostError if another process holds the run by now."""
        if self._lost:
            raise LockLostError

    def _is_ours(self) -> bool:
        try:
            return self._file.read_text() == self._text
        except OSError:
            return False

    def _beat(self) -> None:
        touched = time.monotonic()
        while not self._ended.wait(BEAT_SECONDS):
            if time.monotonic() - touched >= TOUCH_SECONDS:
                touched = time.monotonic()
                if self._file.parent.is_dir() and not self._is_ours():
                    self._lost = True
                    return
                try:
                    os.utime(self._file)
                except OSError:  # writing the run fails with the same error, which is then reported
                    return
            self._on_beat()


def wait_until_free(file: Path) -> None:
    """Return when nobody holds the lock: it is missing, its process has ended, or nobody touched it for long."""
    seen, since = 0, time.monotonic()
    while True:
        try:
            touched = file.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if touched != seen:
            seen, since = touched, time.monotonic()
        if time.monotonic() - since > SILENT_SECONDS or not _may_live(file):
            file.unlink(missing_ok=True)
            return
        time.sleep(BEAT_SECONDS)


def is_held(file: Path) -> bool:
    """Whether somebody may hold the lock: it was touched lately, and not by a process that is gone."""
    try:
        return time.time() - file.stat().st_mtime < SILENT_SECONDS and _may_live(file)
    except FileNotFoundError:
        return False


def _may_live(file: Path) -> bool:
    """False if the holder is a process of this machine that has ended. A lock that says nothing may be half written."""
    try:
        holder = json.loads(file.read_text())
        if holder["host"] != socket.gethostname():
            return True
        return bool(psutil.Process(holder["pid"]).status() != psutil.STATUS_ZOMBIE)
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError, psutil.Error):
        return True
