import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from vaegan.config import Generator
from vaegan.model.losses import (
    GAN_LOSSES,
    fake_loss,
    feature_loss,
    generator_loss,
    kl_loss,
    mean,
    real_loss,
    reconstruction_loss,
    saturating_generator_loss,
)
from vaegan.model.parts import Posterior

ON_LOGITS = [(real_loss, 1, 1), (fake_loss, 0, 1), (generator_loss, 1, 1), (saturating_generator_loss, 0, -1)]


@pytest.fixture
def random() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_reconstruction_is_the_summed_cross_entropy_of_the_sigmoid(random: torch.Generator) -> None:
    logits = 3 * torch.randn(4, 784, generator=random, dtype=torch.float64)
    target = torch.rand(4, 784, generator=random, dtype=torch.float64)
    expected = [
        F.binary_cross_entropy(torch.sigmoid(row), pixels, reduction="sum")
        for row, pixels in zip(logits, target, strict=True)
    ]
    torch.testing.assert_close(reconstruction_loss(logits, target), torch.stack(expected))


def test_reconstruction_has_the_gradient_of_torchs_own_cross_entropy(random: torch.Generator) -> None:
    """To the bit, so that nothing trained with torch's would be trained to other weights."""
    logits = 5 * torch.randn(8, 784, generator=random)
    logits[0, :6] = torch.tensor([0.0, -0.0, 30.0, -30.0, 1e4, -1e4])
    target = torch.rand(8, 784, generator=random).round(decimals=1)
    ours, torchs = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    expected = F.binary_cross_entropy_with_logits(torchs, target, reduction="none").sum(dim=1)
    found = reconstruction_loss(ours, target)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-5)
    expected.mean().backward()
    found.mean().backward()
    assert ours.grad is not None
    assert torchs.grad is not None
    assert torch.equal(ours.grad, torchs.grad)


def test_kl_is_the_divergence_from_the_standard_normal(random: torch.Generator) -> None:
    mu, logvar = torch.randn(2, 6, 20, generator=random)
    expected = kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).sum(dim=1)
    torch.testing.assert_close(kl_loss(Posterior(mu, logvar)), expected)


def test_kl_is_zero_for_the_prior_itself() -> None:
    assert torch.equal(kl_loss(Posterior(torch.zeros(3, 5), torch.zeros(3, 5))), torch.zeros(3))


@pytest.mark.parametrize(("loss", "label", "sign"), ON_LOGITS)
def test_adversarial_losses_are_cross_entropies(
    loss: Callable[[Tensor], Tensor], label: int, sign: int, random: torch.Generator
) -> None:
    logits = 4 * torch.randn(50, generator=random)
    expected = F.binary_cross_entropy_with_logits(logits, torch.full((50,), float(label)), reduction="none")
    torch.testing.assert_close(loss(logits), sign * expected)


@pytest.mark.parametrize(("loss", "label", "sign"), ON_LOGITS)
@pytest.mark.parametrize("logit", [-1000.0, 1000.0])
def test_adversarial_losses_are_stable_at_large_logits(
    loss: Callable[[Tensor], Tensor], label: int, sign: int, logit: float
) -> None:
    logits = torch.tensor([logit], requires_grad=True)
    value = loss(logits)
    (gradient,) = torch.autograd.grad(value.sum(), logits)
    wrong = (logit > 0) != (label == 1)
    assert value.item() == pytest.approx(sign * 1000.0 * wrong)
    assert gradient.item() == pytest.approx(sign * math.copysign(1.0, logit) * wrong)


@pytest.mark.parametrize(
    ("logit", "target", "expected"), [(1000, 1, 0), (-1000, 0, 0), (1000, 0, 1000), (-1000, 0.5, 500)]
)
def test_reconstruction_is_stable_at_large_logits(logit: float, target: float, expected: float) -> None:
    logits = torch.full((1, 784), float(logit), requires_grad=True)
    loss = reconstruction_loss(logits, torch.full((1, 784), float(target)))
    assert loss.item() == pytest.approx(784 * expected)
    assert torch.isfinite(torch.autograd.grad(loss.sum(), logits)[0]).all()


# d/dl of softplus(-l) is -sigmoid(-l), of -softplus(l) it is -sigmoid(l): here D is sure that a fake (l = -10) is one.
@pytest.mark.parametrize(("form", "slope"), [("non-saturating", -0.9999546), ("saturating", -4.53979e-5)])
def test_only_the_non_saturating_form_learns_from_a_confident_discriminator(form: Generator, slope: float) -> None:
    logits = torch.tensor([-10.0], requires_grad=True)
    GAN_LOSSES[form].generator(logits).sum().backward()
    assert logits.grad is not None
    assert logits.grad.item() == pytest.approx(slope, rel=1e-5)


def test_feature_loss_is_a_normal_log_likelihood_up_to_its_constant(random: torch.Generator) -> None:
    features, target = torch.rand(2, 6, 256, generator=random)
    expected = -Normal(features, 1.0).log_prob(target).sum(dim=1) - 256 / 2 * math.log(2 * math.pi)
    torch.testing.assert_close(feature_loss(features, target), expected, rtol=1e-4, atol=1e-4)


def test_mean_is_float32_whatever_the_terms_are(random: torch.Generator) -> None:
    per_image = 300 + torch.rand(1000, generator=random)
    found = mean(per_image.bfloat16())
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(per_image.bfloat16().double().mean().item(), rel=1e-6)
