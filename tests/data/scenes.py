"""Files as people upload them, made by formula: digits in many hands on paper, on screens and in forms.

`KINDS` has one function for each kind of picture; each draws another picture for each seed.
"""

import io
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from tests.data.handwriting import Written, write

Colour = tuple[float, float, float]
WHITE, BLUE, BLACK = (0.93, 0.93, 0.91), (0.12, 0.2, 0.55), (0.1, 0.1, 0.11)


class Scene(NamedTuple):
    """A file and the digit that it shows, the most central one where there are several."""

    data: bytes
    digit: int


def scene(kind: str, seed: int) -> Scene:
    """One picture of a kind; ten seeds in a row show all ten digits."""
    chance = np.random.default_rng([list(KINDS).index(kind), seed])
    return KINDS[kind](seed % 10, chance)


# What light and pens do


def saved(picture: np.ndarray, kind: str = "JPEG", **options: object) -> bytes:
    """A picture (H, W) or (H, W, 3) in [0, 1] as a file."""
    buffer = io.BytesIO()
    pixels = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    pixels.save(buffer, kind, **options)
    return buffer.getvalue()


def inked(paper: np.ndarray, written: Written, colour: Colour, soft: float = 0.8) -> np.ndarray:
    """Paper (H, W, 3) of reflectances, with ink on it; `soft` is by how many pixels its edges are blurred."""
    share = gaussian_filter(written.ink * written.pressure, soft)[..., None]
    return paper * (1 - share * (1 - np.array(colour)))


def lit(picture: np.ndarray, light: np.ndarray | float, chance: Generator, noise: float = 0.02) -> np.ndarray:
    """What a camera sees of reflectances under a light, with its noise."""
    seen = picture * np.broadcast_to(light, picture.shape[:2])[..., None]
    return seen + chance.normal(0, noise, picture.shape)


def sheet(size: tuple[int, int], colour: Colour = WHITE) -> np.ndarray:
    return np.ones((*size, 3)) * np.array(colour)


def daylight(size: tuple[int, int], chance: Generator, fall: float = 0.35) -> np.ndarray:
    """Light that falls off to one side: (H, W)."""
    row, column = np.mgrid[-1 : 1 : size[0] * 1j, -1 : 1 : size[1] * 1j]
    angle = chance.uniform(0, 2 * np.pi)
    return chance.uniform(0.75, 1.0) * (1 - fall * (0.5 + 0.5 * (row * np.sin(angle) + column * np.cos(angle)) / 1.4))


def photo_size(chance: Generator) -> tuple[int, int]:
    return int(chance.integers(280, 700)), int(chance.integers(280, 700))


def on_paper(
    digit: int, size: tuple[int, int], chance: Generator, *, high: tuple[float, float] = (0.3, 0.75), pressed: float = 1
) -> Written:
    """A digit somewhere on a sheet, its height a share of the shorter side."""
    height = chance.uniform(*high) * min(size)
    place = chance.uniform(0.42, 0.58), chance.uniform(0.42, 0.58)
    return write(digit, size, height, height * chance.uniform(0.03, 0.11), chance, middle=place, pressed=pressed)


def pen(chance: Generator) -> Colour:
    return (BLUE, BLACK, (0.6, 0.12, 0.12), (0.1, 0.4, 0.2))[chance.integers(4)]


# Paint programs


def paint28(digit: int, chance: Generator, height: float, middle: tuple[float, float], width: float) -> Scene:
    """28 by 28 with hard edges, dark on bright or bright on dark."""
    while True:
        written = write(digit, (28, 28), height, width, chance, middle=middle)
        hard = (written.ink > 0.35).astype(float)
        if hard.sum() > 12:
            break
    return Scene(saved(1 - hard if chance.random() < 0.5 else hard, "PNG"), digit)


def paint28_thin(digit: int, chance: Generator) -> Scene:
    place = chance.uniform(0.4, 0.6), chance.uniform(0.45, 0.55)
    return paint28(digit, chance, chance.uniform(17, 23), place, 1)


def paint28_corner(digit: int, chance: Generator) -> Scene:
    x, y = chance.choice([0.27, 0.73], 2)
    return paint28(digit, chance, chance.uniform(12, 15), (float(x), float(y)), chance.uniform(1.2, 2))


def paint28_filling(digit: int, chance: Generator) -> Scene:
    return paint28(digit, chance, chance.uniform(27, 31), (0.5, 0.5), chance.uniform(2, 4.5))


