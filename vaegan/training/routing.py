"""Which loss moves which network: the terms of one batch, and their gradients per network.

Gradients are computed for each network alone, by `torch.autograd.grad`, so nothing accumulates where it should not. A
`.backward()` over all terms would let the decoder help the discriminator, as well-known implementations did.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from vaegan.config import Routing, TrainConfig
from vaegan.model.losses import GAN_LOSSES, feature_loss, kl_loss, mean, reconstruction_loss, slope_penalty
from vaegan.model.networks import VAEGAN, sample
from vaegan.model.parts import BatchNorm, Discriminator, Posterior

NETWORKS = ("encoder", "decoder", "discriminator")
Parameters = dict[str, list[nn.Parameter]]  # by network
R1_EVERY = 16  # steps; the penalty is as good when every 16th step counts sixteenfold, at a fraction of the time
_PAPER: dict[str, tuple[str, ...]] = {
    "recon": ("encoder", "decoder"),
    "kl": ("encoder",),
    "adv": ("encoder", "decoder"),
    "feature": ("encoder", "decoder"),
    "disc_real": ("discriminator",),
    "disc_fake": ("discriminator",),
    "disc_r1": ("discriminator",),
}
# Larsen et al. 2016, algorithm 1: the GAN's error does not reach the encoder.
ROUTES: dict[Routing, dict[str, tuple[str, ...]]] = {"paper": _PAPER, "larsen": _PAPER | {"adv": ("decoder",)}}


class Terms(NamedTuple):
    """One batch's losses by name, each a scalar mean per image, and D's mean probability for real and fake pictures."""

    losses: dict[str, Tensor]
    d_real: Tensor | None
    d_fake: Tensor | None


def terms(
    model: VAEGAN,
    clean: Tensor,
    inputs: Tensor,
    config: TrainConfig,
    generator: torch.Generator,
    step: int | None = None,
) -> Terms:
    """Every term that `config` uses, from the encoder's `inputs` (B, 784) and their targets, the `clean` digits.

    `step` counts the steps before this one: at every `R1_EVERY`th the R1 penalty counts so many times, at others it is
    0. Without a step it counts once, its mean over steps.
    """
    losses: dict[str, Tensor] = {}
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=config.precision == "bfloat16"):
        recon_logits = None
        if config.uses_encoder:
            posterior = model.encode(inputs)
            posterior = Posterior(posterior.mu.float(), posterior.logvar.float())
            z = sample(posterior, generator) if config.sample_latent else posterior.mu
            recon_logits = model.decoder(z).float()  # (B, 784)
            losses["recon"] = mean(reconstruction_loss(recon_logits, clean))
            losses["kl"] = mean(kl_loss(posterior))
        if not config.uses_discriminator:
            return Terms(losses, None, None)
        if config.r1 > 0:
            losses["disc_r1"] = config.r1 * _penalty(model.discriminator, clean, step)
        return _adversarial_terms(model, clean, recon_logits, losses, config, generator)


def _adversarial_terms(
    model: VAEGAN,
    clean: Tensor,
    recon_logits: Tensor | None,
    losses: dict[str, Tensor],
    config: TrainConfig,
    generator: torch.Generator,
) -> Terms:
    """`losses` and the terms that need the discriminator.

    Real and fake batches go through it one after the other, so that BatchNorm normalises each by its own statistics.
    """
    discriminator = model.discriminator
    real_features = discriminator.features(clean)  # (B, 256)
    real = discriminator.logits(real_features).float()  # (B,)
    fakes = []
    if recon_logits is not None:
        features = discriminator.features(torch.sigmoid(recon_logits))
        if config.fakes != "prior":
            fakes.append(discriminator.logits(features).float())
        if config.weights.feature > 0:
            losses["feature"] = mean(feature_loss(features.float(), real_features.float().detach()))
    if config.fakes != "recon":
        z = torch.randn(len(clean), model.latent_dim, generator=generator)
        with _statistics_left_alone(model.decoder, not config.prior_statistics):
            prior_logits = model.decoder(z).float()  # (B, 784)
        fakes.append(discriminator(torch.sigmoid(prior_logits)).float())
    fake = torch.cat(fakes)  # (B,) or (2B,): the mean keeps adv's weight comparable whatever counts as fake
    costs = GAN_LOSSES[config.generator]
    losses["adv"] = mean(costs.generator(fake))
    losses["disc_real"] = mean(costs.real(real))
    losses["disc_fake"] = mean(costs.fake(fake))
    return Terms(losses, torch.sigmoid(real.detach()).mean(), torch.sigmoid(fake.detach()).mean())


def _penalty(discriminator: Discriminator, clean: Tensor, step: int | None) -> Tensor:
    """The R1 penalty as `terms` has it, in float32. BatchNorm has counted these real digits already, or soon will."""
    if step is not None and step % R1_EVERY:
        return torch.zeros(())
    with torch.autocast("cpu", enabled=False), _statistics_left_alone(discriminator, True):
        penalty = mean(slope_penalty(discriminator, clean))
    return penalty if step is None else R1_EVERY * penalty


@contextmanager
def _statistics_left_alone(network: nn.Module, wanted: bool) -> Iterator[None]:
    """Within this block BatchNorm normalises by the batch as ever, but if `wanted` its running statistics stay."""
    norms = [module for module in network.modules() if isinstance(module, BatchNorm)] if wanted else []
    for norm in norms:
        norm.track_running_stats = False
    try:
        yield
    finally:
        for norm in norms:
            norm.track_running_stats = True


def gradients(parameters: Parameters, losses: dict[str, Tensor], config: TrainConfig) -> dict[str, list[Tensor | None]]:
    """The gradient of each network's own objective, parameter by parameter; None for parameters that no term moves."""
    active = {network: _active_terms(network, losses, config) for network in NETWORKS}
    # The KL term does not depend on the decoder: where two objectives differ in it alone, one backward pass does both.
    joint = active["encoder"] - {"kl"} == active["decoder"]
    passes: list[tuple[str, ...]] = [("discriminator",)]
    passes += [("encoder", "decoder")] if joint else [("encoder",), ("decoder",)]
    gradient: dict[str, list[Tensor | None]] = {}
    for networks in passes:
        pass_parameters = {network: parameters[network] for network in networks}
        gradient |= _backward(pass_parameters, losses, active[networks[0]], config)
    return gradient


def _backward(
    parameters: Parameters, losses: dict[str, Tensor], active: set[str], config: TrainConfig
) -> dict[str, list[Tensor | None]]:
    if not active:
        return {network: [None] * len(own) for network, own in parameters.items()}
    weights = config.weights.model_dump()
    objective = torch.stack([weights.get(term, 1.0) * losses[term] for term in sorted(active)]).sum()
    flat = [parameter for own in parameters.values() for parameter in own]
    gradient = iter(torch.autograd.grad(objective, flat, retain_graph=True, allow_unused=True))
    return {network: [next(gradient) for _ in own] for network, own in parameters.items()}


def network_parameters(model: VAEGAN) -> Parameters:
    """The parameters of each network. A run collects them only once: it takes longer than a step of a small layer."""
    return {name: list(model.get_submodule(name).parameters()) for name in NETWORKS}


def _active_terms(network: str, losses: dict[str, Tensor], config: TrainConfig) -> set[str]:
    """The terms that move `network` in this run: routed to it, computed, and of a weight above 0."""
    weights = config.weights.model_dump()
    routes = ROUTES[config.routing]
    return {term for term in losses if network in routes[term] and weights.get(term, 1.0) > 0}
