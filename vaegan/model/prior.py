"""A fitted prior: a Gaussian mixture that is fitted to the places where an encoder puts digits.

N(0, I) has most of its mass where no digit was ever encoded, and a decoder never learned what to make of such points.
Samples of the mixture lie where the digits are. Ghosh et al. 2020 call this ex-post density estimation.
"""

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

MAX_COMPONENTS = 20
CANDIDATES = (1, 2, 5, 10, MAX_COMPONENTS)  # each about twice the one before: in between little is gained
ROWS_PER_DIMENSION = 5  # a component is only as good as its covariance; with fewer rows it fits chance
MAX_DIMENSIONS = 128  # above, one Gaussian: twenty would take minutes, and megabytes in the file
MAX_ITERATIONS = 50  # after as many the likelihood still grows, but in the third decimal
FLOOR = 1e-6  # of a covariance, as a share of the mean variance: it keeps each invertible
SMALLEST_WEIGHT = 1e-6  # a component with less is never drawn
SEED = 0
NAMES = ("weights", "means", "factors")


@dataclass(frozen=True, eq=False)
class FittedPrior:
    """A Gaussian mixture over latent vectors, float32: component k is N(means[k], factors[k] factors[k]^T).

    Weights (K,) sum to 1, means are (K, d), and factors (K, d, d) are lower triangular with a positive diagonal.
    """

    weights: Tensor
    means: Tensor
    factors: Tensor

    @property
    def components(self) -> int:
        """K, the number of components."""
        return len(self.weights)

    def tensors(self) -> dict[str, Tensor]:
        """The prior as tensors by name, for a file."""
        return {name: getattr(self, name) for name in NAMES}

    def sample(self, count: int, seed: int, temperature: float = 1.0) -> Tensor:
        """`count` latent vectors (count, d).

        The seed alone fixes them: with a larger `count` the first ones stay the same. `temperature` scales how far each
        lies from the mean of its component, so that at 0 only the means are left; the components keep their weights.
        """
        # RandomState, because torch.randn's first numbers change with how many are asked for.
        eps = np.random.RandomState(seed).standard_normal((count, self.means.shape[1])).astype(np.float32)
        chance = torch.from_numpy(np.random.RandomState([seed, 1]).random_sample(count))  # (count,) in [0, 1)
        steps = self.weights.double().cumsum(0)
        chosen = torch.bucketize(chance * steps[-1], steps, right=True)  # a component for each vector
        away = temperature * torch.from_numpy(eps)
        z = torch.empty_like(away)
        for k in chosen.unique().tolist():
            rows = chosen == k
            z[rows] = self.means[k] + away[rows] @ self.factors[k].T
        return z

    def log_prob(self, z: Tensor) -> Tensor:
        """The log density of latent vectors (N, d) in nats, float64 (N,)."""
        parts = []
        for weight, mean, factor in zip(self.weights.double(), self.means.double(), self.factors.double(), strict=True):
            eps = torch.linalg.solve_triangular(factor, (z.double() - mean).T, upper=False)  # (d, N)
            parts.append(weight.log() - factor.diagonal().log().sum() + _standard_log_prob(eps.T))
        return torch.stack(parts).logsumexp(dim=0)


class Fit(NamedTuple):
    """A fitted prior, and why it is this one: mean log densities of held-out latent vectors in nats.

    Beside its own they are those of one Gaussian fitted to the same vectors, and of N(0, I).
    """

    prior: FittedPrior
    rows: int  # latent vectors it was fitted to
    held_out: int  # latent vectors that chose the number of components
    log_likelihood: float
    one_gaussian: float
    standard: float


