"""The cluster gives what this process gives."""

from pathlib import Path

import pytest

from vaegan.data.mnist import Digits
from vaegan.lab.jobs import Jobs
from vaegan.reproduction.experiments import Experiment, Scale
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.trainers import ClusterTrainer

SCALE = Scale(seeds=(0,), epochs=1, batch_size=50, hidden_dim=16)
CLEAN = Experiment("clean", SCALE.config("batch", 0))
NOISY = Experiment("noisy", SCALE.config("batch", 0, noise={"noise_kinds": ["masking"]}), CLEAN)
DIVERGING = Experiment("diverging", SCALE.config("none", 0, lr=10, weights={"recon": 1e38}))


@pytest.mark.long
def test_two_runs_through_the_jobs_of_a_cluster(tmp_path: Path, digits: Digits) -> None:
    here = Runner(tmp_path / "here", digits, digits)
    here.make([NOISY, DIVERGING])
    with Jobs(digits, tmp_path / "lab", workers=1) as jobs:
        there = Runner(tmp_path / "there", digits, digits, ClusterTrainer(jobs))
        there.make([NOISY.wanting("train", kept=[1]), DIVERGING])
    for experiment in (CLEAN, NOISY):
        (ours,), (theirs,) = here.record(experiment).epochs, there.record(experiment).epochs
        # The journal of a cluster's run has nine digits of each number.
        assert (ours.average_loss, ours.test_loss) == pytest.approx((theirs.average_loss, theirs.test_loss), rel=1e-8)
    assert there.record(NOISY).epochs[0].train_loss is not None
    assert (here.record(DIVERGING).failure or "").startswith("training diverged: ")
    assert there.record(DIVERGING).failure == here.record(DIVERGING).failure
