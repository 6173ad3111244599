"""Uploaded files become digits: decode them safely, find the ink, hand it to `drawing.centre`.

A file may come from anyone. Its first bytes decide what kind of picture it is, its size is read from its header before
any pixel is decoded, and whatever a decoder raises becomes an ImageError.
"""

import io
from typing import NamedTuple

import numpy as np
from PIL import (
    BmpImagePlugin,
    Image,
    ImageFile,
    ImageFilter,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)
from skimage.filters import threshold_otsu
from skimage.measure import label, perimeter_crofton
from skimage.morphology import closing, erosion, footprint_rectangle

from vaegan.config import SIDE
from vaegan.data.drawing import Prepared, Stage, centre
from vaegan.data.pictures import Bytes, Float, Mask, from_uint8, to_uint8
from vaegan.errors import EmptyImageError, ImageError

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
WORKING_SIDE = 1200  # longer pictures are shrunk to this: a digit a tenth as long still has six times MNIST's detail
PAPER_SIDE = 120  # the paper's brightness varies slowly, so it is estimated on a small copy
PAPER_WINDOW = 31  # pixels of that copy; wider than any stroke
DARKEST_PAPER = 64  # of 255; in deeper shadow, noise would pass for ink
FAINTEST_MARK = 0.12  # share of the paper's light that a pixel must lack to be looked at
WEAKEST_INK = 0.25  # share of the light that a piece of ink lacks at least; shadows on blank paper lack 0.2
THIN = 8  # a usual digit is so many times as long as its strokes are thick; thinner strokes gain nothing more
SPECK = 0.03  # of the size of the largest piece of ink; smaller pieces are dirt
SMALLEST = 0.02  # of the picture's longer side; a smaller piece is not a digit
SMALLEST_BESIDE_FRAME = 0.08  # of the longer side; a table at the edge is left out only if a piece this large remains


class Candidate(NamedTuple):
    """One guess at where the ink is: dark on bright, or bright on dark."""

    ink: Float  # (H, W), how much ink each pixel has, 0 to 1
    score: float  # how much it looks like writing


def from_upload(data: bytes) -> Prepared:
    """Read a PNG, JPEG, WebP or BMP file of at most 5 MB and 40 million pixels, whatever its name.

    Dark ink on paper and bright ink on black are both understood. A picture of 28 by 28 is taken to be a digit in
    MNIST's form, noise and all, and is only inverted where it is dark on bright; so is one that was enlarged from
    28 by 28 pixel by pixel. Raises EmptyImageError on blank paper, ImageError on everything that cannot be read.
    """
    grey = _decoded(data)
    uploaded = Stage("what you uploaded", grey)
    if (tiny := _tiny(grey)) is not None:
        return Prepared(from_uint8(tiny), (uploaded, Stage("28 by 28 already: used as it is", tiny)))
    ink = _ink(grey)
    digit, stages = centre(ink)
    return Prepared(digit, (uploaded, Stage("the ink on it", to_uint8(ink)), *stages))


