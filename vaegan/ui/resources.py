"""What all sessions share: open checkpoints and real digits, each loaded once."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from vaegan import checkpoint
from vaegan.checkpoint.card import Card
from vaegan.config import NoiseKind
from vaegan.data import mnist
from vaegan.data.noise import pattern
from vaegan.data.pictures import from_uint8
from vaegan.data.tensors import to_pictures
from vaegan.errors import CheckpointError
from vaegan.model.atlas import Atlas
from vaegan.studio import Studio, serve_side_by_side
from vaegan.ui import trained
from vaegan.web import wire

FOLDER = checkpoint.PRETRAINED
GALLERY_SIZE = 200  # digits that can be picked
SCORED = 1000  # test digits that show what scores a checkpoint gives to real ones


class Gallery(NamedTuple):
    """Real digits (N, 28, 28) in [0, 1], their classes, and in words where they come from."""

    pictures: NDArray[np.float32]
    labels: list[int]
    origin: str


def studio(name: str) -> Studio:
    """The checkpoint `name`, opened once; again if its files change. CheckpointError says what is wrong with it."""
    return _studio(*_place(name), _stamp(name))


@st.cache_resource(max_entries=16, show_spinner="Loading the models …")
def _studio(folder: Path, name: str, changed: tuple[float, ...]) -> Studio:  # noqa: ARG001 - a key of the cache
    serve_side_by_side()
    return Studio.open(name, folder)


def _place(name: str) -> tuple[Path, str]:
    """The folder of checkpoint `name` and what its files are called there: a shipped one's, or that of a run."""
    return trained.place(name) or (FOLDER, name)


def _stamp(name: str) -> tuple[float, ...]:
    folder, stem = _place(name)
    return tuple(_modified(folder / f"{stem}{ending}") for ending in (".json", ".safetensors"))


def _modified(file: Path) -> float:
    return file.stat().st_mtime if file.is_file() else 0.0


def weights_key(name: str) -> str:
    """Under which key the browser keeps the weights of checkpoint `name`: it changes with them."""
    return f"weights-{wire.FORMAT}-{card(name).sha256}"


def browser_weights(name: str) -> bytes:
    """The weights of checkpoint `name` as the browser reads them."""
    return _browser_weights(*_place(name), _stamp(name))


@st.cache_resource(max_entries=8, show_spinner=False)
def _browser_weights(folder: Path, name: str, changed: tuple[float, ...]) -> bytes:  # noqa: ARG001 - a key of the cache
    return wire.browser_weights(checkpoint.load(name, folder))


def atlas(name: str) -> Atlas:
    """Where the test digits lie in the latent space of checkpoint `name`; surveyed once."""
    return _atlas(_place(name)[0], name, _stamp(name))


@st.cache_resource(max_entries=8, show_spinner="Surveying the latent space …")
def _atlas(folder: Path, name: str, changed: tuple[float, ...]) -> Atlas:  # noqa: ARG001 - a key of the cache
    found = digits()
    return studio(name).atlas(found.test_images.numpy(), found.test_labels.numpy())


def atlas_key(name: str) -> str:
    """Under which key the browser keeps the atlas of checkpoint `name`: it changes with the weights and the digits."""
    return f"atlas-{wire.FORMAT}-{card(name).sha256}-{digits().sha256}"


def browser_atlas(name: str) -> bytes:
    """The atlas of checkpoint `name` as the browser reads it."""
    return _browser_atlas(_place(name)[0], name, _stamp(name))


@st.cache_resource(max_entries=8, show_spinner=False)
def _browser_atlas(folder: Path, name: str, changed: tuple[float, ...]) -> bytes:  # noqa: ARG001 - a key of the cache
    return wire.browser_atlas(atlas(name))


def test_digit(index: int) -> tuple[NDArray[np.float32], int]:
    """One of the atlas's digits (28, 28), and its class."""
    found = digits()
    return from_uint8(to_pictures(found.test_images[index])[0]), int(found.test_labels[index])


def test_scores(name: str) -> NDArray[np.float32]:
    """The anomaly scores that checkpoint `name` gives to the first 1,000 test digits; (N,)."""
    return _test_scores(_place(name)[0], name, _stamp(name))


@st.cache_resource(max_entries=32, show_spinner="Scoring real digits …")
def _test_scores(folder: Path, name: str, changed: tuple[float, ...]) -> NDArray[np.float32]:  # noqa: ARG001 - a key of the cache
    pictures = to_pictures(digits().test_images[:SCORED])
    return studio(name).scores(from_uint8(pictures)).total


@lru_cache(maxsize=64)
def noise_pattern(kind: NoiseKind, seed: int) -> bytes:
    """What is drawn at random for a noise, as float32 for the browser, where the level is applied."""
    return pattern(kind, seed).numpy().astype("<f4").tobytes()


def card(name: str) -> Card:
    """The card of checkpoint `name`; CheckpointError says what is wrong with it."""
    return _card(*_place(name), _stamp(name))


@lru_cache(maxsize=64)  # asked for on every stroke, where streamlit's own cache takes milliseconds to hash its keys
def _card(folder: Path, name: str, changed: tuple[float, ...]) -> Card:  # noqa: ARG001 - a key of the cache
    return checkpoint.read_card(folder / f"{name}.json")


def pairs() -> list[str]:
    """Names of the twins that can be compared, the all-round denoiser first, finished runs after all shipped ones.

    CheckpointError if none are shipped.
    """
    found = checkpoint.pairs(FOLDER)
    if not found:
        raise CheckpointError("there is no pair of checkpoints in pretrained/; restore the folder from the repository")
    return sorted(found, key=lambda stem: (stem != "denoise", stem)) + trained.pairs()


def digits() -> mnist.Digits:
    """MNIST, or the bundled sample: what pages show and the lab trains on."""
    return _available().digits


def digits_problem() -> str | None:
    """Why the digits are the sample though MNIST was asked for, and what to do about it; None where all is well."""
    return _available().problem


@st.cache_resource(show_spinner="Reading the digits …")
def _available() -> mnist.Available:
    return mnist.load_available()


@st.cache_resource(show_spinner=False)
def gallery() -> Gallery:
    """The first test digits of the MNIST found, or of the bundled sample."""
    found = digits()
    pictures = from_uint8(to_pictures(found.test_images[:GALLERY_SIZE]))
    return Gallery(pictures, found.test_labels[:GALLERY_SIZE].tolist(), digits_origin())


def digits_origin() -> str:
    """In words, where the digits shown come from."""
    found = digits()
    return "MNIST's test digits" if found.source == "mnist" else found.label
