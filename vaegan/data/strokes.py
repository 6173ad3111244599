"""The strokes of a drawing, as the field in the browser draws them: checked, and as text for a link.

Strokes come from a browser or from a link, so nothing of them is trusted.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from vaegan.errors import ImageError

FIELD_SIDE = 280  # pixels along a side of the field, as in web/pad.js
OUTSIDE = 20  # pixels that a point may lie outside of the field, as in web/strokes.js
WIDTHS = (1, 60)  # pixels
MOST_STROKES = 200
MOST_POINTS = 4000  # of all strokes; a digit has about 40
MOST_TEXT = 1700  # characters of strokes in a link; with a digit, 2,000 as a rule
_DAMAGED = "The strokes in this link are damaged. Copy the whole link again."


class Stroke(NamedTuple):
    """One line of the pen: its width, and the points that it joins, all in whole pixels of the field."""

    width: int
    points: tuple[tuple[int, int], ...]


Strokes = tuple[Stroke, ...]


def checked(value: Any) -> Strokes:
    """Strokes as a browser sends them, a list of {"width", "points"}; none if there are more than can be kept.

    ImageError if they are anything else.
    """
    try:
        strokes = tuple(Stroke(each["width"], tuple((x, y) for x, y in each["points"])) for each in value)
    except (TypeError, ValueError, KeyError) as error:
        raise ImageError("The strokes of the drawing did not arrive as such. Draw it again.") from error
    if len(strokes) > MOST_STROKES or sum(len(points) for _, points in strokes) > MOST_POINTS:
        return ()
    if not fit(strokes):
        raise ImageError("The drawing has strokes that the field cannot have drawn. Clear it and draw again.")
    return strokes


def fit(strokes: Strokes) -> bool:
    """Whether the field can have drawn these strokes."""
    widths = [width for width, _ in strokes]
    places = [place for _, points in strokes for point in points for place in point]
    return (
        all(points for _, points in strokes)
        and all(type(number) is int for number in (*widths, *places))
        and all(WIDTHS[0] <= width <= WIDTHS[1] for width in widths)
        and all(-OUTSIDE <= place <= FIELD_SIDE + OUTSIDE for place in places)
    )


def pack_strokes(strokes: Strokes) -> str:
    """Strokes as text for a link, about three characters a point; an empty text if there are too many.

    Each stroke is its width, how many points it has, and the steps from each point to the next; small numbers take a
    byte. The first step is from the last point before it, or from the corner of the field.
    """
    text = base64.urlsafe_b64encode(bytes(_bytes_of(_numbers(strokes)))).decode().rstrip("=")
    return text if len(text) <= MOST_TEXT else ""


def unpack_strokes(text: str) -> Strokes:
    """Read what `pack_strokes` wrote. The text may come from anyone; ImageError says what is wrong."""
    if len(text) > MOST_TEXT or not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ImageError(_DAMAGED)
    try:
        numbers = _numbers_in(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        strokes = tuple(_strokes_in(numbers))
    except (binascii.Error, StopIteration, RuntimeError) as error:
        raise ImageError(_DAMAGED) from error
    if not fit(strokes) or pack_strokes(strokes) != text:
        raise ImageError(_DAMAGED)
    return strokes


def _numbers(strokes: Strokes) -> Iterator[int]:
    last = (0, 0)
    for width, points in strokes:
        yield from (width, len(points))
        for (x, y), (to_x, to_y) in pairwise((last, *points)):
            yield from (_unsigned(to_x - x), _unsigned(to_y - y))
        last = points[-1]


def _strokes_in(numbers: Iterator[int]) -> Iterator[Stroke]:
    x, y = 0, 0
    for width in numbers:
        points = []
        for _ in range(next(numbers)):
            x, y = x + _signed(next(numbers)), y + _signed(next(numbers))
            points.append((x, y))
        yield Stroke(width, tuple(points))


def _unsigned(number: int) -> int:
    """0, -1, 1, -2, 2 ... as 0, 1, 2, 3, 4 ..."""
    return 2 * number if number >= 0 else -2 * number - 1


def _signed(number: int) -> int:
    return number // 2 if number % 2 == 0 else -(number + 1) // 2


def _bytes_of(numbers: Iterable[int]) -> Iterator[int]:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    for number in numbers:
        rest = number
        while rest > 127:
            yield 128 | rest & 127
            rest >>= 7
        yield rest


def _numbers_in(data: bytes) -> Iterator[int]:
    """The numbers of `_bytes_of`; of one that is cut off nothing comes."""
    number = shift = 0
    for byte in data:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number
            number = shift = 0
