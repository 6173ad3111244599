"""From paint on a field to the mask of a digit, and back to paint."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vaegan.config import SIDE
from vaegan.data.pictures import Bytes, Mask, unpack_mask
from vaegan.data.strokes import FIELD_SIDE

SCALE = FIELD_SIDE // SIDE  # pixels of the field along one of the digit
OPACITY = 0.75  # of paint, so that the digit can be seen below it
COLOUR = f"rgba(190, 150, 255, {OPACITY})"  # violet, since blue and orange stand for the twins


def mask_of(painted: str) -> Mask:
    """The mask (28, 28) that was packed, empty if the text is."""
    return unpack_mask(painted) if painted else np.zeros((SIDE, SIDE), np.bool_)


def covered(pixels: Bytes) -> Mask:
    """The mask (28, 28) of the digit's pixels at least half of which is painted, from the field (280, 280, 4)."""
    painted = pixels[..., 3] >= 255 * OPACITY / 2  # below that it is the soft edge of paint
    mask: Mask = painted.reshape(SIDE, SCALE, SIDE, SCALE).mean(axis=(1, 3)) >= 0.5
    return mask


def rectangles(painted: str) -> list[dict[str, Any]]:
    """Rectangles for the canvas that cover a packed mask, each pixel once."""
    left = mask_of(painted)
    objects = []
    for row in range(SIDE):
        while left[row].any():
            start = int(left[row].argmax())
            width = _beginning(left[row, start:])
            height = _beginning(left[row:, start : start + width].all(axis=1))
            left[row : row + height, start : start + width] = False
            objects.append(_rectangle(row, start, height, width))
    return objects


def _beginning(bits: ArrayLike) -> int:
    """How many of the first bits are set, one after the other."""
    return int(np.append(bits, False).argmin())


def _rectangle(row: int, column: int, height: int, width: int) -> dict[str, Any]:
    place = {"left": column, "top": row, "width": width, "height": height}
    look = {"originX": "left", "originY": "top", "fill": COLOUR, "strokeWidth": 0}
    return {"type": "Rect", **{side: SCALE * pixels for side, pixels in place.items()}, **look}