def paint28_soft(digit: int, chance: Generator) -> Scene:
    """Drawn large, shrunk by its author to 28 by 28 or to some squares of that, sometimes in colour."""
    size = int(chance.integers(200, 420))
    place = chance.uniform(0.35, 0.65), chance.uniform(0.4, 0.6)
    written = write(
        digit, (size, size), size * chance.uniform(0.5, 0.85), size * chance.uniform(0.03, 0.1), chance, middle=place
    )
    small = np.asarray(Image.fromarray(written.ink).resize((28, 28), Image.Resampling.BOX))
    ink, ground = ((1, 1, 1), (0, 0, 0)) if chance.random() < 0.6 else ((0.1, 0.1, 0.7), (1, 1, 1))
    picture = small[..., None] * np.array(ink) + (1 - small[..., None]) * np.array(ground)
    factor = int(chance.choice([1, 1, 2, 10]))
    return Scene(saved(np.kron(picture, np.ones((factor, factor, 1))), "PNG"), digit)


def canvas(digit: int, chance: Generator) -> Scene:
    """A canvas of a few hundred pixels, of any colours that can be told apart, or transparent."""
    size = (int(chance.integers(60, 420)),) * 2
    written = write(digit, size, size[0] * chance.uniform(0.3, 0.9), size[0] * chance.uniform(0.015, 0.12), chance)
    share = written.ink[..., None]
    if chance.random() < 0.3:
        tone = np.broadcast_to(chance.uniform(0, 1, 3).round(), (*size, 3))
        return Scene(saved(np.concatenate([tone, share], axis=2), "PNG"), digit)
    ground, ink = (chance.uniform(0, 1, 3) for _ in range(2))
    while np.abs(ground - ink).max() < 0.6:
        ink = chance.uniform(0, 1, 3)
    return Scene(saved(ground * (1 - share) + ink * share, "PNG"), digit)


# Photos of paper


def plain(digit: int, chance: Generator) -> Scene:
    size = photo_size(chance)
    picture = lit(inked(sheet(size), on_paper(digit, size, chance), pen(chance)), daylight(size, chance), chance)
    return Scene(saved(picture, quality=int(chance.integers(40, 95))), digit)


def pencil(digit: int, chance: Generator) -> Scene:
    """Grey and grainy."""
    size = photo_size(chance)
    written = on_paper(digit, size, chance, high=(0.4, 0.75))
    grain = written.ink * np.clip(chance.normal(0.75, 0.3, size), 0, 1)
    picture = inked(sheet(size), written._replace(ink=gaussian_filter(grain, 0.6)), (0.42, 0.42, 0.44))
    return Scene(saved(lit(picture, daylight(size, chance, 0.25), chance, 0.015), quality=80), digit)


def ruled(digit: int, chance: Generator) -> Scene:
    """On ruled or squared paper, a little turned."""
    size = photo_size(chance)
    paper = sheet(size)
    row, column = np.mgrid[0 : size[0], 0 : size[1]]
    step, tilt = min(size) * chance.uniform(0.07, 0.2), chance.uniform(-0.05, 0.05)
    directions = [row + tilt * column] + ([column - tilt * row] if chance.random() < 0.5 else [])
    tone = np.array((0.65, 0.75, 0.88) if chance.random() < 0.7 else (0.88, 0.65, 0.65))
    for along in directions:
        paper = np.where((np.abs(along % step) < max(1, min(size) / 300))[..., None], tone, paper)
    written = on_paper(digit, size, chance, high=(0.35, 0.8))
    picture = inked(gaussian_filter(paper, (0.7, 0.7, 0)), written, (BLUE, BLACK)[chance.integers(2)])
    return Scene(saved(lit(picture, daylight(size, chance), chance), quality=70), digit)


def wide_shadow(digit: int, chance: Generator) -> Scene:
    size = photo_size(chance)
    row, column = np.mgrid[0 : 1 : size[0] * 1j, 0 : 1 : size[1] * 1j]
    angle, where = chance.uniform(0, 2 * np.pi), chance.uniform(-0.2, 0.2)
    edge = (row - 0.5) * np.sin(angle) + (column - 0.5) * np.cos(angle) - where
    light = daylight(size, chance) * (1 - chance.uniform(0.25, 0.5) / (1 + np.exp(edge / chance.uniform(0.01, 0.08))))
    return Scene(saved(lit(inked(sheet(size), on_paper(digit, size, chance), pen(chance)), light, chance)), digit)


