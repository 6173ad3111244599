"""Runs on real clusters: one small one for all tests, and others where a test breaks it."""

import json
import sys
import time
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil
import pytest
import torch

from tests.conftest import present
from tests.lab.small_jobs import (
    ended,
    endless,
    family,
    in_phase,
    reached,
    same_weights,
    small,
    steps,
    undisturbed,
    until,
    workers,
)
from vaegan.data.mnist import Digits
from vaegan.errors import ConfigError, RunError
from vaegan.lab.jobs import Jobs
from vaegan.studio import Studio

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quiet")]
ROOT = Path(__file__).resolve().parents[2]


def test_a_run_trains_to_its_end_and_leaves_all_that_the_page_shows(jobs: Jobs, few: Digits) -> None:
    config = small()
    run_id = jobs.submit(config, session="a")
    view = ended(jobs, run_id)
    run = jobs.lab.run(run_id)
    assert (view.phase, view.reason, view.step, view.epoch, view.done) == ("finished", "finished", 24, 3, 1.0)
    assert steps(jobs, run_id) == list(range(1, 25))
    assert [line.epoch for line in run.epochs()] == run.kept_epochs() == [1, 2, 3]
    assert run.previews() == [(0, 0), (8, 1), (16, 2), (24, 3)]
    assert run.preview(24).samples.shape == (10, 28, 28)
    assert same_weights(jobs, run_id, undisturbed(config, few))
    assert Studio(run.checkpoint()).card.metrics
    assert run.files() == {name: (run.folder / name).read_bytes() for name in run.files()}, "as they lie there"
    assert Studio(run.checkpoint(1)).sample(2, seed=0).shape == (2, 28, 28)
    assert len(run.csv().splitlines()) == 1 + 24 + 3
    assert set(run.curves().named("loss.")) == {"recon", "kl", "adv", "disc_real", "disc_fake"}


@pytest.mark.clocked
def test_the_first_step_is_on_disk_within_a_second(jobs: Jobs) -> None:
    began = time.monotonic()
    run_id = jobs.submit(endless(), session="a")
    until(lambda: reached(jobs, run_id, 1))
    seconds = time.monotonic() - began
    print(f"first step on disk after {seconds:.2f} s")
    assert seconds < 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say what a process has loaded")
def test_the_clusters_own_process_loads_no_torch(jobs: Jobs) -> None:
    ended(jobs, jobs.submit(small(), session="anna"))
    loads = {member.pid: "libtorch" in Path(f"/proc/{member.pid}/maps").read_text() for member in family(jobs)}
    (own,) = (member.pid for member in family(jobs) if "cluster.py" in " ".join(member.cmdline()))
    assert not loads.pop(own)
    assert any(loads.values()), "the worker does"


