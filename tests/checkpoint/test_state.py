"""A training state is gone on from as it is, or refused with a sentence: damage never ends in another error."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor

from tests.conftest import end_of
from vaegan.checkpoint.state import TrainState, load_state, save_state
from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import CheckpointError, VaeganError
from vaegan.training.loop import train

WRONG: list[Any] = [..., "x"]  # ... stands for nothing there at all
MORE: list[Any] = [10**30, [[1]], {}, None, True, -1, 0.5, float("nan"), [], {"x": 1}]
Damage = tuple[str, dict[str, Tensor], Any]


@pytest.fixture(scope="module")
def few(digits: Digits) -> Digits:
    return digits.subset(20, 10)


def config(schedule: str) -> TrainConfig:
    settings: dict[str, Any] = {"model": {"latent_dim": 1, "hidden_dim": 1}, "batch_size": 10, "epochs": 3}
    return TrainConfig(**settings, schedule=schedule, ema=0.5)


def places(values: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every key and index in nested JSON, but for the settings, which have their own tests."""
    inner = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, value in inner:
        yield (*path, key)
        if key != "config":
            yield from places(value, (*path, key))


def damaged_values(state: TrainState, wrongs: list[Any]) -> Iterator[Damage]:
    for path in places(state.values):
        for wrong in wrongs:
            values = deepcopy(state.values)
            inner: Any = values
            for key in path[:-1]:
                inner = inner[key]
            if wrong is ...:
                del inner[path[-1]]
            else:
                inner[path[-1]] = wrong
            yield f"{path} = {wrong!r}", state.tensors, values


def damaged_tensors(state: TrainState) -> Iterator[Damage]:
    for name, value in state.tensors.items():
        without = {key: other for key, other in state.tensors.items() if key != name}
        yield f"no {name}", without, state.values
        for wrong in (value[None], value.double(), value.float() * torch.nan, torch.zeros(3)):
            yield f"{name}: {wrong.shape} {wrong.dtype}", without | {name: wrong}, state.values
    for name in ("model.x", "optimizer.0.x.step", "optimizer.9.0.step", "optimizer.0.999.exp_avg", "other", "average"):
        yield name, state.tensors | {name: torch.zeros(1)}, state.values


@pytest.mark.parametrize(
    ("schedule", "wrongs", "every"),
    [
        ("one-cycle", WRONG, 4),
        *(
            pytest.param(schedule, WRONG + MORE, 1, marks=pytest.mark.long)
            for schedule in ("constant", "step", "cosine", "one-cycle", "plateau")
        ),
    ],
)
def test_a_damaged_state_is_refused_in_words_or_makes_no_difference(schedule, wrongs, every, few, tmp_path):
    settings, file = config(schedule), tmp_path / "a.safetensors"
    stopping = iter([False, False, True])  # in the second epoch
    whole = end_of(train(settings, few, should_stop=lambda: next(stopping))).state
    save_state(whole, file)
    assert end_of(train(settings, few, resume=load_state(file))).reason == "finished"
    refused = 0
    for what, tensors, values in [*damaged_values(whole, wrongs), *damaged_tensors(whole)][::every]:
        file.write_bytes(safetensors.torch.save(tensors, metadata={"state": json.dumps(values)}))
        try:
            ended = end_of(train(settings, few, resume=load_state(file)))
        except VaeganError:
            refused += 1
        else:
            assert ended.state.values["progress"]["epoch"] >= 3, what
    assert refused > 150 / every


def test_a_state_comes_back_exactly(few: Digits, tmp_path: Path) -> None:
    stopping = iter([False, False, True])
    state = end_of(train(config("plateau"), few, should_stop=lambda: next(stopping))).state
    save_state(state, tmp_path / "new" / "run.state.safetensors")
    again = load_state(tmp_path / "new" / "run.state.safetensors")
    assert again.values == state.values
    assert again.tensors.keys() == state.tensors.keys()
    assert all(torch.equal(again.tensors[name], value) for name, value in state.tensors.items())
    assert all(again.tensors[name].dtype == value.dtype for name, value in state.tensors.items())
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["run.state.safetensors"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80" * 1000,
        safetensors.torch.save({"a": torch.zeros(9)}),
        safetensors.torch.save({"a": torch.zeros(9)}, metadata={"state": "{"}),
        safetensors.torch.save({"a": torch.zeros(9)}, metadata={"state": "[" * 100_000}),
        safetensors.torch.save({"a": torch.zeros(9)}, metadata={"state": "[]"}),
        safetensors.torch.save({"a": torch.zeros(9)}, metadata={"state": '{"config": {}}'}),
        safetensors.torch.save({"a": torch.zeros(9)}, metadata={"state": "{}"})[:-1],
    ],
    ids=["empty", "noise", "a checkpoint", "cut JSON", "deep JSON", "a list", "no progress", "cut short"],
)
def test_a_damaged_state_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "run.state.safetensors"
    file.write_bytes(data)
    with pytest.raises(CheckpointError, match=r"is no training state .* start the run again"):
        load_state(file)


def test_a_missing_state_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"there is no training state .*none\.safetensors"):
        load_state(tmp_path / "none.safetensors")
