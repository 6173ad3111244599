"""The app's own small Dask cluster, as a process beside it: a scheduler and single-threaded workers, on loopback only.

    cluster = Cluster.start(workers=1)
    cluster.address          # "tls://127.0.0.1:41235"
    cluster.close()

Whoever reaches a scheduler can run code as its user, and every user of the machine reaches loopback. So connections are
encrypted with a key that each start makes anew. The app gets it through the pipe between them; it is never on the disk.

The process ends with the app, however the app ends: it reads its standard input, which closes when the app is gone. It
runs this file as a script, without the package, because the scheduler needs no torch. Dask's own SubprocessCluster is
not used: it does not run on Windows, and it outlives an app that was killed.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sized
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import psutil
from distributed.security import Security

NICENESS = 10
CLOSE_SECONDS = 5.0
MISSING_SECONDS = 60.0  # for which a worker may be missing: on a busy machine it starts slowly


_begun: "dict[int, subprocess.Popen[str]]" = {}  # processes that no `Cluster.start` has taken, by their workers


class Cluster:
    """A running cluster process. A worker has one thread: runs in one process would share torch's global generator."""

    def __init__(self, process: "subprocess.Popen[str]", address: str, key: str = "", certificate: str = "") -> None:
        self._process = process
        self.address = address
        self._key, self._certificate = key, certificate

    @classmethod
    def start(cls, workers: int) -> "Cluster":
        """Start a cluster with so many workers, which join it one after the other. OSError if it does not start."""
        process = _begun.pop(workers, None) or _launch(workers)
        assert process.stdout is not None
        said = process.stdout.readline()
        if not said:
            process.kill()
            cls(process, "").close()
            raise OSError(f"the cluster's process ended at once with exit code {process.returncode}")
        return cls(process, *json.loads(said))

    @property
    def security(self) -> Security:
        """What a client needs to connect."""
        return Security(
            require_encryption=True,
            tls_ca_file=self._certificate,
            tls_client_key=self._key,
            tls_client_cert=self._certificate,
        )

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the cluster and its workers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            end_children(self._process.pid)
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def begin(workers: int) -> None:
    """Start a cluster's process and do not wait for it: the next `Cluster.start` with so many workers takes it.

    Its workers take seconds to load torch, as the app does: so both load at once.
    """
    if workers not in _begun:
        _begun[workers] = _launch(workers)


def _launch(workers: int) -> "subprocess.Popen[str]":
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(  # noqa: S603 - our own file
        [sys.executable, "-P", __file__, str(workers)],  # -P: this folder's queue.py is not the library's
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C in the app's terminal is not for it
    )


def end_children(pid: int) -> None:
    """Kill all processes that a process started. Runs lose nothing: the next start goes on from their states."""
    for child in psutil.Process(pid).children(recursive=True):
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue


def _serve(workers: int) -> None:
    """What the process does: print the address, start the workers, and end when its standard input is closed."""
    import dask
    from distributed import LocalCluster

    psutil.Process().nice(NICENESS if os.name == "posix" else psutil.BELOW_NORMAL_PRIORITY_CLASS)  # workers inherit it
    dask.config.set(
        {
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
            # Without this, Dask gives up a killed worker for good if a busy machine does not restart it within 15 s.
            "distributed.deploy.lost-worker-timeout": "365 days",
        }
    )
    security = Security.temporary()
    cluster = LocalCluster(
        n_workers=0,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        memory_limit=None,
        security=security,
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},  # Dask's own port may be taken
    )
    with suppress(BrokenPipeError):  # the app may be gone already
        print(json.dumps([cluster.scheduler_address, security.tls_client_key, security.tls_client_cert]), flush=True)
    cluster.scale(workers)
    ended = Event()
    Thread(target=_wait_for_end, args=(ended,), name="end", daemon=True).start()
    watch(cluster.scheduler.workers, workers, ended)
    end_children(os.getpid())
    os._exit(0)


def _wait_for_end(ended: Event) -> None:
    sys.stdin.read()
    ended.set()


def watch(present: Sized, workers: int, ended: Event, patience: float = MISSING_SECONDS) -> None:
    """Return when `ended` is set, or when fewer than so many workers have been `present` for too long.

    Dask does not restart a worker that died while it started. The cluster then ends, and the app starts a new one.
    """
    complete = time.monotonic()
    while not ended.wait(min(1.0, patience)):
        if len(present) >= workers:
            complete = time.monotonic()
        elif time.monotonic() - complete > patience:
            return


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
