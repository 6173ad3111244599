import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from vaegan.errors import ConfigError
from vaegan.model import latent
from vaegan.model.atlas import Atlas, survey
from vaegan.model.parts import Posterior


def posterior(count: int, latent_dim: int, scale: float = 1.0) -> Posterior:
    generator = torch.Generator().manual_seed(1)
    mu = scale * torch.randn(count, latent_dim, generator=generator)
    mu[:, -1] = 0.3  # a dimension that tells nothing
    return Posterior(mu, torch.randn(count, latent_dim, generator=generator) - 2)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return survey(posterior(200, 5), torch.arange(200) % 10)


def test_points_and_spread_are_those_of_the_projected_gaussians(atlas: Atlas) -> None:
    mu, logvar = (part.double().numpy() for part in posterior(200, 5))
    np.testing.assert_allclose(atlas.directions @ atlas.directions.T, np.eye(2), atol=1e-6)
    for row in range(200):
        covariance = atlas.directions @ np.diag(np.exp(logvar[row])) @ atlas.directions.T
        np.testing.assert_allclose(atlas.points[row], atlas.directions @ mu[row], atol=1e-5)
        np.testing.assert_allclose(atlas.spread[row] ** 2, np.diag(covariance), rtol=1e-4)
    np.testing.assert_array_equal(atlas.mu, mu)
    assert atlas.labels.tolist() == [row % 10 for row in range(200)]


def test_the_nearest_digits_are_near_in_all_dimensions(atlas: Atlas) -> None:
    z = atlas.mu[7] + np.float32(0.2)
    distances = [math.dist(mu, z) for mu in atlas.mu]
    assert atlas.nearest(z, 9).tolist() == sorted(range(200), key=distances.__getitem__)[:9]
    on_the_map = np.linalg.norm(atlas.points - atlas.directions @ z, axis=1).argsort()[:9]
    assert atlas.nearest(z, 9).tolist() != on_the_map.tolist(), "or the test would not see the map taken for the space"
    assert atlas.nearest(atlas.mu[3], 1).tolist() == [3]


def test_dimensions_are_told_by_kl_and_activity(atlas: Atlas) -> None:
    mu, logvar = posterior(200, 5)
    expected = kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).mean(dim=0)
    np.testing.assert_allclose(atlas.kl, expected.numpy(), rtol=1e-4)
    assert atlas.active.tolist() == [True] * 4 + [False]


def test_the_density_is_of_the_same_square(atlas: Atlas) -> None:
    expected = latent.aggregate_density(posterior(200, 5), torch.from_numpy(atlas.directions), atlas.reach, 64)
    np.testing.assert_allclose(atlas.density, expected.numpy())
    assert atlas.uncovered == latent.uncovered(expected, atlas.reach)
    assert atlas.uncovered > 0


@pytest.mark.parametrize("scale", [0.1, 4.0])
def test_the_reach_holds_the_prior_and_nearly_all_points(scale: float) -> None:
    found = survey(posterior(2000, 3, scale), torch.zeros(2000, dtype=torch.int64))
    furthest = np.abs(found.points).max(axis=1)
    if scale < 1:
        assert found.reach == 3.5
    else:
        assert found.reach == pytest.approx(1.05 * np.quantile(furthest, 0.999), rel=1e-5)
        assert (furthest > found.reach).sum() <= 2


def test_all_is_numpy(atlas: Atlas) -> None:
    kinds = {name: value.dtype for name, value in vars(atlas).items() if isinstance(value, np.ndarray)}
    floats = ("directions", "mu", "points", "spread", "kl", "density")
    assert kinds == {**dict.fromkeys(floats, np.float32), "labels": np.int64, "active": np.bool_}
    assert {type(value) for name, value in vars(atlas).items() if name not in kinds} == {float}


def test_one_dimension_has_no_map() -> None:
    with pytest.raises(ConfigError, match="this model has 1"):
        survey(posterior(9, 1), torch.zeros(9, dtype=torch.int64))
