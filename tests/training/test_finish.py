import datetime
import hashlib
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.conftest import end_of
from vaegan import checkpoint
from vaegan.checkpoint.card import EpochLog
from vaegan.checkpoint.state import TrainState
from vaegan.config import NoiseConfig, Schedule, TrainConfig
from vaegan.data import mnist
from vaegan.data.mnist import Digits
from vaegan.errors import CheckpointError, ConfigError
from vaegan.metrics import appraise, classifier, evaluate
from vaegan.metrics.classifier import Classifier
from vaegan.presets import preset
from vaegan.training.events import EndEvent, EpochEvent
from vaegan.training.finish import RunFolder, also_measured, epoch_log
from vaegan.training.loop import train


@pytest.fixture(scope="module")
def few(digits: Digits) -> Digits:
    return digits.subset(100, 30)


def small(**changes: Any) -> TrainConfig:
    return TrainConfig(**{"model": {"latent_dim": 3, "hidden_dim": 8}, "batch_size": 50, "epochs": 2} | changes)


def keep(config: TrainConfig, data: Digits, run: RunFolder, epochs: int) -> None:
    """Train and keep the state after each epoch, as the command line does, until the power fails."""
    history = []
    for event in train(config, data):
        if isinstance(event, EpochEvent):
            history.append(epoch_log(event))
            run.save_state(event.state, history)
            if event.epoch == epochs:
                return


def end(config: TrainConfig, data: Digits, resume: TrainState | None = None) -> EndEvent:
    return end_of(train(config, data, resume=resume))


def test_what_a_folder_keeps_is_enough_to_go_on(few: Digits, tmp_path: Path) -> None:
    config = small(epochs=3, schedule="one-cycle")
    run = RunFolder(tmp_path / "new", "mine")
    keep(config, few, run, epochs=2)
    state, history = run.load_state()
    assert [log.epoch for log in history] == [1, 2]
    logs = [epoch_log(event) for event in train(config, few) if isinstance(event, EpochEvent)]
    assert history == logs[:2]
    resumed, whole = end(config, few, state).state.weights, end(config, few).state.weights
    assert all(torch.equal(value, whole[name]) for name, value in resumed.items())
    assert [file.name for file in run.folder.iterdir()] == ["mine.state.safetensors"]


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no training state .*mine\.state\.safetensors; .* start the run anew"):
        RunFolder(tmp_path, "mine").load_state()


@pytest.mark.parametrize(
    ("schedule", "changes", "message"),
    [
        ("constant", {"lr": 0.5}, r"had other settings: lr 0\.001; use the same, or start a new run"),
        ("constant", {"model": {"latent_dim": 4}}, "other settings: model .*'latent_dim': 3"),
        ("constant", {"seed": 1, "epochs": 5}, "other settings: seed 0;"),
        ("cosine", {"epochs": 5}, "other settings: epochs 2;"),
        ("one-cycle", {"epochs": 1}, "other settings: epochs 2;"),
    ],
)
def test_another_run_is_not_resumed(
    few: Digits, tmp_path: Path, schedule: Schedule, changes: dict, message: str
) -> None:
    run = RunFolder(tmp_path, "mine")
    keep(small(schedule=schedule), few, run, epochs=1)
    state, _ = run.load_state()
    with pytest.raises(ConfigError, match=message):
        end(small(schedule=schedule).updated(changes), few, state)


def test_a_run_is_not_resumed_on_other_digits(few: Digits, digits: Digits, tmp_path: Path) -> None:
    run = RunFolder(tmp_path, "mine")
    keep(small(), few, run, epochs=1)
    other = digits.subset(101, 30)
    with pytest.raises(ConfigError, match=re.escape(f"on other data than {other.label}; use the same data")):
        end(small(), other, run.load_state()[0])


def finish(
    config: TrainConfig, data: Digits, folder: Path, also: list[Digits], judge: Classifier | None = None
) -> checkpoint.Checkpoint:
    history, run = [], RunFolder(folder, "mine")
    for event in train(config, data):
        if isinstance(event, EpochEvent):
            history.append(epoch_log(event))
        if isinstance(event, EndEvent):
            return run.finish(event.state, history, data, also, "python -m vaegan train", judge)
    raise AssertionError


