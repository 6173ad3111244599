import math

import numpy as np
import pytest
import torch
from scipy.spatial import geometric_slerp
from torch import Tensor
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from vaegan.errors import ConfigError
from vaegan.model import latent
from vaegan.model.latent import Plane, aggregate_density, even_grid, linear, plane_through, spherical, uncovered
from vaegan.model.losses import kl_loss
from vaegan.model.parts import Posterior

T = torch.linspace(0, 1, 7)
WAYS = {"linear": linear, "spherical": spherical}


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def directions(latent_dim: int, seed: int = 0) -> Tensor:
    """Two orthonormal rows that are no axes; (2, d)."""
    return torch.linalg.qr(normal(latent_dim, 2, seed=seed))[0].T


@pytest.mark.parametrize("way", WAYS)
def test_both_ends_are_met_exactly(way: str) -> None:
    for seed in range(50):
        a, b = 3 * normal(2, 20, seed=seed)
        found = WAYS[way](a, b, T)
        assert found.shape == (7, 20)
        assert torch.equal(found[0], a)
        assert torch.equal(found[-1], b)


def test_the_straight_way_is_even() -> None:
    a, b = normal(2, 5)
    torch.testing.assert_close(linear(a, b, T).diff(dim=0), ((b - a) / 6).expand(6, 5))


