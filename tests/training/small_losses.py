"""What tests of the losses share: a small model and its pictures, and each gradient computed on its own."""

from functools import cache
from typing import Any

import torch
from torch import Tensor

from vaegan.config import ModelConfig, Norm, Routing, TrainConfig, parse
from vaegan.model.networks import VAEGAN, build
from vaegan.training.routing import Terms, gradients, network_parameters, terms

BATCH = 6
WEIGHTS = {"recon": 0.7, "kl": 0.3, "adv": 5.0, "feature": 2.0}
VAE = {"encoder", "decoder"}
# Written out once more, from the paper and from Larsen et al. 2016: which networks a term may move.
MOVES: dict[Routing, dict[str, set[str]]] = {
    "paper": {
        "recon": VAE, "kl": {"encoder"}, "adv": VAE, "feature": VAE,
        "disc_real": {"discriminator"}, "disc_fake": {"discriminator"}, "disc_r1": {"discriminator"},
    },
    "larsen": {
        "recon": VAE, "kl": {"encoder"}, "adv": {"decoder"}, "feature": VAE,
        "disc_real": {"discriminator"}, "disc_fake": {"discriminator"}, "disc_r1": {"discriminator"},
    },
}  # fmt: skip
TERMS = [term for term in MOVES["paper"] if term != "disc_r1"]  # in use without a penalty


@cache
def built(norm: Norm) -> VAEGAN:
    """One for all tests, which leave its parameters alone."""
    return build(ModelConfig(latent_dim=3, hidden_dim=16, norm=norm), 0).train()


def config(**changes: Any) -> TrainConfig:
    """Every term in use, reconstructions and prior samples as fakes, unless told otherwise."""
    return parse(TrainConfig, {"weights": WEIGHTS, "fakes": "both"} | changes)


def computed(model: VAEGAN, clean: Tensor, given: Tensor, settings: TrainConfig) -> Terms:
    return terms(model, clean, given, settings, torch.Generator().manual_seed(3))


def moved_by(model: VAEGAN, losses: dict[str, Tensor], settings: TrainConfig) -> dict[str, list[Tensor | None]]:
    return gradients(network_parameters(model), losses, settings)


def flat(gradient: list[Tensor | None], model: VAEGAN, network: str) -> Tensor:
    """One vector, zero where there is no gradient."""
    pairs = zip(gradient, network_parameters(model)[network], strict=True)
    return torch.cat([torch.zeros(own.numel()) if g is None else g.flatten() for g, own in pairs])


def close(found: Tensor, expected: Tensor) -> None:
    assert (found - expected).norm() <= 1e-5 * expected.norm() + 1e-7
