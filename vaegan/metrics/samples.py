"""How good samples are, judged in a classifier's features: Fréchet distance, precision and recall, coverage."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vaegan.errors import ConfigError
from vaegan.model.networks import VAEGAN

Features = NDArray[np.float64]

SEED = 0
NEIGHBOURS = 3
LEAST_SHARE = 0.01  # of the samples that a class needs to count; ten equally frequent classes have 0.1 each
CHUNK = 1000  # rows of distances held at once: 80 MB against 10,000


class PrecisionRecall(NamedTuple):
    """Shares, 0 to 1: how many samples look real (precision), and how many real digits are covered (recall)."""

    precision: float
    recall: float


class Coverage(NamedTuple):
    """Which classes samples show: how many of them, the entropy of the classes in nats, the share of each."""

    classes: int
    entropy: float
    shares: tuple[float, ...]


def prior_samples(model: VAEGAN, count: int, seed: int = SEED) -> Tensor:
    """What the decoder makes of `count` samples of N(0, I); (count, 784) in [0, 1]."""
    return decoded(model, torch.randn(count, model.latent_dim, generator=torch.Generator().manual_seed(seed)))


def decoded(model: VAEGAN, z: Tensor) -> Tensor:
    """What the decoder makes of latent vectors (N, d); (N, 784) in [0, 1]. `model` in eval mode."""
    with torch.inference_mode():
        return torch.cat([model.decode(part) for part in z.split(CHUNK)])


def frechet_distance(a: Features, b: Features) -> float:
    """|m_a - m_b|² + tr(C_a + C_b - 2 (C_a C_b)^½) of two sets' means and covariances; (N, F), (M, F) -> float.

    Dowson & Landau 1982. ConfigError for a set of one, which has no covariance.
    """
    if min(len(a), len(b)) < 2:
        raise ConfigError(f"{min(len(a), len(b))} pictures have no covariance; measure at least 2")
    cov_a, cov_b = (np.atleast_2d(np.cov(points, rowvar=False)) for points in (a, b))  # (F, F) each
    # tr (C_a C_b)^½ = tr (R C_b R)^½ with R = C_a^½: symmetric, so that rounding makes no complex numbers.
    values, vectors = np.linalg.eigh(cov_a)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ cov_b @ root).clip(0)).sum()
    distance = np.square(a.mean(axis=0) - b.mean(axis=0)).sum() + np.trace(cov_a) + np.trace(cov_b) - 2 * shared
    return max(float(distance), 0.0)


def precision_recall(real: Features, fake: Features, k: int = NEIGHBOURS) -> PrecisionRecall:
    """How much of each set lies within balls around the other's points; (N, F), (M, F).

    A ball reaches to the k-th neighbour of its point; a point is not its own neighbour. Kynkäänniemi et al. 2019.
    ConfigError if there are too few points.
    """
    least = min(len(real), len(fake))
    if not 1 <= k < least:
        raise ConfigError(f"k {k}: give a number of neighbours from 1 to {least - 1}, one less than there are pictures")
    a, b = torch.from_numpy(real), torch.from_numpy(fake)
    return PrecisionRecall(precision=_share_within(b, a, k), recall=_share_within(a, b, k))


def coverage(digits: Tensor) -> Coverage:
    """Which classes samples show, from the digit that a classifier reads in each, int64 (N,).

    Another thing than the coverage of Naeem et al. 2020 and their package prdc: that is the share of real pictures with
    a sample among their nearest neighbours.
    """
    shares = torch.bincount(digits, minlength=10).double() / len(digits)  # (10,)
    return Coverage(
        classes=int((shares >= LEAST_SHARE).sum()),
        entropy=float(torch.special.entr(shares).sum()),
        shares=tuple(shares.tolist()),
    )


def _share_within(points: Tensor, centres: Tensor, k: int) -> float:
    """Share of `points` in the ball of at least one of `centres`: a ball reaches to the k-th nearest other centre."""
    radii = torch.cat([torch.cdist(part, centres).kthvalue(k + 1).values for part in centres.split(CHUNK)])
    inside = [(torch.cdist(part, centres) <= radii).any(dim=1) for part in points.split(CHUNK)]
    return float(torch.cat(inside).double().mean())
