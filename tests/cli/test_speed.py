"""The bench: its numbers' names and meaning, and the arithmetic it counts against torch's own counter."""

import json
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from torchvision import datasets, transforms

from tests.conftest import Run
from vaegan.cli import speed
from vaegan.cli.speed import SingleDigits, Speed, markdown, matmul_rate, multiply_adds, our_epoch, summary, usual_epoch
from vaegan.config import ModelConfig, Precision, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import ConfigError
from vaegan.model.networks import VAEGAN, build
from vaegan.presets import preset
from vaegan.training.optimisers import has_bfloat16
from vaegan.training.routing import gradients, network_parameters, terms

MEASURED = {"machine", "data", "repeats", "left_out", "matmul_gflops", "train", "denoise_ms", "memory_mb"}
BATCH = 16


def small(name: str, **changes: Any) -> TrainConfig:
    model = {"latent_dim": 3, "hidden_dim": 8}
    return preset(name).updated({"epochs": 1, "batch_size": BATCH, "model": model} | changes)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches, few calls, small matrices."""
    for name, value in (("BATCHES", (50, 100)), ("MATMUL_SIZE", 64), ("DENOISED", 5), ("WARM_UP", 1)):
        monkeypatch.setattr(speed, name, value)
    monkeypatch.setattr(speed.denoise_milliseconds, "__defaults__", (5,))


@pytest.mark.parametrize("name", ["vae", "vaegan", "vaegan-bn", "paper-bn", "conv-sampler-vae"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_multiply_adds_are_torchs_own_count_of_a_step(name: str, precision: Precision, digits: Digits) -> None:
    config = preset(name).updated({"precision": precision})
    model = build(config.model, 0)
    x = digits.train_images[:BATCH] / 255
    with FlopCounterMode(display=False) as counter:
        gradients(network_parameters(model), terms(model, x, x, config, torch.Generator()).losses, config)
    assert counter.get_total_flops() == 2 * BATCH * multiply_adds(config)


@pytest.mark.parametrize(
    "config",
    [preset("gan"), preset("conv-sampler-gan"), preset("vae").updated({"weights": {"feature": 1}})],
    ids=["gan", "prior samples", "learned similarity"],
)
def test_what_is_not_counted_is_refused(config: TrainConfig) -> None:
    with pytest.raises(ConfigError, match="choose another preset"):
        multiply_adds(config)


def test_the_usual_loops_pictures_are_torchvisions(digits: Digits) -> None:
    theirs = datasets.MNIST.__new__(datasets.MNIST)  # without its files
    theirs.data, theirs.targets = digits.train_images.view(-1, 28, 28), digits.train_labels
    theirs.transform, theirs.target_transform = transforms.ToTensor(), None
    ours = SingleDigits(digits)
    assert len(ours) == len(digits.train_images)
    for index in (0, 7, len(ours) - 1):
        assert torch.equal(ours[index][0], theirs[index][0])
        assert ours[index][1] == theirs[index][1]


@pytest.mark.parametrize("name", speed.SYSTEMS)
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_usual_loop_moves_every_network_of_the_system(
    name: str, precision: Precision, digits: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = small(name, precision=precision)
    made: list[VAEGAN] = []

    def recording(model: ModelConfig, seed: int) -> VAEGAN:
        made.append(build(model, seed))
        return made[-1]

    monkeypatch.setattr(speed, "build", recording)
    assert usual_epoch(config, digits.subset(train=64)) > 0
    before = build(config.model, config.seed)
    for network in ("encoder", "decoder", "discriminator"):
        old, new = (model.get_submodule(network).parameters() for model in (before, made[0]))
        moved = all(not torch.equal(a, b) for a, b in zip(old, new, strict=True) if a.ndim == 2)
        assert moved == (network != "discriminator" or config.uses_discriminator), network


def test_both_epochs_are_timed(digits: Digits) -> None:
    config, few = small("vaegan-bn"), digits.subset(train=64)
    assert our_epoch(config, few) > 0
    assert usual_epoch(config, few) > 0
    assert matmul_rate("float32") > 1e6


@pytest.mark.usefixtures("quick")
def test_speeds_are_medians_of_pairs(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, usual, rates = iter((2.0, 4.0, 1.0)), iter((8.0, 8.0, 3.0)), iter((1e6, 2e6, 4e6))
    monkeypatch.setattr(speed, "our_epoch", lambda *_: next(ours))
    monkeypatch.setattr(speed, "usual_epoch", lambda *_: next(usual))
    monkeypatch.setattr(speed, "matmul_rate", lambda _: next(rates))
    config = small("vae")
    found = speed.training_speed("vae", config, digits, 3)
    images, work = len(digits.train_images), 2 * multiply_adds(config)
    fractions = sorted(images / seconds * work / rate for seconds, rate in ((2, 1e6), (4, 2e6), (1, 4e6)))
    fraction: Any = pytest.approx(fractions[1])
    assert found == Speed("vae", BATCH, "float32", images / 2, 3.0, fraction)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_the_command_gives_every_number_by_its_name(run: Run) -> None:
    result = run("bench", "--digits", "100", "--repeats", "1", "--json")
    assert result.code == 0
    found = json.loads(result.out)
    assert set(found) == MEASURED
    precisions = ["float32", *(["bfloat16"] if has_bfloat16() else [])]
    assert [(row["preset"], row["batch"], row["precision"]) for row in found["train"]] == [
        (name, batch, precision) for precision in precisions for name in speed.SYSTEMS for batch in (50, 100)
    ]
    assert all(set(row) == set(Speed._fields) for row in found["train"])
    numbers = [row[name] for row in found["train"] for name in Speed._fields[3:]]
    assert all(np.isfinite(numbers))
    assert min(numbers) > 0
    assert 0 < found["denoise_ms"]["p50"] <= found["denoise_ms"]["p95"]
    assert 50 < found["memory_mb"] < 100_000
    assert found["machine"]["versions"]["torch"] == torch.__version__
    assert found["machine"]["torch_threads"] == torch.get_num_threads()
    assert found["left_out"] == [words for _, words in speed.precisions() if words]
    assert len(result.err.splitlines()) == 1 + len(found["train"])


@pytest.fixture
def result() -> dict[str, Any]:
    row = Speed("vae", 128, "float32", 12_345.6, 3.44, 0.456)
    machine = {"cpu": "A processor", "cores": 2, "torch_threads": 1, "load_before": 0.1, "versions": {"torch": "9"}}
    return {
        "machine": machine,
        "data": "some digits",
        "repeats": 5,
        "left_out": ["precision bfloat16: not here"],
        "matmul_gflops": {"float32": 98.7},
        "train": [row._asdict()],
        "denoise_ms": {"p50": 1.234, "p95": 5.678},
        "memory_mb": 765.4,
    }


def test_the_table_is_markdown(result: dict[str, Any]) -> None:
    table, remarks = markdown(result).split("\n\n")
    head, rule, row = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
    assert row == ["`vae`", "128", "float32", "12,346", "3.4", "46%"]
    assert len(head) == len(rule) == len(row)
    for words in ("p50 1.23 ms, p95 5.68 ms", "765 MB", "A processor, 2 cores", "99 GFLOP/s", "bfloat16: not here"):
        assert words in remarks
        assert words in summary(result)
    assert "busy" not in remarks
    assert "12,346 images/s, 3.4 times the usual loop" in summary(result)


def test_a_busy_machine_is_said(result: dict[str, Any]) -> None:
    result["machine"]["load_before"] = 1.7
    assert "The machine was busy before (load 1.7)" in summary(result)


def test_a_processor_without_bfloat16_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaegan.training.optimisers.has_bfloat16", lambda: False)
    assert dict(speed.precisions())["bfloat16"].endswith("use float32")
    monkeypatch.setattr("vaegan.training.optimisers.has_bfloat16", lambda: True)
    assert dict(speed.precisions()) == {"float32": "", "bfloat16": ""}


def test_more_digits_than_there_are_is_a_sentence(run: Run) -> None:
    result = run("bench", "--digits", "401")
    assert result.code == 2
    assert "give a number from 1 to 400" in result.err
