"""The colours of the ten classes, measured: how far apart any two are, for whoever looks at them."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab

from vaegan.ui.classes import CLASS_COLOURS

Floats = NDArray[np.float64]
STAGE = "#10151c"
# G. Machado, M. Oliveira, L. Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency (2009):
# the matrices of severity 1 for linear RGB.
DICHROMATS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
VISIONS = {"normal": np.eye(3)} | {name: np.array(matrix) for name, matrix in DICHROMATS.items()}


def linear(colour: str) -> Floats:
    """Linear RGB in [0, 1] of "#rrggbb"."""
    value = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def seen(colour: str, vision: str) -> Floats:
    """CIELAB of a colour as people with this vision see it."""
    value = np.clip(VISIONS[vision] @ linear(colour), 0, 1)
    return rgb2lab(np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055))


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize(("vision", "least"), [("normal", 23), ("deuteranopia", 12.5), ("protanopia", 12.5)])
def test_any_two_classes_can_be_told_apart(vision, least):
    """CIEDE2000; where two colours fill areas that touch, about 2 is noticed."""
    distances = {
        pair: float(deltaE_ciede2000(*(seen(CLASS_COLOURS[label], vision) for label in pair)))
        for pair in combinations(range(10), 2)
    }
    nearest = min(distances, key=distances.__getitem__)
    print(f"{vision}: {distances[nearest]:.1f} between {nearest}")
    assert distances[nearest] >= least, nearest


def test_every_colour_can_be_read_on_the_stage():
    for colour in CLASS_COLOURS:
        assert (luminance(colour) + 0.05) / (luminance(STAGE) + 0.05) >= 4.5, colour
