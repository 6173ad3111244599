"""The latent space as geometry: ways between two points, a plane to draw it on, and how q(z|x) fills it.

All functions are pure and take tensors. z is (d,); `directions` (2, d) are orthonormal rows, so `directions @ z` are
the coordinates of z in every plane along them, and the prior N(0, I) is a standard normal in these coordinates too.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from vaegan.errors import ConfigError
from vaegan.model.parts import Posterior

ACTIVE_VARIANCE = 0.01  # Burda et al. 2016
SMALLEST_SINE = 1e-3  # divided by it, a direction in float32 still has four correct digits
CHUNK = 1000  # pictures whose densities are held at once: 33 MB on a grid of 64 x 64


class Plane(NamedTuple):
    """A plane in latent space: through `origin` (d,), along `directions` (2, d), orthonormal."""

    origin: Tensor
    directions: Tensor

    def point(self, xy: Tensor) -> Tensor:
        """Plane coordinates (N, 2) -> latent vectors (N, d)."""
        return self.origin + xy @ self.directions


def linear(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """The straight way from a (t = 0) to b (t = 1), both included exactly; (d,), (d,), (T,) -> (T, d)."""
    t = t[:, None]  # (T, 1)
    return (1 - t) * a + t * b


def spherical(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """The way along the great circle, with a length that changes evenly; both ends are included exactly. Shoemake 1985.

    (d,), (d,), (T,) -> (T, d). The straight way is taken where there is not exactly one shortest great circle: a or b
    is zero, they point the same way (then it is the limit), or opposite ways (then it leads through the origin).
    """
    lengths = a.norm(), b.norm()
    if not (lengths[0] > 0 and lengths[1] > 0):
        return linear(a, b, t)
    u, v = a / lengths[0], b / lengths[1]
    angle = 2 * torch.atan2((u - v).norm(), (u + v).norm())  # exact for small angles too, as acos(u @ v) is not
    if torch.sin(angle) < SMALLEST_SINE:
        return linear(a, b, t)
    length = (1 - t) * lengths[0] + t * lengths[1]  # (T,)
    # Each end is scaled by its own length and never normalised: at t = 0 and 1 its factor is exactly 1.
    of_a: Tensor = torch.sin((1 - t) * angle) / torch.sin(angle) * (length / lengths[0])
    of_b: Tensor = torch.sin(t * angle) / torch.sin(angle) * (length / lengths[1])
    return of_a[:, None] * a + of_b[:, None] * b


def principal_directions(mu: Tensor) -> Tensor:
    """The two directions along which mu (N, d) varies most; (2, d). If d is 2, they are the axes.

    A direction's largest component is positive. Either sign would do; fixing it makes the same pictures give the same
    map.
    """
    count, latent_dim = mu.shape
    if latent_dim < 2:
        raise ConfigError(f"a plane needs two latent dimensions and this model has {latent_dim}; choose another model")
    if latent_dim == 2:
        return torch.eye(2, dtype=mu.dtype)
    if count < 2 or bool((mu == mu[0]).all()):
        raise ConfigError(f"{count} pictures with one and the same mu show no direction; give pictures that differ")
    from sklearn.decomposition import PCA  # imported here, since it takes seconds and only such a map needs it

    directions = PCA(2, svd_solver="full").fit(mu.double().numpy()).components_  # scikit-learn fixes the sign
    return torch.from_numpy(directions).to(mu.dtype)


def plane_through(directions: Tensor, z: Tensor) -> Plane:
    """The plane along `directions` (2, d) through z (d,); its origin is the point whose coordinates are both 0."""
    return Plane(z - (directions @ z) @ directions, directions)


def kl_per_dimension(posterior: Posterior) -> Tensor:
    """KL(q(z_j|x) || N(0, 1)) in nats, mean over pictures; (d,). They sum to the mean of `losses.kl_loss`."""
    mu, logvar = posterior
    return -0.5 * (1 + logvar - mu.square() - logvar.exp()).mean(dim=0)


def active_units(mu: Tensor) -> Tensor:
    """Which dimensions of mu (N, d) tell pictures apart: variance above 0.01; bool (d,). Burda et al. 2016."""
    return mu.var(dim=0, correction=0) > ACTIVE_VARIANCE


def even_grid(reach: float, side: int) -> Tensor:
    """Plane coordinates (side², 2) over [-reach, reach]², ends included, row by row, y = -reach first."""
    along = torch.linspace(-reach, reach, side, dtype=torch.float64)
    return torch.cartesian_prod(along, along).flip(1)


def aggregate_density(posterior: Posterior, directions: Tensor, reach: float, side: int) -> Tensor:
    """The density of q(z), the mean over pictures of q(z|x), seen along `directions` (2, d); (side, side).

    At the points of `even_grid`, so row 0 is y = -reach and column 0 is x = -reach.
    """
    x, y = even_grid(reach, side).unbind(1)  # (side², ) each
    terms = torch.stack([x * x, x * y, y * y, x, y, torch.ones_like(x)])  # (6, side²)
    density = torch.zeros_like(x)
    for mu, logvar in zip(posterior.mu.split(CHUNK), posterior.logvar.split(CHUNK), strict=True):
        # In float64, because the terms of a narrow Gaussian's exponent are millions whose sum is a few units.
        factors = _exponent(mu.double(), logvar.double(), directions.double())  # (chunk, 6)
        density += (factors @ terms).exp_().sum(dim=0)
    return (density / len(posterior.mu)).view(side, side).float()


def uncovered(density: Tensor, reach: float, share: float = 0.1) -> float:
    """How much of the prior's mass lies where `density` (side, side) is below `share` times the prior's; 0 to 1.

    It is how often a sample of the prior, seen in this plane, falls where no digit lives. Mass outside the square does
    not count.
    """
    prior = _standard_normal(even_grid(reach, len(density))).view_as(density)  # (side, side)
    return float(prior[density < share * prior].sum() / prior.sum())


def _exponent(mu: Tensor, logvar: Tensor, directions: Tensor) -> Tensor:
    """Each picture's log density in the plane as factors of x², xy, y², x, y and 1; (N, d) twice -> (N, 6)."""
    a, b = (mu @ directions.T).unbind(1)  # the mean (N,) each
    covariance = torch.einsum("id,nd,jd->nij", directions, logvar.exp(), directions)  # (N, 2, 2)
    precision = covariance.inverse()
    p, q, r = precision[:, 0, 0], precision[:, 0, 1], precision[:, 1, 1]
    constant = -0.5 * (p * a * a + 2 * q * a * b + r * b * b) - math.log(2 * math.pi) - 0.5 * covariance.logdet()
    return torch.stack([-0.5 * p, -q, -0.5 * r, p * a + q * b, q * a + r * b, constant], dim=1)


def _standard_normal(xy: Tensor) -> Tensor:
    return torch.exp(-0.5 * xy.square().sum(dim=1)) / (2 * math.pi)
