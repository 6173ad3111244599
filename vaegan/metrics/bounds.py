"""Bounds on log p(x), in nats per picture: the ELBO, and the importance-weighted bound, which lies nearer to it.

The decoder's outputs are means of Bernoulli pixels, as in the paper's loss. Only black and white pictures have a true
likelihood under this model; for grey ones the ELBO is the negative of the trained loss. Models are in eval mode.
"""

import math

import torch
from torch import Tensor

from vaegan.model.losses import kl_loss, reconstruction_loss
from vaegan.model.networks import VAEGAN, sample

DRAWS = 100  # k of the importance-weighted bound
SEED = 0
DRAWN = 10_000  # pictures whose z are drawn at once
DECODED = 200  # pictures decoded at once: what a convolution makes of them stays in the processor's cache


def binarised(x: Tensor, seed: int = SEED) -> Tensor:
    """Pictures (N, 784) in [0, 1] -> 0 or 1, each pixel 1 with its own value as probability; (N, 784)."""
    return torch.bernoulli(x, generator=torch.Generator().manual_seed(seed))


def elbo(model: VAEGAN, x: Tensor, seed: int = SEED) -> Tensor:
    """The ELBO of each picture of (N, 784) from one draw of z, with the KL in closed form; (N,)."""
    generator = torch.Generator().manual_seed(seed)
    bounds = []
    with torch.inference_mode():
        for part in x.split(DRAWN):
            posterior = model.encode(part)
            recon = reconstruction_loss(_decoded(model, sample(posterior, generator)), part)
            bounds.append(-recon - kl_loss(posterior))
    return torch.cat(bounds)


def importance_bound(model: VAEGAN, x: Tensor, draws: int = DRAWS, seed: int = SEED) -> Tensor:
    """log of the mean over `draws` of p(x|z) p(z) / q(z|x), z from q(z|x), of each picture of (N, 784); (N,)."""
    generator = torch.Generator().manual_seed(seed)
    bounds = []
    with torch.inference_mode():
        for part in x.split(max(1, DRAWN // draws)):
            mu, logvar = model.encode(part)  # (B, d) each
            eps = torch.randn(len(part), draws, mu.shape[1], generator=generator)  # (B, k, d)
            z = mu[:, None] + eps * torch.exp(logvar / 2)[:, None]
            logits = _decoded(model, z.flatten(0, 1))  # (B k, 784)
            recon = reconstruction_loss(logits, part.repeat_interleave(draws, dim=0)).view(-1, draws)
            # log p(z) - log q(z|x) without the terms that both densities share; eps is (z - mu) / sigma.
            prior = 0.5 * (eps.square() + logvar[:, None] - z.square()).sum(dim=2)  # (B, k)
            bounds.append(torch.logsumexp(prior - recon, dim=1) - math.log(draws))
    return torch.cat(bounds)


def _decoded(model: VAEGAN, z: Tensor) -> Tensor:
    """The decoder's logits (N, 784) of z (N, d)."""
    return torch.cat([model.decoder(part) for part in z.split(DECODED)])
