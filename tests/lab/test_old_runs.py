"""Run folders that an earlier version wrote open as that version opened them.

`old_runs` holds three runs of the commit before the modules moved, without weights: one that finished, a fork of it,
and one that was stopped. The numbers below are what that commit read in them.
"""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from vaegan.lab.runs import Lab
from vaegan.training.version import code_version

FINISHED, FORK, STOPPED = "d8b0bded5be1", "3eb9e9cfef81", "36e179c7bee2"


class Known(NamedTuple):
    name: str
    phase: str
    steps: int
    recon: tuple[float, float]  # first and last
    epoch: int
    test_loss: float
    last_preview: tuple[int, int]
    previews: int
    csv: str
    command: str


KNOWN = {
    FINISHED: Known(
        "vaegan-bn-d8b0bd",
        "finished",
        8,
        (569.541077, 559.56134),
        2,
        547.294617,
        (8, 2),
        3,
        "63c484035e6e9e946fef5c92cc0e43713f1bea5405c6c6741ac21258c5e322b0",
        "--preset vaegan-bn --latent-dim 2 --hidden-dim 8 --epochs 2 --batch-size 50 --out runs/vaegan-bn",
    ),
    FORK: Known(
        "vaegan-bn-3eb9e9",
        "finished",
        8,
        (562.086121, 546.17804),
        2,
        541.638855,
        (8, 2),
        3,
        "7d04f922f63ae895871f94f199f9c63c6ab1f9bbce4999d8239739f87aea0ec2",
        "--preset vaegan-bn --latent-dim 2 --hidden-dim 8 --epochs 2 --batch-size 50 --lr 0.002 --out runs/vaegan-bn "
        "--start d8b0bded5be1/states/epoch-00001.safetensors",
    ),
    STOPPED: Known(
        "vae-36e179",
        "stopped",
        68,
        (568.597412, 457.2547),
        17,
        460.33728,
        (68, 17),
        18,
        "9c6a38bfe3ec8f46e3b9ef201ab177d927ddeb8e7dd131b0eb1047136c0bedda",
        "--preset vae --latent-dim 2 --hidden-dim 8 --epochs 3000 --batch-size 50 --out runs/vae",
    ),
}
SAMPLES = {
    FINISHED: "f482538d146297d7da07c1380bd9d4906443cdb744ef71fdbeaf209925ebcd25",
    FORK: "894da2eef512a67ea1757d8e96a4b08ec4c935e16aa28ccf2c186aaa5e8300c8",
}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    shutil.copytree(Path(__file__).parent / "old_runs", tmp_path / "runs")
    return Lab(tmp_path / "runs")


def sha256(data: Any) -> str:
    return hashlib.sha256(data).hexdigest()


def same_where_written(read: Any, written: Any) -> bool:
    """Whether all that was written is read; today's version may know of more settings."""
    if isinstance(written, dict):
        return all(same_where_written(read[name], value) for name, value in written.items())
    return bool(read == written)


def test_they_are_listed_the_newest_first_under_the_names_of_their_folders(lab: Lab) -> None:
    assert [run.run_id for run in lab][-1] == FINISHED
    assert {run.run_id for run in lab} == KNOWN.keys()
    assert all(run.identity != run.run_id for run in lab), "ids are computed otherwise today"
    assert all(run.plan.code != code_version() for run in lab)


@pytest.mark.parametrize("run_id", KNOWN)
def test_all_that_can_be_read_of_them_is_read(lab: Lab, run_id: str) -> None:
    run, known = lab.run(run_id), KNOWN[run_id]
    assert run.plan.name == known.name
    assert run.plan.command == f"python -m vaegan train {known.command}"
    written = json.loads((run.folder / "config.json").read_text())
    assert same_where_written(run.plan.model_dump(mode="json"), written), "settings of today have their defaults"
    assert run.status.phase == known.phase
    assert run.control.want == ("stop" if run_id == STOPPED else "run")
    curves, last = run.curves(), run.epochs()[-1]
    assert curves.step.tolist() == list(range(1, known.steps + 1))
    assert (curves.named("loss.")["recon"].mean[0], curves.named("loss.")["recon"].mean[-1]) == known.recon
    assert (last.epoch, last.test_loss) == (known.epoch, known.test_loss)
    assert (run.previews()[-1], len(run.previews())) == (known.last_preview, known.previews)
    assert sha256(run.csv().encode()) == known.csv


@pytest.mark.parametrize("run_id", SAMPLES)
def test_their_pictures_are_the_same(lab: Lab, run_id: str) -> None:
    preview = lab.run(run_id).preview(8)
    assert sha256(preview.samples.tobytes()) == SAMPLES[run_id]
    assert sha256(preview.inputs.tobytes()) == "53774f2f07dd93813d0364f349abb06382170af1532b980cfb2fb2dd0084e42f"


def test_who_asks_for_what_they_train_finds_them(lab: Lab) -> None:
    for run in lab:
        assert lab.equal_to(run.plan) is run
    other = lab.run(FINISHED).plan.model_copy(update={"code": code_version()})
    assert lab.equal_to(other).run_id == other.run_id, "other code is another run"
    assert not lab.equal_to(other).folder.exists()
