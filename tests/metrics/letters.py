"""Pictures that are no digits, drawn by other hands, fonts and means than those that taught the score.

`KINDS` has one function for each kind; each draws another picture for each seed.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

from tests.data.handwriting import _curve, _shrunk
from vaegan.data.drawing import centre
from vaegan.data.pictures import Float

FOLDER = Path(mpl.get_data_path()) / "fonts" / "ttf"
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSerif.ttf", "DejaVuSansMono-Oblique.ttf", "STIXGeneral.ttf")
PRINTED = "ACEFHJKLMNPRTUVWXYacdefhkmnprtuvwx"  # all letters but those that are written as digits are
# Each letter in other hands than those of the package: in schoolbook and in hurried script.
HANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "A": (
        ("50,3 12,97", "50,3 90,97", "24,66 78,66"),
        ("~14,96 30,60 52,5", "~52,5 66,50 86,97", "~20,70 50,58 88,64"),
    ),
    "C": (("~84,26 70,8 44,6 20,30 16,62 34,92 62,96 86,76",),),
    "E": (("24,4 24,96", "24,4 78,4", "24,50 66,50", "24,96 80,96"),),
    "F": (("24,4 20,97", "~24,6 50,8 84,3", "22,46 66,44"),),
    "H": (
        ("24,3 24,97", "78,3 76,97", "~24,54 50,46 78,50"),
        ("~20,6 26,50 16,96", "~80,4 72,50 82,96", "22,52 76,48"),
    ),
    "J": (("30,5 90,5", "~64,5 66,66 52,94 30,92 18,72"),),
    "K": (("26,3 26,97", "76,4 28,52", "40,44 80,97"),),
    "L": (("28,4 26,94 78,96",), ("~36,4 28,50 24,92", "~24,92 50,96 82,88")),
    "M": (("18,97 18,4", "18,4 52,80", "52,80 84,4", "84,4 84,97"),),
    "N": (("22,97 22,4", "22,4 78,97", "78,97 78,4"), ("~18,96 24,30 30,6", "~30,6 54,60 70,94", "~70,94 78,40 84,4")),
    "P": (("26,4 24,97", "~26,6 62,2 80,24 66,48 26,52"),),
    "R": (("26,3 24,97", "~26,5 64,2 78,22 64,44 26,50", "~40,50 60,70 82,96"),),
    "T": (("12,6 88,6", "50,6 50,97"), ("~10,12 40,4 90,8", "~52,8 48,50 54,97")),
    "U": (("20,4 20,66", "~20,66 28,92 60,94 78,66", "78,66 78,4"),),
    "V": (("14,4 50,97", "50,97 86,4"), ("~12,6 34,60 48,96", "~48,96 64,50 92,4")),
    "W": (("6,4 28,97", "28,97 50,24", "50,24 72,97", "72,97 94,4"),),
    "X": (("18,4 82,97", "82,4 18,97"), ("~12,14 30,8 60,70 90,92", "~84,6 54,44 12,94")),
    "Y": (("14,4 50,48", "86,4 50,48", "50,48 50,97"),),
    "a": (("~72,36 58,16 32,22 22,52 34,84 58,86 74,58", "74,18 76,92"),),
    "c": (("~76,32 56,12 30,24 22,56 38,88 72,82",),),
    "d": (("~70,50 54,36 28,48 22,74 42,94 68,78", "~72,4 72,60 74,92 86,90"),),
    "e": (("~22,54 50,56 76,48 66,18 40,14 22,40 28,76 52,92 78,78",),),
    "f": (("~80,16 66,4 52,16 50,60 48,97", "26,40 76,38"),),
    "h": (("~30,4 28,50 26,97", "~26,66 46,42 66,48 70,70 72,96"),),
    "k": (("28,4 28,97", "~70,40 50,58 30,66", "44,62 76,96"),),
    "m": (("14,16 14,94", "~14,36 32,14 46,30 48,94", "~48,38 66,14 82,30 86,94"),),
    "n": (("24,14 24,94", "~24,38 46,14 68,24 72,94"),),
    "p": (("28,12 24,97", "~28,22 52,8 74,24 68,52 44,62 28,52"),),
    "r": (("30,12 30,94", "~30,38 46,18 78,20"),),
    "t": (("~50,4 48,60 54,90 74,92", "~26,30 50,28 80,26"),),
    "u": (("~22,14 22,60 34,88 58,84 74,56", "~74,14 74,70 84,92"),),
    "v": (("18,12 50,92", "50,92 80,12"),),
    "w": (("10,12 30,92", "30,92 50,30", "50,30 70,92", "70,92 92,12"),),
    "x": (("20,12 80,92", "80,12 20,92"),),
}


def written(seed: int, chance: Generator) -> Float:
    """A letter in handwriting, slanted, narrow or wide, with a pen of any width."""
    hands = HANDS[list(HANDS)[seed % len(HANDS)]]
    shape = np.array([[chance.uniform(0.7, 1.05), -chance.uniform(-0.18, 0.22)], [0, 1]])
    shape *= chance.uniform(0.9, 1)
    lines = []
    for text in hands[chance.integers(len(hands))]:
        points = np.array([[float(value) for value in pair.split(",")] for pair in text.lstrip("~").split()])
        points += chance.normal(0, 2.2, points.shape)
        lines.append((_curve(points, text.startswith("~")) - 50) @ shape.T * 2 + 150)
    return stroked(lines, chance.uniform(10, 30))


def stroked(lines: list[np.ndarray], width: float) -> Float:
    picture = Image.new("L", (900, 900))
    on = ImageDraw.Draw(picture)
    for line in lines:
        points = [(float(x) * 3, float(y) * 3) for x, y in line]
        on.line(points, fill=255, width=round(3 * width), joint="curve")
        for x, y in points:
            on.ellipse((x - 1.5 * width, y - 1.5 * width, x + 1.5 * width, y + 1.5 * width), fill=255)
    return np.asarray(_shrunk(picture), np.float32)


@cache
def font(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FOLDER / name, 150)


def printed(seed: int, chance: Generator) -> Float:
    picture = Image.new("L", (300, 300))
    letter, face = PRINTED[seed % len(PRINTED)], font(FONTS[seed // len(PRINTED) % len(FONTS)])
    heavy = int(chance.integers(0, 8))
    ImageDraw.Draw(picture).text((150, 150), letter, fill=255, font=face, anchor="mm", stroke_width=heavy)
    return np.asarray(picture, np.float32) / np.float32(255)


def scribble(_: int, chance: Generator) -> Float:
    points = chance.integers(30, 270, (14, 2))
    return stroked([points], chance.uniform(8, 22))


def plot(_: int, chance: Generator) -> Float:
    x = np.linspace(50, 260, 60)
    y = 150 + chance.uniform(30, 80) * np.sin(x / chance.uniform(9, 30) + chance.uniform(0, 6))
    axes = np.array([(45.0, 30.0), (45.0, 260.0), (270.0, 260.0)])
    return stroked([axes, np.stack([x, y], axis=1)], chance.uniform(8, 14))


def hand(_: int, chance: Generator) -> Float:
    picture = Image.new("L", (300, 300))
    on = ImageDraw.Draw(picture)
    on.ellipse((100, 160, 210, 290), fill=255)
    for angle, length in zip(np.deg2rad([-150, -115, -95, -75, -45]), (80, 115, 130, 115, 90), strict=True):
        turned = angle + chance.normal(0, 0.08)
        x, y = 155 + 45 * np.cos(turned), 215 + 45 * np.sin(turned)
        on.line((x, y, x + length * np.cos(turned), y + length * np.sin(turned)), fill=255, width=25)
    return np.asarray(picture, np.float32) / np.float32(255)


def two_digits(seed: int, chance: Generator) -> Float:
    picture = Image.new("L", (300, 300))
    text = f"{chance.integers(10)}{chance.integers(10)}"
    ImageDraw.Draw(picture).text((150, 150), text, fill=255, font=font(FONTS[seed % len(FONTS)]), anchor="mm")
    return np.asarray(picture, np.float32) / np.float32(255)


KINDS: dict[str, Callable[[int, Generator], Float]] = {
    make.__name__: make for make in (written, printed, scribble, plot, hand, two_digits)
}


def strangers(kind: str, count: int) -> Float:
    """Pictures of a kind, brought into MNIST's form as drawings are; (N, 28, 28)."""
    number = list(KINDS).index(kind)
    return np.stack([centre(KINDS[kind](seed, np.random.default_rng([number, seed]))).digit for seed in range(count)])
