"""Where encoders put the digit in force, and which real digits lie nearest: computed once for all who ask the same."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from vaegan.config import SIDE, NoiseConfig
from vaegan.data.pictures import Float
from vaegan.studio import add_noise
from vaegan.ui import resources, state
from vaegan.ui.latent_space import map_state

NEIGHBOURS = 8


class Place(NamedTuple):
    """Of one twin: mu (d,) of the digit under the noise on the map, and the real digits with the nearest mu."""

    mu: Float
    nearest: tuple[int, ...]


def places(pair: str, suffixes: Sequence[str]) -> dict[str, Place]:
    """A place for each twin; none if no digit is in force."""
    prepared = state.digit()
    if prepared is None:
        return {}
    pixels, noise = prepared.digit.astype("f4").tobytes(), map_state.noise()
    return {suffix: _place(resources.files_of(f"{pair}-{suffix}"), pixels, noise) for suffix in suffixes}


@lru_cache(maxsize=512)  # until somebody draws, all visitors have the same digit; `files` tell of a network replaced
def _place(files: resources.Files, pixels: bytes, noise: NoiseConfig) -> Place:
    digit: Float = np.frombuffer(pixels, np.float32).reshape(SIDE, SIDE).copy()  # torch wants to be able to write
    mu: Float = resources.studio(files).encode(add_noise(digit, noise)[None]).mu[0]
    return Place(mu, tuple(map(int, resources.atlas(files).nearest(mu, NEIGHBOURS))))
