"""Jobs when something breaks: killed workers, damaged or lost folders, full disks, runs that diverge."""

import shutil
import subprocess
import time

import pytest

from tests.lab.small_jobs import (
    ended,
    endless,
    in_phase,
    reached,
    same_weights,
    seeds,
    small,
    steps,
    undisturbed,
    until,
    workers,
)
from vaegan.data.mnist import Digits
from vaegan.lab.jobs import Jobs

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quiet")]


def paused_after(jobs: Jobs, run_id: str, step: int) -> int:
    """The step at which a run waits that was told to go on."""
    return until(lambda: (view := jobs.view(run_id)).step > step and view.phase == "paused" and view.step)


@pytest.mark.long
def test_a_killed_worker_is_replaced_and_the_run_ends_as_if_nothing_had_been(jobs: Jobs, few: Digits) -> None:
    config = small(epochs=24, schedule="one-cycle", model={"latent_dim": 8, "hidden_dim": 64, "dropout": 0.1})
    run_id = jobs.submit(config, session="a")
    reader = jobs.lab.run(run_id).journal
    until(lambda: reached(jobs, run_id, 53))
    (worker,) = workers(jobs)
    worker.kill()
    reader.poll()
    before = len(reader.columns()["step"])
    view = ended(jobs, run_id)
    assert view.phase == "finished"
    assert before < 192, "it was killed while it trained"
    assert workers(jobs) != [worker]
    assert steps(jobs, run_id) == list(range(1, 193))
    reader.poll()
    assert reader.columns()["step"].tolist() == list(range(1, 193)), "who had read before sees each step once too"
    assert same_weights(jobs, run_id, undisturbed(config, few))


@pytest.mark.long
def test_a_run_killed_while_paused_comes_back_to_the_same_batch(jobs: Jobs) -> None:
    run_id = jobs.submit(endless(), session="a")
    until(lambda: reached(jobs, run_id, 20))
    jobs.pause(run_id, session="a")
    at = in_phase(jobs, run_id, "paused").step
    while at % 8 == 0:  # an epoch's end, where a state is
        jobs.step_batch(run_id, session="a")
        at = paused_after(jobs, run_id, at)
    before = (jobs.lab.root / run_id / "events.jsonl").read_bytes()
    workers(jobs)[0].kill()
    until(lambda: (jobs.lab.root / run_id / "events.jsonl").read_bytes()[:100] != before[:100])
    until(lambda: reached(jobs, run_id, at))
    until(lambda: (view := jobs.view(run_id)).phase == "paused" and view.step == at)
    assert steps(jobs, run_id) == list(range(1, at + 1))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("claim", "[]"),
        ("status.json", '{"phase": "running", "race": ["../../etc"]}'),
        ("control.json", None),
        ("events.jsonl", '{"kind": "epoch"}\n'),
    ],
)
def test_one_broken_run_never_stops_the_tending_of_others(name: str, text: str | None, jobs: Jobs) -> None:
    first = jobs.submit(small(), session="anna")
    ended(jobs, first)
    broken = jobs.lab.root / f"{next(seeds):012x}"
    broken.mkdir()
    for file in ("config.json", "status.json"):
        text_of = (jobs.lab.root / first / file).read_text()
        (broken / file).write_text(text_of.replace('"finished"', '"running"').replace(first, broken.name))
    if text is None:
        (broken / name).mkdir()
    else:
        (broken / name).write_text(text)
    time.sleep(1.2)  # two rounds of tending
    other = jobs.submit(small(), session="anna")
    assert ended(jobs, other).phase == "finished"
    jobs.view(broken.name)
    shutil.rmtree(broken)


def test_a_run_that_leaves_the_finite_numbers_fails_with_its_sentence(jobs: Jobs) -> None:
    run_id = jobs.submit(small(model={"latent_dim": 8, "norm": "none"}, lr=10, weights={"recon": 1e38}), session="a")
    view = ended(jobs, run_id)
    assert view.phase == "failed"
    assert view.reason.startswith("training diverged: ")
    assert view.reason.endswith("lower the learning rate (now 10, try 1) or use norm batch")


def test_a_run_whose_folder_is_lost_fails_alone(jobs: Jobs) -> None:
    run_id = jobs.submit(endless(), session="a")
    until(lambda: reached(jobs, run_id, 3))
    (jobs.lab.root / run_id).rename(jobs.lab.root / "lost")  # at once: the worker goes on writing meanwhile
    assert in_phase(jobs, run_id, "failed", 1).reason.endswith(f"{run_id} is gone; start it again")
    assert ended(jobs, jobs.submit(small(epochs=1), session="a")).phase == "finished"


@pytest.mark.long
def test_a_folder_that_takes_nothing_fails_its_run_alone(jobs: Jobs) -> None:
    """Even without a word of it on the disk: states is a file, and so is what the status would be replaced by."""
    run_id = jobs.submit(endless(epochs=2000), session="a")
    until(lambda: reached(jobs, run_id, 3))
    folder = jobs.lab.root / run_id
    jobs.pause(run_id, session="a")
    in_phase(jobs, run_id, "paused")
    subprocess.run(["chattr", "+i", folder], check=False, capture_output=True)
    try:
        (folder / "probe").write_text("")
    except OSError:
        pass
    else:
        pytest.skip("this file system cannot make a folder read-only for its owner")
    try:
        workers(jobs)[0].kill()
        view = until(lambda: (view := jobs.view(run_id)).phase == "failed" and view)
        assert (
            "cannot be used (Operation not permitted); give a folder that can be written by VAEGAN_RUNS" in view.reason
        )
    finally:
        subprocess.run(["chattr", "-i", folder], check=True)
    assert ended(jobs, jobs.submit(small(epochs=1), session="b")).phase == "finished"
