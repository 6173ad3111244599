"""Digits of a class: what a file of them may be, and a run that is trained on them and takes them along."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.lab.small_jobs import ended, same_weights, small, undisturbed
from vaegan.classroom import wall
from vaegan.data.mnist import Digits
from vaegan.errors import DataError
from vaegan.lab import layout, own_digits
from vaegan.lab.documents import make_plan
from vaegan.lab.jobs import Jobs
from vaegan.lab.own_digits import LEAST, MOST, ROW, digits_from
from vaegan.lab.run import Run


def rows(count: int, seed: int = 0, label: int | None = None) -> bytes:
    table = np.random.default_rng(seed).integers(0, 256, (count, ROW), np.uint8)
    table[:, -1] = np.arange(count) % 10 if label is None else label
    return table.tobytes()


def test_rows_are_digits_to_train_on_and_the_samples_are_those_to_test_on(sample: Digits) -> None:
    digits = digits_from(rows(23))
    assert (digits.train_images.shape, digits.train_labels[:3].tolist()) == ((23, 784), [0, 1, 2])
    table = np.frombuffer(rows(23), np.uint8).reshape(23, ROW)
    assert (digits.train_images.numpy() == table[:, :784]).all()
    assert torch.equal(digits.test_images, sample.test_images)
    assert digits.label == "23 digits that a class wrote, tested on 1,000 of MNIST's"
    assert len({digits.sha256, digits_from(rows(23, 1)).sha256, sample.sha256}) == 3


def test_the_lab_takes_what_a_wall_has() -> None:
    assert (wall.LEAST_TO_TRAIN, wall.MOST_DIGITS) == (LEAST, MOST)
    pieces = [wall.Piece(1, np.full((28, 28), 7 * number, np.uint8), number) for number in range(LEAST)]
    digits = digits_from(wall.as_rows(pieces))
    assert digits.train_labels.tolist() == list(range(LEAST))
    assert digits.train_images[:, 0].tolist() == [7 * number for number in range(LEAST)]


@pytest.mark.parametrize("data", [b"", rows(LEAST - 1), rows(MOST + 1), rows(LEAST) + b"x", rows(LEAST, label=10)])
def test_what_are_no_such_rows_is_refused(data: bytes) -> None:
    with pytest.raises(DataError, match=r"digit.* of one's own"):
        digits_from(data)


def test_a_file_that_is_gone_or_was_changed_is_not_trained_on(tmp_path: Path) -> None:
    digits = digits_from(rows(20))
    plan = make_plan(small(), digits, "vaegan-bn")
    run = Run(tmp_path / plan.run_id)
    run.folder.mkdir()
    with pytest.raises(DataError, match="cannot be read"):
        own_digits.kept(run, plan.data)
    own_digits.keep(run, digits)
    assert own_digits.kept(run, plan.data).sha256 == digits.sha256
    for other, words in ((rows(20, 1), "were changed"), (bytes(10_000_000), "collect more digits, or fewer")):
        (run.folder / layout.DIGITS).write_bytes(other)
        with pytest.raises(DataError, match=words):
            own_digits.kept(run, plan.data)


@pytest.mark.slow
@pytest.mark.usefixtures("quiet")
def test_a_run_on_a_classes_digits_is_trained_on_them_forked_with_them_and_deleted_with_them(jobs: Jobs) -> None:
    digits, config = digits_from(rows(40)), small(epochs=2, batch_size=4)
    (run_id,) = jobs.race([("vaegan-bn", config)], session="a", digits=digits)
    assert ended(jobs, run_id).phase == "finished"
    assert same_weights(jobs, run_id, undisturbed(config, digits))
    run = jobs.lab.run(run_id)
    assert run.checkpoint().card.data.sha256 == digits.sha256
    assert jobs.hindering([("vaegan-bn", config)], session="a", digits=digits) == []
    assert jobs.race([("vaegan-bn", config)], session="b", digits=digits) == [run_id], "shared"
    fork = jobs.fork(run_id, 1, {"lr": 1e-3}, session="a")
    assert ended(jobs, fork).phase == "finished"
    assert jobs.lab.run(fork).plan.data == run.plan.data
    (other,) = jobs.race([("vaegan-bn", config)], session="a")
    assert other != run_id, "the same settings on others' digits are another run"
    assert ended(jobs, other).phase == "finished"
    assert not (jobs.lab.run(other).folder / layout.DIGITS).exists()
    file = run.folder / layout.DIGITS
    assert file.read_bytes() == rows(40)
    jobs.stop(run_id, session="b")
    jobs.delete(run_id, session="a")
    assert not file.exists()