def _opener(data: bytes) -> type[ImageFile.ImageFile]:
    """Choose the decoder by the file's first bytes.

    The decoders are called by themselves, as Image.open would warn about large pictures before we can refuse them.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImagePlugin.PngImageFile
    if data.startswith(b"\xff\xd8\xff"):
        return JpegImagePlugin.JpegImageFile
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WebPImagePlugin.WebPImageFile
    if data.startswith(b"BM"):
        return BmpImagePlugin.BmpImageFile
    raise ImageError(
        f"This is not a PNG, JPEG, WebP or BMP picture (it begins with {data[:8]!r}). "
        "Save it as PNG or JPEG and upload that."
    )


def _decoded(data: bytes) -> Bytes:
    """Decode a file into grey (H, W), upright, transparency laid on the background, no side above WORKING_SIDE."""
    if not data:
        raise ImageError("The file is empty (0 bytes). Choose another one.")
    if len(data) > MAX_UPLOAD_BYTES:
        raise ImageError(
            f"The file has {len(data) / 2**20:.1f} MB; at most {MAX_UPLOAD_BYTES // 2**20} MB are read. "
            "Crop the picture or save it smaller."
        )
    opener = _opener(data)
    try:
        with opener(io.BytesIO(data)) as picture:
            _check_size(*picture.size)
            picture.draft("L", (WORKING_SIDE, WORKING_SIDE))  # a JPEG is decoded no larger than needed
            grey = _grey(picture)
        grey.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BILINEAR)
        grey = _upright(grey)
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageError(
            f"The picture has more than {MAX_PIXELS // 10**6} million pixels ({error}). Save it smaller."
        ) from error
    except Exception as error:  # hostile bytes can make a decoder raise anything
        raise ImageError(
            f"The picture cannot be decoded, it is damaged or cut short ({error}). Save it again as PNG or JPEG."
        ) from error
    return _flattened(grey)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"The picture has {width} by {height} pixels; at most {MAX_PIXELS // 10**6} million are read. "
            "Save it smaller."
        )


def _grey(picture: Image.Image) -> Image.Image:
    """Reduce any mode to "L", or to "LA" where something may be transparent."""
    if picture.mode.startswith("I"):  # 16 bits; Pillow's own conversion clips at 255
        shallow = Image.fromarray((np.asarray(picture).clip(0, 65535) // 257).astype(np.uint8))
        shallow.info = picture.info
        return shallow
    if picture.has_transparency_data:
        return picture.convert("RGBA").convert("LA")
    if picture.mode == "CMYK":
        picture = picture.convert("RGB")
    return picture.convert("L")


def _upright(picture: Image.Image) -> Image.Image:
    """Turn a photo as its EXIF data says, and leave it as it is if these cannot be read."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # noqa: BLE001 - hostile bytes again
        return picture


def _flattened(grey: Image.Image) -> Bytes:
    """Lay a picture on its background: transparent parts become paper, whichever colour the ink has.

    If all that is opaque has one tone, it is the ink itself, and its opacity is the amount of ink. Otherwise the opaque
    part shows ink and paper; the paper is the larger of the two, so its tone is put below the transparent part.
    """
    if grey.mode != "LA":
        return np.array(grey)
    luminance, alpha = (np.array(band) for band in grey.split())
    opaque = alpha >= 128
    if not opaque.any():
        raise EmptyImageError("The picture is transparent all over. Upload one with a digit on it.")
    low, paper, high = np.percentile(luminance[opaque], (2, 50, 98))
    if high - low < 128 and opaque.mean() < 0.9:
        return alpha
    share = alpha / 255
    return np.asarray(luminance * share + paper * (1 - share) + 0.5).astype(np.uint8)


def _tiny(grey: Bytes) -> Bytes | None:
    """The digit, if the picture is one in MNIST's form, perhaps with each pixel enlarged to a square; else None."""
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
    middle = tiny[4:-4, 4:-4]
    border_mean = (tiny.sum() - middle.sum()) / (tiny.size - middle.size)  # MNIST keeps four pixels free all around
    return 255 - tiny if border_mean > middle.mean() else tiny.copy()


def _ink(grey: Bytes) -> Float:
    """Find the ink in a photo or scan: float32 (H, W), 1 where there is ink, soft at its edges.

    Dark ink on bright paper and bright ink on dark paper are both tried. Most of a picture is paper, so the median tone
    tells which of the two is likely; the other one wins if its strokes are clearly stronger and thinner. Dark ink takes
    a share of the light that falls on it, in the shadow as in the sun, so it is measured relative to the paper; bright
    ink is measured relative to the brightest tone of the picture.
    """
    low, paper, high = np.percentile(grey, (0.1, 50, 99.9)) + 16
    dark, bright = _darker(grey, DARKEST_PAPER), _darker(255 - grey, max(high, 2 * DARKEST_PAPER))
    likely, other = (bright, dark) if high / paper > paper / low else (dark, bright)  # ratios, as light and shadow work
    chosen = other if other and (not likely or other.score > 1.5 * likely.score) else likely
    if not chosen:
        raise EmptyImageError(
            "There is only blank paper. Write one digit with a dark pen, let it fill the picture, and photograph again."
        )
    return chosen.ink


