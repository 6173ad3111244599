"""A filter that people know beside the twins: which one, and what it makes of the same noisy pictures."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from time import perf_counter
from typing import NamedTuple

import numpy as np
import streamlit as st

from vaegan.config import SIDE, NoiseConfig
from vaegan.data.pictures import Float
from vaegan.denoisers import filters
from vaegan.studio import Rated, rate
from vaegan.ui import state

NAMES = {
    "mean": "Mean filter",
    "median": "Median filter",
    "gaussian": "Gaussian filter",
    "tv": "Total variation",
    "wavelet": "Wavelet shrinkage",
    "nlm": "Non-local means",
}
MEANT = {
    "mean": "each pixel becomes the mean of its surroundings",
    "median": "each pixel becomes the median of its surroundings",
    "gaussian": "each pixel becomes a mean of its surroundings in which near pixels count more",
    "tv": "the picture nearest to the noisy one in which grey values change little",
    "wavelet": "small coefficients of waves of every size and place are taken for noise and shrunk",
    "nlm": "each pixel becomes a mean of pixels whose surroundings look alike",
}
KEPT = 2048  # cleaned pictures, 6 KB each


class Filtered(NamedTuple):
    """A filter, and what it made of N pictures."""

    name: str  # a key of FILTERS in vaegan.denoisers.filters
    output: Rated

    @property
    def title(self) -> str:
        """The filter's name for people."""
        return NAMES[self.name]


def filter_choice() -> None:
    """Whether a filter stands beside the twins, and which."""
    st.toggle(
        "Compare with a filter",
        key=state.COMPARED,
        persist_state="session",
        help="A third column: what image processing made of noise before networks learned to.",
    )
    if state.chosen_filter() is not None:
        st.selectbox(
            "Filter",
            (state.BEST, *filters.FILTERS),
            key=state.FILTER,
            format_func=lambda name: NAMES.get(name, "Best for this noise"),
            persist_state="session",
            help="Their parameters were tuned on training digits, for each kind of noise at five levels. "
            "The best is the one with the highest PSNR there.",
        )


def in_force(chosen: str, noise: NoiseConfig) -> str:
    """The filter that was chosen; under "best", the one that does best under `noise`.

    ConfigError if it is not tuned for this kind of noise.
    """
    name = filters.best(noise) if chosen == state.BEST else chosen
    filters.parameters(name, noise)
    return name


def filtered(name: str, digit: Float, noisy: Float, noises: Sequence[NoiseConfig]) -> Filtered:
    """What the filter makes of `noisy` (N, 28, 28), a picture for each of `noises`, rated against the digit."""
    pairs = zip(noisy, noises, strict=True)
    output = np.stack([_cleaned(name, picture.tobytes(), noise) for picture, noise in pairs])
    return Filtered(name, rate(output, digit))


def words(found: Filtered, noise: NoiseConfig) -> str:
    """What the filter does, with which parameters, and what it was told, in sentences."""
    if noise.level == 0:
        return f"{found.title}: {MEANT[found.name]}. At level 0 it is left out."
    values = ", ".join(f"{name} {value}" for name, value in filters.parameters(found.name, noise).items())
    best = ", the best of all on training digits" if state.chosen_filter() == state.BEST else ""
    return (
        f"{found.title} ({values}){best}: {MEANT[found.name]}. "
        "It is told the kind of noise and its level; the networks are not."
    )


def milliseconds(work: Callable[[], object]) -> float:
    """How long `work` takes: the best of three, for what else the server does only adds."""
    taken = []
    for _ in range(3):
        started = perf_counter()
        work()
        taken.append(1000 * (perf_counter() - started))
    return min(taken)


@lru_cache(maxsize=KEPT)
def _cleaned(name: str, pixels: bytes, noise: NoiseConfig) -> Float:
    """One picture, cleaned; kept, since a slider passes the same levels again."""
    noisy = np.frombuffer(pixels, np.float32).reshape(1, SIDE, SIDE).copy()
    picture: Float = filters.clean(name, noisy, noise)[0]
    picture.setflags(write=False)
    return picture