def narrow_shadow(digit: int, chance: Generator) -> Scene:
    """The shadow of a pen, a finger or a phone's edge, beside the digit or across it."""
    size = photo_size(chance)
    row, column = np.mgrid[0 : 1 : size[0] * 1j, 0 : 1 : size[1] * 1j]
    angle, where = chance.uniform(0, np.pi), chance.uniform(-0.35, 0.35)
    across = np.abs((row - 0.5) * np.sin(angle) + (column - 0.5) * np.cos(angle) - where)
    half, soft = chance.uniform(0.03, 0.08), chance.uniform(0.006, 0.02)
    light = daylight(size, chance) * (1 - chance.uniform(0.25, 0.5) / (1 + np.exp((across - half) / soft)))
    height = chance.uniform(0.3, 0.6) * min(size)
    written = write(digit, size, height, height * chance.uniform(0.035, 0.08), chance)
    return Scene(saved(lit(inked(sheet(size), written, (BLACK, BLUE)[chance.integers(2)]), light, chance)), digit)


def two_tone(digit: int, chance: Generator) -> Scene:
    """A pen that was pressed hard in one part of the digit only."""
    size = photo_size(chance)
    written = on_paper(digit, size, chance, pressed=chance.uniform(0.3, 0.5))
    return Scene(
        saved(lit(inked(sheet(size), written, (BLACK, BLUE)[chance.integers(2)]), daylight(size, chance, 0.2), chance)),
        digit,
    )


