"""Runs are made once, kept, and found again; what a run begins with, and what is measured, is what is said."""

from pathlib import Path

import pytest
import torch

from tests.conftest import end_of, present
from vaegan.data.mnist import Digits
from vaegan.errors import DataError, DivergedError, RunError
from vaegan.metrics import evaluate
from vaegan.reproduction.experiments import Experiment, Scale
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.trainers import LocalTrainer
from vaegan.training.events import EndEvent, EpochEvent
from vaegan.training.loop import start_from, train

SCALE = Scale(seeds=(0,), epochs=2, batch_size=50, hidden_dim=16)
FIRST = Experiment("first", SCALE.config("batch", 0))
OTHER = Experiment("other", SCALE.config("batch", 1))
SECOND = Experiment("second", SCALE.config("batch", 0, lr=0.001), FIRST)


class Counting(LocalTrainer):
    """Counts the runs that are really made; `diverging` ones end as diverged."""

    def __init__(self, data: Digits, diverging: str = "") -> None:
        super().__init__(data)
        self.made: list[str] = []
        self.diverging = diverging

    def passes(self, experiment, start):
        self.made.append(experiment.name)
        if experiment.name == self.diverging:
            raise DivergedError("training diverged: recon is nan")
        return super().passes(experiment, start)


def opened(folder: Path, digits: Digits, diverging: str = "") -> tuple[Runner, Counting]:
    trainer = Counting(digits, diverging)
    return Runner(folder, digits, digits, trainer), trainer


def test_a_kept_run_is_found_again_with_equal_numbers(tmp_path: Path, digits: Digits) -> None:
    runner, trainer = opened(tmp_path, digits)
    runner.make([FIRST, FIRST])
    again, idle = opened(tmp_path, digits)
    again.make([FIRST])
    assert (trainer.made, idle.made) == (["first"], [])
    assert again.record(FIRST) == runner.record(FIRST)


def test_the_numbers_are_those_of_training(tmp_path: Path, digits: Digits) -> None:
    runner, _ = opened(tmp_path, digits)
    runner.make([FIRST.wanting("quality", "train")])
    *_, end = train(FIRST.config, digits)
    assert isinstance(end, EndEvent)
    epochs = [event for event in train(FIRST.config, digits) if isinstance(event, EpochEvent)]
    record = runner.record(FIRST)
    assert [(one.average_loss, one.test_loss) for one in record.epochs] == [
        (one.average_loss, one.test_loss) for one in epochs
    ]
    assert record.measures["test_loss"] == pytest.approx(record.epochs[-1].test_loss)
    assert all(one.train_loss is not None and one.clean_loss is None for one in record.epochs)


def test_a_warm_start_begins_with_the_others_last_weights(tmp_path: Path, digits: Digits) -> None:
    runner, trainer = opened(tmp_path, digits)
    runner.make([SECOND.wanting(kept=[2])])
    assert trainer.made == ["first", "second"]
    first = end_of(train(FIRST.config, digits))
    second = end_of(train(SECOND.config, digits, resume=start_from(first.state.weights, SECOND.config, digits)))
    found = runner.model(SECOND, 2)
    assert all(torch.equal(value, second.state.weights[name]) for name, value in found.state_dict().items())
    assert runner.record(SECOND).start == runner.record(FIRST).key


def test_more_is_asked_than_was_kept(tmp_path: Path, digits: Digits) -> None:
    opened(tmp_path, digits)[0].make([FIRST])
    runner, trainer = opened(tmp_path, digits)
    runner.make([FIRST.wanting("quality", kept=[1])])
    assert trainer.made == ["first"]
    assert evaluate(runner.model(FIRST, 1), digits.test_images).test_loss == pytest.approx(
        runner.record(FIRST).epochs[0].test_loss
    )


def test_a_damaged_file_counts_as_none(tmp_path: Path, digits: Digits) -> None:
    opened(tmp_path, digits)[0].make([FIRST])
    next(tmp_path.glob("*.json")).write_text("{")
    runner, trainer = opened(tmp_path, digits)
    runner.make([FIRST])
    assert trainer.made == ["first"]


def test_a_run_that_diverges_is_kept_as_one_and_takes_its_followers_with_it(tmp_path: Path, digits: Digits) -> None:
    runner, _ = opened(tmp_path, digits, diverging="first")
    runner.make([SECOND])
    assert "nan" in present(runner.record(FIRST).failure)
    assert "first" in present(runner.record(SECOND).failure)
    again, trainer = opened(tmp_path, digits)
    again.make([SECOND])
    assert trainer.made == []


def test_weights_that_are_gone_are_named(tmp_path: Path, digits: Digits) -> None:
    runner, _ = opened(tmp_path, digits)
    runner.make([FIRST])
    with pytest.raises(DataError, match="first after epoch 1 cannot be read"):
        runner.model(FIRST, 1)


@pytest.mark.slow  # starts Python anew
def test_runs_side_by_side_are_those_of_one_process(tmp_path: Path, digits: Digits) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        alone, _ = opened(tmp_path / "alone", digits)
        alone.make([SECOND.wanting("held_out")])
    finally:
        torch.set_num_threads(before)
    beside = Runner(tmp_path / "beside", digits, digits, workers=2)
    said: list[str] = []
    beside._report = said.append
    beside.make([SECOND.wanting("held_out"), OTHER])
    for experiment in (FIRST, SECOND):
        assert beside.record(experiment).epochs == alone.record(experiment).epochs
    assert [line.rsplit("; ")[-1] for line in said] == ["2 to go", "1 to go", "0 to go"]


def test_when_the_time_is_over_no_run_begins_and_the_next_call_goes_on(tmp_path: Path, digits: Digits) -> None:
    trainer = Counting(digits)
    with pytest.raises(RunError, match="the time is over, at most 2 runs are to go"):
        Runner(tmp_path, digits, digits, trainer, minutes=0).make([SECOND, OTHER])
    again, rest = opened(tmp_path, digits)
    again.make([SECOND, OTHER])
    assert sorted(trainer.made + rest.made) == ["first", "other", "second"]
    assert len(trainer.made) == 1


def test_what_a_choice_holds_out_is_what_it_did_not_learn_from(tmp_path: Path, digits: Digits) -> None:
    runner, _ = opened(tmp_path, digits)
    chooser = Experiment("chooser", SCALE.config("batch", 0, train_limit=100)).wanting("held_out", kept=[2])
    runner.make([chooser])
    expected = evaluate(runner.model(chooser, 2), digits.train_images[100:]).test_loss
    assert runner.record(chooser).measures["held_out_loss"] == pytest.approx(expected, rel=1e-5)