def test_the_card_says_all_about_the_model(few: Digits, digits: Digits, tmp_path: Path) -> None:
    config = small(noise={"noise_kinds": ["blur"]})
    other = digits.subset(100, 20)
    found = finish(config, few, tmp_path, [other])
    card = json.loads((tmp_path / "mine.json").read_text())
    assert card["sha256"] == hashlib.sha256((tmp_path / "mine.safetensors").read_bytes()).hexdigest()
    assert card["name"] == "mine"
    assert TrainConfig.model_validate(card["config"]) == config
    assert card["data"] == {"label": few.label, "sha256": few.sha256}
    assert card["command"] == "python -m vaegan train"
    assert abs(datetime.date.fromisoformat(card["created"]) - datetime.datetime.now(datetime.UTC).date()).days <= 1
    assert (
        card["versions"]["torch"] == torch.__version__.split("+")[0] or card["versions"]["torch"] == torch.__version__
    )
    assert card["versions"]["threads"] == str(torch.get_num_threads())
    logs = [epoch_log(event) for event in train(config, few) if isinstance(event, EpochEvent)]
    assert card["epochs"] == 2
    assert [EpochLog(**log) for log in card["history"]] == logs
    assert [entry["data"]["sha256"] for entry in card["metrics"]] == [few.sha256] * 6 + [other.sha256] * 6
    model = found.build()
    for entry in card["metrics"]:
        images = (few if entry["data"]["sha256"] == few.sha256 else other).test_images
        noise = NoiseConfig(**entry["noise"]) if entry["noise"] else None
        assert entry["n"] == len(images)
        assert entry["values"] == pytest.approx(evaluate(model, images, noise).values, rel=1e-6)
    assert set(card["metrics"][0]["values"]) == set(card["definitions"])


def test_a_card_of_rounded_weights_has_their_numbers(few: Digits, tmp_path: Path) -> None:
    config = small()
    state = end(config, few).state
    whole = RunFolder(tmp_path / "whole", "mine").finish(state, [], few, [], "train it")
    half = RunFolder(tmp_path / "half", "mine").finish(state, [], few, [], "train it", float16=True)
    sizes = [(tmp_path / name / "mine.safetensors").stat().st_size for name in ("half", "whole")]
    assert sizes[0] < 0.6 * sizes[1]
    numbers = evaluate(half.build(), few.test_images).values
    assert half.card.metrics[0].values == pytest.approx(numbers, rel=1e-7)
    assert whole.card.metrics[0].values != pytest.approx(numbers, rel=1e-7)


def test_a_plain_gan_has_nothing_to_measure(few: Digits, tmp_path: Path) -> None:
    config = preset("gan").updated({"model": {"latent_dim": 3, "hidden_dim": 8}, "batch_size": 50, "epochs": 1})
    found = finish(config, few, tmp_path, [])
    assert found.card.metrics == ()
    assert found.card.history == (EpochLog(epoch=1, average_loss=None, test_loss=None),)
    assert not found.build().training


@pytest.mark.parametrize("name", ["vaegan-bn", "gan"])
def test_with_a_judge_a_card_has_every_number(few: Digits, tmp_path: Path, name: str) -> None:
    config = preset(name).updated({"model": {"latent_dim": 3, "hidden_dim": 8}, "batch_size": 50, "epochs": 1})
    judge = classifier.load()
    plain = finish(config, few, tmp_path / "plain", []).card
    full = finish(config, few, tmp_path / "full", [], judge)
    assert (plain.classifier_sha256, full.card.classifier_sha256) == (None, judge.card.sha256)
    before = dict(plain.metrics[0].values) if plain.metrics else {}
    clean, *others = full.card.metrics
    assert (clean.noise, clean.n) == (None, 30)
    assert clean.values == pytest.approx(before | appraise(full.build(), config, few, judge, full.prior))
    assert tuple(others) == plain.metrics[1:], "only the clean digits"
    assert set(full.card.definitions) == set(clean.values)


def test_the_sample_is_measured_as_well_after_mnist_alone(sample: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mnist, "load_sample", lambda: sample)
    assert also_measured(replace(sample, source="mnist")) == [sample]
    assert also_measured(sample) == []


def test_a_folder_is_tried_before_hours_are_spent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        RunFolder(tmp_path / "file" / "out", "x").prepare()
    left = [tmp_path / f".x.state.safetensors.{name}" for name in ("old", "new")]
    for file in (*left, tmp_path / ".bashrc.old"):
        file.write_bytes(b"half")
        if file != left[1]:
            os.utime(file, (0, 0))
    RunFolder(tmp_path, "x").prepare()
    assert {file.name for file in tmp_path.iterdir()} == {"file", left[1].name, ".bashrc.old"}
