"""Pieces of ink: which of them are writing, which are frames, tables and dirt, and which belong to one digit."""

from functools import reduce
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy.ndimage import binary_fill_holes, distance_transform_edt, find_objects
from skimage.measure import label, perimeter_crofton

from vaegan.data.pictures import Float, Mask

SPECK = 0.03  # of the size of the largest piece of ink; smaller pieces are dirt
MOST = 30  # pieces that are looked at; what has more is texture
THIN = 8  # a usual digit is so many times as long as its strokes are thick; thinner strokes gain nothing more
HUGGING = 0.045  # of the longer side; pieces along an edge that lie nearer to it than this on average are no digits
ENCLOSED = 0.3  # of a frame's extent; what is enclosed and at least so large is the digit, and the frame a box
LESSER = 0.45  # of the tallest digit's extent; what is smaller is no digit beside it


Box = tuple[int, int, int, int]  # rows and columns: top, left, bottom, right, the last two exclusive


class Piece(NamedTuple):
    """Ink that hangs together, or several such parts of one digit; a mask of the whole picture would be mostly empty.

    `mask` is what lies in the box.
    """

    box: Box
    mask: Mask

    @property
    def extent(self) -> int:
        """The longer side, in pixels."""
        return _extent(self.box)

    @property
    def area(self) -> int:
        """Pixels of ink."""
        return int(self.mask.sum())

    @property
    def middle(self) -> tuple[float, float]:
        """Row and column of the box's middle."""
        top, left, bottom, right = self.box
        return (top + bottom) / 2, (left + right) / 2

    @property
    def place(self) -> tuple[slice, slice]:
        """Where the mask lies in the picture."""
        top, left, bottom, right = self.box
        return slice(top, bottom), slice(left, right)


def pieces_of(mask: Mask) -> list[Piece]:
    """What hangs together in a mask, the largest first, without specks of dirt."""
    numbered = label(mask, connectivity=2)
    sizes = np.bincount(numbered.ravel())
    sizes[0] = 0
    places = find_objects(numbered)
    chosen = [number for number in np.argsort(-sizes)[:MOST] if sizes[number] >= max(SPECK * sizes.max(), 1)]
    found = []
    for number in chosen:
        rows, columns = places[number - 1]
        found.append(Piece((rows.start, columns.start, rows.stop, columns.stop), numbered[rows, columns] == number))
    return found


def covering(pieces: list[Piece], shape: tuple[int, ...]) -> Mask:
    """The pieces as a mask of a whole picture."""
    mask = np.zeros(shape, bool)
    for piece in pieces:
        mask[piece.place] |= piece.mask
    return mask


def joined(pieces: list[Piece]) -> Piece:
    """Several pieces as one."""
    if len(pieces) == 1:
        return pieces[0]
    top, left, bottom, right = reduce(_around, [piece.box for piece in pieces])
    moved = [Piece((box[0] - top, box[1] - left, box[2] - top, box[3] - left), mask) for box, mask in pieces]
    return Piece((top, left, bottom, right), covering(moved, (bottom - top, right - left)))


