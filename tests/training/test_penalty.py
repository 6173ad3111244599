"""The discriminator's penalty, prior samples, and terms that are left out: what each moves, and what it must not."""

from copy import deepcopy
from typing import get_args

import pytest
import torch
from torch import Tensor

from tests.training.small_losses import MOVES, TERMS, WEIGHTS, built, close, computed, config, flat, moved_by
from vaegan.config import Fakes, ModelConfig, Routing, parse
from vaegan.model.losses import slope_penalty
from vaegan.model.networks import VAEGAN, build
from vaegan.presets import PRESETS
from vaegan.training.routing import NETWORKS, terms


@pytest.mark.parametrize(
    ("name", "expected", "still"),
    [
        ("ae", {"recon", "kl"}, {"discriminator"}),
        ("vae", {"recon", "kl"}, {"discriminator"}),
        ("gan", {"adv", "disc_real", "disc_fake"}, {"encoder"}),
        ("vaegan", {"recon", "kl", "adv", "disc_real", "disc_fake"}, set()),
        ("gan-denoise", set(TERMS), set()),
    ],
)
def test_a_preset_computes_its_terms_and_leaves_the_rest_alone(
    clean: Tensor, given: Tensor, name: str, expected: set[str], still: set[str]
) -> None:
    model, settings = built("batch"), PRESETS[name]
    losses = computed(model, clean, given, settings).losses
    assert set(losses) == expected
    found = moved_by(model, losses, settings)
    assert {network for network, own in found.items() if all(g is None for g in own)} == still
    assert all(g is not None for network, own in found.items() if network not in still for g in own)


@pytest.mark.parametrize("routing", get_args(Routing))
@pytest.mark.parametrize("network", NETWORKS)
def test_the_penalty_moves_the_discriminator_alone(
    model: VAEGAN, clean: Tensor, given: Tensor, routing: Routing, network: str
) -> None:
    settings = config(routing=routing, r1=0.5)
    penalty = computed(model, clean, given, settings).losses["disc_r1"]
    own = flat(moved_by(model, {"disc_r1": penalty}, settings)[network], model, network)
    assert bool(own.any()) == (network in MOVES[routing]["disc_r1"])
    with_it, without = (
        flat(moved_by(model, computed(model, clean, given, some).losses, some)[network], model, network)
        for some in (settings, config(routing=routing))
    )
    close(with_it, without + own)


@pytest.mark.parametrize("architecture", ["dense", "convolutional"])
@pytest.mark.parametrize("spectral_norm", [True, False])
def test_the_penalty_is_half_the_squared_slope(architecture: str, spectral_norm: bool, clean: Tensor) -> None:
    """Against differences of the logits, pixel by pixel, in double precision; and its own gradient so too."""
    sizes = {"latent_dim": 3, "norm": "none", "architecture": architecture, "spectral_norm": spectral_norm}
    discriminator = build(parse(ModelConfig, sizes), 0).discriminator.double().eval()
    x, h = clean[:2].double(), 1e-6

    def slopes() -> Tensor:
        with torch.no_grad():
            around = [discriminator((x[:, None] + sign * h * torch.eye(784)).flatten(0, 1)) for sign in (1, -1)]
            return ((around[0] - around[1]) / (2 * h)).view(2, 784)

    penalty = slope_penalty(discriminator, x)
    torch.testing.assert_close(penalty.detach(), 0.5 * slopes().square().sum(1), rtol=1e-5, atol=1e-9)
    weight = next(parameter for parameter in discriminator.parameters() if parameter.ndim > 1)
    (gradient,) = torch.autograd.grad(penalty.sum(), weight)
    direction = gradient / gradient.norm()
    found = []
    for sign in (1, -1):
        with torch.no_grad():
            weight.add_(sign * 1e-4 * direction)
            found.append(float(0.5 * slopes().square().sum()))
            weight.sub_(sign * 1e-4 * direction)
    assert (found[0] - found[1]) / 2e-4 == pytest.approx(float(gradient.norm()), rel=0.01)


def test_the_penalty_counts_sixteenfold_at_every_sixteenth_step(clean: Tensor, given: Tensor) -> None:
    model, settings = built("none"), config(r1=0.5)
    once = computed(model, clean, given, settings).losses["disc_r1"].item()
    assert once == pytest.approx(0.5 * slope_penalty(model.discriminator, clean).mean().item())
    values = [
        terms(model, clean, given, settings, torch.Generator().manual_seed(3), step).losses["disc_r1"].item()
        for step in range(48)
    ]
    assert [step for step, value in enumerate(values) if value] == [0, 16, 32]
    assert sum(values) / len(values) == pytest.approx(once)


def test_the_penalty_is_as_exact_in_bfloat16_and_moves_no_statistics(clean: Tensor, given: Tensor) -> None:
    exact, rounded = (
        computed(built("batch"), clean, given, config(r1=0.5, precision=precision)).losses["disc_r1"]
        for precision in ("float32", "bfloat16")
    )
    assert exact.item() == rounded.item() > 0
    left, right = (deepcopy(built("batch")) for _ in range(2))
    computed(left, clean, given, config(r1=0.5))
    computed(right, clean, given, config())
    same_values(left, right)


@pytest.mark.parametrize("architecture", ["dense", "convolutional"])
@pytest.mark.parametrize("fakes", ["prior", "both"])
def test_prior_samples_leave_the_statistics_that_reconstructions_use(
    architecture: str, fakes: Fakes, clean: Tensor, given: Tensor
) -> None:
    sizes = {"latent_dim": 3, "hidden_dim": 16, "channels": 2, "architecture": architecture}
    network = build(parse(ModelConfig, sizes), 0).train()
    vae, apart, mixed = (deepcopy(network) for _ in range(3))
    computed(vae, clean, given, config(weights=WEIGHTS | {"adv": 0, "feature": 0}))
    found = computed(apart, clean, given, config(fakes=fakes, prior_statistics=False))
    usual = computed(mixed, clean, given, config(fakes=fakes))
    same_values(apart.decoder, vae.decoder)
    changed = [not torch.equal(a, b) for a, b in zip(mixed.decoder.buffers(), vae.decoder.buffers(), strict=True)]
    assert all(changed)
    for name, value in usual.losses.items():  # the samples are normalised by their own batch in both
        assert torch.equal(found.losses[name], value), name
    assert all(norm.track_running_stats for norm in apart.modules() if hasattr(norm, "track_running_stats"))


def same_values(left: torch.nn.Module, right: torch.nn.Module) -> None:
    ours, theirs = left.state_dict(), right.state_dict()
    assert len(ours) > 0
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())


def test_a_term_of_weight_0_moves_nothing(clean: Tensor, given: Tensor) -> None:
    model, settings = built("batch"), PRESETS["ae"]  # its kl is shown, and has no weight
    losses = computed(model, clean, given, settings).losses
    assert moved_by(model, {"kl": losses["kl"]}, settings)["encoder"] == [None] * len(list(model.encoder.parameters()))
