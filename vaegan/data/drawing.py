"""The image contract: every picture that comes from outside becomes a digit in MNIST's form.

Inside the package, a digit is float32 (28, 28) in [0, 1], bright ink on 0, and every value is exactly k/255. Outside,
pictures are uint8. Drawings enter here, files enter through `vaegan.data.upload`; both end in `centre`.

`centre` repeats what LeCun et al. did to NIST's forms, as far as it is known: section III-A of "Gradient-based learning
applied to document recognition" (1998), and the details that Yadav & Bottou recovered in "Cold case: the lost MNIST
digits" (2019, https://arxiv.org/abs/1905.10498). The numbers below were measured on the 60,000 training digits.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from skimage.measure import perimeter_crofton
from skimage.morphology import isotropic_dilation

from vaegan.config import SIDE
from vaegan.data.pictures import Bytes, Float, from_uint8, to_uint8
from vaegan.errors import EmptyImageError, ImageError

BOX = 20  # pixels of a digit's longer side; it is exactly 20 in 59,987 of the 60,000 digits
LONGEST_SIDE = 6000  # pixels; a canvas with a longer side is refused
FAINTEST = 0.1  # a picture whose brightest ink is below this shows nothing
TYPICAL_STROKE = 2.4  # pixels of 28, the median of MNIST
THINNEST_STROKE = 1.8  # pixels of 28, the 10th percentile of MNIST
FINE = 100  # side of the picture on which strokes are measured and thickened: 5 cells for each pixel of the box


class Stage(NamedTuple):
    """One step from a drawing to a digit, for people to see: its name in plain words and a grey picture (H, W)."""

    name: str
    picture: Bytes


class Prepared(NamedTuple):
    """A digit, float32 (28, 28) in [0, 1] of values k/255, and the steps that led to it."""

    digit: Float
    stages: tuple[Stage, ...]


def from_drawing(rgba: Bytes) -> Prepared:
    """Read a canvas, uint8 (H, W, 4): strokes of any bright colour on black or on nothing.

    Raises EmptyImageError if nothing is drawn and ImageError if the array is not a canvas.
    """
    if rgba.dtype != np.uint8 or rgba.ndim != 3 or rgba.shape[2] != 4 or not _has_size(rgba):
        raise ImageError(
            f"A drawing is a uint8 array of shape (height, width, 4) with sides from 1 to {LONGEST_SIDE}; "
            f"this is {rgba.dtype} {rgba.shape}. Pass the canvas's RGBA picture."
        )
    red, green, blue, alpha = np.moveaxis(rgba, 2, 0)
    brightest = np.maximum(np.maximum(red, green), blue)
    brightness = (brightest.astype(np.uint16) * alpha // 255).astype(np.uint8)  # (H, W)
    if brightness.max() < FAINTEST * 255:
        raise EmptyImageError("Nothing is drawn yet: the canvas is all black. Draw one digit, large, with the mouse.")
    digit, stages = centre(brightness)
    return Prepared(digit, (Stage("what you drew", brightness), *stages))


def centre(ink: NDArray[Any]) -> Prepared:
    """Bring bright ink on 0, uint8 or float in [0, 1] of any shape (H, W), into MNIST's form.

    The ink is cropped, its longer side scaled to 20 by averaging areas, and placed so that its centre of mass lies
    within half a pixel of pixel 14 both ways. Strokes thinner than MNIST's would fade when they are scaled, so they are
    thickened first. Raises EmptyImageError if there is no ink.
    """
    body = _crop(_as_ink(ink))
    stages = [Stage("cropped to the ink", to_uint8(body))]
    if (thick := _thickened(body)) is not None:
        body = _crop(thick)
        stages.append(Stage("thin strokes thickened", to_uint8(body)))
    fitted = _fitted(body, BOX)  # (20, 20)
    pixels = to_uint8(fitted / fitted.max())
    stages.append(Stage("fitted into 20 by 20", pixels))
    placed = np.zeros((SIDE, SIDE), np.uint8)
    top, left = _offsets(pixels)
    placed[top : top + BOX, left : left + BOX] = pixels
    stages.append(Stage("centred by mass in 28 by 28", placed))
    return Prepared(from_uint8(placed), tuple(stages))


def _has_size(picture: NDArray[Any]) -> bool:
    return all(0 < side <= LONGEST_SIDE for side in picture.shape)


def _as_ink(ink: NDArray[Any]) -> Float:
    """Check ink and stretch its contrast: below a quarter of the peak it becomes 0, above three quarters 1.

    NIST's forms were bilevel; MNIST's greys come from shrinking alone, not from blurred sources.
    """
    if ink.ndim != 2 or not _has_size(ink):
        raise ImageError(f"Ink is a picture (height, width) with sides from 1 to {LONGEST_SIDE}, not {ink.shape}.")
    pixels = from_uint8(to_uint8(ink))
    peak = float(pixels.max())
    if peak < FAINTEST:
        raise EmptyImageError(
            f"There is no ink: the brightest spot has {100 * peak:.0f} % of it. Use a darker pen or a larger digit."
        )
    stretched: Float = np.clip(pixels * np.float32(2 / peak) - np.float32(0.5), 0, 1)
    return stretched


def _crop(ink: Float) -> Float:
    """Cut out the ink's bounding box. Ink fainter than a quarter is a stroke's soft edge and may be cut off."""
    body = ink >= 0.25
    rows, columns = np.flatnonzero(body.any(axis=1)), np.flatnonzero(body.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _fitted(ink: Float, cells: int) -> Float:
    """Shrink ink into a square, the shorter side in its middle: (cells, cells).

    Each cell gets the share of its area that ink covers, as in MNIST (Yadav & Bottou, section 2). Pillow's box filter
    takes whole pixels only, and loses lines of one pixel. Here the ink is summed up to each pixel's corner, the sums
    are interpolated at the edges of the cells, and their differences are the exact areas.
    """
    side = max(ink.shape)
    mass = np.pad(ink.cumsum(axis=0, dtype=np.float64).cumsum(axis=1), ((1, 0), (1, 0)))  # (H + 1, W + 1)
    for axis, length in enumerate(ink.shape):
        edges = np.clip((length - side) / 2 + np.arange(cells + 1) * side / cells, 0, length)
        before = np.minimum(edges.astype(int), length - 1)
        share = np.expand_dims(edges - before, 1 - axis)
        mass = np.diff(mass.take(before, axis) * (1 - share) + mass.take(before + 1, axis) * share, axis=axis)
    return np.asarray(mass * (cells / side) ** 2, np.float32)


def _thickened(ink: Float) -> Float | None:
    """Give strokes that are too thin the typical width of MNIST's; None if they are thick enough.

    The width of a stroke is its area over half its outline; growing the ink by r makes it (w + 2r) wide in a picture
    of side (s + 2r).
    """
    fine = _fitted(ink, FINE)
    touched = np.pad(fine > 1e-6, 1)  # every cell with any ink, so that shrinking loses no thin line
    outline = perimeter_crofton(touched, 4)
    if 2 * fine.sum() / outline >= THINNEST_STROKE * FINE / BOX:
        return None
    width = 2 * touched.sum() / outline
    radius = max(0.0, (TYPICAL_STROKE / BOX * FINE - width) / (2 * (1 - TYPICAL_STROKE / BOX)))
    grown = isotropic_dilation(np.pad(touched, int(radius) + 1), radius)
    return np.asarray(grown, np.float32)


def _offsets(pixels: Bytes) -> tuple[int, int]:
    """Row and column at which the box is placed: its centre of mass then lies in (13.5, 14.5], if no ink is cut off."""
    mass = pixels.astype(np.float64)
    steps = np.arange(BOX)
    row = steps @ mass.sum(axis=1) / mass.sum()
    column = steps @ mass.sum(axis=0) / mass.sum()
    top, left = (int(np.clip(np.floor(14.5 - where), 0, SIDE - BOX)) for where in (row, column))
    return top, left
