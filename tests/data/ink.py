"""Pictures of a seven: drawn, on a canvas, on paper, photographed, and as files."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from vaegan.data.drawing import from_drawing
from vaegan.data.upload import from_upload


def seven(side: int = 300, width: int = 26) -> np.ndarray:
    """A seven, uint8 (side, side), white on black, which no rotation or mirroring leaves as it is."""
    picture = Image.new("L", (side, side))
    ImageDraw.Draw(picture).line(
        [(x * side / 300, y * side / 300) for x, y in ((80, 60), (210, 75), (130, 250))], fill=255, width=width
    )
    return np.array(picture)


def written(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def paper(ink: np.ndarray, dark_on_bright: bool = True) -> Image.Image:
    return Image.fromarray(255 - ink if dark_on_bright else ink)


def photo(ink: np.ndarray, noise: float = 5, shadow: float = 0, lines: float = 0, seed: int = 0) -> Image.Image:
    """Dark blue ink on yellowish paper whose light falls off to the right, RGB."""
    generator = np.random.default_rng(seed)
    row, column = np.mgrid[0 : ink.shape[0], 0 : ink.shape[1]] / ink.shape[0]
    light = 220 - 90 * column
    light *= 1 - shadow / (1 + np.exp((0.4 * column + row - 0.9) / 0.02))
    light *= 1 - lines * (np.abs((row + 0.02 * column) % 0.1 - 0.05) < 0.004)
    share = ndimage.gaussian_filter(ink / 255, 1)[..., None]
    coloured = light[..., None] * (np.array([1, 0.98, 0.9]) * (1 - share) + np.array([0.15, 0.2, 0.45]) * share)
    return Image.fromarray(np.clip(coloured + generator.normal(0, noise, coloured.shape), 0, 255).astype(np.uint8))


def patched_png(width: int, height: int) -> bytes:
    """A tiny PNG whose header promises another size, checksum and all."""
    data = bytearray(written(Image.new("L", (8, 8))))
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


def wanted(grey: np.ndarray) -> np.ndarray:
    """The digit that the same strokes give when drawn: another way in, which decodes and separates nothing."""
    return from_drawing(np.dstack([grey, grey, grey, np.full_like(grey, 255)])).digit


def apart(data: bytes, ink: np.ndarray) -> float:
    """How far the digit of a file is from that of a drawing: 0 for the same, 1 or more for different digits."""
    return float(np.abs(from_upload(data).digit - wanted(ink)).sum() / wanted(ink).sum())


def strokes(width: int, side: int = 280, points=((70, 50), (200, 60), (110, 230))) -> np.ndarray:
    """A seven on black, uint8 (side, side), drawn with a round brush."""
    picture = Image.new("L", (side, side))
    draw = ImageDraw.Draw(picture)
    points = [(x * side / 280, y * side / 280) for x, y in points]
    draw.line(points, fill=255, width=width)
    for x, y in points:
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    return np.array(picture)


def canvas(grey: np.ndarray, colour=(255, 255, 255)) -> np.ndarray:
    rgba = np.zeros((*grey.shape, 4), np.uint8)
    rgba[..., 3] = 255
    rgba[..., :3] = grey[..., None] * (np.array(colour) / 255)
    return rgba
