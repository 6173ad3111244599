"""The atlas: all that a map of a model's latent space shows, as numpy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from vaegan.model import latent
from vaegan.model.parts import Posterior

GRID_POINTS = 64  # points of the density's grid along each axis
LEAST_REACH = 3.5  # standard deviations of the prior: 0.1 % of its mass is outside
MARGIN = 1.05  # the map reaches so many times as far as the digits

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Atlas:
    """Where N digits lie in a model's latent space, on the plane along `directions`."""

    mu: Floats  # (N, d)
    directions: Floats  # (2, d), orthonormal: `directions @ z` are the map's coordinates of z
    points: Floats  # (N, 2), mu on the map
    spread: Floats  # (N, 2), standard deviation of q(z|x) along the directions
    labels: NDArray[np.int64]  # (N,)
    kl: Floats  # (d,), nats per dimension, mean over digits
    active: NDArray[np.bool_]  # (d,), dimensions whose mu differ from digit to digit
    density: Floats  # (64, 64), of the aggregate posterior; row 0 at y = -reach
    reach: float  # the map goes from -reach to reach both ways
    uncovered: float  # share of the prior's mass where no digit lives

    def nearest(self, mu: Floats, count: int) -> NDArray[np.int64]:
        """The `count` digits whose mu are closest to `mu` (d,), the closest first; indices (count,)."""
        distance = np.square(self.mu - mu).sum(axis=1)
        return np.argsort(distance, kind="stable")[:count]


def survey(posterior: Posterior, labels: Tensor) -> Atlas:
    """The atlas of q(z|x) (N, d) and the digits' labels (N,); ConfigError for a model with a single dimension."""
    mu, logvar = posterior
    directions = latent.principal_directions(mu)
    points = mu @ directions.T
    furthest = np.quantile(points.abs().amax(dim=1).numpy(), 0.999)  # a rare digit far out would shrink the map
    reach = max(LEAST_REACH, MARGIN * float(furthest))
    density = latent.aggregate_density(posterior, directions, reach, GRID_POINTS)
    return Atlas(
        mu=mu.numpy(),
        directions=directions.numpy(),
        points=points.numpy(),
        spread=(logvar.exp() @ directions.square().T).sqrt().numpy(),
        labels=labels.numpy(),
        kl=latent.kl_per_dimension(posterior).numpy(),
        active=latent.active_units(mu).numpy(),
        density=density.numpy(),
        reach=reach,
        uncovered=latent.uncovered(density, reach),
    )
