"""Any file that a camera, a scanner or a paint program writes becomes colours, uint8 (H, W, 3), upright.

A file may come from anyone. Its first bytes decide what kind of picture it is; its size, and for a JPEG the number of
its scans, are read before any pixel is decoded, so that work and memory are bounded, not only bytes; and whatever a
decoder raises becomes an ImageError.
"""

import io
import re

import numpy as np
import pi_heif
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from vaegan.data.pictures import Bytes
from vaegan.errors import EmptyImageError, ImageError

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
WORKING_SIDE = 800  # longer pictures are shrunk to this: a digit a tenth as long still has four times MNIST's detail
MAX_PIXELS = 50_000_000  # of a JPEG, which is decoded at a fraction of its size
MAX_DECODED = 80_000_000  # bytes of any other picture as its decoder leaves it
MAX_MODERN = 12_500_000  # pixels of WebP, AVIF and transparent HEIC, whose decoders take up to 15 bytes for each
MAX_HEIC = 25_000_000  # pixels of any other HEIC, whose decoder takes 7 bytes for each; phones write 12 or 24 million
MAX_PROGRESSIVE = 12_500_000  # pixels of a JPEG in several scans, of which all coefficients are kept until the last one
MAX_SCANS = 32  # of a JPEG; photos have about ten, and each costs as much as the first
NAMES = "PNG, JPEG, WebP, BMP, GIF, TIFF, HEIC or AVIF"
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # in a JPEG's scan all other FF belong to its data
_COMPRESSIONS = ("raw", "packbits", "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "group3", "group4", "tiff_ccitt")

Opener = type[ImageFile.ImageFile]

pi_heif.options.DECODE_THREADS = 1  # a class uploads at once, and there are two cores


def decoded(data: bytes) -> Bytes:
    """Decode a file into colours (H, W, 3): upright, what is transparent laid on a ground, no side above WORKING_SIDE.

    Raises EmptyImageError if nothing in it is opaque and ImageError if it cannot be read or would cost too much.
    """
    if not data:
        raise ImageError("The file is empty (0 bytes). Choose another one.")
    if len(data) > MAX_UPLOAD_BYTES:
        raise ImageError(
            f"The file has {len(data) / 2**20:.1f} MB; at most {MAX_UPLOAD_BYTES // 2**20} MB are read. "
            "Crop the picture or save it smaller."
        )
    opener = _opener(data)
    try:
        if opener is JpegImagePlugin.JpegImageFile:
            _check_scans(data)
        with opener(io.BytesIO(data)) as picture:
            _check_work(picture)
            picture.draft("RGB", (WORKING_SIDE, WORKING_SIDE))  # a JPEG is decoded no larger than needed
            small = _shrunk(picture)
        small = _upright(small)
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageError(f"The picture has too many pixels ({error}). Save it smaller.") from error
    except Exception as error:  # hostile bytes can make a decoder raise anything
        raise ImageError(
            "The picture cannot be decoded, it is damaged or cut short. Save it again as PNG or JPEG."
        ) from error
    return _flattened(small)


def _opener(data: bytes) -> Opener:
    """Choose the decoder by the file's first bytes.

    The decoders are called by themselves, as Image.open would warn about large pictures before we can refuse them.
    """
    begins: dict[bytes, Opener] = {
        b"\x89PNG\r\n\x1a\n": PngImagePlugin.PngImageFile,
        b"\xff\xd8\xff": JpegImagePlugin.JpegImageFile,
        b"BM": BmpImagePlugin.BmpImageFile,
        b"GIF87a": GifImagePlugin.GifImageFile,
        b"GIF89a": GifImagePlugin.GifImageFile,
        b"II*\x00": TiffImagePlugin.TiffImageFile,
        b"MM\x00*": TiffImagePlugin.TiffImageFile,
    }
    for begin, opener in begins.items():
        if data.startswith(begin):
            return opener
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WebPImagePlugin.WebPImageFile
    if data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis"):
        return AvifImagePlugin.AvifImageFile
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        heif: Opener = pi_heif.HeifImageFile
        return heif
    raise ImageError(f"This is no picture that can be read here, such as {NAMES}. Save it as PNG or JPEG.")


def _check_scans(data: bytes) -> None:
    """Count the scans of a JPEG's first picture before any is decoded; each of them passes over all its pixels."""
    at, scans, pixels = 2, 0, 0
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker == 0xD9:
            break
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            pixels = int.from_bytes(data[at + 5 : at + 7]) * int.from_bytes(data[at + 7 : at + 9])
        at += 2 + length
        if marker == 0xDA:
            scans += 1
            found = _MARKER.search(data, at)
            at = found.start() if found else len(data)
    if scans > MAX_SCANS:
        raise ImageError(
            f"This JPEG is stored in {scans} passes; photos have about ten, and at most {MAX_SCANS} are read. "
            "Save it again, without “progressive”."
        )
    if scans > 1 and pixels > MAX_PROGRESSIVE:
        raise _too_large(f"{pixels / 10**6:.0f} million pixels, stored in {scans} passes", MAX_PROGRESSIVE)


def _check_work(picture: ImageFile.ImageFile) -> None:
    """Refuse by its header what would take too much time or memory."""
    width, height = picture.size
    what = f"{width} by {height} pixels"
    if picture.format in ("JPEG", "MPO"):
        if width * height > MAX_PIXELS:
            raise _too_large(what, MAX_PIXELS)
    elif picture.format in ("WEBP", "AVIF", "HEIF"):
        most = MAX_HEIC if picture.format == "HEIF" and picture.mode == "RGB" else MAX_MODERN
        if width * height > most:
            raise _too_large(what, most)
    elif width * height * _bytes_a_pixel(picture.mode) > MAX_DECODED:
        raise _too_large(what, MAX_DECODED // _bytes_a_pixel(picture.mode))
    if picture.format == "TIFF" and picture.info.get("compression") not in _COMPRESSIONS:
        raise ImageError(
            f"This TIFF is compressed as {picture.info.get('compression')}, which is not read here. "
            "Save it as PNG or JPEG."
        )


def _bytes_a_pixel(mode: str) -> int:
    return {"1": 1, "L": 1, "P": 1, "I;16": 2}.get(mode, 4)


def _too_large(what: str, most: int) -> ImageError:
    return ImageError(f"The picture has {what}; at most {most // 10**6} million pixels are read. Save it smaller.")


def _shrunk(picture: Image.Image) -> Image.Image:
    """Reduce any mode to RGB or RGBA and any size to WORKING_SIDE, a few rows at a time where the picture is large."""
    factor = max(1, max(picture.size) // (2 * WORKING_SIDE))
    if factor == 1:
        small = _in_colours(picture)
    else:
        rows = factor * max(1, 1_000_000 // (factor * picture.width))
        bands = [
            _in_colours(picture.crop((0, top, picture.width, min(top + rows, picture.height))), picture).reduce(factor)
            for top in range(0, picture.height, rows)
        ]
        small = Image.new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
        top = 0
        for band in bands:
            small.paste(band, (0, top))
            top += band.height
    small.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BILINEAR)
    small.info = picture.info
    return small


def _in_colours(part: Image.Image, whole: Image.Image | None = None) -> Image.Image:
    """A picture of any mode as RGB, or as RGBA if some of it may be transparent."""
    if whole is not None:
        part.info = whole.info  # it says which colour is transparent
    if part.mode.startswith("I;16") or part.mode == "I":  # Pillow's own conversion clips at 255
        deep = np.asarray(part).clip(0, 65535)
        return Image.fromarray((deep // 257).astype(np.uint8)).convert("RGB")
    if part.mode == "F":
        return Image.fromarray((np.nan_to_num(np.asarray(part)).clip(0, 1) * 255).astype(np.uint8)).convert("RGB")
    if part.has_transparency_data:
        return part.convert("RGBA")
    return part.convert("RGB")


def _upright(picture: Image.Image) -> Image.Image:
    """Turn a photo as its EXIF data says, and leave it as it is if these cannot be read."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # noqa: BLE001 - hostile bytes again
        return picture


def _flattened(picture: Image.Image) -> Bytes:
    """Lay a picture on its background: transparent parts become paper, whichever colour the ink has.

    If all that is opaque has one tone, it is the ink itself, and its opacity is the amount of ink. Otherwise the opaque
    part shows ink and paper; the paper is the larger of the two, so its colour is put below the transparent part.
    """
    if picture.mode != "RGBA":
        return np.array(picture)
    colours, alpha = np.array(picture)[..., :3], np.array(picture)[..., 3:]
    opaque = alpha[..., 0] >= 128
    if not opaque.any():
        raise EmptyImageError("The picture is transparent all over. Upload one with a digit on it.")
    low, paper, high = np.percentile(colours[opaque], (2, 50, 98), axis=0)
    if (high - low).max() < 128 and opaque.mean() < 0.9:
        return alpha.repeat(3, axis=2)
    share = alpha / 255
    return np.asarray(colours * share + paper * (1 - share) + 0.5).astype(np.uint8)
