"""Pictures as bytes, floats, PNG and text, held against Pillow and zlib rather than against themselves."""

import base64
import io
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.data.ink import canvas, strokes
from vaegan.data import drawing, pictures
from vaegan.errors import ImageError


def noise(shape=(28, 28), seed=0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def test_bytes_and_floats_are_exact_both_ways():
    levels = np.arange(256, dtype=np.uint8)
    floats = pictures.from_uint8(levels)
    assert floats.dtype == np.float32
    assert np.array_equal(floats, (np.arange(256) / 255).astype(np.float32))
    assert np.array_equal(pictures.to_uint8(floats), levels)
    assert pictures.to_uint8(levels) is levels


def test_to_uint8_rounds_and_clips():
    assert pictures.to_uint8(np.array([-1, 0, 0.499 / 255, 0.501 / 255, 1, 7])).tolist() == [0, 0, 0, 1, 255, 255]


@pytest.mark.parametrize("wrong", [np.array([np.nan]), np.array([np.inf]), np.array([3]), np.array([True])])
def test_to_uint8_refuses_what_has_no_range(wrong):
    with pytest.raises(ImageError):
        pictures.to_uint8(wrong)


def test_from_uint8_refuses_floats():
    wrong: Any = np.zeros(3)
    with pytest.raises(ImageError, match="float64"):
        pictures.from_uint8(wrong)


@pytest.mark.parametrize("scale", [1, 3])
def test_png_is_what_pillow_reads_back(scale):
    pixels = noise((5, 7))
    with Image.open(io.BytesIO(pictures.png_bytes(pictures.from_uint8(pixels), scale))) as picture:
        assert picture.mode == "L"
        assert picture.size == (7 * scale, 5 * scale)
        assert np.array_equal(np.array(picture.resize((7, 5), Image.Resampling.NEAREST)), pixels)
        assert np.array_equal(np.array(picture), np.kron(pixels, np.ones((scale, scale), np.uint8)))


def test_png_keeps_colours():
    pixels = noise((4, 6, 3))
    with Image.open(io.BytesIO(pictures.png_bytes(pixels, 2))) as picture:
        assert picture.mode == "RGB"
        assert np.array_equal(np.array(picture)[::2, ::2], pixels)


@pytest.mark.parametrize(("shape", "scale"), [((28, 28, 4), 1), ((28,), 1), ((0, 5), 1), ((28, 28), 0)])
def test_png_refuses_other_shapes(shape, scale):
    with pytest.raises(ImageError):
        pictures.png_bytes(np.zeros(shape, np.uint8), scale)


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8), noise(), noise(seed=1), strokes(3, 28)],
    ids=["black", "white", "noise", "noise 1", "strokes"],
)
def test_packing_is_exact_short_and_safe_in_a_link(pixels):
    digit = pictures.from_uint8(pixels)
    text = pictures.pack(digit)
    assert text.isascii()
    assert text.replace("-", "").replace("_", "").isalnum()
    assert len(text) <= pictures.MAX_PACKED
    assert pictures.unpack(text).dtype == np.float32
    assert np.array_equal(pictures.unpack(text), digit)
    assert pictures.pack(pixels) == text


def test_a_drawn_digit_packs_short():
    assert len(pictures.pack(drawing.from_drawing(canvas(strokes(20))).digit)) < 400


def test_pack_refuses_other_sizes():
    with pytest.raises(ImageError, match="28"):
        pictures.pack(np.zeros((27, 28)))


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


WHOLE = zlib.compress(noise().tobytes(), 9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "AAAA",
        "=" * 8,
        "a b",
        "ü" * 8,
        "../../etc/passwd",
        "\x00" * 20,
        packed(WHOLE) + "\n",
        packed(WHOLE) + "=",
        packed(WHOLE) + "%",
        packed(WHOLE)[:-1],
        packed(WHOLE)[:100],
        packed(WHOLE + b"more"),
        packed(WHOLE[:-1] + bytes([WHOLE[-1] ^ 1])),
        packed(zlib.compress(bytes(783))),
        packed(zlib.compress(bytes(785))),
        packed(zlib.compress(bytes(700_000), 9)),
        packed(zlib.compress(b"")),
        packed(bytes(784)),
        "A" * 1_000_000,
    ],
    ids=range(21),
)
def test_unpack_trusts_nothing(text):
    with pytest.raises(ImageError) as caught:
        pictures.unpack(text)
    assert len(str(caught.value)) < 300


def test_unpack_never_holds_more_than_a_digit(monkeypatch):
    """The reader is asked for 785 bytes at most, whatever the text promises."""
    asked = []

    class Reader:
        eof, unused_data = True, b""

        def decompress(self, data, limit):
            asked.append(limit)
            return bytes(limit)

    monkeypatch.setattr("vaegan.data.pictures.zlib.decompressobj", Reader)
    with pytest.raises(ImageError):
        pictures.unpack("AAAA")
    assert asked == [785]


def test_tile_lays_out_row_by_row():
    sheet = pictures.tile(np.arange(1, 6).reshape(5, 1, 1), columns=3, gap=1)
    assert sheet.tolist() == [[1, 0, 2, 0, 3], [0, 0, 0, 0, 0], [4, 0, 5, 0, 0]]


@pytest.mark.parametrize(
    ("count", "columns", "gap", "shape"), [(10, 5, 2, (58, 148)), (3, 8, 4, (28, 92)), (1, 1, 0, (28, 28))]
)
def test_tile_is_as_large_as_it_must_be(count, columns, gap, shape):
    digits = pictures.from_uint8(noise((count, 28, 28)))
    sheet = pictures.tile(digits, columns, gap)
    assert sheet.shape == shape
    assert sheet.dtype == np.float32
    assert np.array_equal(sheet[:28, :28], digits[0])
    assert sheet.sum() == pytest.approx(digits.sum(), rel=1e-5)


@pytest.mark.parametrize(
    ("shape", "columns", "gap"), [((28, 28), 2, 2), ((0, 28, 28), 2, 2), ((2, 28, 28), 0, 2), ((2, 28, 28), 2, -1)]
)
def test_tile_refuses_what_makes_no_sheet(shape, columns, gap):
    with pytest.raises(ImageError):
        pictures.tile(np.zeros(shape), columns, gap)
