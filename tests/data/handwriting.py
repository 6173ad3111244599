"""Digits as strokes: how ten digits are written, and a way to draw them at any size, width and pressure."""

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw
from scipy.interpolate import CubicSpline

FINER = 3  # strokes are drawn so many times larger, then shrunk, so that their edges are smooth

# Each digit in several hands: strokes as points in a box of 100 by 100, y downwards; "~" strokes are curves.
HANDS: dict[int, tuple[tuple[str, ...], ...]] = {
    0: (("~50,3 22,20 14,55 30,92 55,97 80,75 84,40 70,10 48,4",), ("~60,5 35,12 20,50 32,90 60,92 78,60 74,22 55,6",)),
    1: (("48,4 50,97",), ("62,3 42,97",), ("30,22 52,4 52,97",)),
    2: (
        ("~20,26 32,8 58,3 76,20 68,45 40,72 20,94", "20,94 50,93 84,94"),
        ("~22,22 45,4 74,14 72,40 48,70 26,86 18,82 28,76 52,86 82,92",),
    ),
    3: (
        ("~22,14 45,3 72,14 68,36 44,47", "~44,47 74,55 80,78 56,96 20,88"),
        ("~26,12 60,4 72,22 58,42 42,46 64,50 76,70 62,92 22,92",),
    ),
    4: (("30,5 18,60 84,58", "66,22 62,97"), ("~24,6 22,36 26,54 48,58 78,50", "76,6 74,50 72,97")),
    5: (
        ("76,6 34,6", "~34,6 30,44 54,40 78,58 72,86 44,97 18,86"),
        ("74,4 36,8 32,42", "~32,42 60,40 76,62 60,92 20,92"),
    ),
    6: (
        ("~66,4 38,28 24,62 34,92 60,96 74,76 60,58 38,64 27,80",),
        ("~58,3 30,40 22,76 44,97 70,84 68,62 46,56 26,74",),
    ),
    7: (("18,8 80,8 44,97",), ("20,10 78,6", "~78,6 56,46 44,97"), ("18,8 78,8 46,97", "34,52 72,50")),
    8: (
        ("~72,16 48,3 28,18 40,40 64,56 74,80 52,97 28,82 38,58 62,40 72,17",),
        ("~50,48 28,30 36,8 62,5 70,28 50,48 26,70 32,94 62,97 76,74 50,48",),
    ),
    9: (
        ("~72,20 50,4 28,22 34,46 58,46 72,22", "~72,22 70,60 60,97"),
        ("~70,14 44,6 28,30 44,50 68,34 72,14", "72,14 66,97"),
    ),
}


class Written(NamedTuple):
    """A digit on a field: what it is, and per pixel (H, W) how much of it ink covers and how hard the pen pressed."""

    digit: int
    ink: np.ndarray
    pressure: np.ndarray


def strokes(digit: int, chance: Generator) -> list[np.ndarray]:
    """The strokes of one digit, (N, 2) of x and y around 0 and about 1 high, a little different each time."""
    hand = HANDS[digit][chance.integers(len(HANDS[digit]))]
    angle = np.deg2rad(chance.uniform(-7, 7))
    slant, narrow = chance.uniform(-0.18, 0.22), chance.uniform(0.7, 1.05)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shape = turn @ np.array([[narrow, -slant], [0, 1]])
    result = []
    for text in hand:
        points = np.array([[float(value) for value in pair.split(",")] for pair in text.lstrip("~").split()])
        points += chance.normal(0, 1.8, points.shape)
        result.append((_curve(points, text.startswith("~")) - 50) / 100 @ shape.T)
    if len(result) > 1 and digit in (2, 3, 5, 9):
        result[1][0] = result[0][-1] if digit != 5 or chance.random() < 0.7 else result[1][0]
    return result


def write(
    digit: int,
    size: tuple[int, int],
    height: float,
    width: float,
    chance: Generator,
    *,
    middle: tuple[float, float] = (0.5, 0.5),
    pressed: float = 1.0,
) -> Written:
    """Write a digit on a field of `size` (H, W): so high, its strokes so wide, in pixels, around `middle` (x, y).

    With `pressed` below 1 the pen presses fully at one end of the strokes only, and so much elsewhere.
    """
    rows, columns = size
    field = Image.new("L", (columns * FINER, rows * FINER))
    pressure = Image.new("L", field.size, round(255 * pressed))
    drawn, pressing = ImageDraw.Draw(field), ImageDraw.Draw(pressure)
    at = np.array([middle[0] * columns, middle[1] * rows])
    lines = [(stroke * height + at) * FINER for stroke in strokes(digit, chance)]
    thick = width * FINER
    for line in lines:
        _line(drawn, line, thick, 255)
    whole = np.concatenate(lines)
    if pressed < 1:
        share = chance.uniform(0.15, 0.35)
        part = whole[: int(share * len(whole))] if chance.random() < 0.5 else whole[int((1 - share) * len(whole)) :]
        _line(pressing, part, thick + 2, 255)
    return Written(digit, _shrunk(field), _shrunk(pressure))


def _line(drawn: ImageDraw.ImageDraw, points: np.ndarray, thick: float, value: int) -> None:
    drawn.line([(float(x), float(y)) for x, y in points], fill=value, width=max(1, round(thick)), joint="curve")
    for x, y in points:
        drawn.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=value)


def _curve(points: np.ndarray, curved: bool) -> np.ndarray:
    """Points close to each other along a line through all of these."""
    lengths = np.concatenate([[0], np.cumsum(np.maximum(np.hypot(*np.diff(points, axis=0).T), 1))])
    along = np.linspace(0, lengths[-1], 60)
    if curved:
        return np.asarray(CubicSpline(lengths, points)(along))
    return np.stack([np.interp(along, lengths, column) for column in points.T], axis=1)


def _shrunk(field: Image.Image) -> np.ndarray:
    small = field.resize((field.width // FINER, field.height // FINER), Image.Resampling.BOX)
    return np.asarray(small, np.float32) / 255
