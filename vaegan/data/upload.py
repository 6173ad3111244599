"""Uploaded files become digits: decode them, find the ink, choose a digit in it, hand that to `drawing.centre`."""

import math
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy.ndimage import binary_dilation, median_filter

from vaegan.config import SIDE
from vaegan.data.decoding import MAX_UPLOAD_BYTES, decoded
from vaegan.data.drawing import BOX, Prepared, Stage, centre
from vaegan.data.ink import FLAT_GROUND, Ink, find_ink
from vaegan.data.pictures import Bytes, Float, from_uint8, to_uint8
from vaegan.errors import EmptyImageError

__all__ = ["MAX_DIGITS", "MAX_UPLOAD_BYTES", "Corrections", "Upload", "from_upload", "read_upload"]

SMALL_SIDE = 200  # pixels; smaller pictures are enlarged, so that their strokes get smooth edges
SMALLEST_CROP = 0.05  # of a side; a smaller part of a picture shows nothing
MAX_DIGITS = 12  # of one picture that are offered
BLANK = "There is only blank paper. Write one digit with a dark pen, let it fill the picture, and photograph again."


class Corrections(NamedTuple):
    """What a person puts right before a picture is read.

    It is turned by so many quarters, clockwise; then the part (left, top, right, bottom), in shares of its sides, is
    cut out. `swapped` takes what was taken for paper as ink, if the two were mistaken.
    """

    quarters: int = 0
    part: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    swapped: bool = False


AS_IT_IS = Corrections()


class Upload(NamedTuple):
    """What a picture shows: its digits from left to right, each with the steps to it, and which one is taken."""

    digits: tuple[Prepared, ...]
    main: int  # the most central one

    @property
    def taken(self) -> Prepared:
        """The digit to go on with."""
        return self.digits[self.main]


def from_upload(data: bytes) -> Prepared:
    """Read a picture file of at most 20 MB, whatever its name: a photo, a scan or a drawing, in any two colours.

    A picture in MNIST's form is used as it is, and is only inverted where it is dark on bright. Where there are several
    digits, the most central one is taken. Raises EmptyImageError on blank paper, ImageError on everything that cannot
    be read.
    """
    return read_upload(data).taken


