"""Pictures that are no digits, made by formula: what teaches the score of doubt how else a picture can look.

`strangers` draws letters as people write and print them, scribbles, curves, plots, hands, bars, two digits side by side
and grain. All go the way of a drawing, `data.drawing.centre`. `rewritten` brings real digits onto the same way, so that
the pen alone does not tell the two apart.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter
from skimage.morphology import skeletonize

from vaegan.data.drawing import centre
from vaegan.data.pictures import Bytes, Float, Pictures

FIELD = 140  # pixels of the side of a drawing
# Letters that a person writes with the strokes of a digit, or nearly: B 8, D 0, G 6, I 1, O 0, Q 0 and 9, S 5, Z 2;
# b 6, g 9, i 1, j 1, l 1, o 0, q 9, s 5, y 4 and 9, z 2. Nobody can tell those, so none of them counts as a stranger.
LIKE_DIGITS = frozenset("BDGIOQSZbgijloqsyz")
# Strokes in a box of 100 by 100, y downwards; those that begin with "~" are curves.
LETTERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "A": (("15,97 50,4 85,97", "28,64 72,64"), ("~18,97 36,30 55,4 72,40 84,97", "24,60 80,58")),
    "C": (("~82,20 55,4 24,28 20,68 48,96 82,80",),),
    "E": (("80,5 22,5 22,95 82,95", "22,48 70,48"), ("~78,14 46,4 30,28 54,46", "~54,46 24,60 26,90 58,97 82,82")),
    "F": (("80,5 24,5 22,97", "23,48 68,46"),),
    "H": (("20,4 18,97", "80,4 82,97", "19,50 81,50"),),
    "J": (("~72,4 72,70 54,95 26,86 22,70", "45,4 95,4"),),
    "K": (("22,4 22,97", "80,5 24,55 82,97"), ("20,4 22,97", "~78,6 50,40 24,52", "~36,50 56,66 84,96")),
    "L": (("24,4 22,96 80,95",),),
    "M": (("12,97 18,6 50,66 82,6 90,97",), ("~12,97 20,20 30,8 42,40 50,70", "~50,70 60,30 74,8 82,40 88,97")),
    "N": (("18,97 18,5 80,96 82,4",),),
    "P": (("24,4 24,97", "~24,6 66,4 78,26 62,50 24,52"),),
    "R": (("22,4 22,97", "~22,6 66,4 76,26 60,48 24,50", "44,50 82,97"),),
    "T": (("10,7 90,6", "50,6 50,97"),),
    "U": (("~18,4 18,64 34,94 62,94 80,66 82,4",),),
    "V": (("12,4 50,97 88,4",),),
    "W": (("6,5 28,96 50,30 72,96 94,5",), ("~6,8 14,70 28,94 44,70 50,34 58,72 74,94 88,66 94,6",)),
    "X": (("16,5 84,97", "84,5 14,97"), ("~14,10 40,40 60,64 86,92", "~86,6 56,42 16,94")),
    "Y": (("12,4 50,50", "88,4 50,50 48,97"),),
    "a": (("~76,30 52,12 24,36 26,76 50,92 74,66 76,20", "~76,20 76,80 92,92"),),
    "c": (("~78,24 54,8 26,34 26,70 50,92 80,76",),),
    "d": (("~72,52 46,40 24,66 40,94 66,84 74,56", "76,3 76,96"),),
    "e": (("~24,52 60,52 78,44 64,14 36,14 20,52 38,92 80,80",),),
    "f": (("~78,14 60,2 46,24 46,97", "22,44 74,44"),),
    "h": (("24,3 24,97", "~24,58 48,40 72,52 74,97"),),
    "k": (("26,3 26,97", "74,36 28,66 78,97"),),
    "m": (("10,20 10,92", "~10,40 26,18 42,34 44,92", "~44,40 62,18 80,34 82,92"),),
    "n": (("20,18 20,92", "~20,42 44,16 70,32 74,92"),),
    "p": (("24,14 22,97", "~24,24 56,8 78,30 60,58 26,54"),),
    "r": (("28,16 28,94", "~28,44 46,22 66,16 80,24"),),
    "t": (("~48,3 46,70 58,94 82,86", "18,32 78,30"),),
    "u": (("~20,16 20,66 38,90 64,78 76,44", "76,14 78,92"),),
    "v": (("16,14 48,92 82,14",), ("~14,16 30,50 46,90 60,60 72,24 94,20",)),
    "w": (("8,14 28,90 50,34 72,90 94,14",),),
    "x": (("18,14 82,92", "82,14 16,92"), ("~16,22 36,20 50,52 64,86 86,84", "80,16 20,90")),
}
PRINTED = "".join(sorted(set("ABCDEFGHJKLMNPRTUVWXYabcdefhkmnprtuvwx&@#%?!") - LIKE_DIGITS))

Points = np.ndarray  # (N, 2): x and y


def strangers(count: int, seed: int) -> Pictures:
    """So many pictures of all kinds, (N, 28, 28); the same seed gives the same ones."""
    chance = np.random.default_rng(seed)
    kinds: tuple[Callable[[Generator], Float], ...] = (_written,) * 9 + (_printed,) * 5
    kinds += (_scribble, _scribble, _curve, _plot, _hand, _bars, _grain, _two_letters)
    return np.stack([_drawn(kinds[number % len(kinds)], chance) for number in range(count)])


def rewritten(digits: Bytes, seed: int) -> Pictures:
    """Real digits, uint8 (N, 28, 28), written again with pens of all widths and a little turned."""
    chance = np.random.default_rng(seed)
    return np.stack([_drawn(partial(_retraced, digit), chance) for digit in digits])


def _drawn(make: Callable[[Generator], Float], chance: Generator) -> Float:
    while True:  # nothing may be left of it, as of a line thinner than a pixel
        ink = make(chance)
        if ink.max() > 0.5:
            return centre(ink).digit


def _strokes(lines: list[Points], chance: Generator, width: float) -> Float:
    """Lines in a box of 100 by 100 as ink, a little turned, slanted, narrowed and bent."""
    angle, slant = np.deg2rad(chance.normal(0, 6)), chance.normal(0, 0.12)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shape = turn @ np.array([[chance.uniform(0.65, 1.1), -slant], [0, 1]])
    wave, phase = chance.normal(0, 2.5, (2, 2)), chance.uniform(0, 2 * np.pi, (2, 2))
    picture = Image.new("L", (3 * FIELD, 3 * FIELD))
    on = ImageDraw.Draw(picture)
    thick = 3 * width
    for line in lines:
        bent = line + wave[0] * np.sin(line[:, ::-1] / 22 + phase[0]) + wave[1] * np.sin(line / 34 + phase[1])
        points = ((bent - 50) @ shape.T + FIELD / 2) * 3
        on.line([(float(x), float(y)) for x, y in points], fill=255, width=max(1, round(thick)), joint="curve")
        for x, y in points:
            on.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=255)
    return np.asarray(picture.resize((FIELD, FIELD), Image.Resampling.BOX), np.float32) / np.float32(255)


def _line(text: str, chance: Generator) -> Points:
    points = np.array([[float(value) for value in pair.split(",")] for pair in text.lstrip("~").split()])
    points += chance.normal(0, 3, points.shape)
    lengths = np.concatenate([[0], np.cumsum(np.maximum(np.hypot(*np.diff(points, axis=0).T), 1))])
    along = np.linspace(0, lengths[-1], 40)
    if text.startswith("~"):
        return np.asarray(CubicSpline(lengths, points)(along))
    return np.stack([np.interp(along, lengths, column) for column in points.T], axis=1)


def _pen(chance: Generator) -> float:
    return float(chance.uniform(5, 17))


def _written(chance: Generator) -> Float:
    hands = LETTERS[str(chance.choice(list(LETTERS)))]
    hand = hands[chance.integers(len(hands))]
    return _strokes([_line(text, chance) for text in hand], chance, _pen(chance))


def _printed(chance: Generator) -> Float:
    picture = Image.new("L", (FIELD, FIELD))
    font = ImageFont.load_default(90)
    middle = (FIELD / 2, FIELD / 2)
    heavy = int(chance.integers(0, 7))
    letter = str(chance.choice(list(PRINTED)))
    ImageDraw.Draw(picture).text(middle, letter, fill=255, font=font, anchor="mm", stroke_width=heavy)
    wide, slant = chance.uniform(0.7, 1.3), chance.choice([0, 0, chance.uniform(-0.1, 0.35)])
    shift = FIELD / 2 * (1 - wide) - slant * FIELD / 2
    picture = picture.transform((FIELD, FIELD), Image.Transform.AFFINE, (wide, slant, shift, 0, 1, 0), fill=0)
    if chance.random() < 0.3:
        return _with_pen(np.asarray(picture) > 127, chance)
    return np.asarray(picture, np.float32) / np.float32(255)


def _with_pen(body: np.ndarray, chance: Generator) -> Float:
    """The middle lines of a shape, drawn with a pen of some width."""
    middle = np.pad(skeletonize(body), 12).astype(np.float32)
    return np.asarray(gaussian_filter(middle, (reach := chance.uniform(1.8, 6.5))) * reach * 2.2 > 0.5, np.float32)


def _retraced(digit: Bytes, chance: Generator) -> Float:
    large = Image.fromarray(digit).resize((FIELD, FIELD), Image.Resampling.BICUBIC).rotate(chance.normal(0, 4))
    if chance.random() < 0.3:
        return np.asarray(large, np.float32) / np.float32(255)
    return _with_pen(np.asarray(large) > 110, chance)


def _scribble(chance: Generator) -> Float:
    points = chance.uniform(0, 100, (int(chance.integers(6, 18)), 2))
    curved = chance.random() < 0.5
    text = ("~" if curved else "") + " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    return _strokes([_line(text, chance)], chance, _pen(chance))


def _curve(chance: Generator) -> Float:
    x = np.linspace(0, 100, 80)
    waves = 50 + chance.uniform(15, 40) * np.sin(x * chance.uniform(0.1, 0.5) + chance.uniform(0, 6))
    return _strokes([np.stack([x, waves], axis=1)], chance, _pen(chance))


def _plot(chance: Generator) -> Float:
    axes = np.array([[0, 0], [0, 100], [100, 100]], float)
    x = np.sort(chance.uniform(10, 100, int(chance.integers(4, 30))))
    y = chance.uniform(5, 80) + np.cumsum(chance.normal(0, 12, x.size))
    return _strokes([axes, np.stack([x, y.clip(0, 90)], axis=1)], chance, chance.uniform(4, 9))


def _hand(chance: Generator) -> Float:
    lines = [np.array([[38 + at, 70], [50 + at, 92]]) for at in (0.0, 8.0, 16.0)]
    for angle, length in zip(np.deg2rad([-150, -115, -95, -75, -45]), (40, 60, 66, 60, 44), strict=True):
        turned = angle + chance.normal(0, 0.1)
        start = np.array([50 + 16 * np.cos(turned), 75 + 12 * np.sin(turned)])
        lines.append(np.stack([start, start + length * np.array([np.cos(turned), np.sin(turned)])]))
    return _strokes(lines, chance, chance.uniform(9, 17))


def _bars(chance: Generator) -> Float:
    """Lines across and down, at least one of each: alone they could be a one."""
    lines = [np.array([[0.0, 0.0], [0, 100]]), np.array([[0.0, 0.0], [100, 0]])]
    lines += [lines[chance.integers(2)] for _ in range(int(chance.integers(0, 4)))]
    return _strokes([line + line[1, ::-1] * chance.uniform(0, 1) for line in lines], chance, chance.uniform(4, 14))


def _grain(chance: Generator) -> Float:
    grain = gaussian_filter(chance.normal(0, 1, (FIELD, FIELD)), chance.uniform(1, 8))
    return np.asarray(grain > chance.uniform(0, 1) * grain.std(), np.float32)


def _two_letters(chance: Generator) -> Float:
    """Two signs side by side, each narrow."""
    lines = []
    for side in (0.0, 55.0):
        hand = LETTERS[str(chance.choice(list(LETTERS)))][0]
        lines += [_line(text, chance) * (0.45, 1) + (side, 0) for text in hand]
    return _strokes(lines, chance, _pen(chance))
