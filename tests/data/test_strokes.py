"""Strokes of a drawing: as text for a link and back, and what is refused."""

import re

import numpy as np
import pytest

from vaegan.data.strokes import MOST_POINTS, MOST_STROKES, MOST_TEXT, Stroke, Strokes, checked, pack_strokes
from vaegan.data.strokes import unpack_strokes as unpack
from vaegan.errors import ImageError

SEVEN = (Stroke(20, ((70, 60), (200, 60), (130, 220))), Stroke(8, ((-20, 300),)))


def walk(generator: np.random.Generator, points: int) -> Stroke:
    places = np.clip(np.cumsum(generator.integers(-9, 10, (points, 2)), axis=0) + 140, -20, 300)
    return Stroke(int(generator.integers(8, 41)), tuple((int(x), int(y)) for x, y in places))


def as_sent(strokes: Strokes) -> list[dict[str, object]]:
    return [{"width": width, "points": [list(point) for point in points]} for width, points in strokes]


def test_strokes_come_back_from_their_text():
    generator = np.random.default_rng(0)
    drawings = [(), SEVEN, *(tuple(walk(generator, 30) for _ in range(3)) for _ in range(20))]
    for strokes in drawings:
        text = pack_strokes(strokes)
        assert re.fullmatch(r"[A-Za-z0-9_-]*", text)
        assert unpack(text) == strokes
        assert checked(as_sent(strokes)) == strokes


def test_a_digit_takes_little_room_and_a_scribble_none():
    generator = np.random.default_rng(1)
    assert len(pack_strokes((walk(generator, 40),))) < 120
    assert pack_strokes((walk(generator, 2000),)) == ""


def test_what_is_too_much_to_keep_is_not_kept():
    generator = np.random.default_rng(2)
    assert checked(as_sent((walk(generator, MOST_POINTS + 1),))) == ()
    assert checked(as_sent((SEVEN[0],) * (MOST_STROKES + 1))) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        7,
        "strokes",
        [7],
        [{"width": 20}],
        [{"width": 20, "points": [[1]]}],
        [{"width": 20, "points": []}],
        [{"width": 20, "points": [[1, 301]]}],
        [{"width": 20, "points": [[-21, 1]]}],
        [{"width": 20, "points": [[1.5, 1]]}],
        [{"width": 20, "points": [[float("nan"), 1]]}],
        [{"width": True, "points": [[1, 1]]}],
        [{"width": 0, "points": [[1, 1]]}],
        [{"width": 61, "points": [[1, 1]]}],
        [{"width": "20", "points": [[1, 1]]}],
    ],
)
def test_what_a_browser_may_not_send(wrong):
    with pytest.raises(ImageError, match=r"[Dd]raw (it )?again"):
        checked(wrong)


@pytest.mark.parametrize(
    "wrong",
    ["A", "%%", "é", "A" * (MOST_TEXT + 1), "FA", "FAH_", pack_strokes(SEVEN)[:-2], pack_strokes(SEVEN) + "AA", "____"],
)
def test_what_a_link_may_not_hold(wrong):
    with pytest.raises(ImageError, match="Copy the whole link"):
        unpack(wrong)


def test_no_text_makes_anything_but_strokes_or_an_error():
    generator = np.random.default_rng(3)
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
    for _ in range(3000):
        text = "".join(generator.choice(letters, generator.integers(1, 60)))
        try:
            strokes = unpack(text)
        except ImageError:
            continue
        assert pack_strokes(strokes) == text
