"""Checkpoints: NAME.safetensors with the weights, NAME.json with the card that says what they are.

Nothing is ever unpickled. A file is used only after its size, hash, version, names, shapes and numbers were checked.
Matrices and kernels whose numbers are all those of float16 are stored as such, at half the size; in memory everything
is float32.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import safetensors.torch
import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from torch import Tensor

from vaegan.checkpoint import formats
from vaegan.checkpoint.card import Card, CardPart
from vaegan.errors import CheckpointError, ConfigError
from vaegan.files import write_atomically
from vaegan.model import prior as priors
from vaegan.model.networks import VAEGAN, build, restore
from vaegan.model.prior import FittedPrior

_PACKAGE = Path(__file__).resolve().parents[1]
_INSTALLED = _PACKAGE / "pretrained"  # where an installed package has its checkpoints; a checkout has them at its top
PRETRAINED = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "pretrained"
MAX_CARD_BYTES = 2**20
MAX_WEIGHTS_BYTES = 2**29
LARGEST_HALF = torch.finfo(torch.float16).max
PRIOR = "prior."  # begins the names of the fitted prior's tensors, which lie in the same file as the weights
_NAME = re.compile(r"(?=.{1,100}\Z)[a-z0-9]+(-[a-z0-9]+)*")  # with its ending below what file systems allow

P = TypeVar("P", bound=CardPart)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A card and the weights it belongs to; with a fitted prior if the card has the numbers of one."""

    card: Card
    weights: dict[str, Tensor]
    prior: FittedPrior | None = None

    def build(self) -> VAEGAN:
        """The model with these weights, in eval mode."""
        return restore(self.card.config.model, self.weights)


def available(folder: Path = PRETRAINED) -> list[str]:
    """Names of the checkpoints in `folder`, sorted; one without its card or its weights is named too."""
    files = [*folder.glob("*.json"), *folder.glob("*.safetensors")]
    return sorted({file.stem for file in files if _NAME.fullmatch(file.stem)})


def pairs(folder: Path = PRETRAINED) -> list[str]:
    """Names that exist both as NAME-bn and NAME-plain: twins that differ in BatchNorm alone."""
    names = set(available(folder))
    stems = {name.removesuffix("-bn") for name in names if name.endswith("-bn")}
    return sorted(stem for stem in stems if f"{stem}-plain" in names)


def load(name: str | Path, folder: Path = PRETRAINED) -> Checkpoint:
    """The checkpoint `name` of `folder`, or the one at a path; CheckpointError says what is wrong and what to do."""
    path = _locate(name, folder)
    card, file = read_card(_file(path, ".json")), _file(path, ".safetensors")
    remedy = f"restore it from the repository or train it again: {card.command}"
    tensors = read_weights(file, card.sha256, remedy)
    weights = {key: value for key, value in tensors.items() if not key.startswith(PRIOR)}
    check_weights(weights, build(card.config.model, 0).state_dict(), file.name, remedy)
    of_prior = {key.removeprefix(PRIOR): value for key, value in tensors.items() if key.startswith(PRIOR)}
    return Checkpoint(card, weights, _checked_prior(of_prior, card, file.name, remedy))


def required_prior(card: Card, prior: FittedPrior | None) -> FittedPrior:
    """The fitted prior of a checkpoint; ConfigError if it has none."""
    if prior is not None:
        return prior
    if not card.config.uses_encoder:
        raise ConfigError(f"{card.name} is a plain GAN, which encodes no digits to fit a prior to; use prior standard")
    raise ConfigError(f"{card.name} has no fitted prior; use prior standard, or make one with `vaegan fit-prior`")


def read_card(file: Path) -> Card:
    """The card in `file`; CheckpointError if it is missing, no card, or of a newer version."""
    return read_card_of(Card, file, "checkpoint card")


