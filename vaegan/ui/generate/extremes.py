"""Digits of the gallery that stand out, as starting points: the most slanted 1, the boldest, and so on."""

from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from vaegan.config import SIDE
from vaegan.ui import resources


class Extremes(NamedTuple):
    """Digits of the gallery by their numbers there."""

    seven: int  # a plain one: upright, and neither bold nor thin
    three: int  # a plain one
    thin_seven: int
    slanted: int  # the 1 that leans furthest
    upright: int  # a straight 1 about as thick as the slanted one
    thin: int  # the 0 with the least ink
    bold: int  # a 0 with much more ink that leans as far as the thin one


@st.cache_resource(show_spinner=False)
def extremes() -> Extremes:
    """The extremes of the gallery; if it has no digit of a class, the gallery's first digit is used instead."""
    pictures, labels, _ = resources.gallery()
    lean = np.array([slant(picture) for picture in pictures])
    ink = pictures.sum(axis=(1, 2)) / np.median(pictures.sum(axis=(1, 2)))
    classes = np.array(labels)
    unusual = abs(lean) + abs(ink - 1)  # how far from upright, and from a usual amount of ink
    slanted = _least(-lean, classes == 1)
    thin = _least(ink, classes == 0)
    return Extremes(
        seven=_least(unusual, classes == 7),
        three=_least(unusual, classes == 3),
        thin_seven=_least(ink, classes == 7),
        slanted=slanted,
        upright=_least(2 * abs(lean) + abs(ink - ink[slanted]), classes == 1),
        thin=thin,
        bold=_least(4 * abs(lean - lean[thin]) - ink, classes == 0),
    )


def slant(picture: NDArray[np.float32]) -> float:
    """How far a digit (28, 28) leans to the right, in pixels for each pixel up: covariance over variance of its ink."""
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float64)
    mass = picture / picture.sum()
    up, across = (mass * rows).sum() - rows, columns - (mass * columns).sum()
    return float((mass * up * across).sum() / (mass * up * up).sum())


def _least(value: NDArray[np.float64], allowed: NDArray[np.bool_]) -> int:
    """The index of the smallest value among those allowed; 0 if none is allowed."""
    return int(np.where(allowed, value, np.inf).argmin())
