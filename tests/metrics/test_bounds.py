import math

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.nn import functional as F

from tests.conftest import dense_parts
from vaegan import checkpoint
from vaegan.config import ModelConfig
from vaegan.data.mnist import Digits
from vaegan.metrics import bounds
from vaegan.metrics.bounds import binarised, elbo, importance_bound
from vaegan.metrics.likeness import vae_losses
from vaegan.model.networks import VAEGAN, build


@pytest.fixture(scope="module")
def grey(sample: Digits) -> Tensor:
    return sample.test_images[:40].float() / 255


def lively(latent_dim: int = 3, seed: int = 0) -> VAEGAN:
    """An untrained model whose posterior is no prior and whose pictures depend on z."""
    model = build(ModelConfig(latent_dim=latent_dim, hidden_dim=16, norm="none"), seed).eval()
    encoder, decoder = dense_parts(model)
    first = decoder.hidden[0]
    assert isinstance(first, nn.Linear)
    with torch.no_grad():
        encoder.output.weight.mul_(3)
        encoder.output.bias.add_(0.5)
        first.weight.mul_(2)
        decoder.output.weight.mul_(2)
    return model


def log_likelihood(model: VAEGAN, z: Tensor, x: Tensor) -> Tensor:
    """log p(x|z) of (..., d) and (784,); torch's own Bernoulli."""
    return Bernoulli(logits=model.decoder(z)).log_prob(x).sum(dim=-1)


def test_the_elbo_is_that_of_torchs_distributions(grey: Tensor) -> None:
    model, x = lively(), binarised(grey)
    mu, logvar = model.encode(x)
    posterior = Normal(mu, (logvar / 2).exp())
    z = mu + torch.randn(mu.shape, generator=torch.Generator().manual_seed(5)) * posterior.scale
    kl = kl_divergence(posterior, Normal(0.0, 1.0)).sum(dim=1)
    expected = torch.stack([log_likelihood(model, a, b) for a, b in zip(z, x, strict=True)]) - kl
    torch.testing.assert_close(elbo(model, x, seed=5), expected.detach(), rtol=1e-5, atol=1e-3)
    assert kl.min() > 0.05


def test_on_grey_digits_the_elbo_is_the_trained_loss(grey: Tensor) -> None:
    model = lively()
    with torch.no_grad():
        dense_parts(model)[0].output.bias[3:] = -60.0  # logvar at its limit: a draw is the mean
    recon, kl = vae_losses(model, grey, grey)
    by_hand = F.binary_cross_entropy(model.decode(model.encode(grey).mu), grey, reduction="none").sum(dim=1)
    torch.testing.assert_close(recon, by_hand.detach(), rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(elbo(model, grey), -(recon + kl), rtol=1e-3, atol=0.5)


@pytest.mark.parametrize("draws", [1, 7])
def test_a_decoder_that_ignores_z_makes_the_bound_exact(
    grey: Tensor, draws: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "DRAWN", 30)  # several parts, whose order shows
    monkeypatch.setattr(bounds, "DECODED", 20)
    model, x = lively(), binarised(grey)
    encoder, decoder = dense_parts(model)
    nn.init.zeros_(encoder.output.weight)
    nn.init.zeros_(encoder.output.bias)  # q(z|x) is the prior
    nn.init.zeros_(decoder.output.weight)
    expected = torch.stack([log_likelihood(model, torch.zeros(3), picture) for picture in x]).detach()
    torch.testing.assert_close(importance_bound(model, x, draws), expected, rtol=1e-5, atol=1e-3)
    torch.testing.assert_close(elbo(model, x), expected, rtol=1e-5, atol=1e-3)


def test_many_draws_find_the_likelihood_that_quadrature_finds(grey: Tensor) -> None:
    model, x = lively(latent_dim=1), binarised(grey[:6])
    z = torch.linspace(-9, 9, 4001)[:, None]
    prior = Normal(0.0, 1.0).log_prob(z[:, 0])
    joint = torch.stack([log_likelihood(model, z, picture) + prior for picture in x])  # (6, 4001)
    exact = (torch.logsumexp(joint, dim=1) + math.log(18 / 4000)).detach()
    found = importance_bound(model, x, draws=4000)
    torch.testing.assert_close(found, exact, rtol=0, atol=0.25)
    assert (exact - elbo(model, x)).mean() > 1, "a posterior so good that the ELBO would have passed"


def test_more_draws_never_loosen_the_bound_on_average(grey: Tensor, twins) -> None:
    for model in (lively(), checkpoint.load("tiny-bn", twins).build()):
        x = binarised(grey)
        means = [importance_bound(model, x, draws).mean().item() for draws in (1, 5, 25, 100)]
        assert means == sorted(means)
        assert means[-1] > elbo(model, x).mean().item() + 1
        one = torch.stack([importance_bound(model, x, 1, seed) for seed in range(20)]).mean()
        drawn = torch.stack([elbo(model, x, seed) for seed in range(20)]).mean()
        assert one.item() == pytest.approx(drawn.item(), rel=0.02), "with one draw both estimate the ELBO"


def test_the_seed_fixes_every_draw(grey: Tensor) -> None:
    model = lively()
    for measure in (elbo, lambda m, x, seed: importance_bound(m, x, 3, seed), lambda _, x, seed: binarised(x, seed)):
        assert torch.equal(measure(model, grey, 0), measure(model, grey, 0))
        assert not torch.equal(measure(model, grey, 0), measure(model, grey, 1))
    assert torch.equal(importance_bound(model, grey), importance_bound(model, grey, 100, 0))


def test_binarised_pixels_are_white_as_often_as_they_are_bright() -> None:
    levels = torch.tensor([0.0, 0.25, 0.7, 1.0])
    found = binarised(levels[:, None].expand(4, 784 * 20))
    assert set(found.unique().tolist()) == {0.0, 1.0}
    assert found.mean(dim=1).tolist() == pytest.approx(levels.tolist(), abs=0.015)
    assert found[0].sum() == 0
    assert found[3].min() == 1
