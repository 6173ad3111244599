"""The wall: digits that students wrote themselves and gave to the class, with what each is meant to be."""

import io
import struct
import zipfile
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from vaegan.config import SIDE
from vaegan.data.pictures import Bytes
from vaegan.errors import ClassError

MOST_OF_ONE = 10  # digits of one student; an eleventh takes the place of the first
MOST_DIGITS = 1000  # of a class: 784 KB
LEAST_TO_TRAIN = 10  # digits that networks can be trained on
_IDX_BYTES = 0x08  # the type in the header of MNIST's own files


class Piece(NamedTuple):
    """A digit on the wall: who gave it, uint8 (28, 28), and which digit it is meant to be."""

    student: int
    digit: Bytes
    label: int


class Wall:
    """The digits in the order in which they came."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.to_train: tuple[Piece, ...] = ()  # those that networks may be trained on, as the teacher took them down
        self.is_open = False  # whether digits are collected
        self.is_projected = False  # whether the projector shows it, and how
        self.view = "sheet"

    def add(self, student: int, digit: Bytes, label: int) -> None:
        """Hang up a digit; ClassError if none are collected, or if it is no digit."""
        if not self.is_open:
            raise ClassError("no digits are collected at the moment; wait until your teacher asks for them")
        if digit.shape != (SIDE, SIDE) or digit.dtype != np.uint8 or label not in range(10):
            raise ClassError(f"a digit has {SIDE} by {SIDE} pixels and is meant to be 0 to 9")
        own = [piece for piece in self.pieces if piece.student == student]
        if len(own) >= MOST_OF_ONE:
            self.pieces = [piece for piece in self.pieces if piece is not own[0]]
        if len(self.pieces) >= MOST_DIGITS:
            raise ClassError(f"the wall has {MOST_DIGITS} digits, which is all that it holds")
        self.pieces = [*self.pieces, Piece(student, digit.copy(), label)]

    def count(self, student: int) -> int:
        """How many a student has given."""
        return sum(piece.student == student for piece in self.pieces)

    def drop(self, student: int) -> None:
        """Take a student's digits down."""
        self.pieces = [piece for piece in self.pieces if piece.student != student]
        self.to_train = tuple(piece for piece in self.to_train if piece.student != student)

    def train(self) -> None:
        """Let networks be trained on what hangs here now; ClassError if that is too little."""
        if len(self.pieces) < LEAST_TO_TRAIN:
            raise ClassError(f"{len(self.pieces)} digits are too few to train on; collect at least {LEAST_TO_TRAIN}")
        self.to_train = tuple(self.pieces)


def stacked(pieces: Sequence[Piece]) -> tuple[Bytes, Bytes]:
    """The digits, uint8 (N, 28, 28), and what they are meant to be, uint8 (N,). Nobody's name is among them."""
    images = np.stack([piece.digit for piece in pieces]) if pieces else np.zeros((0, SIDE, SIDE), np.uint8)
    return images, np.array([piece.label for piece in pieces], np.uint8)


def as_rows(pieces: Sequence[Piece]) -> bytes:
    """The pixels of each digit, then what it is meant to be: 785 bytes each, as the lab keeps digits of a class."""
    images, labels = stacked(pieces)
    return np.concatenate([images.reshape(len(images), -1), labels[:, None]], 1).tobytes()


def as_npz(pieces: Sequence[Piece]) -> bytes:
    """A file for numpy.load: `images` and `labels`."""
    images, labels = stacked(pieces)
    file = io.BytesIO()
    np.savez_compressed(file, images=images, labels=labels)
    return file.getvalue()


def as_idx(pieces: Sequence[Piece]) -> bytes:
    """An archive with both files in the format of MNIST's own."""
    images, labels = stacked(pieces)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("class-images-idx3-ubyte", _idx(images))
        archive.writestr("class-labels-idx1-ubyte", _idx(labels))
    return file.getvalue()


def _idx(array: Bytes) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, _IDX_BYTES, array.ndim, *array.shape) + array.tobytes()
