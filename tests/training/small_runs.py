"""What tests of the training loop share: small runs, and how two of them are compared."""

import json
from typing import Any

import numpy as np
import torch

from tests.conftest import end_of
from vaegan.checkpoint.state import TrainState
from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.training.events import EndEvent, Event, PreviewEvent
from vaegan.training.loop import train

NOISES = ["gaussian", "salt-pepper", "occlusion", "watermark", "blur"]


def small(**changes: Any) -> TrainConfig:
    model = {"latent_dim": 4, "hidden_dim": 16} | changes.pop("model", {})
    return TrainConfig(**{"model": model, "batch_size": 50, "epochs": 2, "lr": 3e-3} | changes)


def end(config: TrainConfig, data: Digits, **options: Any) -> EndEvent:
    return end_of(train(config, data, **options))


def told(event: Event) -> dict[str, Any]:
    """What must be the same in two equal runs: all but the clock."""
    values = dict(vars(event)) | {"kind": type(event).__name__, "images_per_s": None}
    if isinstance(event, PreviewEvent):
        values |= {name: value.tobytes() for name, value in values.items() if isinstance(value, np.ndarray)}
    if "state" in values:
        values["state"] = plain(values["state"])
    return values


def plain(state: TrainState) -> dict[str, Any]:
    values = json.loads(json.dumps(state.values))
    del values["progress"]["seconds"]
    return values | {name: (value.dtype, value.shape, value.numpy().tobytes()) for name, value in state.tensors.items()}


def same_weights(a: TrainState, b: TrainState) -> bool:
    return all(torch.equal(value, b.weights[name]) for name, value in a.weights.items())


def flushes() -> bool:
    """Whether the processor takes denormal numbers for 0."""
    return bool(torch.tensor([2e-38]) / 4 == 0)
