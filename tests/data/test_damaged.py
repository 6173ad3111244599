"""Uploaded files that are no pictures, or damaged, or meant to do harm."""

import contextlib
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.ink import apart, paper, patched_png, photo, seven, written
from vaegan.data import decoding
from vaegan.data.upload import MAX_UPLOAD_BYTES, from_upload
from vaegan.errors import EmptyImageError, ImageError


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"hello, I am a text file", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7"],
    ids=["empty", "short", "text", "svg", "pdf"],
)
def test_other_files_are_refused(data):
    with pytest.raises(ImageError, match=r"PNG|empty") as refusal:
        from_upload(data)
    assert "b'" not in str(refusal.value), "Python's way to write bytes is nobody else's"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_file_cut_short_is_refused(kind, share):
    data = written(photo(np.pad(seven(), 100)), kind)
    with pytest.raises(ImageError, match=r"damaged|cut short|no picture"):
        from_upload(data[: int(len(data) * share)])


@pytest.mark.long
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_damaged_files_raise_nothing_else(kind):
    generator = np.random.default_rng(1)
    whole = (
        written(photo(seven(120, 12)), kind, exif=Image.Exif().tobytes())
        if kind != "BMP"
        else written(photo(seven(120, 12)), kind)
    )
    for _ in range(60):
        data = bytearray(whole)
        for at in generator.integers(0, len(data) if generator.random() < 0.5 else 200, 5):
            data[at] = generator.integers(256)
        with contextlib.suppress(ImageError):
            from_upload(bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        patched_png(90_001, 1_000),
        patched_png(12_000, 12_000),
        patched_png(2**31 - 1, 2**31 - 1),
        written(Image.new("RGB", (13_000, 13_000)), "WEBP", lossless=True, quality=0, method=0),
        written(Image.new("RGB", (16_383, 16_383)), "WEBP", lossless=True, quality=0, method=0),
        b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 60_000, 60_000, 1, 24, 0, 0, 0, 0, 0, 0),
    ],
    ids=["png", "png warned of", "png refused by pillow", "webp", "webp refused by pillow", "bmp"],
)
def test_bombs_are_refused_by_their_header(data, monkeypatch):
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("decoded a bomb"))
    with pytest.raises(ImageError, match="pixels"):
        from_upload(data)


def test_40_million_pixels_are_still_read():
    data = written(Image.new("1", (8_000, 5_000)))
    with pytest.raises(EmptyImageError):
        from_upload(data)


def test_large_files_are_refused_before_they_are_looked_at(monkeypatch):
    monkeypatch.setattr(decoding, "_opener", lambda _: pytest.fail("looked into it"))
    with pytest.raises(ImageError, match="20 MB"):
        from_upload(bytes(MAX_UPLOAD_BYTES + 1))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_is_no_reason_to_refuse_a_good_picture():
    data = written(paper(seven()), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff garbage")
    assert apart(data, seven()) < 0.1


def test_a_larger_heic_is_refused(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_HEIC", 24_000_000)
    with pytest.raises(ImageError, match="5712 by 4284 pixels; at most 24 million"):
        from_upload((Path(__file__).parent / "large.heic").read_bytes())
