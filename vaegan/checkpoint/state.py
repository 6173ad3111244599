"""The state of a training run: all that it needs to go on, as one safetensors file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from vaegan.errors import CheckpointError
from vaegan.files import write_atomically

STATE_KEYS = {"config", "data_sha256", "progress", "schedules", "lrs"}


@dataclass(frozen=True)
class TrainState:
    """All that a training run needs to go on: tensors by name, and plain JSON values (progress, schedules, config)."""

    tensors: dict[str, Tensor]
    values: dict[str, Any]

    @property
    def weights(self) -> dict[str, Tensor]:
        """The weights that are shown and saved, as a state dict: their average over steps if the run keeps one."""
        return self.part("average") or self.part("model")

    def part(self, name: str) -> dict[str, Tensor]:
        """The tensors whose names begin with `name` and a dot, by the rest of their names."""
        return {
            key.removeprefix(f"{name}."): value for key, value in self.tensors.items() if key.startswith(f"{name}.")
        }


def save_state(state: TrainState, file: Path) -> None:
    """Write a training run's state: tensors, and the plain values as the file's metadata."""
    tensors = {name: value.contiguous() for name, value in state.tensors.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically({file: safetensors.torch.save(tensors, metadata={"state": json.dumps(state.values)})})


def load_state(file: Path) -> TrainState:
    """The training state in `file`; CheckpointError if it is missing or damaged."""
    if not file.is_file():
        raise CheckpointError(f"there is no training state {file}; start the run without --resume")
    try:
        with safe_open(file, framework="pt") as opened:
            values: dict[str, Any] = json.loads((opened.metadata() or {})["state"])
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - not a dict
    except (SafetensorError, KeyError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{file} is no training state ({error}); start the run again") from error
    if not isinstance(values, dict) or not values.keys() >= STATE_KEYS:
        raise CheckpointError(f"{file} is no training state (it lacks settings or progress); start the run again")
    return TrainState(tensors, values)
