"""Classical filters, as baselines: pictures (N, 28, 28) in, pictures (N, 28, 28) in [0, 1] out.

    filters.clean("median", pictures, NoiseConfig(kind="gaussian", level=0.5))

Each filter has the parameters that reached the highest PSNR on training digits, for each kind of noise at five levels.
They are kept in `filters.json`, which `python -m vaegan tune-filters` writes. BM3D is missing, because its only package
is binary and not free to use.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import ndimage

from vaegan.config import SIDE, NoiseConfig
from vaegan.data.pictures import Pictures
from vaegan.errors import ConfigError, ImageError

Parameters = dict[str, float | str]

TUNED = Path(__file__).with_suffix(".json")
TUNE = "python -m vaegan tune-filters"  # the command that writes this file
LEVELS = (0.1, 0.25, 0.5, 0.75, 1.0)  # levels that filters are tuned for; other levels use the nearest one's parameters


class Filter(NamedTuple):
    """One filter: its name and what it does, for people; its function; and the parameters that tuning tries."""

    title: str
    meaning: str
    apply: Callable[..., Any]  # (pictures, **parameters) -> pictures, not yet clipped
    grid: Mapping[str, tuple[Any, ...]]  # every combination is tried


def mean(pictures: Pictures, size: int) -> Any:
    """The mean of `size` x `size` pixels; scipy."""
    return ndimage.uniform_filter(pictures, (1, size, size))


def median(pictures: Pictures, size: int) -> Any:
    """The median of `size` x `size` pixels; scipy."""
    return ndimage.median_filter(pictures, (1, size, size))


def gaussian(pictures: Pictures, sigma: float) -> Any:
    """Convolution with a Gaussian of `sigma` pixels; scipy."""
    return ndimage.gaussian_filter(pictures, (0, sigma, sigma))


def total_variation(pictures: Pictures, weight: float) -> Any:
    """A picture near the noisy one with little total variation; Chambolle 2004, scikit-image."""
    from skimage.restoration import denoise_tv_chambolle

    return np.stack([denoise_tv_chambolle(picture, weight) for picture in pictures])


def wavelet(pictures: Pictures, wavelet: str, sigma: float) -> Any:
    """Wavelet coefficients shrunk for noise of standard deviation `sigma`; Chang et al. 2000, scikit-image."""
    from skimage.restoration import denoise_wavelet

    options: dict[str, Any] = {"wavelet": wavelet, "sigma": sigma, "wavelet_levels": 2, "rescale_sigma": False}
    # PyWavelets divides by coefficients near 0; the quotients may overflow, and these coefficients become 0 anyway.
    with np.errstate(over="ignore"):
        return np.stack([denoise_wavelet(picture, **options) for picture in pictures])


def non_local_means(pictures: Pictures, h: float, sigma: float) -> Any:
    """Each pixel averaged with those whose 5 x 5 surroundings are alike; Buades et al. 2005, scikit-image."""
    from skimage.restoration import denoise_nl_means

    options: dict[str, Any] = {"patch_size": 5, "patch_distance": 6, "h": h, "sigma": sigma}
    return np.stack([denoise_nl_means(picture, **options) for picture in pictures])


FILTERS: dict[str, Filter] = {
    "mean": Filter(
        "Mean filter",
        "each pixel becomes the mean of its surroundings",
        mean,
        {"size": (3, 5, 7)},
    ),
    "median": Filter(
        "Median filter",
        "each pixel becomes the median of its surroundings",
        median,
        {"size": (3, 5, 7)},
    ),
    "gaussian": Filter(
        "Gaussian filter",
        "each pixel becomes a mean of its surroundings in which near pixels count more",
        gaussian,
        {"sigma": (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.5, 2.0)},
    ),
    "tv": Filter(
        "Total variation",
        "the picture nearest to the noisy one in which grey values change little",
        total_variation,
        {"weight": (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0, 1.5)},
    ),
    "wavelet": Filter(
        "Wavelet shrinkage",
        "small coefficients of waves of every size and place are taken for noise and shrunk",
        wavelet,
        {"wavelet": ("db2", "sym4"), "sigma": (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0, 1.5)},
    ),
    "nlm": Filter(
        "Non-local means",
        "each pixel becomes a mean of pixels whose surroundings look alike",
        non_local_means,
        {"h": (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8), "sigma": (0.0, 0.1, 0.2, 0.3, 0.4, 0.6)},
    ),
}


def clean(name: str, pictures: Pictures, noise: NoiseConfig) -> Pictures:
    """What the filter `name` makes of pictures (N, 28, 28) covered with `noise`; (N, 28, 28) in [0, 1].

    At level 0 the pictures stay as they are. A filter is told the kind of noise and its level; a network is not.
    ConfigError if the filter is not tuned for this kind.
    """
    if name not in FILTERS:
        raise ConfigError(f"there is no filter {name!r}; choose one of {', '.join(FILTERS)}")
    if noise.level == 0:
        return pictures.copy()
    return apply(name, pictures, parameters(name, noise))


def apply(name: str, pictures: Pictures, values: Parameters) -> Pictures:
    """What the filter `name` makes of pictures (N, 28, 28) with these parameters; (N, 28, 28) in [0, 1]."""
    if pictures.ndim != 3 or pictures.shape[1:] != (SIDE, SIDE):
        raise ImageError(f"pictures of shape {pictures.shape}: (N, 28, 28) is needed")
    return np.asarray(FILTERS[name].apply(pictures, **values), dtype=np.float32).clip(0, 1)


def parameters(name: str, noise: NoiseConfig) -> Parameters:
    """The tuned parameters of the filter `name` for the level nearest to that of `noise`; ConfigError without any."""
    by_name = _tuned_for(noise, "parameters")
    if name not in by_name:
        raise ConfigError(f"The filter {name!r} is not tuned for {noise.kind!r} noise yet. Run `{TUNE}`.")
    values: Parameters = by_name[name]
    return values


def best(noise: NoiseConfig) -> str:
    """The filter that reached the highest PSNR on training digits under this kind of noise at the nearest level.

    ConfigError if no filter is tuned for this kind.
    """
    psnr_by_filter: dict[str, float] = _tuned_for(noise, "psnr")
    if not psnr_by_filter:
        raise ConfigError(f"No filter is tuned for {noise.kind!r} noise yet. Run `{TUNE}`.")
    return max(psnr_by_filter, key=lambda name: psnr_by_filter[name])


def tuned_level(noise: NoiseConfig) -> float:
    """Which of LEVELS is nearest to the level of `noise`."""
    return min(LEVELS, key=lambda tuned: abs(tuned - noise.level))


def combinations(name: str) -> list[Parameters]:
    """Every set of parameters that tuning tries for the filter `name`."""
    grid = FILTERS[name].grid
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]


def _tuned_for(noise: NoiseConfig, part: str) -> dict[str, Any]:
    """What `filters.json` has under `part` for this noise, by filter; empty if the kind is not in the file."""
    by_name: dict[str, Any] = tuned()[part].get(noise.kind, {}).get(f"{tuned_level(noise):g}", {})
    return by_name


@cache
def tuned() -> dict[str, Any]:
    """`filters.json`: for each kind, level and filter its parameters and their PSNR, and how they were found."""
    content: dict[str, Any] = json.loads(TUNED.read_text(encoding="utf-8"))
    return content