def fit(draws: Tensor, held_out: Tensor) -> Fit | None:
    """Fit mixtures to latent vectors (N, d), and take the one under which the held-out ones (M, d) are likeliest.

    Numbers of components are tried upwards until one is worse than the one before. The same vectors give the same
    mixture. None where there is nothing to fit: too few vectors for a covariance, none that differ, or some that are
    not finite.
    """
    rows, latent_dim = draws.shape
    if rows <= latent_dim or not len(held_out) or not bool(draws.isfinite().all() & held_out.isfinite().all()):
        return None
    most = max(1, rows // (ROWS_PER_DIMENSION * latent_dim)) if latent_dim <= MAX_DIMENSIONS else 1
    tried: list[tuple[float, FittedPrior]] = []
    for components in (number for number in CANDIDATES if number <= most):
        mixture = _mixture(draws, components)
        if mixture is None:
            break
        tried.append((float(mixture.log_prob(held_out).mean()), mixture))
        if len(tried) > 1 and tried[-1][0] <= tried[-2][0]:
            tried.pop()
            break
    if not tried:
        return None
    log_likelihood, prior = tried[-1]
    standard = float(_standard_log_prob(held_out.double()).mean())
    return Fit(prior, rows, len(held_out), log_likelihood, tried[0][0], standard)


def fault_in(tensors: Mapping[str, Tensor], latent_dim: int) -> str | None:
    """What makes tensors no fitted prior over `latent_dim` dimensions, as the end of a sentence; None if they are one.

    Their names are those of `FittedPrior.tensors`.
    """
    if tensors.keys() != set(NAMES):
        return f"has a fitted prior of {', '.join(sorted(tensors))} instead of {', '.join(NAMES)}"
    weights, factors = tensors["weights"], tensors["factors"]
    count = len(weights) if weights.dim() == 1 else 0
    if not 1 <= count <= MAX_COMPONENTS:
        return f"has prior.weights of shape {tuple(weights.shape)} instead of one to {MAX_COMPONENTS} numbers"
    shapes = {"weights": (count,), "means": (count, latent_dim), "factors": (count, latent_dim, latent_dim)}
    for name, shape in shapes.items():
        tensor = tensors[name]
        if tensor.dtype != torch.float32:
            return f"has prior.{name} of type {tensor.dtype} instead of {torch.float32}"
        if tensor.shape != shape:
            return f"has prior.{name} of shape {tuple(tensor.shape)} instead of {shape}"
        if not bool(tensor.isfinite().all()):
            return f"has numbers in prior.{name} that are not finite"
    if bool((weights <= 0).any()) or abs(float(weights.double().sum()) - 1) > 1e-4:
        return "has prior.weights that are not all above 0 with a sum of 1"
    if bool((factors != factors.tril()).any()) or bool((factors.diagonal(dim1=1, dim2=2) <= 0).any()):
        return "has prior.factors that are not lower triangular with a diagonal above 0"
    return None


def _mixture(draws: Tensor, components: int) -> FittedPrior | None:
    """A mixture fitted to latent vectors (N, d); None where the numbers allow none."""
    from sklearn.exceptions import ConvergenceWarning  # imported here, since it takes a second
    from sklearn.mixture import GaussianMixture

    spread = float(draws.double().var(dim=0).mean())
    if not 0 < spread < math.inf:
        return None
    model = GaussianMixture(
        components,
        reg_covar=FLOOR * spread,
        max_iter=MAX_ITERATIONS,
        init_params="k-means++",  # k-means itself adds numbers up in an order that its threads decide
        random_state=SEED,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # what it has reached is judged on held-out vectors
        try:
            model.fit(draws.double().numpy())
        except ValueError:
            return None
    kept = model.weights_ > SMALLEST_WEIGHT
    weights = torch.from_numpy(model.weights_[kept])
    factors = torch.linalg.cholesky(torch.from_numpy(model.covariances_[kept]))
    prior = FittedPrior(
        (weights / weights.sum()).float(), torch.from_numpy(model.means_[kept]).float(), factors.float()
    )
    return prior if fault_in(prior.tensors(), draws.shape[1]) is None else None  # too large or small for float32


def _standard_log_prob(z: Tensor) -> Tensor:
    """The log density of N(0, I) at (N, d); (N,)."""
    return -0.5 * (z.square().sum(dim=1) + z.shape[1] * math.log(2 * math.pi))
