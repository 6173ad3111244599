"""The filters that people know, as baselines: pictures (N, 28, 28) in, (N, 28, 28) in [0, 1] out, each alone.

    classical.clean("median", pictures, NoiseConfig(kind="gaussian", level=0.5))

Their parameters are the best in PSNR on training digits for each kind of noise at five levels, in `filters.json`,
which `python -m vaegan tune-filters` writes. BM3D is missing: its only package is binary and not free to use.
"""

import json
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

from vaegan.config import SIDE, NoiseConfig
from vaegan.data.pictures import Pictures
from vaegan.errors import ConfigError, ImageError

Filter = Callable[..., Any]  # (pictures, **parameters) -> pictures, not yet clipped
Parameters = dict[str, float | str]

TUNED = Path(__file__).with_suffix(".json")
TUNE = "python -m vaegan tune-filters"  # the command that writes it
LEVELS = (0.1, 0.25, 0.5, 0.75, 1.0)  # tuned for; another level takes the parameters of the nearest


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
    """The picture near the given one with little total variation; Chambolle 2004, scikit-image."""
    from skimage.restoration import denoise_tv_chambolle

    return np.stack([denoise_tv_chambolle(picture, weight) for picture in pictures])


def wavelet(pictures: Pictures, wavelet: str, sigma: float) -> Any:
    """Wavelet coefficients shrunk as noise of standard deviation `sigma` asks for; Chang et al. 2000, scikit-image."""
    from skimage.restoration import denoise_wavelet

    options: dict[str, Any] = {"wavelet": wavelet, "sigma": sigma, "wavelet_levels": 2, "rescale_sigma": False}
    # PyWavelets divides by coefficients of nearly nothing, which become 0 all the same.
    with np.errstate(over="ignore"):
        return np.stack([denoise_wavelet(picture, **options) for picture in pictures])


def non_local_means(pictures: Pictures, h: float, sigma: float) -> Any:
    """Pixels averaged over those with like 5 x 5 surroundings; Buades et al. 2005, scikit-image."""
    from skimage.restoration import denoise_nl_means

    options: dict[str, Any] = {"patch_size": 5, "patch_distance": 6, "h": h, "sigma": sigma}
    return np.stack([denoise_nl_means(picture, **options) for picture in pictures])


FILTERS: dict[str, Filter] = {
    "mean": mean,
    "median": median,
    "gaussian": gaussian,
    "tv": total_variation,
    "wavelet": wavelet,
    "nlm": non_local_means,
}
# What tuning tries: every combination.
GRIDS: dict[str, dict[str, tuple[Any, ...]]] = {
    "mean": {"size": (3, 5, 7)},
    "median": {"size": (3, 5, 7)},
    "gaussian": {"sigma": (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.5, 2.0)},
    "tv": {"weight": (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0, 1.5)},
    "wavelet": {"wavelet": ("db2", "sym4"), "sigma": (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0, 1.5)},
    "nlm": {"h": (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8), "sigma": (0.0, 0.1, 0.2, 0.3, 0.4, 0.6)},
}


def clean(name: str, pictures: Pictures, noise: NoiseConfig) -> Pictures:
    """What the filter `name` makes of pictures (N, 28, 28) covered with `noise`; (N, 28, 28) in [0, 1].

    Level 0 leaves them as they are. The filter is told kind and level, which the networks are not.
    """
    if name not in FILTERS:
        raise ConfigError(f"there is no filter {name!r}; choose one of {', '.join(FILTERS)}")
    if noise.level == 0:
        return pictures.copy()
    return apply(name, pictures, parameters(name, noise))


def apply(name: str, pictures: Pictures, values: Parameters) -> Pictures:
    """The filter `name` with parameters of one's own; (N, 28, 28) -> (N, 28, 28) in [0, 1]."""
    if pictures.ndim != 3 or pictures.shape[1:] != (SIDE, SIDE):
        raise ImageError(f"pictures of shape {pictures.shape}: (N, 28, 28) is needed")
    return np.asarray(FILTERS[name](pictures, **values), dtype=np.float32).clip(0, 1)


def parameters(name: str, noise: NoiseConfig) -> Parameters:
    """The tuned parameters of the filter `name` for the level nearest to that of `noise`; ConfigError without any."""
    by_name = _tuned_for(noise, "parameters")
    if name not in by_name:
        raise ConfigError(f"the filter {name!r} is not tuned for {noise.kind!r} noise yet; run `{TUNE}`")
    values: Parameters = by_name[name]
    return values


def best(noise: NoiseConfig) -> str:
    """The filter that reached the highest PSNR on training digits under this kind of noise at the nearest level.

    ConfigError if no filter is tuned for this kind.
    """
    reached: dict[str, float] = _tuned_for(noise, "psnr")
    if not reached:
        raise ConfigError(f"no filter is tuned for {noise.kind!r} noise yet; run `{TUNE}`")
    return max(reached, key=lambda name: reached[name])


def tuned_level(noise: NoiseConfig) -> float:
    """The one of LEVELS that is nearest to the level of `noise`."""
    return min(LEVELS, key=lambda tuned: abs(tuned - noise.level))


def combinations(name: str) -> list[Parameters]:
    """Every set of parameters that tuning tries."""
    grid = GRIDS[name]
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]


def _tuned_for(noise: NoiseConfig, part: str) -> dict[str, Any]:
    """For each filter what `filters.json` has under `part` for this noise; nothing for a kind that is not in it."""
    by_name: dict[str, Any] = tuned()[part].get(noise.kind, {}).get(f"{tuned_level(noise):g}", {})
    return by_name


@cache
def tuned() -> dict[str, Any]:
    """`filters.json`: for each kind, level and filter its parameters and their PSNR, and how they were found."""
    content: dict[str, Any] = json.loads(TUNED.read_text(encoding="utf-8"))
    return content