def read_card_of(kind: type[P], file: Path, what: str) -> P:
    """A card of another kind, which errors call `what`; the same checks and errors as `read_card`."""
    text = _read(file, MAX_CARD_BYTES)
    try:
        values = json.loads(text)
        json.dumps(values, ensure_ascii=False).encode()  # half a character, such as "\ud800", cannot be written again
        version = values.get("format") if isinstance(values, dict) else None
        if isinstance(version, int) and version > formats.newest(kind):
            raise CheckpointError(
                f"{file.name} has format {version}, this version reads up to {formats.newest(kind)}; update vaegan"
            )
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CheckpointError(
            f"{file.name} is no {what}: {place}: {first['msg']}; restore it from the repository"
        ) from error
    except (
        ValueError,
        RecursionError,
    ) as error:  # no JSON, no UTF-8, half a character, a number of thousands of digits, endless nesting
        raise CheckpointError(f"{file.name} is no JSON ({error}); restore it from the repository") from error


def read_weights(file: Path, sha256: str, remedy: str) -> dict[str, Tensor]:
    """The tensors of a safetensors file, float16 as float32; CheckpointError if its hash is not the one on the card."""
    data = _read(file, MAX_WEIGHTS_BYTES)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise CheckpointError(f"{file.name} is damaged or not the one of its card (sha256 differs); {remedy}")
    try:
        weights: dict[str, Tensor] = safetensors.torch.load(data)
    except (SafetensorError, KeyError) as error:  # KeyError: a number format that torch does not have
        raise CheckpointError(f"{file.name} is no safetensors file ({error}); {remedy}") from error
    return {name: value.float() if _may_be_half(value) else value for name, value in weights.items()}


def check_weights(weights: dict[str, Tensor], expected: dict[str, Tensor], name: str, remedy: str) -> None:
    """CheckpointError unless the weights of the file `name` have the names, types and shapes expected, all finite."""
    for key in sorted(expected.keys() | weights.keys()):
        theirs, ours = weights.get(key), expected.get(key)
        if theirs is None or ours is None:
            fault = f"has no {key}" if theirs is None else f"has an unknown {key}"
        elif theirs.dtype != ours.dtype:
            fault = f"has {key} of type {theirs.dtype} instead of {ours.dtype}"
        elif theirs.shape != ours.shape:
            fault = f"has {key} of shape {tuple(theirs.shape)} instead of {tuple(ours.shape)}"
        elif not bool(theirs.isfinite().all()):
            fault = f"has numbers in {key} that are not finite"
        else:
            continue
        raise CheckpointError(f"{name} {fault}; {remedy}")


def _checked_prior(tensors: dict[str, Tensor], card: Card, name: str, remedy: str) -> FittedPrior | None:
    """The fitted prior in the file `name`, None if there is none; CheckpointError unless it is the one of the card."""
    expected = card.prior.components if card.prior is not None else 0
    fault = priors.fault_in(tensors, card.config.model.latent_dim) if tensors else None
    components = len(tensors["weights"]) if tensors and fault is None else 0
    if fault is None and components != expected:
        fault = f"has {components or 'no'} components of a fitted prior, where its card says {expected or 'none'}"
    if fault is not None:
        raise CheckpointError(f"{name} {fault}; {remedy}")
    return FittedPrior(**tensors) if tensors else None


def save(checkpoint: Checkpoint, folder: Path) -> Path:
    """Write NAME.safetensors and NAME.json into `folder`; returns the path without its ending."""
    name = checkpoint.card.name
    if not _NAME.fullmatch(name):
        raise CheckpointError(
            f"{name[:120]!r} is no name for a checkpoint; use small letters, digits and single hyphens, at most 100"
        )
    data = checkpoint_bytes(checkpoint)
    card = checkpoint.card.model_copy(update={"sha256": hashlib.sha256(data).hexdigest()})
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically({folder / f"{name}.safetensors": data, folder / f"{name}.json": formats.card_bytes(card)})
    return folder / name


