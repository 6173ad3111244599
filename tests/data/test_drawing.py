"""The image contract, held against scipy, Pillow and zlib rather than against itself."""

import time

import numpy as np
import pytest
from scipy import ndimage

from tests.data.ink import canvas, strokes
from vaegan.data import drawing
from vaegan.errors import EmptyImageError, ImageError


def box(picture: np.ndarray) -> tuple[int, int]:
    """Height and width of what is not 0."""
    rows, columns = ndimage.find_objects((picture > 0).astype(int))[0]
    return rows.stop - rows.start, columns.stop - columns.start


@pytest.mark.parametrize("width", [1, 4, 12, 20, 40])
@pytest.mark.parametrize("side", [120, 280, 600])
def test_a_drawing_takes_mnists_form(width, side):
    digit, stages = drawing.from_drawing(canvas(strokes(width, side)))
    assert digit.shape == (28, 28)
    assert digit.dtype == np.float32
    assert digit.max() == 1
    assert digit.min() == 0
    assert max(box(digit)) == 20
    assert np.abs(np.array(ndimage.center_of_mass(digit)) - 14).max() <= 0.5
    assert np.array_equal(digit, (np.round(digit * 255) / 255).astype(np.float32))
    assert all(isinstance(stage.name, str) and stage.picture.dtype == np.uint8 for stage in stages)
    assert all(stage.picture.ndim == 2 for stage in stages)
    assert np.array_equal(stages[-1].picture, np.round(digit * 255))


def test_a_drawing_keeps_its_proportions_and_its_place_does_not_matter():
    grey = np.zeros((280, 280), np.uint8)
    grey[20:120, 10:60] = 255
    moved = np.roll(grey, (130, 200), axis=(0, 1))
    digit = drawing.from_drawing(canvas(grey)).digit
    assert box(digit) == (20, 10)
    assert np.array_equal(digit, drawing.from_drawing(canvas(moved)).digit)


def test_shrinking_averages_areas():
    grey = np.zeros((300, 300), np.uint8)
    grey[50:250, 100:165] = 255  # 200 by 65: 20 by 6.5 pixels of the digit
    digit = drawing.centre(grey).digit
    assert digit.sum() == pytest.approx(20 * 6.5, abs=0.2)
    assert set(np.unique((digit * 255).round())) == {0, 64, 255}  # a quarter of a pixel on either side


@pytest.mark.parametrize("height", range(150, 350, 7))
def test_shrinking_keeps_the_mass_at_every_scale(height):
    """A block of any size covers the same area after shrinking, also where pixels straddle the new ones."""
    digit = drawing.centre(np.full((height, height // 2), 255, np.uint8)).digit
    assert digit.sum() == pytest.approx(20 * 20 * (height // 2) / height, rel=0.005)


@pytest.mark.parametrize("width", [1, 3, 8, 12])
def test_thin_strokes_are_thickened_to_mnists_width_and_say_so(width):
    prepared = drawing.from_drawing(canvas(strokes(width)))
    assert "thin strokes thickened" in [stage.name for stage in prepared.stages]
    length = np.hypot(130, 10) + np.hypot(90, 170)  # pixels of the canvas
    expected = length / 180 * 20 * drawing.TYPICAL_STROKE
    assert prepared.digit.sum() == pytest.approx(expected, rel=0.2)


def test_thick_strokes_are_left():
    names = [stage.name for stage in drawing.from_drawing(canvas(strokes(30))).stages]
    assert names == ["what you drew", "cropped to the ink", "fitted into 20 by 20", "centred by mass in 28 by 28"]


@pytest.mark.parametrize("gap", [400, 401, 402, 433])
def test_no_hair_is_lost(gap):
    """Two separate strokes, one pixel wide on a wide canvas, are still two after shrinking by 40."""
    grey = np.zeros((800, 800), np.uint8)
    grey[10:790, 100] = 255
    grey[10:790, 100 + gap] = 255
    digit = drawing.from_drawing(canvas(grey)).digit
    assert ndimage.label(digit > 0.5)[1] == 2


@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 120, 0), (0, 0, 200)])
def test_any_bright_colour_is_ink(colour):
    assert np.array_equal(
        drawing.from_drawing(canvas(strokes(25), colour)).digit, drawing.from_drawing(canvas(strokes(25))).digit
    )


def test_transparent_parts_of_a_canvas_are_background():
    rgba = np.full((280, 280, 4), 255, np.uint8)
    rgba[..., 3] = strokes(25)
    assert np.array_equal(drawing.from_drawing(rgba).digit, drawing.from_drawing(canvas(strokes(25))).digit)


@pytest.mark.parametrize("at", [(0, 0), (279, 0), (140, 140), (279, 279)])
def test_a_single_pixel_becomes_a_full_square(at):
    grey = np.zeros((280, 280), np.uint8)
    grey[at] = 255
    digit = drawing.from_drawing(canvas(grey)).digit
    assert digit.sum() == 400
    assert box(digit) == (20, 20)


def test_lopsided_ink_is_not_cut_off():
    """An L whose centre of mass would push its box over the edge."""
    grey = np.zeros((200, 200), np.uint8)
    grey[:, :50] = 255
    grey[-8:, :] = 255
    digit = drawing.centre(grey).digit
    assert box(digit) == (20, 20)


@pytest.mark.parametrize("alpha", [0, 255])
@pytest.mark.parametrize("shade", [0, 9])
def test_an_empty_canvas_is_an_error_that_says_what_to_do(alpha, shade):
    rgba = np.full((280, 280, 4), shade, np.uint8)
    rgba[..., 3] = alpha
    with pytest.raises(EmptyImageError, match="Draw"):
        drawing.from_drawing(rgba)


def test_a_white_canvas_is_one_big_square():
    assert drawing.from_drawing(np.full((280, 280, 4), 255, np.uint8)).digit.sum() == 400


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((280, 280), np.uint8),
        np.zeros((280, 280, 3), np.uint8),
        np.zeros((280, 280, 4), np.float32),
        np.zeros((0, 280, 4), np.uint8),
        np.broadcast_to(np.uint8(255), (1, 40_000_000, 4)),
    ],
    ids=["grey", "rgb", "float", "empty", "huge"],
)
def test_what_is_no_canvas_is_refused(wrong):
    with pytest.raises(ImageError, match="RGBA"):
        drawing.from_drawing(wrong)


def test_a_drawing_is_read_between_two_strokes():
    rgba = canvas(strokes(12))
    drawing.from_drawing(rgba)
    spent = []
    for _ in range(10):
        start = time.perf_counter()
        drawing.from_drawing(rgba)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.02  # 4 ms on an idle machine


def test_centre_takes_uint8_and_float_alike():
    grey = strokes(25)
    assert np.array_equal(drawing.centre(grey).digit, drawing.centre(grey / 255).digit)


def test_centre_stretches_faint_ink():
    assert np.array_equal(drawing.centre(strokes(25) // 3).digit, drawing.centre(strokes(25)).digit)


@pytest.mark.parametrize(
    "wrong", [np.zeros((3, 4, 5)), np.zeros((0, 4)), np.zeros(7), np.full((9, 9), np.nan), np.ones((1, 7000))]
)
def test_centre_refuses_what_is_no_picture(wrong):
    with pytest.raises(ImageError):
        drawing.centre(wrong)


def test_centre_finds_no_ink():
    with pytest.raises(EmptyImageError, match="ink"):
        drawing.centre(np.full((30, 30), 0.02))