def reaching(digit: int, chance: Generator) -> Scene:
    """A large digit that runs out of the picture at one side, perhaps with something small beside it."""
    size = photo_size(chance)
    height = chance.uniform(0.9, 1.0) * size[0]
    middle = chance.uniform(0.45, 0.55), float(chance.choice([0.47, 0.53]))
    written = write(digit, size, height, height * chance.uniform(0.05, 0.14), chance, middle=middle)
    paper = sheet(size, (0.8, 0.8, 0.78))
    if chance.random() < 0.6:
        small = write(int(chance.integers(10)), size, 0.16 * size[0], 2, chance, middle=(0.92, 0.12))
        paper = inked(paper, small, (0.6, 0.6, 0.6))
    light = daylight(size, chance, 0.3)
    light[-max(2, size[0] // 50) :] *= 0.8
    return Scene(saved(lit(inked(paper, written, BLACK), light, chance)), digit)


def boxed(digit: int, chance: Generator) -> Scene:
    """In the printed box of a form, or in a row of them."""
    size = (int(chance.integers(260, 500)),) * 2
    height = chance.uniform(0.3, 0.55) * size[0]
    written = write(digit, size, height, height * chance.uniform(0.04, 0.1), chance)
    half, tilt = height * chance.uniform(0.62, 0.75), chance.uniform(-0.03, 0.03)
    form = Image.new("L", size)
    drawn = ImageDraw.Draw(form)
    line = int(chance.integers(2, 5))
    for step in (-1, 0, 1) if chance.random() < 0.4 else (0,):
        corners = [(x + 2 * step * half, y) for x, y in ((-half, -half), (half, -half), (half, half), (-half, half))]
        turned = [(size[1] / 2 + x - tilt * y, size[0] / 2 + y + tilt * x) for x, y in corners]
        drawn.line([*turned, turned[0]], fill=255, width=line)
    tone = np.array(((0.15, 0.15, 0.15), (0.8, 0.3, 0.25), (0.3, 0.45, 0.8))[chance.integers(3)])
    share = gaussian_filter(np.asarray(form) / 255, 0.6)[..., None]
    picture = inked(sheet(size) * (1 - share) + tone * share, written, (BLACK, BLUE)[chance.integers(2)])
    return Scene(saved(lit(picture, daylight(size, chance, 0.2), chance)), digit)


def coloured(digit: int, chance: Generator) -> Scene:
    """Inks and papers of about the same lightness."""
    pairs = (
        ((0.98, 0.88, 0.1), (0.95, 0.95, 0.95)),
        ((0.2, 0.55, 0.25), (0.78, 0.28, 0.25)),
        ((0.95, 0.6, 0.75), (0.93, 0.93, 0.95)),
        ((0.55, 0.85, 0.95), (0.97, 0.97, 0.95)),
        ((0.85, 0.2, 0.15), (0.35, 0.45, 0.85)),
    )
    ink, ground = pairs[chance.integers(len(pairs))]
    size = photo_size(chance)
    share = gaussian_filter(on_paper(digit, size, chance).ink, 0.8)[..., None]
    picture = np.array(ground) * (1 - share) + np.array(ink) * share
    return Scene(saved(lit(picture, daylight(size, chance, 0.15), chance, 0.012), quality=85), digit)


def table(digit: int, chance: Generator) -> Scene:
    """A sheet on a darker table, not quite straight."""
    size = photo_size(chance)
    row, column = np.mgrid[-1 : 1 : size[0] * 1j, -1 : 1 : size[1] * 1j]
    tilt, edge = chance.uniform(-0.1, 0.1), chance.uniform(0.75, 0.95, 4)
    outside = (row + tilt * column > edge[0]) | (column - tilt * row > edge[1])
    outside |= (-row + tilt * column > edge[2] + 0.2) | (-column - tilt * row > edge[3] + 0.2)
    paper = np.where(outside[..., None], np.array((0.35, 0.24, 0.16)), sheet(size))
    written = on_paper(digit, size, chance, high=(0.25, 0.5))
    return Scene(saved(lit(inked(paper, written, pen(chance)), daylight(size, chance), chance)), digit)


def board(digit: int, chance: Generator) -> Scene:
    """Chalk on a dark board, smeared."""
    size = photo_size(chance)
    written = on_paper(digit, size, chance, high=(0.4, 0.8))
    smear = gaussian_filter(chance.normal(0, 1, size), 12)
    dark = 0.16 + 0.03 * smear / smear.std()
    chalk = gaussian_filter(written.ink * np.clip(chance.normal(0.8, 0.25, size), 0, 1), 0.7)
    tone = np.array((0.8, 1, 0.85))
    picture = (dark * (1 - chalk))[..., None] * tone + chalk[..., None] * 0.85
    return Scene(saved(lit(picture, daylight(size, chance), chance, 0.015)), digit)


def scan(digit: int, chance: Generator) -> Scene:
    """A scan with specks of dust, or a tiny crop."""
    size = (int(chance.integers(40, 120)),) * 2 if chance.random() < 0.4 else photo_size(chance)
    paper = sheet(size, (0.97, 0.97, 0.97))
    written = on_paper(digit, size, chance, high=(0.45, 0.8))
    if min(size) > 200:
        for _ in range(int(chance.integers(3, 15))):
            y, x = (int(chance.integers(0, side - 4)) for side in size)
            paper[y : y + 3, x : x + 3] = 0.3
    return Scene(saved(lit(inked(paper, written, BLACK), 1, chance, 0.01), "PNG"), digit)


def several(digit: int, chance: Generator) -> Scene:
    """A number; the digit is the one nearest to the middle."""
    count = int(chance.integers(2, 6))
    height = int(chance.integers(60, 130))
    size = (int(height * chance.uniform(1.3, 3)), int(height * 0.95 * (count + 0.6)))
    paper = sheet(size)
    colour, width, lift = pen(chance), height * chance.uniform(0.05, 0.1), chance.uniform(-0.1, 0.1)
    places = (np.arange(count) - (count - 1) / 2) * height * 0.95
    places += chance.choice([-0.12, 0.12]) * height  # so that one is clearly the nearest
    nearest = int(np.abs(places).argmin())
    for index, place in enumerate(places):
        shown = digit if index == nearest else int(chance.integers(10))
        middle = 0.5 + place / size[1], 0.5 + lift * (index - nearest) / count
        paper = inked(paper, write(shown, size, height * 0.8, width, chance, middle=middle), colour)
    return Scene(saved(lit(paper, daylight(size, chance, 0.25), chance)), digit)


def turned(digit: int, chance: Generator) -> Scene:
    """A phone's photo that lies on its side and says so."""
    size = photo_size(chance)
    picture = lit(inked(sheet(size), on_paper(digit, size, chance), pen(chance)), daylight(size, chance), chance)
    exif = Image.Exif()
    quarters = int(chance.integers(1, 4))
    exif[0x0112] = {1: 6, 2: 3, 3: 8}[quarters]
    return Scene(saved(np.rot90(picture, quarters), exif=exif), digit)


KINDS: dict[str, Callable[[int, Generator], Scene]] = {
    make.__name__: make
    for make in (
        *(paint28_thin, paint28_corner, paint28_filling, paint28_soft, canvas, plain, pencil, ruled, wide_shadow),
        *(narrow_shadow, two_tone, reaching, boxed, coloured, table, board, scan, several, turned),
    )
}
