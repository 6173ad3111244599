"""A classical filter beside the twins: which one, and what it makes of the same noisy pictures."""

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

KEPT = 2048  # cleaned pictures, 6 KB each


class Filtered(NamedTuple):
    """A filter, and what it made of N pictures."""

    name: str  # a key of FILTERS in vaegan.denoisers.filters
    output: Rated

    @property
    def title(self) -> str:
        """The filter's name for people."""
        return filters.FILTERS[self.name].title


def filter_choice() -> None:
    """A widget that chooses which filter stands beside the twins."""
    st.selectbox(
        "Filter",
        (state.BEST, *filters.FILTERS),
        key=state.FILTER,
        format_func=lambda name: "Best for this noise" if name == state.BEST else filters.FILTERS[name].title,
        persist_state="session",
        width=280,
        help="Their parameters were tuned on training digits, for each kind of noise at five levels. "
        "The best is the one with the highest PSNR there.",
    )


def in_force(chosen: str, noise: NoiseConfig) -> str:
    """The filter to use: the chosen one, or for "best" the one that does best under `noise`.

    ConfigError if it is not tuned for this kind of noise.
    """
    name = filters.best(noise) if chosen == state.BEST else chosen
    filters.parameters(name, noise)
    return name


def filtered(name: str, digit: Float, noisy: Float, noises: Sequence[NoiseConfig]) -> Filtered:
    """What the filter makes of `noisy` (N, 28, 28), one picture for each of `noises`, rated against the digit."""
    pairs = zip(noisy, noises, strict=True)
    output = np.stack([_cleaned(name, picture.tobytes(), noise) for picture, noise in pairs])
    return Filtered(name, rate(output, digit))


def words(name: str, noise: NoiseConfig) -> str:
    """In sentences, what the filter does, with which parameters, and what it is told."""
    title, meaning, *_ = filters.FILTERS[name]
    if noise.level == 0:
        return f"{title}: {meaning}. At level 0 it is left out."
    values = ", ".join(f"{key} {value}" for key, value in filters.parameters(name, noise).items())
    best = ", the best of all on training digits" if state.chosen_filter() == state.BEST else ""
    return f"{title} ({values}){best}: {meaning}. It is told the kind of noise and its level; the networks are not."


def milliseconds(work: Callable[[], object]) -> float:
    """How long `work` takes: the shortest of three times, since other work of the server only adds to it."""
    times = []
    for _ in range(3):
        started = perf_counter()
        work()
        times.append(1000 * (perf_counter() - started))
    return min(times)


@lru_cache(maxsize=KEPT)
def _cleaned(name: str, pixels: bytes, noise: NoiseConfig) -> Float:
    """One picture, cleaned. It is kept, since a slider passes the same levels again and again."""
    noisy = np.frombuffer(pixels, np.float32).reshape(1, SIDE, SIDE).copy()
    picture: Float = filters.clean(name, noisy, noise)[0]
    picture.setflags(write=False)
    return picture
