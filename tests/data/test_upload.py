"""Uploads of every kind Pillow can write, and photos made by formula."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile
from scipy import ndimage

from tests.data.ink import apart, paper, photo, seven, wanted, written
from vaegan.data.upload import Corrections, from_upload, read_upload
from vaegan.errors import EmptyImageError

# What the eye sees, whatever the mode and the format


@pytest.mark.parametrize("dark_on_bright", [True, False])
@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("PNG", mode) for mode in ("1", "L", "P", "RGB", "RGBA", "LA", "I;16")),
        *(("JPEG", mode) for mode in ("1", "L", "RGB", "CMYK", "YCbCr")),
        *(("WEBP", mode) for mode in ("L", "RGB", "RGBA", "LA")),
        *(("BMP", mode) for mode in ("1", "L", "P", "RGB", "RGBA")),
        *(("GIF", mode) for mode in ("1", "L", "P", "RGB")),
        *(("TIFF", mode) for mode in ("1", "L", "P", "RGB", "RGBA", "I;16")),
        *(("AVIF", mode) for mode in ("L", "RGB", "RGBA")),
    ],
)
def test_every_mode_of_every_format(kind, mode, dark_on_bright):
    source = paper(seven(), dark_on_bright)
    if mode == "I;16":
        source = Image.fromarray(np.asarray(source) * np.uint16(257))
    elif mode != "L":
        source = source.convert("RGB").convert(mode)
    assert apart(written(source, kind), seven()) < 0.1


def test_low_contrast_in_16_bits_is_not_clipped():
    deep = np.where(seven() > 0, 9_000, 40_000).astype(np.uint16)
    assert apart(written(Image.fromarray(deep)), seven()) < 0.1


@pytest.mark.parametrize("ink", ["black", "white", "red"])
@pytest.mark.parametrize("behind", ["black", "white"])
def test_ink_on_transparency_whatever_its_colour_and_what_lies_behind(ink, behind):
    picture = Image.composite(
        Image.new("RGB", (300, 300), ink), Image.new("RGB", (300, 300), behind), Image.fromarray(seven())
    )
    picture.putalpha(Image.fromarray(seven()))
    assert apart(written(picture), seven()) < 0.1


@pytest.mark.parametrize("dark_on_bright", [True, False])
def test_a_sheet_with_transparent_corners(dark_on_bright):
    mask = Image.new("L", (300, 300))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, 299, 299), 60, fill=255)
    picture = paper(seven(), dark_on_bright)
    picture.putalpha(mask)
    assert apart(written(picture), seven()) < 0.1


def test_a_palette_with_a_transparent_colour():
    picture = Image.fromarray((seven() > 127).astype(np.uint8), "L").convert("P")
    picture.putpalette([200, 30, 30, 0, 0, 0])
    assert apart(written(picture, transparency=0), seven()) < 0.1


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_turned_upright(kind, orientation):
    undo: dict[int, Callable[[np.ndarray], np.ndarray]] = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: a.T,
        6: np.rot90,
        7: lambda a: np.rot90(a, 2).T,
        8: lambda a: np.rot90(a, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = written(paper(np.ascontiguousarray(undo[orientation](seven()))), kind, exif=exif)
    assert apart(data, seven()) < 0.1


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_the_first_frame_of_an_animation(kind):
    others = [paper(np.fliplr(seven())), paper(np.flipud(seven()))]
    data = written(paper(seven()), kind, save_all=True, append_images=others, duration=100)
    with Image.open(io.BytesIO(data)) as check:
        assert isinstance(check, PngImageFile | WebPImageFile)
        assert check.n_frames == 3
    assert apart(data, seven()) < 0.1


def test_a_phones_jpeg_with_a_second_picture_behind_it():
    data = written(paper(seven()).convert("RGB"), "MPO", save_all=True, append_images=[Image.new("RGB", (300, 300))])
    assert apart(data, seven()) < 0.1


# Photos


@pytest.mark.parametrize("quality", [20, 90])
@pytest.mark.parametrize(
    "conditions",
    [{}, {"noise": 20}, {"shadow": 0.4}, {"lines": 0.3}, {"noise": 10, "shadow": 0.3, "lines": 0.2}],
    ids=["slope", "noise", "shadow", "lines", "all"],
)
def test_a_photo_of_ink_on_paper(conditions, quality):
    ink = np.pad(seven(), ((200, 100), (80, 220)))
    data = written(photo(ink, **conditions), "JPEG", quality=quality)
    assert apart(data, seven()) < 0.25
    stages = from_upload(data).stages
    assert [stage.name for stage in stages][:2] == ["what you uploaded", "the ink: dark ink on brighter paper"]
    assert all(stage.picture.dtype == np.uint8 and stage.picture.ndim == 2 for stage in stages)


@pytest.mark.parametrize("side", [80, 150, 3000])
def test_a_photo_of_any_size(side):
    picture = photo(np.pad(seven(), 100)).resize((side, side), Image.Resampling.LANCZOS)
    assert apart(written(picture, "JPEG"), seven()) < 0.4


@pytest.mark.parametrize("margin", [0.06, 0.2])
def test_the_table_around_the_paper_is_no_ink(margin):
    picture = np.array(photo(np.pad(seven(), 150)))
    edge = int(margin * 600)
    table = np.ones((600, 600), bool)
    table[edge:-edge, edge:-edge] = False
    picture[table] = (70, 55, 40)
    assert apart(written(Image.fromarray(picture), "JPEG"), seven()) < 0.25


def test_specks_are_dirt():
    ink = np.pad(seven(), 100)
    for row, column in ((20, 30), (450, 470), (480, 20)):
        ink[row : row + 6, column : column + 6] = 255
    assert apart(written(photo(ink), "JPEG"), seven()) < 0.25


def test_of_several_digits_the_most_central_is_taken_and_all_are_offered():
    row = np.hstack([np.fliplr(seven()), seven(), np.flipud(seven()), np.fliplr(seven())[:, :200]])
    found = read_upload(written(paper(row)))
    assert len(found.digits) == 4
    assert found.main == 1
    assert np.abs(found.taken.digit - wanted(seven())).sum() < 0.1 * wanted(seven()).sum()
    assert np.abs(found.digits[2].digit - wanted(np.flipud(seven()))).sum() < 0.1 * wanted(seven()).sum()
    assert found.taken.stages[1].name.endswith("4 digits")


def test_a_digit_alone_is_one_digit():
    assert len(read_upload(written(paper(seven()))).digits) == 1


def test_a_person_turns_cuts_and_swaps():
    sheet = np.hstack([np.rot90(seven()), np.zeros((300, 100), np.uint8), np.rot90(np.fliplr(seven()))])
    left = read_upload(written(paper(sheet)), Corrections(quarters=1, part=(0, 0, 1, 3 / 7)))
    assert np.abs(left.taken.digit - wanted(seven())).sum() < 0.1 * wanted(seven()).sum()
    once = from_upload(written(paper(seven()))).digit
    swapped = read_upload(written(paper(seven())), Corrections(swapped=True)).taken
    assert np.abs(swapped.digit - once).sum() > 0.3 * once.sum()
    assert "bright ink" in swapped.stages[1].name


@pytest.mark.parametrize("part", [(1, 1, 1, 1), (0.5, 0, 0.5, 1), (0, 0, 1, 0), (0.99, 0, 1, 1)])
def test_a_cut_that_leaves_nothing_says_so(part):
    with pytest.raises(EmptyImageError, match="leaves nothing"):
        read_upload(written(paper(seven())), Corrections(part=part))


def test_ink_that_touches_all_edges():
    ink = seven()
    rows, columns = ndimage.find_objects((ink > 0).astype(int))[0]
    assert apart(written(paper(ink[rows, columns])), ink) < 0.1


@pytest.mark.parametrize("shade", [0, 90, 255])
@pytest.mark.parametrize("size", [(1, 1), (3, 200), (28, 28), (56, 56), (300, 300)])
def test_one_tone_is_empty(size, shade):
    with pytest.raises(EmptyImageError):
        from_upload(written(Image.new("L", size, shade)))


@pytest.mark.parametrize("conditions", [{}, {"noise": 15}, {"shadow": 0.4}, {"noise": 10, "shadow": 0.3}])
def test_blank_paper_is_empty(conditions):
    with pytest.raises(EmptyImageError, match="pen"):
        from_upload(written(photo(np.zeros((500, 500), np.uint8), **conditions), "JPEG"))


def test_nothing_but_transparency_is_empty():
    with pytest.raises(EmptyImageError, match="transparent"):
        from_upload(written(Image.new("RGBA", (50, 50), (255, 255, 255, 0))))


# Pictures that are digits already


def noisy_digit() -> np.ndarray:
    generator = np.random.default_rng(0)
    clean = np.array(paper(seven(), dark_on_bright=False).resize((28, 28), Image.Resampling.BOX)) / 255
    return np.round(np.clip(clean + generator.normal(0, 0.5, (28, 28)), 0, 1) * 255).astype(np.uint8)


@pytest.mark.parametrize("scale", [1, 2, 10])
@pytest.mark.parametrize("dark_on_bright", [True, False])
def test_mnists_form_is_taken_as_it_is_noise_and_all(dark_on_bright, scale):
    pixels = noisy_digit()
    given = np.kron(255 - pixels if dark_on_bright else pixels, np.ones((scale, scale), np.uint8))
    digit, stages = from_upload(written(Image.fromarray(given)))
    assert np.array_equal(digit, (pixels / 255).astype(np.float32))
    assert [stage.name for stage in stages] == ["what you uploaded", "28 by 28 already: used as it is"]
    assert np.array_equal(stages[-1].picture, pixels)


def test_28_by_28_that_is_not_in_mnists_form_is_brought_into_it():
    pixels = np.zeros((28, 28), np.uint8)
    pixels[2:13, 3:5] = 255
    digit, stages = from_upload(written(Image.fromarray(pixels)))
    rows, columns = np.nonzero(digit > 0.5)
    assert np.ptp(rows) >= 18
    assert abs(columns.mean() - 13.5) <= 1
    assert stages[-1].name == "centred by mass in 28 by 28"


# From phones, and of few tones


def test_ink_of_one_tone_is_read():
    """Its drops differ in their last bits only, too little for a histogram of floats."""
    bar = np.full((200, 200), 128, np.uint8)
    bar[5:-5, 100:104] = 60
    digit = from_upload(written(Image.fromarray(bar))).digit
    assert digit.max() == pytest.approx(1, abs=0.05)
    rows, columns = np.nonzero(digit > 0.5)
    assert np.ptp(rows) >= 18
    assert np.ptp(columns) <= 2


def test_a_photo_of_an_iphone_is_read():
    """The file was written by pillow-heif; what the project installs reads HEIC and does not write it."""
    assert apart((Path(__file__).parent / "seven.heic").read_bytes(), seven()) < 0.1


@pytest.mark.slow
def test_a_phones_largest_usual_photo_is_read():
    """24 million pixels of HEIC, which no browser but Safari can make smaller; more are refused by the header."""
    large = (Path(__file__).parent / "large.heic").read_bytes()
    assert apart(large, seven()) < 0.4