def thinness(mask: Mask) -> float:
    """How many times longer than thick a piece is, measured on a copy so small that noise leaves no holes in it."""
    longer = max(mask.shape)
    small = Image.fromarray(mask).convert("L")
    small = small.resize([max(1, side * 40 // longer) for side in small.size], Image.Resampling.BOX)
    values = np.asarray(small)
    body = np.pad(values >= min(64, int(values.max())), 1)
    return float(perimeter_crofton(body, 4) * max(small.size) / (2 * body.sum()))


def stroke_width(mask: Mask) -> float:
    """How thick the strokes of a piece are, in pixels: twice the usual depth of the pixels in their middle."""
    depth = distance_transform_edt(np.pad(mask, 1))
    return float(4 * depth[depth > 0].mean())  # in a long stroke depths go evenly from 0 to half its width


def hugs_an_edge(piece: Piece, shape: tuple[int, ...]) -> bool:
    """Whether a piece is a strip along the picture's edge, such as the table below the paper or a dark margin."""
    rows, columns = np.nonzero(piece.mask)
    rows, columns = rows + piece.box[0], columns + piece.box[1]
    depth = np.minimum.reduce([rows, columns, shape[0] - 1 - rows, shape[1] - 1 - columns])
    return touches_long(piece, shape) and bool(depth.mean() < HUGGING * max(shape))


def touches_long(piece: Piece, shape: tuple[int, ...]) -> bool:
    """Whether a piece covers a third of one of the picture's edges."""
    top, left, bottom, right = piece.box
    on_edges = (
        piece.mask[0].sum() / shape[1] if top == 0 else 0,
        piece.mask[-1].sum() / shape[1] if bottom == shape[0] else 0,
        piece.mask[:, 0].sum() / shape[0] if left == 0 else 0,
        piece.mask[:, -1].sum() / shape[0] if right == shape[1] else 0,
    )
    return max(on_edges) > 1 / 3


def without_boxes(pieces: list[Piece]) -> list[Piece]:
    """Leave out what encloses another piece of some size: the printed box of a form, or a circle around a digit."""
    return [piece for piece in pieces if not any(_encloses(piece, other) for other in pieces)]


def _encloses(piece: Piece, other: Piece) -> bool:
    """Whether a piece runs around another one of some size, even if its line is broken in places."""
    top, left, bottom, right = (a - b for a, b in zip(other.box, (*piece.box[:2],) * 2, strict=True))
    height, width = piece.mask.shape
    if other is piece or top < 1 or left < 1 or bottom >= height or right >= width:
        return False
    if other.extent < ENCLOSED * min(height, width):
        return False
    filled = binary_fill_holes(piece.mask)
    if filled[top:bottom, left:right][other.mask].mean() > 0.9:
        return True
    inside = piece.mask[height // 5 : height - height // 5, width // 5 : width - width // 5]
    return not inside.any()


def digits_of(pieces: list[Piece]) -> list[Piece]:
    """Put together the parts of each digit, such as the bar of a five, and leave out what is much smaller.

    Parts stand above each other, or they nearly touch. Two pieces beside each other are two digits.
    """
    groups = [([piece], piece.box) for piece in pieces]
    merged = True
    while merged:
        merged = False
        for index, (members, box) in enumerate(groups):
            partner = next((other for other in groups[index + 1 :] if _one_digit(box, other[1])), None)
            if partner is not None:
                groups.remove(partner)
                groups[index] = ([*members, *partner[0]], _around(box, partner[1]))
                merged = True
                break
    tallest = max(_extent(box) for _, box in groups)
    return [joined(members) for members, box in groups if _extent(box) >= LESSER * tallest]


def _extent(box: Box) -> int:
    return max(box[2] - box[0], box[3] - box[1])


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _one_digit(one: Box, other: Box) -> bool:
    """Whether pieces in two boxes are parts of the same digit."""
    heights = [box[2] - box[0] for box in (one, other)]
    widths = [box[3] - box[1] for box in (one, other)]
    beside = max(one[1], other[1]) - min(one[3], other[3])  # columns between them; negative: shared
    above = max(one[0], other[0]) - min(one[2], other[2])
    size = max(*heights, *widths)
    if beside < 0 and -beside >= 0.4 * min(widths):
        return above < 0.2 * size
    near = max(beside, 0) ** 2 + max(above, 0) ** 2 <= max(0.06 * size, 1) ** 2
    return near and min(heights) < 0.6 * max(heights)


def main_digit(digits: list[Piece], shape: tuple[int, ...]) -> int:
    """Which of the digits lies nearest to the middle of the picture."""
    away = [np.hypot(row - shape[0] / 2, column - shape[1] / 2) for row, column in (digit.middle for digit in digits)]
    return int(np.argmin(away))


def contrast(drop: Float, piece: Piece) -> float:
    """How much of the light a piece takes, in its middle rather than at its soft edges."""
    return float(np.percentile(drop[piece.place][piece.mask], 60))
