"""The losses, one pure function each, per image: (B, ...) -> (B,).

Which network each may move is in `routing.py` (`ROUTES`) and is tested to be exactly zero elsewhere. `D` are logits.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from vaegan.model import Posterior


def reconstruction_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Binary cross entropy summed over pixels, in nats; the paper's L(x, x_hat), section 2.2.1."""
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(dim=1)


def kl_loss(posterior: Posterior) -> Tensor:
    """KL(q(z|x) || N(0, I)) in nats, closed form; Kingma & Welling 2014, appendix B."""
    mu, logvar = posterior
    return -0.5 * (1 + logvar - mu.square() - logvar.exp()).sum(dim=1)


def real_loss(real_logits: Tensor) -> Tensor:
    """BCE(D(x), 1): what the discriminator pays for doubting a real picture; section 2.3.1."""
    return F.softplus(-real_logits)


def fake_loss(fake_logits: Tensor) -> Tensor:
    """BCE(D(x_hat), 0): what the discriminator pays for believing a fake; section 2.3.1."""
    return F.softplus(fake_logits)


def generator_loss(fake_logits: Tensor) -> Tensor:
    """BCE(D(x_hat), 1), the non-saturating form, which the paper uses; Goodfellow et al. 2014, section 3."""
    return F.softplus(-fake_logits)


def saturating_generator_loss(fake_logits: Tensor) -> Tensor:
    """-BCE(D(x_hat), 0), the minimax form: its gradient fades where D is sure; Goodfellow et al. 2014, equation 1."""
    return -F.softplus(fake_logits)


def feature_loss(features: Tensor, target: Tensor) -> Tensor:
    """Learned similarity: -log N(D_l(x) | D_l(x_hat), I) without its constant; Larsen et al. 2016, equation 7."""
    return 0.5 * (features - target).square().sum(dim=1)


GENERATOR_LOSSES = {"non-saturating": generator_loss, "saturating": saturating_generator_loss}


def mean(per_image: Tensor) -> Tensor:
    """The batch's mean, in float32 even under autocast."""
    return per_image.mean(dtype=torch.float32)