def _darker(shade: Bytes, least_light: float) -> Candidate | None:
    """The parts that are clearly darker than the paper around them; None if there are none."""
    lacking, light = _lacking(shade)
    drop = lacking / np.maximum(light, least_light)  # (H, W), 0 for paper, towards 1 for ink
    noise = 1.4826 * float(np.median(np.abs(drop - np.median(drop))))
    marked = _without_frame(drop > max(FAINTEST_MARK, 4 * noise))
    if _extent(marked) < SMALLEST * max(shade.shape):
        return None
    levels = to_uint8(drop[marked])  # whole numbers, since nearly equal floats make a histogram without width
    limit = float(threshold_otsu(levels)) / 255 if np.ptp(levels) > 0 else FAINTEST_MARK
    ink = np.clip(drop / limit - 0.5, 0, 1) * marked  # half at the limit, so that edges stay smooth
    ink *= _without_specks(ink >= 0.5)
    main = _largest(ink >= 0.5)
    if _extent(main) < SMALLEST * max(shade.shape):
        return None
    contrast = float(np.median(drop[main]))
    if contrast < WEAKEST_INK:
        return None
    return Candidate(ink.astype(np.float32), contrast * min(_thinness(main), THIN))


def _thinness(mask: Mask) -> float:
    """How many times longer than thick a piece is, measured on a copy so small that noise leaves no holes in it."""
    longer = _extent(mask)
    small = Image.fromarray(mask[mask.any(axis=1)][:, mask.any(axis=0)]).convert("L")
    small = small.resize([max(1, side * 40 // longer) for side in small.size], Image.Resampling.BILINEAR)
    body = np.pad(np.asarray(small) >= 64, 1)
    return float(perimeter_crofton(body, 4) * max(small.size) / (2 * body.sum()))


def _lacking(shade: Bytes) -> tuple[Float, Float]:
    """By how much each pixel is darker than the paper around it, and how light that paper is; (H, W), 0..255 both.

    The paper is what remains after everything that is dark and narrower than a window is filled from its surroundings.
    """
    smooth = Image.fromarray(shade).filter(ImageFilter.GaussianBlur(max(shade.shape) / WORKING_SIDE))
    small = smooth.copy()
    small.thumbnail((PAPER_SIDE, PAPER_SIDE), Image.Resampling.BILINEAR)
    values = np.asarray(small, np.float32) + 1
    slope = _slope(values)
    window = footprint_rectangle((PAPER_WINDOW, PAPER_WINDOW), decomposition="sequence")
    paper = erosion(closing(values / slope, window), footprint_rectangle((3, 3))) * slope
    light = np.asarray(Image.fromarray(paper).resize(smooth.size, Image.Resampling.BILINEAR))
    return light - 1 - np.asarray(smooth, np.float32), light


def _slope(values: Float) -> Float:
    """A gently curved surface fitted to the paper's brightness; pixels darker than the surface are left out."""
    row, column = np.meshgrid(*(np.linspace(-1, 1, side) for side in values.shape), indexing="ij")
    terms = np.stack([np.ones_like(row), row, column, row**2, row * column, column**2], axis=-1).reshape(-1, 6)
    flat = values.ravel()
    paper = np.ones(flat.shape, bool)
    for _ in range(5):
        chosen = terms[paper]
        surface = terms @ np.linalg.lstsq(chosen.T @ chosen, chosen.T @ flat[paper], rcond=None)[0]
        paper = flat > 0.9 * surface
    return np.asarray(np.clip(surface, values.min(), values.max()).reshape(values.shape), np.float32)


def _without_frame(mask: Mask) -> Mask:
    """Leave out pieces that cover a third of one edge, such as the table below the paper, if another piece remains."""
    pieces = label(mask, connectivity=2)
    edges = (pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1])
    framing = np.any([np.bincount(edge, minlength=pieces.max() + 1) > edge.size / 3 for edge in edges], axis=0)
    rest = mask & ~framing[pieces]
    return rest if _extent(_without_specks(rest)) >= SMALLEST_BESIDE_FRAME * max(mask.shape) else mask


def _without_specks(mask: Mask) -> Mask:
    pieces = label(mask, connectivity=2)
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    kept: Mask = mask & (sizes >= SPECK * sizes.max())[pieces]
    return kept


def _largest(mask: Mask) -> Mask:
    pieces = label(mask, connectivity=2)
    largest: Mask = mask & (pieces == np.bincount(pieces.ravel())[1:].argmax() + 1 if mask.any() else False)
    return largest


def _extent(mask: Mask) -> int:
    """The longer side of the bounding box, in pixels; 0 for an empty mask."""
    return max(int(np.ptp(np.flatnonzero(mask.any(axis=axis)))) + 1 for axis in (0, 1)) if mask.any() else 0