def save_card(card: Card, folder: Path) -> None:
    """Write NAME.json beside NAME.safetensors, which stays as it is; CheckpointError if it is not the card's."""
    weights = folder / f"{card.name}.safetensors"
    if hashlib.sha256(_read(weights, MAX_WEIGHTS_BYTES)).hexdigest() != card.sha256:
        raise CheckpointError(f"{weights.name} is not the one of its card (sha256 differs); the card was not written")
    write_atomically({folder / f"{card.name}.json": formats.card_bytes(card)})


def checkpoint_bytes(checkpoint: Checkpoint) -> bytes:
    """The weights as a safetensors file, and the fitted prior if there is one."""
    of_prior = checkpoint.prior.tensors() if checkpoint.prior is not None else {}
    return weights_bytes(checkpoint.weights | {f"{PRIOR}{key}": value for key, value in of_prior.items()})


def weights_bytes(weights: dict[str, Tensor]) -> bytes:
    """The weights as a safetensors file."""
    data: bytes = safetensors.torch.save({name: _smallest(value).contiguous() for name, value in weights.items()})
    return data


def rounded(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights with matrices and kernels rounded to float16's numbers; CheckpointError if one is too large."""
    for name, value in weights.items():
        if _may_be_half(value) and bool((value.abs() > LARGEST_HALF).any()):
            raise CheckpointError(
                f"{name} has numbers beyond {LARGEST_HALF:,.0f}, which float16 cannot hold; keep float32"
            )
    return {name: value.half().float() if _may_be_half(value) else value for name, value in weights.items()}


def halved(checkpoint: Checkpoint) -> Checkpoint:
    """The checkpoint that training it with `train --float16` would have given, but without a fitted prior.

    A prior was fitted to where the weights before put digits. The numbers of the card are still theirs as well.
    """
    command = f"{checkpoint.card.command.removesuffix(' --float16')} --float16"
    return Checkpoint(
        checkpoint.card.model_copy(update={"command": command, "prior": None}), rounded(checkpoint.weights)
    )


def _may_be_half(value: Tensor) -> bool:
    """Whether this is a matrix or a kernel; biases and BatchNorm's statistics are few, and stay as they are."""
    return value.dim() >= 2 and value.dtype in (torch.float16, torch.float32)


def _smallest(value: Tensor) -> Tensor:
    """A matrix or kernel as float16 if that loses nothing, anything else as it is."""
    if not _may_be_half(value):
        return value
    half = value.half()
    return half if torch.equal(half.float(), value) else value


def _locate(name: str | Path, folder: Path) -> Path:
    """The checkpoint's path without ending: a bare name is looked up in `folder`, anything else is a path."""
    if isinstance(name, str) and _NAME.fullmatch(name):
        if name not in available(folder):
            known = ", ".join(available(folder)) or "none"
            raise CheckpointError(f"there is no checkpoint {name!r}; in {folder.name}/ there are: {known}")
        return folder / name
    path = Path(name)
    stem = path.with_suffix("") if path.suffix in (".safetensors", ".json") else path
    try:
        exists = _file(stem, ".json").is_file() or _file(stem, ".safetensors").is_file()
    except OSError:  # too long for a path, or in a folder that is closed to us
        exists = False
    if not exists:
        raise CheckpointError(
            f"there is no checkpoint at {str(name)!r}; give a name of `vaegan models` or a .safetensors file"
        )
    return stem


def _file(stem: Path, ending: str) -> Path:
    """The path with an ending added; `with_suffix` would replace `.state` of x.state, which is no checkpoint x."""
    return Path(f"{stem}{ending}")


def _read(file: Path, limit: int) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(limit + 1)  # what a device or a pipe holds is known only by reading
    except FileNotFoundError as error:
        raise CheckpointError(f"{file.name} is missing; restore it from the repository or train it again") from error
    except OSError as error:
        raise CheckpointError(f"{file.name} cannot be read ({error.strerror}); check the file") from error
    if len(data) > limit:
        raise CheckpointError(f"{file.name} has more than the {limit:,} bytes allowed; choose another file")
    return data
