"""Where the ink is: a photo, a scan or a drawing in any colours becomes the share of ink in each pixel.

Ink takes a share of the light that falls on paper, in the shadow as in the sun; so tones are measured relative to the
paper around them. What the ink is like is not known beforehand: dark or bright, in which colour it shows best, and how
wide a shadow may be. So several guesses are made on a small copy, and the one that looks most like writing is carried
out on the whole picture.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy.ndimage import binary_dilation, binary_erosion, gaussian_filter
from skimage.filters import threshold_otsu
from skimage.morphology import closing, erosion, footprint_rectangle

from vaegan.data.pictures import Bytes, Float, Mask, to_uint8
from vaegan.data.pieces import (
    THIN,
    Piece,
    contrast,
    covering,
    digits_of,
    hugs_an_edge,
    joined,
    main_digit,
    pieces_of,
    stroke_width,
    thinness,
    touches_long,
    without_boxes,
)

TRIED_SIDE = 320  # pixels of the copy on which guesses are compared
PAPER_SIDE = 120  # the paper's brightness varies slowly, so it is estimated on a small copy
WINDOWS = (31, 15, 7)  # pixels of that copy; the paper is what is brighter than all darkness narrower than this
DARKEST_PAPER = 64  # of 255; in deeper shadow, noise would pass for ink
FAINTEST_MARK = 0.12  # share of the paper's light that a pixel must lack to be looked at
WEAKEST_INK = 0.25  # share of the light that a piece of ink lacks at least; shadows on blank paper lack 0.2
SMALLEST = 0.02  # of the picture's longer side; a smaller piece is not a digit
FLAT = 0.4  # of all pixels; if so many have the same colour, that is the ground, and no light falls on it
CLEAR = 2.0  # a score at which grey shows the ink so well that no colour needs to be tried
FLAT_GROUND = "distance from the ground"  # instead of a channel
SHARP = 0.015  # of the longer side; the edge of a shadow is wider than this
CHANNELS = {"grey": (0.299, 0.587, 0.114), "red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1)}


class Guess(NamedTuple):
    """How to look for ink: in which channel, whether it is brighter than its ground, and in windows of which size.

    `enlarged` is how many times the picture was enlarged before, which makes edges so many pixels wide.
    """

    channel: str
    bright: bool
    window: int
    enlarged: int = 1


class Ink(NamedTuple):
    """Ink that was found: its share in each pixel (H, W), soft at the edges, the digits in it, and how it was found."""

    share: Float
    digits: list[Piece]
    main: int  # which of the digits is the one to take
    score: float  # how much it looks like writing
    guess: Guess


def find_ink(rgb: Bytes, enlarged: int = 1, *, swapped: bool = False) -> Ink | None:
    """The ink in a picture (H, W, 3), which was enlarged so many times before; None if there is only blank paper.

    `swapped` takes the other of the two for ink: what is brighter than its ground instead of darker, or the reverse.
    """
    small = _shrunk(rgb, TRIED_SIDE)
    guess = _best_guess(small, enlarged)
    if guess and swapped:
        small_tone = small @ np.array(CHANNELS["grey"])
        was_bright = guess.bright
        if guess.channel == FLAT_GROUND:
            was_bright = bool(np.median(small_tone) < small_tone.mean())
        guess = _best_guess(small, enlarged, (not was_bright,))
    return _look(rgb, guess) if guess else None


def _shrunk(rgb: Bytes, side: int) -> Bytes:
    if max(rgb.shape) <= side:
        return rgb
    small = Image.fromarray(rgb)
    small.thumbnail((side, side), Image.Resampling.BOX)
    return np.asarray(small)


def _flat_ground(rgb: Bytes) -> Float | None:
    """The colour of a ground without light, shadow and noise, as in paint programs; None on a photo."""
    colours = (rgb.astype(np.int32) // 4 @ np.array([4096, 64, 1])).ravel()
    values, counts = np.unique(colours, return_counts=True)
    most = counts.argmax()
    if counts[most] < FLAT * colours.size:
        return None
    ground: Float = np.median(rgb.reshape(-1, 3)[colours == values[most]], axis=0).astype(np.float32)
    return ground


def _best_guess(rgb: Bytes, enlarged: int, polarities: tuple[bool, ...] = (False, True)) -> Guess | None:
    """Try all guesses on a small picture.

    Grey, a wide window and the likelier polarity win unless others are clearly better.
    """
    low, paper, high = np.percentile(rgb[::2, ::2] @ np.array(CHANNELS["grey"]), (0.1, 50, 99.9)) + 16
    likely_bright = high / paper > paper / low  # ratios, as light and shadow work
    best: tuple[float, Guess] | None = None
    flat = Guess(FLAT_GROUND, False, 0, enlarged)
    if len(polarities) == 2 and (found := _look(rgb, flat)):
        best = (1.5 * found.score, flat)
        if found.score > CLEAR:
            return flat
    for channel in CHANNELS:
        if channel != "grey" and best and best[0] > CLEAR:
            break
        for bright in polarities:
            for window in WINDOWS:
                guess = Guess(channel, bright, window, enlarged)
                found = _look(rgb, guess)
                if found is None:
                    continue
                doubt = (1.4 if channel != "grey" else 1) * (1.5 if bright != likely_bright else 1)
                doubt *= 1 if window == WINDOWS[0] else 1.25
                if best is None or found.score / doubt > best[0]:
                    best = (found.score / doubt, guess)
    return best[1] if best else None


def _look(rgb: Bytes, guess: Guess) -> Ink | None:
    """Carry out one guess."""
    if guess.channel == FLAT_GROUND:
        ground = _flat_ground(rgb)
        if ground is None:
            return None
        distance = np.abs(rgb.astype(np.float32) - ground).max(axis=2)
        if distance.max() < FAINTEST_MARK * 255:
            return None
        share = distance / distance.max()
        found = _marks(share, 1 - share, guess)
        return found and found._replace(score=found.score * float(distance.max()) / 255)
    tone: Float = (rgb @ np.array(CHANNELS[guess.channel], np.float32)).astype(np.float32)
    shade: Float = 255 - tone if guess.bright else tone
    least = max(float(np.percentile(tone, 99.9)) + 16, 2 * DARKEST_PAPER) if guess.bright else DARKEST_PAPER
    lacking, light = _lacking(shade, guess.window)
    drop = (lacking / np.maximum(light, least)).astype(np.float32)  # (H, W), 0 for paper, towards 1 for ink
    return _marks(drop, shade / np.float32(255), guess)


def _lacking(shade: Float, window: int) -> tuple[Float, Float]:
    """By how much each pixel is darker than the paper around it, and how light that paper is; (H, W), 0..255 both.

    The paper is what remains after everything that is dark and narrower than a window is filled from its surroundings.
    """
    smooth = gaussian_filter(shade, max(shade.shape) / 1200)
    small = Image.fromarray(smooth)
    small.thumbnail((PAPER_SIDE, PAPER_SIDE), Image.Resampling.BILINEAR)
    values = np.asarray(small, np.float32) + 1
    slope = _slope(values)
    footprint = footprint_rectangle((window, window), decomposition="sequence")
    paper = erosion(closing(values / slope, footprint), footprint_rectangle((3, 3))) * slope
    light = np.asarray(Image.fromarray(paper).resize(smooth.shape[::-1], Image.Resampling.BILINEAR))
    return light - 1 - smooth, light


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


def _marks(drop: Float, shade: Float, guess: Guess) -> Ink | None:
    """Part ink from paper by how much light each pixel takes, `drop` (H, W); None if nothing is clearly ink."""
    noise = 1.4826 * float(np.median(np.abs(drop - np.median(drop))))
    marked = drop > max(FAINTEST_MARK, 4 * noise)
    pieces = pieces_of(marked) if marked.any() else []
    inner = [piece for piece in pieces if not touches_long(piece, drop.shape)]
    reaching = [piece for piece in pieces if not hugs_an_edge(piece, drop.shape)]
    found = [_written(drop, shade, covering(chosen, drop.shape), guess) for chosen in (inner, reaching) if chosen]
    real = [ink for ink in found if ink is not None]
    return max(real, key=lambda ink: ink.score) if real else None


def _written(drop: Float, shade: Float, marked: Mask, guess: Guess) -> Ink | None:
    """The ink among marked pixels, in digits; None if there is nothing that could be one."""
    levels = to_uint8(drop[marked])  # whole numbers, since nearly equal floats make a histogram without width
    limit = float(threshold_otsu(levels)) / 255 if np.ptp(levels) > 0 else FAINTEST_MARK
    strong = float(np.median(drop[marked & (drop >= limit)]))
    limit = min(limit, 0.5 * strong)
    pieces = [piece for piece in pieces_of(marked & (drop >= limit)) if not hugs_an_edge(piece, drop.shape)]
    digits = digits_of(without_boxes(pieces)) if pieces else []
    if not digits:
        return None
    main = main_digit(digits, drop.shape)
    share = np.clip(drop / limit - 0.5, 0, 1) * marked  # half at the limit, so that edges stay smooth
    if pale := _paler_parts(marked, digits[main]):
        own = 0.5 * min(contrast(drop, piece) for piece in pale)
        share = np.where(
            binary_dilation(covering([*pale, digits[main]], drop.shape), iterations=2),
            np.clip(drop / own - 0.5, 0, 1),
            share,
        )
        digits[main] = joined([digits[main], *pale])
    digit = digits[main]
    dark = contrast(drop, digit)
    if digit.extent < SMALLEST * max(drop.shape) or dark < WEAKEST_INK:
        return None
    size = (digit.extent / max(drop.shape)) ** 0.5
    score = (
        dark
        * min(thinness(digit.mask), THIN)
        * size
        * _sharpness(drop, digit, dark, guess.enlarged)
        * _standing_out(shade, digit, dark)
    )
    return Ink(share.astype(np.float32), digits, main, score, guess)


def _paler_parts(marked: Mask, digit: Piece) -> list[Piece]:
    """Parts of a digit's strokes at which the pen was pressed less: as thick as the others, and they go on from them.

    Rules, boxes and creases lead to the picture's edge or are thinner, and shadows are wider.
    """
    width = stroke_width(digit.mask)
    reach = max(2, round(0.3 * width))
    body = covering([digit], marked.shape)
    near = binary_dilation(body, iterations=reach)
    parts = []
    for piece in pieces_of(marked & ~near):
        top, left, bottom, right = piece.box
        if top == 0 or left == 0 or bottom == marked.shape[0] or right == marked.shape[1]:
            continue
        if piece.area < 0.1 * digit.area or not 0.4 < stroke_width(piece.mask) / width < 1.6:
            continue
        rows, columns = _grown(piece, reach + 4)
        mask = covering([piece], marked.shape)[rows, columns]
        joint = binary_dilation(mask, iterations=2) & near[rows, columns]
        if joint.any():
            mask |= binary_dilation(joint, iterations=reach + 1) & marked[rows, columns]
            parts.append(
                Piece((rows.start, columns.start, rows.start + mask.shape[0], columns.start + mask.shape[1]), mask)
            )
    return parts


def _grown(piece: Piece, margin: int) -> tuple[slice, slice]:
    """Where a piece lies, with a margin around it."""
    top, left, bottom, right = piece.box
    return slice(max(top - margin, 0), bottom + margin), slice(max(left - margin, 0), right + margin)


def _sharpness(drop: Float, digit: Piece, dark: float, enlarged: int) -> float:
    """How sharp the edges of a digit are, from 0.15 for a shadow's to 1 for a pen's."""
    rows, columns = _grown(digit, 2)
    near = drop[rows, columns]
    if min(near.shape) < 3:
        return 1.0
    steep = np.hypot(*np.gradient(near))
    body = covering([digit], drop.shape)[rows, columns]
    edge = binary_dilation(body) & ~binary_erosion(body)
    widths = dark / max(float(np.median(steep[edge])), 1e-6)  # pixels from paper to ink
    return float(np.clip(max(SHARP * max(drop.shape), 1.5 * enlarged) / widths, 0.15, 1))


def _standing_out(shade: Float, digit: Piece, dark: float) -> float:
    """Whether a digit is darker than what lies around it, from 0.2 for paper between strokes to 1 for ink."""
    rows, columns = _grown(digit, max(3, digit.extent // 4))
    body = covering([digit], shade.shape)
    around = np.zeros(shade.shape, bool)
    around[rows, columns] = True
    around[digit.place] = False
    if around.sum() < digit.mask.size / 4:  # it fills the picture
        around = ~body
    if not around.any():
        return 0.2
    ground = float(np.median(shade[around]))
    lack = (ground - float(np.median(shade[body]))) / max(ground, DARKEST_PAPER / 255)
    return float(np.clip(lack / dark, 0.2, 1))
