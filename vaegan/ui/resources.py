"""What all sessions share: open checkpoints and real digits, each loaded once."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from vaegan import checkpoint, data
from vaegan.checkpoint import Card
from vaegan.errors import CheckpointError, DataError
from vaegan.images import from_uint8
from vaegan.studio import Studio, serve_side_by_side

FOLDER = checkpoint.PRETRAINED
GALLERY_SIZE = 200  # digits that can be picked


class Gallery(NamedTuple):
    """Real digits (N, 28, 28) in [0, 1], their classes, and in words where they come from."""

    pictures: NDArray[np.float32]
    labels: list[int]
    origin: str


def studio(name: str) -> Studio:
    """The checkpoint `name`, opened once; again if its files change. CheckpointError says what is wrong with it."""
    return _studio(FOLDER, name, _stamp(name))


@st.cache_resource(max_entries=16, show_spinner="Loading the models …")
def _studio(folder: Path, name: str, changed: tuple[float, ...]) -> Studio:  # noqa: ARG001 - a key of the cache
    serve_side_by_side()
    return Studio.open(name, folder)


def _stamp(name: str) -> tuple[float, ...]:
    files = [FOLDER / f"{name}{ending}" for ending in (".json", ".safetensors")]
    return tuple(_modified(file) for file in files)


def _modified(file: Path) -> float:
    return file.stat().st_mtime if file.is_file() else 0.0


def card(name: str) -> Card:
    """The card of checkpoint `name`; CheckpointError says what is wrong with it."""
    return _card(FOLDER, name, _stamp(name))


@lru_cache(maxsize=64)  # asked for on every stroke, where streamlit's own cache takes milliseconds to hash its keys
def _card(folder: Path, name: str, changed: tuple[float, ...]) -> Card:  # noqa: ARG001 - a key of the cache
    return checkpoint.read_card(folder / f"{name}.json")


def pairs() -> list[str]:
    """Names of the twins that can be compared, the all-round denoiser first; CheckpointError if there are none."""
    found = checkpoint.pairs(FOLDER)
    if not found:
        raise CheckpointError("there is no pair of checkpoints in pretrained/; restore the folder from the repository")
    return sorted(found, key=lambda stem: (stem != "denoise", stem))


@st.cache_resource(show_spinner="Reading the digits …")
def gallery() -> Gallery:
    """The first test digits of the MNIST found, or of the bundled sample."""
    try:
        digits = data.load()
    except DataError:  # a wrong VAEGAN_DATA or a damaged file must not keep a class from drawing
        digits = data.load_sample()
    pictures = from_uint8(digits.test_images[:GALLERY_SIZE].view(-1, 28, 28).numpy())
    origin = "MNIST's test digits" if digits.source == "mnist" else digits.label
    return Gallery(pictures, digits.test_labels[:GALLERY_SIZE].tolist(), origin)
