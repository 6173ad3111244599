"""Pictures as arrays, and in the forms in which they leave the program: bytes, PNG, GIF, text for a link, sheets."""

import base64
import binascii
import io
import re
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vaegan.config import PIXELS, SIDE
from vaegan.errors import ImageError

MAX_PACKED = 1080  # characters; 784 random bytes, which cannot be compressed, take 1060
MASK_TEXT = 131  # characters of a mask in a link: 784 bits, six in each
Float = NDArray[np.float32]  # of any shape
Pictures = Float  # (N, 28, 28) or one, (28, 28), in [0, 1]
Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def to_uint8(image: NDArray[Any]) -> Bytes:
    """Round values in [0, 1], of any shape, to 0..255; values outside are clipped, and uint8 is returned as it is.

    Raises ImageError on NaN and infinities, and on other integers, whose range is unknown.
    """
    if image.dtype == np.uint8:
        return image
    if not np.issubdtype(image.dtype, np.floating):
        raise ImageError(f"A picture is uint8 or floating point in [0, 1], not {image.dtype}. Convert it first.")
    if not np.isfinite(image).all():
        raise ImageError("The picture holds values that are not finite numbers (NaN or infinity). Check their source.")
    rounded: Bytes = (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)
    return rounded


def from_uint8(array: Bytes) -> Float:
    """Turn uint8 of any shape into float32 k/255. Raises ImageError for any other type."""
    if array.dtype != np.uint8:
        raise ImageError(f"Expected a picture of type uint8, got {array.dtype}. Use to_uint8 first.")
    return array.astype(np.float32) / np.float32(255)


def png_bytes(image: NDArray[Any], scale: int = 1) -> bytes:
    """Write a picture, grey (H, W) or coloured (H, W, 3), uint8 or float in [0, 1], as PNG; pixels grow by `scale`."""
    if image.shape[2:] not in ((), (3,)) or image.ndim < 2 or image.size == 0 or scale < 1:
        raise ImageError(
            f"A PNG needs a picture (H, W) or (H, W, 3) and a scale from 1, not {image.shape} and {scale}."
        )
    pixels = to_uint8(image).repeat(scale, axis=0).repeat(scale, axis=1)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def gif_bytes(frames: NDArray[Any], milliseconds: int, scale: int = 1) -> bytes:
    """Write grey frames (N, H, W), uint8 or float in [0, 1], as a GIF that runs for ever; pixels grow by `scale`.

    Pillow merges equal frames that follow each other into one that is shown for longer.
    """
    if frames.ndim != 3 or frames.size == 0 or scale < 1 or milliseconds < 10:
        raise ImageError(f"A GIF needs frames (N, H, W), a scale from 1 and 10 ms a frame, not {frames.shape}.")
    pixels = to_uint8(frames).repeat(scale, axis=1).repeat(scale, axis=2)
    first, *others = [Image.fromarray(frame) for frame in pixels]
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=others, duration=milliseconds, loop=0)
    return buffer.getvalue()


def pack(image: NDArray[Any]) -> str:
    """Write a digit (28, 28) as text for a link: zlib in base64url, about 240 characters. Exact for k/255."""
    if image.shape != (SIDE, SIDE):
        raise ImageError(f"Only a picture of {SIDE} by {SIDE} fits into a link; this one is {image.shape}.")
    return base64.urlsafe_b64encode(zlib.compress(to_uint8(image).tobytes(), 9)).decode().rstrip("=")


def unpack(text: str) -> Float:
    """Read what `pack` wrote: float32 (28, 28). The text may come from anyone; ImageError says what is wrong."""
    if len(text) > MAX_PACKED or not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ImageError(
            f"This link holds no digit: {text[:40]!r} ({len(text)} characters). Copy the whole link again."
        )
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        reader = zlib.decompressobj()
        pixels = reader.decompress(packed, PIXELS + 1)  # bounded: 1080 characters could hold a megabyte of zeros
    except (binascii.Error, zlib.error) as error:
        raise ImageError(f"The digit in this link is damaged ({error}). Copy the whole link.") from error
    if len(pixels) != PIXELS or not reader.eof or reader.unused_data:
        raise ImageError(f"The digit in this link is not {PIXELS} pixels or is cut off. Copy the whole link.")
    return from_uint8(np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE))


def pack_mask(mask: Mask) -> str:
    """Write a mask (28, 28) as text for a link: a bit a pixel in base64url, always 131 characters."""
    if mask.shape != (SIDE, SIDE) or mask.dtype != np.bool_:
        raise ImageError(f"Only a mask of {SIDE} by {SIDE} fits into a link; this is {mask.dtype} {mask.shape}.")
    return base64.urlsafe_b64encode(np.packbits(mask).tobytes()).decode().rstrip("=")


def unpack_mask(text: str) -> Mask:
    """Read what `pack_mask` wrote: bool (28, 28). The text may come from anyone; ImageError says what is wrong."""
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{{MASK_TEXT}}}", text):
        raise ImageError(f"This link holds no mask: {text[:40]!r} ({len(text)} characters). Copy the whole link again.")
    bits = np.unpackbits(np.frombuffer(base64.urlsafe_b64decode(text + "="), np.uint8))
    mask: Mask = bits.reshape(SIDE, SIDE).astype(np.bool_)
    return mask


def tile(images: NDArray[Any], columns: int, gap: int = 2) -> NDArray[Any]:
    """Lay out pictures (N, h, w) row by row with black gaps between them: (H, W) of the same type."""
    if images.ndim != 3 or len(images) == 0 or columns < 1 or gap < 0:
        raise ImageError(f"Cannot tile {images.shape} into {columns} columns with a gap of {gap}: needs (N, h, w).")
    count, height, width = images.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    cells = np.zeros((rows * columns, height + gap, width + gap), images.dtype)
    cells[:count, :height, :width] = images
    grid = cells.reshape(rows, columns, height + gap, width + gap).swapaxes(1, 2)
    sheet = grid.reshape(rows * (height + gap), columns * (width + gap))
    return sheet[: sheet.shape[0] - gap, : sheet.shape[1] - gap]
