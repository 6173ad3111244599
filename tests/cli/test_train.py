"""`vaegan train` from the command line: flags, files, and a run that is interrupted."""

import hashlib
import shlex
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from vaegan import checkpoint
from vaegan.cli import train
from vaegan.config import TrainConfig
from vaegan.presets import PRESETS
from vaegan.training import train as training_events
from vaegan.training.events import Event, StepEvent

SMALL = ["--latent-dim", "3", "--hidden-dim", "8", "--batch-size", "50", "--train-limit", "100"]


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_each_setting_has_one_flag(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # the table of flags is cut to the terminal's width

    def leaves(values: dict) -> list[str]:
        return [leaf for k, v in values.items() for leaf in (leaves(v) if isinstance(v, dict) else [k])]

    names = leaves(TrainConfig().model_dump())
    assert len(set(names)) == len(names)
    result = run("train", "--help")
    assert result.code == 0
    words = set(result.out.replace("|", " ").replace(",", " ").split())
    assert {f"--{name.replace('_', '-')}" for name in names} <= words
    assert "--no-sample-latent" in words


def test_flags_change_the_preset(monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path) -> None:
    """Every flag once, with a value that is not the default; what reaches the training is compared field by field."""
    given: dict[str, Any] = {
        "model": {
            "architecture": "convolutional", "latent_dim": 3, "hidden_dim": 8, "channels": 4, "norm": "none",
            "dropout": 0.25, "spectral_norm": True,
        },
        "weights": {"recon": 2.0, "kl": 0.5, "adv": 0.1, "feature": 0.2},
        "noise": {"noise_kinds": ["blur", "masking"], "noise_min": 0.1, "noise_max": 0.9},
        "sample_latent": False, "fakes": "both", "generator": "saturating", "routing": "larsen", "epochs": 3,
        "adv_start": 1, "r1": 0.1, "prior_statistics": False, "ema": 0.9,
        "batch_size": 50, "lr": 0.01, "disc_lr": 0.02, "beta1": 0.5, "weight_decay": 0.1, "schedule": "plateau",
        "step_epochs": 4, "decay": 0.3, "plateau_epochs": 1, "early_stopping": 2, "holdout": 20, "train_limit": 90,
        "precision": "bfloat16", "seed": 7, "preview_every": 5,
    }  # fmt: skip
    flat = {**given["model"], **given["weights"], **given["noise"], **given}
    words = ["--no-sample-latent", "--no-prior-statistics", "--spectral-norm"]
    for name, value in flat.items():
        if not isinstance(value, dict | bool):
            words += [f"--{name.replace('_', '-')}", ",".join(value) if isinstance(value, list) else str(value)]
    seen: list[TrainConfig] = []

    def nothing_happens(config: TrainConfig, *_: Any, **__: Any) -> Iterator[Event]:
        seen.append(config)
        return iter(())

    monkeypatch.setattr(train, "training_events", nothing_happens)
    assert run("train", "--out", tmp_path, *words).code == 2  # nothing came of it
    assert seen == [TrainConfig.model_validate(given)]
    default = TrainConfig().model_dump()
    assert [k for k, v in seen[0].model_dump().items() if v == default[k]] == []


def test_a_run_leaves_checkpoint_card_and_state(run: Run, tmp_path: Path) -> None:
    result = run("train", "--preset", "vaegan-bn", "--epochs", "2", *SMALL, "--out", tmp_path / "new")
    assert result.code == 0
    assert result.out == f"finished after 2 epochs: {tmp_path}/new/vaegan-bn.safetensors\n"
    assert [line.split()[1] for line in result.err.splitlines() if line.startswith("epoch")] == ["1:", "2:"]
    files = sorted(file.name for file in (tmp_path / "new").iterdir())
    assert files == ["vaegan-bn.json", "vaegan-bn.safetensors", "vaegan-bn.state.safetensors"]
    card = checkpoint.load(tmp_path / "new" / "vaegan-bn").card
    assert card.config == PRESETS["vaegan-bn"].updated(
        {"epochs": 2, "model": {"latent_dim": 3, "hidden_dim": 8}, "batch_size": 50, "train_limit": 100}
    )
    log = card.history[-1]
    assert f"average loss {log.average_loss:.4f}  test set loss {log.test_loss:.4f}" in result.err


@pytest.mark.parametrize(
    "flags",
    [
        ["--noise-kinds", "blur,gaussian", "--lr", "3e-3", "--no-sample-latent", "--seed", "5"],
        ["--preset", "vae-denoise", "--noise-kinds", "none", "--schedule", "cosine"],
    ],
)
def test_the_cards_command_makes_the_same_weights(run: Run, tmp_path, monkeypatch, flags: list[str]) -> None:
    assert run("train", "--epochs", "1", *SMALL, *flags, "--out", tmp_path / "new").code == 0
    (file,) = (tmp_path / "new").glob("*.json")
    card = checkpoint.read_card(file)
    program, dash, module, *words = shlex.split(card.command)
    assert (program, dash, module) == ("python", "-m", "vaegan")
    monkeypatch.chdir(tmp_path)
    assert run(*words).code == 0
    again = tmp_path / words[words.index("--out") + 1] / f"{card.name}.safetensors"
    assert sha256(again) == card.sha256


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt as in a terminal; a process that runs tests beside others may ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_and_resume_equal_an_uninterrupted_run(run: Run, tmp_path: Path, monkeypatch, presses: int) -> None:
    """The first press ends the run after the step under way, the second ends it at once, with the last epoch kept."""
    words = ["train", *SMALL, "--schedule", "one-cycle", "--epochs", "3", "--out"]
    assert run(*words, tmp_path / "whole").code == 0
    handler = signal.getsignal(signal.SIGINT)

    def interrupted(*arguments, **options):
        for event in training_events(*arguments, **options):
            yield event
            if isinstance(event, StepEvent) and event.step == 5:  # in the middle of the third epoch
                for _ in range(presses):
                    signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(train, "training_events", interrupted)
    result = run(*words, tmp_path / "parts")
    assert "Traceback" not in result.err
    if presses == 1:
        assert (result.code, result.out) == (0, "stopped in epoch 3; the same command with --resume goes on\n")
    else:
        assert (result.code not in (0, None), result.out) == (True, "")
    assert signal.getsignal(signal.SIGINT) is handler
    assert [file.name for file in (tmp_path / "parts").iterdir()] == ["vaegan-bn.state.safetensors"]
    state = checkpoint.load_state(tmp_path / "parts" / "vaegan-bn.state.safetensors")
    assert state.values["progress"]["step"] == (5 if presses == 1 else 4)
    monkeypatch.setattr(train, "training_events", training_events)
    refused = run(*words[:-3], "--epochs", "4", "--out", tmp_path / "parts", "--resume")
    assert refused.code == 2
    assert refused.err.splitlines()[-1].startswith("error: the run to resume had other settings: epochs 3;")
    for _ in range(2):  # the second time there is nothing left to do
        assert run(*words, tmp_path / "parts", "--resume").code == 0
        whole, parts = (checkpoint.load(tmp_path / name / "vaegan-bn").card for name in ("whole", "parts"))
        assert parts == whole
