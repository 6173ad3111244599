"""The losses, one pure function each, per image: (B, ...) -> (B,).

`routing.ROUTES` says which networks each loss may move; tests check that its gradient is exactly zero elsewhere. D(x)
stands for the discriminator's logits here.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from vaegan.config import Generator
from vaegan.model.parts import Discriminator, Posterior


def reconstruction_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Binary cross entropy summed over pixels, in nats; the paper's L(x, x_hat), section 2.2.1."""
    per_image: Tensor = _SummedCrossEntropy.apply(logits, target)
    return per_image


class _SummedCrossEntropy(torch.autograd.Function):
    """torch's binary_cross_entropy_with_logits, summed over pixels, with the same gradient to the bit, but faster.

    torch takes log1p pixel by pixel, which is a sixth of a whole training step. Here log(1 + exp(-|l|)) is computed as
    -log(max(p, 1 - p)) with p = sigmoid(l): the argument is at least 1/2, so the plain log is as exact, and the
    gradient needs p anyway.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, target: Tensor) -> Tensor:
        """(B, 784) twice -> (B,)."""
        p = torch.sigmoid(logits)
        ctx.save_for_backward(p, target)
        likelier = torch.maximum(p, 1 - p).log_()
        return logits.relu().addcmul_(logits, target, value=-1).sub_(likelier).sum(dim=1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        """(B,) -> (B, 784)."""
        p, target = ctx.saved_tensors
        return (p - target).mul_(grad.unsqueeze(1)), None


def kl_loss(posterior: Posterior) -> Tensor:
    """KL(q(z|x) || N(0, I)) in nats, closed form; Kingma & Welling 2014, appendix B."""
    mu, logvar = posterior
    return -0.5 * (1 + logvar - mu.square() - logvar.exp()).sum(dim=1)


def real_loss(real_logits: Tensor) -> Tensor:
    """BCE(D(x), 1): the discriminator's loss on real pictures; section 2.3.1."""
    return F.softplus(-real_logits)


def fake_loss(fake_logits: Tensor) -> Tensor:
    """BCE(D(x_hat), 0): the discriminator's loss on fakes; section 2.3.1."""
    return F.softplus(fake_logits)


def generator_loss(fake_logits: Tensor) -> Tensor:
    """BCE(D(x_hat), 1), the non-saturating form, which the paper uses; Goodfellow et al. 2014, section 3."""
    return F.softplus(-fake_logits)


def saturating_generator_loss(fake_logits: Tensor) -> Tensor:
    """-BCE(D(x_hat), 0), the minimax form, whose gradient vanishes where D is sure; Goodfellow et al. 2014, eq. 1."""
    return -F.softplus(fake_logits)


def hinge_real_loss(real_logits: Tensor) -> Tensor:
    """max(0, 1 - D(x)): nothing is learned from real pictures that D is sure of; Lim & Ye 2017, Miyato et al. 2018."""
    return F.relu(1 - real_logits)


def hinge_fake_loss(fake_logits: Tensor) -> Tensor:
    """max(0, 1 + D(x_hat)), the hinge loss on fakes."""
    return F.relu(1 + fake_logits)


def hinge_generator_loss(fake_logits: Tensor) -> Tensor:
    """-D(x_hat), the generator's side of the hinge loss."""
    return -fake_logits


def slope_penalty(discriminator: Discriminator, real: Tensor) -> Tensor:
    """R1: half the squared length of D's gradient at real pictures (B, 784) -> (B,); Mescheder et al. 2018, eq. 9."""
    pictures = real.detach().requires_grad_()
    (slope,) = torch.autograd.grad(discriminator(pictures).sum(), pictures, create_graph=True)  # (B, 784)
    return 0.5 * slope.square().sum(dim=1)


def feature_loss(features: Tensor, target: Tensor) -> Tensor:
    """Learned similarity: -log N(D_l(x) | D_l(x_hat), I) without its constant; Larsen et al. 2016, equation 7."""
    return 0.5 * (features - target).square().sum(dim=1)


class GanLosses(NamedTuple):
    """What D's logits (B,) cost: the discriminator on real pictures and on fakes, and the generator on fakes."""

    real: Callable[[Tensor], Tensor]
    fake: Callable[[Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


GAN_LOSSES: dict[Generator, GanLosses] = {
    "non-saturating": GanLosses(real_loss, fake_loss, generator_loss),
    "saturating": GanLosses(real_loss, fake_loss, saturating_generator_loss),
    "hinge": GanLosses(hinge_real_loss, hinge_fake_loss, hinge_generator_loss),
}


def mean(per_image: Tensor) -> Tensor:
    """The batch's mean, in float32 even under autocast."""
    return per_image.mean(dtype=torch.float32)
