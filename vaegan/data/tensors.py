"""Digits in three forms: bytes and pixels in [0, 1], tensors (N, 784) both, and numpy pictures (N, 28, 28)."""

from typing import Any

from numpy.typing import NDArray
from torch import Tensor

from vaegan.config import SIDE


def to_pixels(images: Tensor) -> Tensor:
    """uint8 of any shape -> float32 k/255 of the same shape, a copy."""
    return images.float().div_(255)


def to_pictures(x: Tensor) -> NDArray[Any]:
    """(N, 784) of any type -> numpy (N, 28, 28), which shares its memory."""
    array: NDArray[Any] = x.view(-1, SIDE, SIDE).numpy()
    return array
