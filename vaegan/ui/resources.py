"""What all sessions share: checkpoints, what is computed from them, and real digits, each loaded once."""

import logging
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

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
from vaegan.metrics.doubt import Doubter
from vaegan.metrics.reading import Reader
from vaegan.model.atlas import Atlas
from vaegan.studio import Studio, serve_side_by_side
from vaegan.ui import trained
from vaegan.ui.shipped import PAIRS, put_first
from vaegan.web import wire

log = logging.getLogger(__name__)
FOLDER = checkpoint.PRETRAINED
GALLERY_SIZE = 200  # digits that can be picked
SCORED = 1000  # test digits that show what scores a checkpoint gives to real ones
T = TypeVar("T")
Cache = Callable[[Callable[..., Any]], Callable[..., Any]]


class Gallery(NamedTuple):
    """Real digits (N, 28, 28) in [0, 1], their classes, and in words where they come from."""

    pictures: NDArray[np.float32]
    labels: list[int]
    origin: str


class Files(NamedTuple):
    """The two files of a checkpoint: their folder, what they are called there, and when each was written."""

    folder: Path
    stem: str
    written: tuple[float, float]  # card and weights; 0 where a file is missing


def files_of(name: str) -> Files:
    """Where checkpoint `name` lies: among the shipped ones, or in the folder of a run."""
    folder, stem = trained.place(name) or (FOLDER, name)
    return Files(folder, stem, (_written(folder / f"{stem}.json"), _written(folder / f"{stem}.safetensors")))


def _written(file: Path) -> float:
    return file.stat().st_mtime if file.is_file() else 0.0


def by_checkpoint(cache: Cache) -> Callable[[Callable[[Files], T]], Callable[[str | Files], T]]:
    """Let a function of a checkpoint's files take its name as well, and keep each answer until a file is replaced."""

    def decorate(function: Callable[[Files], T]) -> Callable[[str | Files], T]:
        cached = cache(function)

        @wraps(function)
        def by_name(name: str | Files) -> T:
            answer: T = cached(files_of(name) if isinstance(name, str) else name)
            return answer

        return by_name

    return decorate


@by_checkpoint(lru_cache(maxsize=64))  # asked for at every stroke; Streamlit's own cache takes milliseconds for a key
def card(files: Files) -> Card:
    """The card of a checkpoint; CheckpointError says what is wrong with it."""
    return checkpoint.read_card(files.folder / f"{files.stem}.json")


@by_checkpoint(st.cache_resource(max_entries=16, show_spinner="Loading the networks …"))
def studio(files: Files) -> Studio:
    """A checkpoint, opened; CheckpointError says what is wrong with it."""
    serve_side_by_side()
    return Studio.open(files.stem, files.folder)


@by_checkpoint(st.cache_resource(max_entries=8, show_spinner="Drawing the map of latent space …"))
def atlas(files: Files) -> Atlas:
    """Where the test digits lie in a checkpoint's latent space."""
    shown = digits()
    return studio(files).atlas(shown.test_images.numpy(), shown.test_labels.numpy())


@by_checkpoint(st.cache_resource(max_entries=32, show_spinner="Scoring real digits …"))
def test_scores(files: Files) -> NDArray[np.float32]:
    """The anomaly scores that a checkpoint gives to the first 1,000 test digits; (N,)."""
    pictures = to_pictures(digits().test_images[:SCORED])
    return studio(files).scores(from_uint8(pictures)).total


@st.cache_resource(show_spinner=False)
def reader() -> Reader:
    """Who says which digit a picture shows; CheckpointError says what is wrong with it."""
    return Reader.open()


@st.cache_resource(show_spinner=False)
def doubter() -> Doubter:
    """Who says whether a picture shows a digit at all; CheckpointError says what is wrong with it."""
    return Doubter.open(digits().train_images)


@by_checkpoint(st.cache_resource(max_entries=8, show_spinner=False))
def browser_weights(files: Files) -> bytes:
    """The weights of a checkpoint as the browser reads them."""
    return wire.browser_weights(checkpoint.load(files.stem, files.folder))


@by_checkpoint(st.cache_resource(max_entries=8, show_spinner=False))
def browser_discriminator(files: Files) -> bytes:
    """The discriminator of a checkpoint as the browser reads it."""
    return wire.browser_discriminator(checkpoint.load(files.stem, files.folder))


@by_checkpoint(st.cache_resource(max_entries=8, show_spinner=False))
def browser_atlas(files: Files) -> bytes:
    """The atlas of a checkpoint as the browser reads it."""
    return wire.browser_atlas(atlas(files))


@st.cache_resource(show_spinner=False)
def browser_reader() -> bytes:
    """The reader's network as the browser reads it; CheckpointError says what is wrong with it."""
    return wire.browser_classifier(reader().layers())


def test_digit(index: int) -> tuple[NDArray[np.float32], int]:
    """One of the atlas's digits (28, 28), and its class."""
    shown = digits()
    return from_uint8(to_pictures(shown.test_images[index])[0]), int(shown.test_labels[index])


@lru_cache(maxsize=64)
def noise_pattern(kind: NoiseKind, seed: int) -> bytes:
    """The random numbers of a noise as float32 for the browser, which applies the level."""
    return pattern(kind, seed).numpy().astype("<f4").tobytes()


def pairs() -> list[str]:
    """Names of the twins that can be compared, the all-round denoisers first, finished runs after all shipped ones.

    CheckpointError if none are shipped.
    """
    shipped = checkpoint.pairs(FOLDER)
    if not shipped:
        raise CheckpointError("there is no pair of checkpoints in pretrained/; restore the folder from the repository")
    return put_first(shipped, *PAIRS) + trained.pairs()


def digits() -> mnist.Digits:
    """MNIST, or the bundled sample: what pages show and the lab trains on."""
    return _available().digits


def digits_problem() -> str | None:
    """Why the digits are the sample though MNIST was asked for, and what to do about it; None if nothing is wrong."""
    return _available().problem


@st.cache_resource(show_spinner="Reading the digits …")
def _available() -> mnist.Available:
    found = mnist.load_available()
    if found.problem:
        log.warning(found.problem)
    return found


@st.cache_resource(show_spinner=False)
def gallery() -> Gallery:
    """The first test digits of MNIST, or of the bundled sample."""
    shown = digits()
    pictures = from_uint8(to_pictures(shown.test_images[:GALLERY_SIZE]))
    return Gallery(pictures, shown.test_labels[:GALLERY_SIZE].tolist(), digits_origin())


def digits_origin() -> str:
    """In words, where the digits shown come from."""
    shown = digits()
    return "MNIST's test digits" if shown.source == "mnist" else shown.label
