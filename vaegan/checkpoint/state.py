"""The state of a training run: all that it needs to go on, as one safetensors file."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import safetensors.torch
import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from safetensors import SafetensorError, safe_open
from torch import Tensor

from vaegan.checkpoint.card import EpochLog
from vaegan.checkpoint.files import check_weights
from vaegan.config import TrainConfig, parse
from vaegan.errors import CheckpointError, ConfigError
from vaegan.files import write_atomically
from vaegan.model.networks import build

_REMEDY = "start the run again"
_MOMENTS = {"step", "exp_avg", "exp_avg_sq"}  # what Adam keeps of a parameter
_MOMENT = re.compile(r"optimizer\.(\d{1,4}\.\d{1,4})\.(\w+)")
Count = Annotated[int, Field(ge=0, le=2**53)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Progress(_Part):
    """The counters of `vaegan.training.loop`, as a file may hold them."""

    step: Count
    epoch: Count
    batch: Count
    images: Count
    seconds: Annotated[Finite, Field(ge=0)]
    sums: dict[str, Finite]
    best: Annotated[float, Field(allow_inf_nan=True)]
    stale_epochs: Count

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.batch > 0) != (self.images > 0) or self.best != self.best:
            raise ValueError("batch, images and best contradict each other")
        return self


class _Values(_Part):
    """The plain values of a state; what is inside `config` is checked by its own model, schedules by torch's."""

    config: dict[str, Any]
    data_sha256: str
    progress: _Progress
    schedules: list[dict[str, Any]]
    lrs: list[list[Annotated[Finite, Field(ge=0)]]]
    history: list[EpochLog] = []


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
        raise CheckpointError(f"there is no training state {file}; give the path of one, or start the run anew")
    try:
        with safe_open(file, framework="pt") as opened:
            values: Any = json.loads((opened.metadata() or {})["state"])
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - not a dict
        checked = _Values.model_validate(values)
        config = parse(TrainConfig, checked.config)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])[:80]
        raise CheckpointError(f"{file} is no training state ({place}: {first['msg']}); {_REMEDY}") from error
    except (SafetensorError, KeyError, ValueError, RecursionError, ConfigError) as error:
        raise CheckpointError(f"{file} is no training state ({error}); {_REMEDY}") from error
    state = TrainState(tensors, values)
    _check_tensors(state, config, file)
    return state


def _check_tensors(state: TrainState, config: TrainConfig, file: Path) -> None:
    """CheckpointError unless weights are those of the network that `config` describes, and moments are complete."""
    expected = build(config.model, 0).state_dict()
    parts = ["model", "average"] if config.ema > 0 else ["model"]
    for part in parts:
        check_weights(state.part(part), expected, f"{file}: {part}", _REMEDY)
    moments: dict[str, dict[str, Tensor]] = {}
    for name in state.tensors:
        if match := _MOMENT.fullmatch(name):
            moments.setdefault(match[1], {})[match[2]] = state.tensors[name]
        elif name.partition(".")[0] not in parts:
            raise CheckpointError(f"{file} has an unknown {name[:80]}; {_REMEDY}")
    for row, found in moments.items():
        if fault := _fault_in_moments(found):
            raise CheckpointError(f"{file}: the optimiser's {row} {fault}; {_REMEDY}")


def _fault_in_moments(found: dict[str, Tensor]) -> str | None:
    if found.keys() != _MOMENTS:
        return f"has {', '.join(sorted(found))} instead of {', '.join(sorted(_MOMENTS))}"
    if found["step"].numel() != 1 or found["exp_avg"].shape != found["exp_avg_sq"].shape:
        return "has moments of different shapes"
    if any(value.dtype != torch.float32 or not bool(value.isfinite().all()) for value in found.values()):
        return "has moments that are no finite float32 numbers"
    return None