def test_only_this_machine_reaches_the_cluster(jobs: Jobs) -> None:
    """And neither scheduler nor worker serves a page."""
    listening = [
        one.laddr for member in family(jobs) for one in member.net_connections() if one.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 2
    assert {address.ip for address in listening} == {"127.0.0.1"}
    for address in listening:
        with suppress(OSError, HTTPException), closing(HTTPConnection(address.ip, address.port, timeout=2)) as asked:
            asked.request("GET", "/info/main/workers.html")
            assert asked.getresponse().status == 404


def test_thirty_who_ask_for_the_same_train_once(jobs: Jobs) -> None:
    config = small(epochs=20)
    ids = {jobs.submit(config, session=f"student {number}") for number in range(30)}
    assert len(ids) == 1
    run_id = ids.pop()
    assert jobs.view(run_id).watchers == 30
    assert ended(jobs, run_id).phase == "finished"
    assert steps(jobs, run_id) == list(range(1, 161))
    assert jobs.submit(config, session="late") == run_id
    assert jobs.view(run_id).phase == "finished", "what is known is not trained again"


@pytest.mark.clocked
def test_pause_step_resume_and_stop_are_heard_within_a_second(jobs: Jobs) -> None:
    run_id = jobs.submit(endless(), session="a")
    until(lambda: reached(jobs, run_id, 20))
    jobs.pause(run_id, session="a")
    paused = in_phase(jobs, run_id, "paused", 1)
    assert steps(jobs, run_id)[-1] == paused.step
    jobs.step_batch(run_id, session="a")
    jobs.step_batch(run_id, session="a")
    paused = until(lambda: (v := jobs.view(run_id)).step == paused.step + 2 and v.phase == "paused" and v, 1)
    jobs.step_epoch(run_id, session="a")
    after = until(lambda: (v := jobs.view(run_id)).epoch == paused.epoch + 1 and v.phase == "paused" and v, 2)
    assert after.step == 8 * after.epoch == steps(jobs, run_id)[-1]
    jobs.resume(run_id, session="a")
    until(lambda: reached(jobs, run_id, after.step + 5), 1)
    jobs.stop(run_id, session="a")
    stopped = in_phase(jobs, run_id, "stopped", 1)
    assert stopped.reason == "stopped by its watchers"
    seen = steps(jobs, run_id)
    assert seen == list(range(1, seen[-1] + 1))
    with pytest.raises(RunError, match="this run has stopped; start another, or train on"):
        jobs.pause(run_id, session="a")


def test_a_stopped_run_goes_on_exactly_where_it_was(jobs: Jobs, few: Digits) -> None:
    config = small(epochs=25)
    run_id = jobs.submit(config, session="a")
    until(lambda: reached(jobs, run_id, 20))
    jobs.stop(run_id, session="a")
    assert ended(jobs, run_id).phase == "stopped"
    jobs.resume(run_id, session="a")
    assert ended(jobs, run_id).phase == "finished"
    assert steps(jobs, run_id) == list(range(1, 201))
    assert same_weights(jobs, run_id, undisturbed(config, few))


def test_a_queue_says_who_is_next_and_a_paused_run_makes_room(jobs: Jobs) -> None:
    first = jobs.submit(endless(), session="a")
    until(lambda: jobs.view(first).remaining)
    second, third = (jobs.submit(small(epochs=2), session=name) for name in "bc")
    views = [jobs.view(run_id) for run_id in (first, second, third)]
    assert [view.position for view in views] == [None, 1, 2]
    assert [view.phase for view in views] == ["running", "queued", "queued"]
    second_wait, third_wait = (present(view.wait) for view in views[1:])
    assert third_wait > second_wait > 0.9 * present(views[0].remaining)
    with pytest.raises(RunError, match="another run of yours goes on; stop it"):
        jobs.submit(small(), session="b")
    jobs.pause(first, session="a")
    assert ended(jobs, second).phase == ended(jobs, third).phase == "finished"
    queued_at = [jobs.lab.run(run_id).epochs()[0] for run_id in (second, third)]
    assert queued_at[0].epoch == queued_at[1].epoch == 1
    left = jobs.view(first)
    assert left.phase == "paused"
    assert not jobs.lab.run(first).status.held
    jobs.step_batch(first, session="a")
    until(lambda: jobs.view(first).step == left.step + 1 and jobs.view(first).phase == "paused")
    jobs.resume(first, session="a")
    until(lambda: reached(jobs, first, left.step + 5))
    assert steps(jobs, first) == list(range(1, len(steps(jobs, first)) + 1))


def test_a_queued_run_can_be_stopped_and_deleted(jobs: Jobs) -> None:
    first = jobs.submit(endless(), session="a")
    until(lambda: reached(jobs, first, 1))
    second = jobs.submit(small(), session="b")
    jobs.stop(second, session="b")
    assert jobs.view(second).phase == "stopped"
    jobs.delete(second, session="b")
    with pytest.raises(RunError, match=f"there is no run {second} here"):
        jobs.view(second)
    began = time.monotonic()
    jobs.delete(first, session="a")
    assert time.monotonic() - began < 0.5, "nobody waits until its worker has let go"
    with pytest.raises(RunError, match=f"there is no run {first} here"):
        jobs.view(first)
    assert jobs.active("a") == []
    until(lambda: not any(path.name.endswith(first) or first in path.name for path in jobs.lab.root.iterdir()))
    assert ended(jobs, jobs.submit(small(epochs=1), session="a")).phase == "finished", "the worker is free"


def test_a_run_that_is_asked_for_again_while_it_is_deleted_stays(jobs: Jobs) -> None:
    config = endless()
    run_id = jobs.submit(config, session="a")
    until(lambda: reached(jobs, run_id, 20))
    jobs.delete(run_id, session="a")
    assert jobs.submit(config, session="b") == run_id
    assert jobs.view(run_id).watchers == 1
    seen = len(steps(jobs, run_id))
    until(lambda: len(steps(jobs, run_id)) > seen + 20)
    assert steps(jobs, run_id)[0] == 1


def test_a_stored_run_keeps_its_name_when_names_are_made_otherwise(
    jobs: Jobs, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = small(epochs=25)
    run_id = jobs.submit(config, session="a")
    until(lambda: reached(jobs, run_id, 20))
    jobs.stop(run_id, session="a")
    assert ended(jobs, run_id).phase == "stopped"
    before = {path.name for path in jobs.lab.root.iterdir()}
    monkeypatch.setattr("vaegan.config.DEFAULTS", 10_000)
    jobs.lab.forget(run_id)
    assert jobs.lab.run(run_id).identity != run_id
    assert jobs.view(run_id).phase == "stopped"
    jobs.resume(run_id, session="a")
    until(lambda: jobs.view(run_id).phase == "running")
    jobs.stop(run_id, session="a")
    ended(jobs, run_id)
    assert jobs.submit(config, session="a") == run_id, "the same settings are the same run"
    assert ended(jobs, run_id).phase == "finished"
    assert {path.name for path in jobs.lab.root.iterdir()} == before
    assert same_weights(jobs, run_id, undisturbed(config, few))
    fork = jobs.fork(run_id, 1, {"epochs": 1}, session="a")
    assert ended(jobs, fork).phase == "finished"
    assert present(jobs.lab.run(fork).plan.origin).run == run_id
    jobs.delete(run_id, session="a")
    until(lambda: not (jobs.lab.root / run_id).exists())


def test_a_shared_run_stops_with_its_last_watcher(jobs: Jobs) -> None:
    config = endless()
    run_id = jobs.submit(config, session="a")
    assert jobs.submit(config, session="b") == run_id
    until(lambda: reached(jobs, run_id, 1))
    for forbidden in (jobs.pause, jobs.step_batch, jobs.delete):
        with pytest.raises(RunError, match="1 more watches this run"):
            forbidden(run_id, session="a")
    assert jobs.stop(run_id, session="a") == 1
    assert jobs.view(run_id).phase == "running"
    assert [view.run_id for view in jobs.active("b")] == [run_id]
    assert jobs.active("a") == []
    assert jobs.stop(run_id, session="b") == 0
    assert jobs.view(run_id).phase in ("stopping", "stopped")
    jobs.submit(config, session="c")
    until(lambda: jobs.view(run_id).phase == "running")


def test_a_fork_begins_with_the_weights_of_an_epoch(jobs: Jobs, few: Digits) -> None:
    parent = jobs.submit(small(epochs=2), session="a")
    ended(jobs, parent)
    fork = jobs.fork(parent, 1, {"lr": 1e-9, "model": {"dropout": 0.1}, "epochs": 1}, session="a")
    assert ended(jobs, fork).phase == "finished"
    run = jobs.lab.run(fork)
    origin = present(run.plan.origin)
    assert (origin.run, origin.epoch) == (parent, 1)
    before, after = jobs.lab.run(parent).state(1).weights, run.state(1).weights
    assert all(torch.allclose(before[name], after[name], atol=1e-6) for name in before if "weight" in name)
    assert run.plan.command.endswith(f"--start {parent}/states/epoch-00001.safetensors")
    with pytest.raises(
        ConfigError, match=r"a fork keeps .*: architecture, latent_dim, hidden_dim, norm, spectral_norm; leave them"
    ):
        jobs.fork(parent, 1, {"model": {"latent_dim": 9}}, session="a")


@pytest.mark.long
def test_a_race_is_one_thing_of_a_session_and_runs_in_lockstep(jobs: Jobs, few: Digits) -> None:
    config = small(epochs=20)
    pair = [("vaegan-bn", config), ("vaegan", config.updated({"model": {"norm": "none"}}))]
    ids = jobs.race(pair, session="a")
    assert len(jobs.active("a")) == 2
    until(lambda: reached(jobs, ids[0], 60))
    assert {jobs.view(run_id).position for run_id in ids} == {None}
    for run_id in ids:
        jobs.stop(run_id, session="a")
    assert {ended(jobs, run_id).phase for run_id in ids} == {"stopped"}
    jobs.resume(*ids, session="a")
    until(lambda: reached(jobs, ids[0], 120))
    workers(jobs)[0].kill()
    assert [ended(jobs, run_id).phase for run_id in ids] == ["finished"] * 2
    for run_id, (_, raced) in zip(ids, pair, strict=True):
        assert same_weights(jobs, run_id, undisturbed(raced, few))
    first, second = (times_of_steps(jobs, run_id) for run_id in ids)
    ends = [max(both) for both in zip(first, second, strict=True)]
    begins = [min(both) for both in zip(first, second, strict=True)]
    assert len(ends) == 160
    apart = {step // 8 for step in range(159) if ends[step] > begins[step + 1]}
    assert len(apart) <= 1, "both make a step, then both the next, but in the epoch in which the worker was killed"


def times_of_steps(jobs: Jobs, run_id: str) -> list[float]:
    lines = (jobs.lab.root / run_id / "events.jsonl").read_text().splitlines()
    return [line["at"] for line in map(json.loads, lines) if line["kind"] == "step"]
