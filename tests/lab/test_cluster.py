"""Clusters that come and go: another's scheduler, an app that is killed, and what is left behind."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
import pytest
from distributed import Client
from distributed.security import Security

from tests.conftest import present
from tests.lab.small_jobs import ended, endless, family, reached, same_weights, seeds, small, steps, undisturbed, until
from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import RunError
from vaegan.lab import cluster, pool
from vaegan.lab.cluster import Cluster, watch
from vaegan.lab.documents import ACTIVE, Watchers
from vaegan.lab.jobs import Jobs
from vaegan.presets import preset

ROOT = Path(__file__).resolve().parents[2]
APP = """
import sys, time
from pathlib import Path
from vaegan.lab import cluster, pool
from vaegan.config import TrainConfig
from vaegan.data import load_sample
from vaegan.lab.jobs import Jobs

jobs = Jobs(load_sample().subset(400, 40), Path(sys.argv[1]), workers=1)
for text in sys.argv[2:]:
    print(jobs.submit(TrainConfig.model_validate_json(text), session=text), flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def few(digits: Digits) -> Digits:
    return digits.subset(400, 40)


def end_family(process: subprocess.Popen) -> None:
    family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    for member in family:
        member.kill()
    process.wait()
    psutil.wait_procs(family, timeout=10)


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """A scheduler as somebody else would start it: its address, and what starts a worker there."""
    place = folder / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    started = []

    with (folder / "log").open("w") as log:

        def start(program: str, *words: object) -> None:
            command = [sys.executable, "-m", f"distributed.cli.dask_{program}", "--no-dashboard", *map(str, words)]
            started.append(subprocess.Popen([*command, "--scheduler-file", place], stderr=log, env=environment))

        try:
            start("scheduler", "--host", "127.0.0.1", "--port", 0)
            address = until(lambda: address_in(place))
            yield address, lambda: start("worker", "--nthreads", 1, "--local-directory", folder)
        finally:
            for process in reversed(started):
                end_family(process)


def capacity() -> float:
    """How many cores' worth of work two processes get done here and now: 2 on a quiet machine with two cores."""
    loop = "import time\nend, n = time.time() + 1, 0\nwhile time.time() < end: n += 1\nprint(n)"
    counts = []
    for processes in (1, 2):
        started = [subprocess.Popen([sys.executable, "-c", loop], stdout=subprocess.PIPE) for _ in range(processes)]
        counts.append(sum(int(process.communicate()[0]) for process in started))
    return counts[1] / counts[0]


def address_in(place: Path) -> str:
    try:
        return str(json.loads(place.read_text())["address"])
    except (FileNotFoundError, ValueError):
        return ""


def lesson(**changes: Any) -> TrainConfig:
    """A run as large as those of the Train page, a second of work; like no other."""
    return preset("vaegan-bn").updated({"epochs": 1, "batch_size": 200, "seed": next(seeds)} | changes)


def seconds_for(jobs: Jobs, configs: list[TrainConfig]) -> float:
    """How long so many runs take together, from the first being asked for to the last one's end."""
    began = time.monotonic()
    ids = [jobs.submit(config, session=str(config.seed)) for config in configs]
    while any(view.phase in ACTIVE for view in jobs.views()):
        time.sleep(0.1)
    taken = time.monotonic() - began
    assert [jobs.view(run_id).phase for run_id in ids] == ["finished"] * len(ids)
    return taken


def wait_for_slots(jobs: Jobs, count: int) -> None:
    until(lambda: jobs._dispatch.slots == count)


@pytest.mark.long
@pytest.mark.clocked
def test_another_schedulers_two_workers_train_faster_than_one(sample: Digits, tmp_path: Path) -> None:
    """The same code as with a cluster of our own."""
    many = sample.subset(4000, 100)
    best: list[float] = []
    cores = capacity()
    with scheduler(tmp_path) as (address, add_worker), Jobs(many, tmp_path / "runs", scheduler=address) as jobs:
        for workers in (1, 2):
            add_worker()
            wait_for_slots(jobs, workers)
            seconds_for(jobs, [lesson() for _ in range(workers)])  # warm
            best.append(min(seconds_for(jobs, [lesson() for _ in range(8)]) for _ in range(workers)))
        run = jobs.lab.run(jobs.views()[0].run_id)
        assert same_weights(jobs, run.run_id, undisturbed(run.plan.config, many))
    ratio = best[0] / best[1]
    cores = min(cores, capacity())
    print(f"8 runs: {best[0]:.2f} s with one worker, {best[1]:.2f} s with two; {ratio:.2f} times, {cores:.2f} cores")
    # 1.77 and 1.80 on two free cores; a neighbour in their caches costs two workers more than one.
    assert ratio >= 0.75 * cores, "1.5 times where two cores are free"


def test_a_scheduler_that_does_not_answer_is_named(
    few: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "CONNECT_SECONDS", 0.5)
    with (
        Jobs(few, tmp_path, scheduler="tcp://127.0.0.1:9") as jobs,
        pytest.raises(
            RunError, match=r"the scheduler tcp://127\.0\.0\.1:9 does not answer .*; start it, or unset VAEGAN"
        ),
    ):
        jobs.submit(small(), session="a")


@pytest.mark.long
def test_an_app_that_was_killed_leaves_nothing_behind_and_its_runs_go_on(few: Digits, tmp_path: Path) -> None:
    first, second = small(epochs=24), small(epochs=2)
    words = [sys.executable, "-c", APP, str(tmp_path), first.model_dump_json(), second.model_dump_json()]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}) as app:
        ids = [present(app.stdout).readline().strip() for _ in range(2)]
        until(lambda: (tmp_path / ids[0] / "states" / "epoch-00002.safetensors").exists())
        started = psutil.Process(app.pid).children(recursive=True)
        assert len(started) >= 2
        app.kill()
        app.wait()
        _, alive = psutil.wait_procs(started, timeout=20)
        assert not alive, "the cluster ends with its app"
    with Jobs(few, tmp_path, workers=1) as jobs:
        assert {view.run_id for view in jobs.views() if view.phase in ACTIVE} == set(ids)
        cluster = until(lambda: jobs._dispatch._pool._cluster)
        until(lambda: reached(jobs, ids[0], 100))
        for member in family(jobs):  # and once more, this time only the cluster
            with suppress(psutil.NoSuchProcess):
                member.kill()
        assert [ended(jobs, run_id).phase for run_id in ids] == ["finished"] * 2
        assert jobs._dispatch._pool._cluster is not cluster
        assert steps(jobs, ids[0]) == list(range(1, 193))
        assert same_weights(jobs, ids[0], undisturbed(first, few))
        stop_later = jobs.submit(endless(), session="a")
        until(lambda: reached(jobs, stop_later, 1))
        assert present(jobs.lab.run(stop_later).read(Watchers)).sessions == ("a",)
        left = family(jobs)
    _, alive = psutil.wait_procs(left, timeout=20)
    assert not alive, "and with its closing"


