"""What Repair hides of a digit: a block, a half, stripes, a mark, or what somebody painted."""

from typing import NamedTuple

import numpy as np

from vaegan.config import SIDE, NoiseConfig, NoiseKind
from vaegan.data.pictures import Float, Mask
from vaegan.studio import add_noise
from vaegan.ui.generate.masks import mask_of

PAINT = "paint"
DAMAGES = {
    PAINT: "What you paint",
    "block": "A block",
    "left": "The left half",
    "right": "The right half",
    "top": "The upper half",
    "bottom": "The lower half",
    "stripes": "Stripes",
    "occlusion": "A square anywhere",
    "watermark": "A watermark",
}
PARTIAL: dict[str, NoiseKind] = {"occlusion": "occlusion", "watermark": "watermark"}  # noises that cover a part
HOLE, INK = "hole", "ink"  # what paint is
GREY = 0.5  # of hidden pixels: neither paper nor ink


class Damage(NamedTuple):
    """One way to hide a part of a digit; which of the values count depends on the name, one of DAMAGES."""

    name: str
    top: int = 0
    left: int = 0
    size: int = 1
    level: int = 0  # percent
    seed: int = 0
    painted: str = ""  # a packed mask; empty if nothing is painted
    paint: str = HOLE

    def hide(self, digit: Float) -> tuple[Float, Mask]:
        """What is left of a digit (28, 28), and the mask of what is hidden."""
        if self.name in PARTIAL:
            return cover(digit, NoiseConfig(kind=PARTIAL[self.name], level=self.level / 100, seed=self.seed))
        hidden = mask_of(self.painted) if self.name == PAINT else hole(self.name, self.top, self.left, self.size)
        filled = 1.0 if (self.name, self.paint) == (PAINT, INK) else GREY
        return np.where(hidden, np.float32(filled), digit), hidden


def cover(digit: Float, noise: NoiseConfig) -> tuple[Float, Mask]:
    """The digit (28, 28) under a noise that covers a part of it, and the mask of that part."""
    return add_noise(digit, noise), add_noise(np.zeros_like(digit), noise) > 0


def hole(name: str, top: int, left: int, size: int) -> Mask:
    """The mask (28, 28) of the pixels that a block, a half or stripes hide."""
    row, column = np.mgrid[:SIDE, :SIDE]
    masks: dict[str, Mask] = {
        "block": (row >= top) & (row < top + size) & (column >= left) & (column < left + size),
        "left": column < SIDE // 2,
        "right": column >= SIDE // 2,
        "top": row < SIDE // 2,
        "bottom": row >= SIDE // 2,
        "stripes": (row + top) % (2 * size) < size,
    }
    return masks[name]


def psnr_inside(picture: Float, digit: Float, hidden: Mask) -> float:
    """PSNR in dB of the hidden pixels alone, at most 100."""
    error = np.square(picture - digit, dtype=np.float64)[hidden].mean()
    return float(-10 * np.log10(max(error, 1e-10)))