def test_between_orthogonal_unit_vectors_lies_the_quarter_circle() -> None:
    a, b = torch.eye(3)[:2]
    expected = torch.stack([torch.cos(T * math.pi / 2), torch.sin(T * math.pi / 2), 0 * T], dim=1)
    torch.testing.assert_close(spherical(a, b, T), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_directions_are_scipys_and_lengths_change_evenly(seed: int) -> None:
    a, b = normal(2, 20, seed=seed) * torch.tensor([[0.5], [4.0]])
    found = spherical(a, b, T)
    lengths = found.norm(dim=1)
    torch.testing.assert_close(lengths, (1 - T) * a.norm() + T * b.norm())
    u, v = ((z / z.norm()).double().numpy() for z in (a, b))
    u, v = u / np.linalg.norm(u), v / np.linalg.norm(v)
    np.testing.assert_allclose((found / lengths[:, None]).numpy(), geometric_slerp(u, v, T.double().numpy()), atol=1e-6)


@pytest.mark.parametrize("factor", [0.0, 2.5, -2.5], ids=["zero", "same direction", "opposite"])
def test_where_no_circle_is_nearest_the_way_is_straight(factor: float) -> None:
    a = normal(6)
    for start, end in ((a, factor * a), (factor * a, a)):
        assert torch.equal(spherical(start, end, T), linear(start, end, T))


@pytest.mark.parametrize("away", [1e-6, 1e-4, 0.9e-3, 1.1e-3, 1e-2])
def test_nearly_parallel_and_nearly_opposite_stay_finite_and_short(away: float) -> None:
    a, b = torch.tensor([2.0, 0.0]), torch.tensor([2.0, 2 * away])
    torch.testing.assert_close(spherical(a, b, T), linear(a, b, T), rtol=0, atol=1e-4)
    assert spherical(a, -b, T).norm(dim=1).max() <= 2.001


def test_a_plane_holds_its_point_and_reads_its_coordinates_off_any() -> None:
    rows, z = directions(8), normal(8, seed=1)
    plane = plane_through(rows, z)
    torch.testing.assert_close(plane.point((rows @ z)[None])[0], z)
    torch.testing.assert_close(rows @ plane.origin, torch.zeros(2), rtol=0, atol=1e-6)
    xy = normal(9, 2, seed=2)
    torch.testing.assert_close(plane.point(xy) @ rows.T, xy)
    offsets = plane.point(xy) - plane.origin
    torch.testing.assert_close(offsets.norm(dim=1), xy.norm(dim=1))  # orthonormal: distances are kept


def test_a_point_of_a_plane_is_written_out() -> None:
    plane = Plane(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    assert plane.point(torch.tensor([[10.0, 20.0], [0.0, -1.0]])).tolist() == [[1, 12, 23], [1, 2, 2]]


@pytest.mark.parametrize("latent_dim", [3, 20])
def test_principal_directions_are_the_first_of_an_svd(latent_dim: int) -> None:
    mu = normal(300, latent_dim) @ normal(latent_dim, latent_dim, seed=1) + 5  # a mean, which is not to count
    found = latent.principal_directions(mu)
    expected = np.linalg.svd((mu - mu.mean(dim=0)).double().numpy())[2][:2]
    expected *= np.sign(expected[range(2), np.abs(expected).argmax(axis=1)])[:, None]
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)
    assert found.dtype == torch.float32
    torch.testing.assert_close(latent.principal_directions(mu.flip(0)), found)  # the same digits, the same map
    torch.testing.assert_close(latent.principal_directions(-mu), found)


def test_two_dimensions_are_their_own_plane() -> None:
    assert torch.equal(latent.principal_directions(normal(9, 2) * torch.tensor([1.0, 9.0])), torch.eye(2))


@pytest.mark.parametrize(
    ("mu", "message"),
    [
        (normal(9, 1), "two latent dimensions and this model has 1; choose another"),
        (normal(1, 3), "1 pictures with one and the same mu show no direction"),
        (normal(1, 3).expand(9, 3), "9 pictures with one and the same mu"),
    ],
    ids=["one dimension", "one picture", "one mu"],
)
def test_what_spans_no_plane_is_refused(mu: Tensor, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        latent.principal_directions(mu)


def test_kl_per_dimension_is_torchs() -> None:
    posterior = Posterior(normal(30, 4), normal(30, 4, seed=1))
    found = latent.kl_per_dimension(posterior)
    expected = kl_divergence(Normal(posterior.mu, (posterior.logvar / 2).exp()), Normal(0.0, 1.0)).mean(dim=0)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(found.sum(), kl_loss(posterior).mean())


def test_a_unit_is_active_above_a_variance_of_a_hundredth() -> None:
    sign = torch.tensor([1.0, -1.0]).repeat(10)[:, None]  # of variance 1
    mu = 7 + sign * torch.tensor([0.0099, 0.0101, 0.0, 1.0]).sqrt()
    assert latent.active_units(mu).tolist() == [False, True, False, True]


def test_the_grid_goes_row_by_row_from_below() -> None:
    assert even_grid(2.0, 3).tolist() == [[x, y] for y in (-2, 0, 2) for x in (-2, 0, 2)]


@pytest.mark.parametrize("latent_dim", [2, 5])
def test_one_gaussians_density_is_torchs(latent_dim: int) -> None:
    rows = directions(latent_dim)
    posterior = Posterior(normal(1, latent_dim, seed=1), torch.linspace(-2, 1, latent_dim)[None])
    mean, variance = (rows @ posterior.mu[0]).double(), torch.diag(posterior.logvar[0].exp())
    covariance = (rows @ variance @ rows.T).double()
    assert covariance[0, 1].abs() > 0.1, "no diagonal covariance, or the test would not see it left out"
    expected = MultivariateNormal(mean, covariance).log_prob(even_grid(6.0, 50)).exp().view(50, 50)
    found = aggregate_density(posterior, rows, 6.0, 50)
    torch.testing.assert_close(found.double(), expected, rtol=1e-4, atol=1e-7)
    assert float(found.sum()) * (12 / 49) ** 2 == pytest.approx(1, abs=1e-3)


def test_rows_are_y_and_columns_are_x() -> None:
    posterior = Posterior(torch.tensor([[2.0, -1.0]]), torch.full((1, 2), -4.0))
    density = aggregate_density(posterior, torch.eye(2), 3.0, 7)  # points at the whole numbers
    assert divmod(int(density.argmax()), 7) == (2, 5)
    assert density[2, 5] == pytest.approx(math.exp(4) / (2 * math.pi), rel=1e-4)


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_the_aggregate_is_the_mean_over_pictures(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    posterior, rows = Posterior(normal(12, 4), normal(12, 4, seed=1) - 1), directions(4)
    singles = [aggregate_density(Posterior(mu[None], v[None]), rows, 4, 16) for mu, v in zip(*posterior, strict=True)]
    monkeypatch.setattr(latent, "CHUNK", chunk)
    found = aggregate_density(posterior, rows, 4, 16)
    torch.testing.assert_close(found, torch.stack(singles).mean(dim=0))


def test_the_narrowest_gaussian_is_counted_exactly() -> None:
    posterior = Posterior(torch.tensor([[1.0, -1.0]]), torch.full((1, 2), -14.0))
    density = aggregate_density(posterior, torch.eye(2), 1.0, 3)
    expected = torch.zeros(3, 3)
    expected[0, 2] = math.exp(14) / (2 * math.pi)
    torch.testing.assert_close(density, expected, rtol=1e-4, atol=0)


def prior_density(reach: float, side: int) -> Tensor:
    return MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(even_grid(reach, side)).exp().view(side, side)


def test_a_posterior_that_is_the_prior_covers_it() -> None:
    unit = Posterior(torch.zeros(4, 6), torch.zeros(4, 6))
    density = aggregate_density(unit, directions(6), 4.0, 32)
    torch.testing.assert_close(density, prior_density(4.0, 32).float(), rtol=1e-4, atol=1e-8)
    assert uncovered(density, 4.0) == 0
    assert uncovered(torch.zeros(32, 32), 4.0) == 1


@pytest.mark.parametrize(("factor", "expected"), [(0.099, 1), (0.101, 0)])
def test_a_tenth_of_the_prior_is_the_bound(factor: float, expected: float) -> None:
    prior = prior_density(4.0, 32)
    assert uncovered(factor * prior, 4.0) == expected
    assert uncovered(factor * prior, 4.0, share=0.05) == 0
    assert uncovered(factor * prior, 4.0, share=0.2) == 1


@pytest.mark.parametrize("radius", [0.5, 1.0, 2.0])
def test_what_lies_outside_a_disc_is_known(radius: float) -> None:
    """P(|z| > r) = exp(-r²/2) in two dimensions."""
    inside = (even_grid(5.0, 400).norm(dim=1) <= radius).view(400, 400)
    assert uncovered(inside.float(), 5.0) == pytest.approx(math.exp(-(radius**2) / 2), abs=5e-3)
