"""The fitted prior against torch.distributions, scikit-learn, and the moments of its samples."""

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.mixture import GaussianMixture
from torch import Tensor
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from tests.conftest import present
from vaegan.model.prior import CANDIDATES, MAX_DIMENSIONS, FittedPrior, fault_in, fit

WEIGHTS = torch.tensor([0.2, 0.5, 0.3])
MEANS = torch.tensor([[4.0, 0.0], [-3.0, 1.0], [0.0, -5.0]])
FACTORS = torch.tensor([[[1.0, 0.0], [0.5, 0.2]], [[0.3, 0.0], [-0.6, 1.0]], [[2.0, 0.0], [0.0, 0.1]]])


@pytest.fixture
def prior() -> FittedPrior:
    return FittedPrior(WEIGHTS, MEANS, FACTORS)


def oracle(prior: FittedPrior) -> MixtureSameFamily:
    means, factors = prior.means.double(), prior.factors.double()
    return MixtureSameFamily(Categorical(prior.weights.double()), MultivariateNormal(means, scale_tril=factors))


def three_clouds(count: int, seed: int) -> Tensor:
    torch.manual_seed(seed)
    draws = oracle(FittedPrior(WEIGHTS, MEANS, FACTORS)).sample((count,))
    return draws.float()


def test_densities_are_those_of_torch(prior: FittedPrior) -> None:
    z = torch.linspace(-6, 6, 80).view(40, 2)
    torch.testing.assert_close(prior.log_prob(z), oracle(prior).log_prob(z.double()))


def test_samples_have_the_moments_of_the_mixture() -> None:
    prior = FittedPrior(WEIGHTS, 10 * MEANS, FACTORS)  # so far apart that each sample's component is plain
    z = prior.sample(200_000, seed=5)
    assert z.dtype == torch.float32
    expected = oracle(prior)
    torch.testing.assert_close(z.mean(0).double(), expected.mean, atol=0.1, rtol=0)
    torch.testing.assert_close(z.var(0).double(), expected.variance, atol=0, rtol=0.02)
    component = torch.cdist(z, prior.means).argmin(dim=1)
    for k in range(3):
        own = z[component == k]
        assert len(own) / len(z) == pytest.approx(float(WEIGHTS[k]), abs=0.005)
        torch.testing.assert_close(torch.cov(own.T), FACTORS[k] @ FACTORS[k].T, atol=0.02, rtol=0.02)


def test_the_seed_fixes_samples_and_more_of_them_begin_alike(prior: FittedPrior) -> None:
    many = prior.sample(50, seed=7)
    assert torch.equal(prior.sample(50, seed=7), many)
    torch.testing.assert_close(prior.sample(8, seed=7), many[:8])
    assert not torch.allclose(prior.sample(50, seed=8), many)


def test_temperature_scales_the_way_from_the_components_mean(prior: FittedPrior) -> None:
    cold, half, whole = (prior.sample(300, 3, temperature) for temperature in (0.0, 0.5, 1.0))
    torch.testing.assert_close(half - cold, (whole - cold) / 2)
    assert {tuple(z) for z in cold.tolist()} == {tuple(mean) for mean in MEANS.tolist()}


def test_a_fit_finds_the_clouds() -> None:
    found = present(fit(three_clouds(4000, 0), three_clouds(1000, 1)))
    assert (found.rows, found.held_out) == (4000, 1000)
    assert found.prior.components >= 3
    assert float(found.prior.weights.sum()) == pytest.approx(1)
    far = three_clouds(2000, 2)
    truth = oracle(FittedPrior(WEIGHTS, MEANS, FACTORS)).log_prob(far.double()).mean()
    assert float(truth) - 0.1 < float(found.prior.log_prob(far).mean()) < float(truth) + 0.01
    assert found.log_likelihood > found.one_gaussian + 0.5 > found.standard


def test_the_numbers_of_a_fit_are_those_of_scikit_learn() -> None:
    draws, held_out = three_clouds(3000, 3), three_clouds(500, 4)
    found = present(fit(draws, held_out))
    model = GaussianMixture(found.prior.components)
    model.weights_, model.means_ = found.prior.weights.double().numpy(), found.prior.means.double().numpy()
    factors = found.prior.factors.double()
    model.covariances_ = (factors @ factors.mT).numpy()
    model.precisions_cholesky_ = np.linalg.inv(factors.numpy()).transpose(0, 2, 1)
    assert found.log_likelihood == pytest.approx(model.score(held_out.double().numpy()), rel=1e-6)
    one = GaussianMixture(1).fit(draws.double().numpy())
    assert found.one_gaussian == pytest.approx(one.score(held_out.double().numpy()), rel=1e-4)
    standard = MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(held_out).mean()
    assert found.standard == pytest.approx(float(standard), rel=1e-5)