@pytest.mark.slow
def test_only_who_has_the_key_comes_in_and_a_worker_that_is_slow_to_come_back_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT", "10ms")
    own = Cluster.start(1)
    try:
        for address, key in ((own.address, Security.temporary()), (own.address.replace("tls", "tcp"), None)):
            with pytest.raises(OSError, match=r"Timed out|TLS certificate|reset|closed"):
                Client(address, security=key, timeout=2, set_as_default=False)
        with Client(own.address, security=own.security, set_as_default=False) as client:
            (first,) = until(client.nthreads)
            time.sleep(1)  # until Dask knows that it has started
            (pid,) = client.run(os.getpid).values()
            psutil.Process(pid).kill()
            until(lambda: client.nthreads() and first not in client.nthreads())
            assert client.submit(int, 7).result(timeout=30) == 7
    finally:
        own.close()


def cluster_processes() -> set[int]:
    """The clusters that this process has started."""
    children = psutil.Process().children()
    return {child.pid for child in children if any(word.endswith("cluster.py") for word in child.cmdline())}


@pytest.mark.slow
def test_a_cluster_that_has_begun_is_taken_once() -> None:
    before = cluster_processes()
    cluster.begin(1)
    cluster.begin(1)
    until(lambda: cluster_processes() != before)  # for a moment a new process has no command line
    (begun,) = cluster_processes() - before
    with closing(Cluster.start(1)):
        assert cluster_processes() - before == {begun}
        with closing(Cluster.start(1)):
            assert len(cluster_processes() - before) == 2, "the next one starts another"
    assert cluster_processes() == before


@pytest.mark.slow
def test_a_cluster_whose_app_has_gone_before_it_was_ready_ends_in_silence() -> None:
    process = subprocess.Popen(
        [sys.executable, "-P", cluster.__file__, "1"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr as said:
        assert "Traceback" not in said.read()
    assert process.wait(30) == 0


def test_a_cluster_without_its_workers_ends_so_that_it_is_started_anew() -> None:
    ended, clients = Event(), {"first": 1}
    began = time.monotonic()
    watching = Thread(target=watch, args=(clients, 1, ended, 0.2))
    watching.start()
    time.sleep(0.6)
    assert watching.is_alive(), "all are there"
    clients.clear()
    watching.join(5)
    assert not watching.is_alive()
    assert time.monotonic() - began >= 0.6
    ended.set()
    watch(clients, 1, ended, 60)
