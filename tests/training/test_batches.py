"""What a run is fed, by itself; how it trains on it is in test_loop.py."""

from typing import Any

import pytest
import torch
from torch import Tensor

from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import ConfigError
from vaegan.training.batches import HOLDOUT, ORDER, Batches, stream


@pytest.fixture(scope="module")
def few(digits: Digits) -> Digits:
    return digits.subset(200, 40)


def rows(pixels: Tensor) -> list[bytes]:
    """Digits in [0, 1], each as its bytes."""
    return [bytes(row.numpy()) for row in (pixels * 255).round().byte()]


def a_pass(batches: Batches, epoch: int) -> list[bytes]:
    return [row for batch in range(batches.count) for row in rows(batches.clean(epoch, batch))]


def test_a_pass_has_each_digit_once_in_an_order_of_its_own(few: Digits) -> None:
    batches = Batches(TrainConfig(batch_size=30), few)
    first, second = a_pass(batches, 0), a_pass(batches, 1)
    assert sorted(first) == sorted(second) == sorted(map(bytes, few.train_images.numpy()))
    assert first != second
    assert a_pass(batches, 0) == first, "asked for again, it is the same"


def test_held_out_digits_are_not_trained_on(few: Digits) -> None:
    batches = Batches(TrainConfig(batch_size=30, holdout=50, train_limit=150), few)
    assert batches.holdout is not None
    held, trained = rows(batches.holdout.clean), a_pass(batches, 0)
    assert (len(held), len(trained)) == (50, 100)
    assert sorted(held + trained) == sorted(map(bytes, few.train_images[:150].numpy()))


def test_measuring_has_the_same_noise_each_time_and_none_without_noise(few: Digits) -> None:
    clean = Batches(TrainConfig(), few).test
    assert torch.equal(clean.clean, clean.inputs)
    noisy = TrainConfig.model_validate({"noise": {"noise_kinds": ["gaussian"]}})
    once, again, other = (Batches(config, few).test for config in (noisy, noisy, noisy.updated({"seed": 1})))
    assert torch.equal(once.inputs, again.inputs)
    assert not torch.equal(once.inputs, other.inputs)
    assert not torch.equal(once.inputs, once.clean)
    assert torch.equal(once.clean, few.test_images / 255)


@pytest.mark.parametrize(("limit", "size", "count"), [(100, 50, 2), (101, 50, 2), (102, 50, 3), (2, 50, 1)])
def test_a_last_batch_of_one_is_left_out(few: Digits, limit: int, size: int, count: int) -> None:
    batches = Batches(TrainConfig(train_limit=limit, batch_size=size), few)
    assert batches.count == count
    assert len(a_pass(batches, 0)) == limit - (limit == 101)


def test_streams_of_other_names_differ_and_equal_names_agree() -> None:
    names = [(0, ORDER, 0), (1, ORDER, 0), (0, HOLDOUT, 0), (0, ORDER, 1)]
    draws = [torch.randn(5, generator=stream(*name)) for name in names]
    for index, (name, draw) in enumerate(zip(names, draws, strict=True)):
        assert torch.equal(draw, torch.randn(5, generator=stream(*name)))
        assert not any(torch.equal(draw, other) for other in draws[index + 1 :])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"holdout": 199}, "holdout 199 leaves no training digits of 200; lower it"),
        ({"holdout": 0, "early_stopping": 1}, "leave holdout unset, or give it"),
        ({"train_limit": 9, "schedule": "plateau"}, "use at least 10 digits"),
    ],
)
def test_too_few_digits_are_refused(few: Digits, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Batches(TrainConfig(**settings), few)