def test_the_same_vectors_give_the_same_prior_bit_for_bit() -> None:
    once, again = (present(fit(three_clouds(800, 5), three_clouds(100, 6))).prior for _ in range(2))
    assert all(torch.equal(value, again.tensors()[name]) for name, value in once.tensors().items())


def test_one_gaussian_stays_one_component() -> None:
    torch.manual_seed(0)
    z = torch.randn(6000, 6) @ torch.randn(6, 6)
    found = present(fit(z[:5000], z[5000:]))
    assert found.prior.components == 1
    torch.testing.assert_close(found.prior.means[0], z[:5000].mean(0), atol=1e-5, rtol=1e-5)
    covariance = torch.cov(z[:5000].T, correction=0)
    torch.testing.assert_close(found.prior.factors[0] @ found.prior.factors[0].T, covariance, atol=1e-3, rtol=1e-3)
    assert found.log_likelihood == found.one_gaussian


def test_few_vectors_or_many_dimensions_allow_few_components() -> None:
    torch.manual_seed(0)
    clouds = 6 * torch.randn(8, 7)[torch.randint(8, (1600,))] + torch.randn(1600, 7)
    assert present(fit(clouds[:1000], clouds[1000:])).prior.components >= 5
    assert present(fit(clouds[:140], clouds[1000:])).prior.components == 2, "140 vectors in 7 dimensions serve four"
    wide = torch.randn(400, MAX_DIMENSIONS + 1) + 10 * torch.arange(400)[:, None].remainder(2)
    assert present(fit(wide[:350], wide[350:])).prior.components == 1
    assert CANDIDATES[-1] == 20


@pytest.mark.parametrize(
    ("draws", "held_out"),
    [
        (torch.randn(4, 4), torch.randn(1, 4)),
        (torch.randn(40, 4), torch.randn(0, 4)),
        (torch.ones(40, 4), torch.ones(4, 4)),
        (torch.full((40, 4), torch.nan), torch.randn(4, 4)),
        (torch.randn(40, 4), torch.full((4, 4), torch.inf)),
    ],
    ids=["too few", "none held out", "all the same", "not finite", "held out not finite"],
)
def test_where_there_is_nothing_to_fit_there_is_no_prior(draws: Tensor, held_out: Tensor) -> None:
    assert fit(draws, held_out) is None


def test_a_dimension_that_never_changes_is_no_obstacle() -> None:
    torch.manual_seed(0)
    z = torch.randn(300, 3) * torch.tensor([1000.0, 0.0, 1.0])
    prior = present(fit(z[:250], z[250:])).prior
    assert fault_in(prior.tensors(), 3) is None
    assert bool(prior.sample(100, 0).isfinite().all())


FAULTS: dict[str, tuple[Callable[[dict[str, Tensor]], object], str]] = {
    "too few tensors": (
        lambda t: t.pop("means"),
        "a fitted prior of factors, weights instead of weights, means, factors",
    ),
    "an unknown one": (lambda t: t.update(extra=torch.zeros(1)), "a fitted prior of extra, factors"),
    "too many components": (lambda t: t.update(weights=torch.full((21,), 1 / 21)), r"weights of shape \(21,\)"),
    "no component": (lambda t: t.update(weights=torch.zeros(0)), r"weights of shape \(0,\) instead of one to 20"),
    "a number for weights": (lambda t: t.update(weights=torch.tensor(1.0)), r"weights of shape \(\)"),
    "doubles": (lambda t: t.update(means=MEANS.double()), "means of type torch.float64 instead of torch.float32"),
    "integers": (lambda t: t.update(weights=torch.tensor([1, 0, 0])), "weights of type torch.int64"),
    "another size": (lambda t: t.update(means=torch.zeros(3, 5)), r"means of shape \(3, 5\) instead of \(3, 2\)"),
    "flat factors": (lambda t: t.update(factors=torch.ones(3, 2)), r"factors of shape \(3, 2\) instead of \(3, 2, 2\)"),
    "NaN": (lambda t: t["means"].fill_(torch.nan), "numbers in prior.means that are not finite"),
    "infinity": (lambda t: t["factors"][0, 1, 0].fill_(torch.inf), "numbers in prior.factors that are not finite"),
    "a negative weight": (lambda t: t["weights"].copy_(torch.tensor([-0.1, 0.6, 0.5])), "not all above 0"),
    "a sum of two": (lambda t: t["weights"].mul_(2), "with a sum of 1"),
    "an upper triangle": (lambda t: t["factors"][1, 0, 1].fill_(0.1), "not lower triangular"),
    "a zero in the diagonal": (lambda t: t["factors"][2, 1, 1].fill_(0.0), "a diagonal above 0"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_damaged_prior_is_refused_in_words(name: str) -> None:
    tensors = {"weights": WEIGHTS.clone(), "means": MEANS.clone(), "factors": FACTORS.clone()}
    assert fault_in(tensors, 2) is None
    damage, message = FAULTS[name]
    damage(tensors)
    assert re.search(message, present(fault_in(tensors, 2)))
