"""Pictures for the question "is this a digit?", drawn here and centred as MNIST's digits are."""

import numpy as np
from numpy.random import RandomState
from PIL import Image, ImageDraw, ImageFont

from vaegan.config import SIDE
from vaegan.data.drawing import centre
from vaegan.data.pictures import Float

FIELD = 200  # pixels of the square drawn on
PEN = 16
SCRIBBLE_POINTS = 14


def letter(character: str) -> Float:
    """A printed letter, (28, 28) in [0, 1]."""
    font = ImageFont.load_default(FIELD * 0.6)
    field = Image.new("L", (FIELD, FIELD))
    ImageDraw.Draw(field).text((FIELD / 2, FIELD / 2), character, fill=255, font=font, anchor="mm", stroke_width=3)
    return centre(np.asarray(field)).digit


def scribble(seed: int) -> Float:
    """A line that goes to and fro, a different one for each seed."""
    points = RandomState(seed).randint(PEN, FIELD - PEN, (SCRIBBLE_POINTS, 2))
    return _line([(int(x), int(y)) for x, y in points])


def dash() -> Float:
    """One stroke across."""
    return _line([(PEN, FIELD // 2), (FIELD - PEN, FIELD // 2)])


def two_digits(pictures: Float, seed: int) -> Float:
    """Two of the digits (N, 28, 28) side by side."""
    left, right = pictures[RandomState(seed).randint(len(pictures), size=2)]
    return centre(np.hstack([left[:, 3:-3], right[:, 3:-3]])).digit


def noise(seed: int) -> Float:
    """A random grey in each pixel."""
    return RandomState(seed).rand(SIDE, SIDE).astype(np.float32)


def blank() -> Float:
    """Black."""
    return np.zeros((SIDE, SIDE), np.float32)


def _line(points: list[tuple[int, int]]) -> Float:
    field = Image.new("L", (FIELD, FIELD))
    ImageDraw.Draw(field).line(points, fill=255, width=PEN, joint="curve")
    return centre(np.asarray(field)).digit
