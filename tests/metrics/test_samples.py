import math

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from vaegan import checkpoint
from vaegan.data.mnist import Digits
from vaegan.errors import ConfigError
from vaegan.metrics import classifier
from vaegan.metrics import samples as generation
from vaegan.metrics.samples import (
    Features,
    coverage,
    frechet_distance,
    precision_recall,
    prior_samples,
)


def with_moments(mean: Features, covariance: Features, count: int = 200, seed: int = 0) -> Features:
    """Points of exactly this mean and covariance."""
    raw = np.random.default_rng(seed).normal(size=(count, len(mean)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.atleast_2d(np.cov(raw, rowvar=False)))).T
    return white @ np.linalg.cholesky(covariance).T + mean


def points(seed: int, count: int, shift: float = 0.0) -> Features:
    return np.random.default_rng(seed).normal(size=(count, 4)) + shift


def random_covariance(seed: int) -> Features:
    raw = np.random.default_rng(seed).normal(size=(5, 5))
    return raw @ raw.T + 0.1 * np.eye(5)


def test_gaussians_of_one_number() -> None:
    """|m - n|² + (s - t)²."""
    a, b = with_moments(np.ones(1), np.full((1, 1), 4.0)), with_moments(np.full(1, 4.0), np.full((1, 1), 25.0), 90, 1)
    assert frechet_distance(a, b) == pytest.approx(3**2 + (2 - 5) ** 2)


def test_gaussians_that_share_axes() -> None:
    s, t = np.array([1.0, 4.0, 9.0]), np.array([4.0, 1.0, 0.25])
    a, b = with_moments(np.zeros(3), np.diag(s)), with_moments(np.array([1.0, 2.0, -2.0]), np.diag(t), seed=1)
    assert frechet_distance(a, b) == pytest.approx(9 + np.square(np.sqrt(s) - np.sqrt(t)).sum())


def test_any_gaussians_against_scipys_matrix_root() -> None:
    first, second, mean = random_covariance(1), random_covariance(2), np.arange(5.0)
    a, b = with_moments(mean, first), with_moments(-mean, second, seed=3)
    expected = 4 * (mean @ mean) + np.trace(first + second - 2 * sqrtm(first @ second).real)
    assert frechet_distance(a, b) == pytest.approx(expected)
    assert frechet_distance(b, a) == pytest.approx(expected)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)


def test_samples_that_are_all_alike_have_a_distance() -> None:
    """Without a covariance of their own there is only the other's: |m - n|² + tr C."""
    covariance = random_covariance(4)
    b = with_moments(np.zeros(5), covariance)
    assert frechet_distance(np.full((30, 5), 2.0), b) == pytest.approx(20 + np.trace(covariance))


def test_too_few_pictures_are_refused() -> None:
    with pytest.raises(ConfigError, match="1 pictures have no covariance; measure at least 2"):
        frechet_distance(points(0, 1), points(1, 9))
    for k in (0, 9):
        with pytest.raises(ConfigError, match=f"k {k}: give a number of neighbours from 1 to 8"):
            precision_recall(points(0, 9), points(1, 12), k)


def test_a_set_against_itself_and_against_one_far_away() -> None:
    assert precision_recall(points(0, 50), points(0, 50)) == (1, 1)
    assert precision_recall(points(0, 50), points(0, 50, shift=100)) == (0, 0)


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("chunk", [7, 1000])
def test_precision_and_recall_by_brute_force(k: int, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "CHUNK", chunk)
    real, fake = points(1, 40), 0.7 * points(2, 30, shift=0.6)

    def share(inside: Features, centres: Features) -> float:
        hits = 0
        for point in inside:
            for row, centre in enumerate(centres):
                others = [math.dist(centre, other) for at, other in enumerate(centres) if at != row]
                if math.dist(point, centre) <= sorted(others)[k - 1]:
                    hits += 1
                    break
        return hits / len(inside)

    found = precision_recall(real, fake, k)
    assert found == pytest.approx((share(fake, real), share(real, fake)))
    assert 0 < found.recall < found.precision < 1


def test_one_digit_again_and_again_is_precise_and_recalls_nothing() -> None:
    real = points(3, 60)
    fake = real[5] + 1e-4 * points(4, 60)
    assert precision_recall(real, fake).precision == 1
    assert precision_recall(real, fake).recall <= 1 / 60


def test_coverage_of_known_classes() -> None:
    even = coverage(torch.arange(1000) % 10)
    assert even.classes == 10
    assert even.entropy == pytest.approx(math.log(10))
    assert even.shares == pytest.approx((0.1,) * 10)
    uneven = coverage(torch.tensor([3] * 895 + [7] * 100 + [9] * 5))
    assert uneven.classes == 2, "half a percent is no coverage"
    assert (uneven.shares[3], uneven.shares[9], uneven.shares[0]) == pytest.approx((0.895, 0.005, 0))
    expected = -sum(share * math.log(share) for share in (0.895, 0.1, 0.005))
    assert uneven.entropy == pytest.approx(expected)
    assert coverage(torch.full((50,), 4)).entropy == 0


def test_samples_are_decoded_from_the_prior(twins, monkeypatch: pytest.MonkeyPatch) -> None:
    model = checkpoint.load("tiny-bn", twins).build()
    z = torch.randn(20, 8, generator=torch.Generator().manual_seed(3))
    monkeypatch.setattr(generation, "CHUNK", 6)
    torch.testing.assert_close(prior_samples(model, 20, seed=3), model.decode(z).detach())
    assert torch.equal(prior_samples(model, 20), prior_samples(model, 20, seed=0))


def test_digits_as_samples_reach_the_floor(sample: Digits) -> None:
    """The upper end of the scale: real digits for samples."""
    judge = classifier.load()
    test, training = (judge.features(x[:600] / 255).double().numpy() for x in (sample.test_images, sample.train_images))
    density = precision_recall(test, training)
    assert min(density) > 0.85
    assert coverage(judge.digits(sample.test_images[:600] / 255)).classes == 10
