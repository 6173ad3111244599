import csv
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from vaegan.checkpoint.files import load
from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import ConfigError
from vaegan.training.events import EndEvent
from vaegan.training.journal import Place, place_of
from vaegan.training.loop import train
from vaegan.training.recording import Recorder

CONFIG = TrainConfig.model_validate({"model": {"latent_dim": 3, "hidden_dim": 8}, "batch_size": 50, "epochs": 3})


@pytest.fixture(scope="module")
def few(digits: Digits) -> Digits:
    return digits.subset(100, 30)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as opened:
        return list(csv.DictReader(opened))


def test_the_table_of_a_resumed_run_has_each_step_once(few: Digits, tmp_path: Path) -> None:
    with Recorder(tmp_path, "mine", Place(0, 0), csv=True, tensorboard=False) as recorder:
        asked = count(1)
        for event in train(CONFIG, few, should_stop=lambda: next(asked) == 3):
            recorder.take(event)
    assert isinstance(event, EndEvent)
    assert [row["step"] for row in rows(tmp_path / "mine.csv")] == ["1", "2", "3", "2"]
    with Recorder(tmp_path, "mine", place_of(event.state), csv=True, tensorboard=False) as recorder:
        for later in train(CONFIG, few, resume=event.state):
            recorder.take(later)
    found = rows(tmp_path / "mine.csv")
    assert [row["step"] for row in found if row["kind"] == "step"] == [str(step) for step in range(1, 7)]
    assert [row["epoch"] for row in found if row["kind"] == "epoch"] == ["1", "2", "3"]
    assert float(found[-1]["test_loss"]) > 0


class Board:
    """Stands for TensorBoard's SummaryWriter."""

    def __init__(self, folder: Path, purge_step: int | None) -> None:
        self.folder, self.purge_step, self.closed = folder, purge_step, False
        self.scalars: dict[str, list[tuple[float, int]]] = {}
        self.images: dict[str, list[Any]] = {}

    def add_scalar(self, name: str, value: float, step: int) -> None:
        self.scalars.setdefault(name, []).append((value, step))

    def add_images(self, name: str, pictures: np.ndarray, step: int) -> None:
        self.images.setdefault(name, []).append((pictures.shape, step))

    def close(self) -> None:
        self.closed = True


def test_tensorboard_gets_numbers_and_pictures(few: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", SimpleNamespace(SummaryWriter=Board))
    with Recorder(tmp_path, "mine", Place(0, 0), csv=False, tensorboard=True) as recorder:
        for event in train(CONFIG, few):
            recorder.take(event)
    board = recorder._board
    assert (board.folder, board.purge_step, board.closed) == (tmp_path / "mine.tensorboard", None, True)
    assert [step for _, step in board.scalars["loss/recon"]] == [1, 2, 3, 4, 5, 6]
    assert {"grad/encoder", "d_real", "lr", "epoch/test_loss", "epoch/loss/recon"} <= board.scalars.keys()
    samples = [((10, 1, 28, 28), step) for step in (0, 2, 4, 6)]
    assert board.images["samples"] == samples
    assert len(board.images["reconstructions"]) == 4


def test_without_tensorboard_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ConfigError, match=r"needs the package tensorboard, .*; run `pip install tensorboard`, or take"):
        Recorder(tmp_path, "mine", Place(0, 0), csv=False, tensorboard=True)


def test_the_command_line_keeps_a_table_and_starts_from_a_runs_state(
    run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["train", "--epochs", "1", "--batch-size", "100", "--latent-dim", "3", "--hidden-dim", "8"]
    assert run(*words, "--out", tmp_path / "a", "--csv").code == 0
    assert [row["kind"] for row in rows(tmp_path / "a" / "vaegan-bn.csv")] == ["step"] * 4 + ["epoch"]
    monkeypatch.setenv("VAEGAN_RUNS", str(tmp_path))
    forked = ["--start", "a/vaegan-bn.state.safetensors", "--lr", "1e-9"]
    assert run(*words, "--out", tmp_path / "b", *forked).code == 0
    first, second = load(tmp_path / "a" / "vaegan-bn"), load(tmp_path / "b" / "vaegan-bn")
    name = "decoder.output.bias"
    assert torch.allclose(first.weights[name], second.weights[name], atol=1e-6)
    assert second.card.command.endswith("--start a/vaegan-bn.state.safetensors")
    done = run(*words, "--latent-dim", "4", "--out", tmp_path / "c", *forked)
    assert done.code == 2
    assert (
        "give the settings of its run that decide the weights' shapes: architecture, latent_dim, hidden_dim, norm"
        in " ".join(done.err.split())
    )