def read_upload(data: bytes, corrections: Corrections = AS_IT_IS) -> Upload:
    """The same with all digits in the picture, after what a person has put right."""
    rgb = _corrected(decoded(data), corrections)
    grey = np.asarray(Image.fromarray(rgb).convert("L"))
    uploaded = Stage("what you uploaded", grey)
    tiny = _tiny(grey)
    if tiny is not None and (ready := _in_mnists_form(tiny)) is not None:
        ready = 255 - ready if corrections.swapped else ready
        return Upload((Prepared(from_uint8(ready), (uploaded, Stage("28 by 28 already: used as it is", ready))),), 0)
    picture, factor = _enlarged(rgb, tiny is not None)
    ink = find_ink(picture, factor, swapped=corrections.swapped)
    if ink is None:
        raise EmptyImageError(BLANK)
    found = Stage(_what_was_taken(ink), to_uint8(ink.share))
    order = sorted(range(len(ink.digits)), key=lambda index: ink.digits[index].middle[1])
    if len(order) > MAX_DIGITS:  # those around the one that is taken
        first = min(max(order.index(ink.main) - MAX_DIGITS // 2, 0), len(order) - MAX_DIGITS)
        order = order[first : first + MAX_DIGITS]
    digits = []
    for index in order:
        digit, stages = centre(_share_of(ink, index))
        digits.append(Prepared(digit, (uploaded, found, *stages)))
    return Upload(tuple(digits), order.index(ink.main))


def _corrected(rgb: Bytes, corrections: Corrections) -> Bytes:
    left, top, right, bottom = corrections.part
    if min(right - left, bottom - top) < SMALLEST_CROP:
        raise EmptyImageError("The cut leaves nothing of the picture. Move the ends of the cut further apart.")
    rgb = np.rot90(rgb, -corrections.quarters)
    height, width = rgb.shape[:2]
    rows = slice(math.floor(top * height), math.ceil(bottom * height))
    columns = slice(math.floor(left * width), math.ceil(right * width))
    return np.ascontiguousarray(rgb[rows, columns])


def _what_was_taken(ink: Ink) -> str:
    """In words, what was taken for ink and for paper."""
    tones = "what differs from the ground" if ink.guess.channel == FLAT_GROUND else "dark ink on brighter paper"
    tones = "bright ink on a darker ground" if ink.guess.bright else tones
    colour = f", seen in {ink.guess.channel} light" if ink.guess.channel in ("red", "green", "blue") else ""
    several = f"; {len(ink.digits)} digits" if len(ink.digits) > 1 else ""
    return f"the ink: {tones}{colour}{several}"


def _enlarged(rgb: Bytes, tiny: bool) -> tuple[Bytes, int]:
    """A small picture larger, without new edges, and how many times larger."""
    if tiny:
        factor = rgb.shape[0] // SIDE
        rgb = np.ascontiguousarray(rgb[::factor, ::factor])
    if max(rgb.shape) >= SMALL_SIDE:
        return rgb, 1
    factor = -(-SMALL_SIDE // max(rgb.shape))
    picture = Image.fromarray(rgb)
    size = picture.width * factor, picture.height * factor
    return np.asarray(picture.resize(size, Image.Resampling.BILINEAR)), factor


def _share_of(ink: Ink, index: int) -> Float:
    """The ink of one digit alone, with its soft edges, cut out."""
    digit = ink.digits[index]
    top, left, bottom, right = digit.box
    rows, columns = slice(max(top - 2, 0), bottom + 2), slice(max(left - 2, 0), right + 2)
    mask = np.zeros(ink.share.shape, bool)
    mask[digit.place] = digit.mask
    return np.asarray(ink.share[rows, columns] * binary_dilation(mask[rows, columns], iterations=2))


def _tiny(grey: Bytes) -> Bytes | None:
    """The pixels of a picture of 28 by 28, perhaps with each enlarged to a square; None if it is another picture."""
    factor = grey.shape[0] // SIDE
    if factor == 0 or grey.shape != (SIDE * factor, SIDE * factor):
        return None
    tiny = grey[::factor, ::factor]
    if not np.array_equal(tiny.repeat(factor, axis=0).repeat(factor, axis=1), grey):
        return None
    if np.ptp(tiny) == 0:
        raise EmptyImageError(
            f"The picture has one tone all over ({tiny[0, 0]} of 255). Upload one with a digit on it."
        )
    return tiny


def _in_mnists_form(tiny: Bytes) -> Bytes | None:
    """28 by 28 pixels as bright ink on black, if they are a digit as MNIST has it, clean or under noise; else None.

    MNIST's digits are 20 pixels long, and their mass lies in the middle. Noise is told from a drawing by its grain in
    all four corners.
    """
    middle = tiny[4:-4, 4:-4]
    border_mean = (tiny.sum() - middle.sum()) / (tiny.size - middle.size)  # MNIST keeps four pixels free all around
    bright = 255 - tiny if border_mean > middle.mean() else tiny.copy()
    grain = np.abs(bright - median_filter(bright, 3).astype(int)) > 16
    corners = [grain[rows, columns] for rows in (slice(6), slice(-6, None)) for columns in (slice(6), slice(-6, None))]
    if all(corner.sum() >= 3 for corner in corners):
        return bright
    if np.median(bright) > 16:
        return None
    mass = bright.astype(np.float64)
    rows, columns = (np.flatnonzero(mass.max(axis=axis) >= 16) for axis in (1, 0))
    extent = max(np.ptp(rows), np.ptp(columns)) + 1
    off = [abs(np.arange(SIDE) @ mass.sum(axis=axis) / mass.sum() - SIDE / 2) for axis in (0, 1)]
    return bright if BOX - 1 <= extent <= BOX and max(off) <= 1 else None
