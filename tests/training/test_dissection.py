"""A step taken apart against routing, against finite differences, and against training itself."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector as flat

from tests.conftest import present
from vaegan.config import Norm, TrainConfig, parse
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt_mixture
from vaegan.data.pictures import Float
from vaegan.errors import ConfigError, RunError
from vaegan.model.networks import VAEGAN, build
from vaegan.training.dissection import (
    Influence,
    SlowMotion,
    _batch,
    _terms,
    influence,
    networks_of,
    parts_of,
)
from vaegan.training.optimisers import optimizers
from vaegan.training.routing import NETWORKS, gradients, network_parameters

WEIGHTS = {"recon": 0.7, "kl": 0.3, "adv": 5.0, "feature": 2.0}
GAN = {"weights": {"recon": 0, "kl": 0}, "fakes": "prior"}
AE = {"sample_latent": False, "weights": {"kl": 0, "adv": 0}}
NOISY = {"noise": {"noise_kinds": ["masking"]}, "weights": WEIGHTS, "fakes": "both"}
SYSTEMS: dict[str, dict[str, Any]] = {
    "paper": {},
    "plain": {"model": {"norm": "none"}},
    "larsen": {"routing": "larsen", "weights": WEIGHTS, "fakes": "both"},
    "saturating": {"generator": "saturating", "weights": WEIGHTS},
    "dropout": {"model": {"dropout": 0.3}, "weights": WEIGHTS},
    "gan": GAN,
    "ae": AE,
    "vae": {"weights": {"adv": 0}},
    "noisy": NOISY,
    "judged by prior": {"fakes": "prior", "weights": WEIGHTS},
    "held back": {"r1": 2.0, "weights": WEIGHTS, "fakes": "both"},
    "convolutions": {
        "model": {"architecture": "convolutional", "channels": 2}, "r1": 2.0, "fakes": "both", "weights": WEIGHTS,
    },
}  # fmt: skip
EACH = pytest.mark.parametrize("system", SYSTEMS)


def config(system: str, **changes: Any) -> TrainConfig:
    base = parse(TrainConfig, {"model": {"latent_dim": 3, "hidden_dim": 12}, "lr": 1e-3})
    return base.updated(SYSTEMS[system]).updated(changes)


def fresh(settings: TrainConfig) -> VAEGAN:
    """The model that a run with these settings begins with."""
    return build(settings.model, settings.seed)


@pytest.fixture(scope="module")
def ten(digits: Digits) -> Float:
    return (digits.test_images[:10].float() / 255).view(-1, 28, 28).numpy()


def row(found: Influence, term: str) -> int:
    return found.terms.index(term)


def told(slow: SlowMotion) -> SlowMotion:
    """All parts asked for, in order."""
    for part in slow.parts:
        getattr(slow, part)()
    return slow


def whole_gradient(model: VAEGAN, settings: TrainConfig, ten: Float, seed: int) -> dict[str, torch.Tensor]:
    """By routing, as training asks for it; one vector a network, zeros where there is none."""
    model = deepcopy(model).train()
    found = gradients(network_parameters(model), _terms(model, settings, _batch(model, ten), seed).losses, settings)
    return {
        name: torch.cat(
            [
                torch.zeros(own.numel()) if g is None else g.flatten()
                for g, own in zip(found[name], network_parameters(model)[name], strict=True)
            ]
        )
        for name in NETWORKS
    }


@EACH
def test_the_terms_add_up_to_what_training_gives_each_network(system: str, ten: Float) -> None:
    settings = config(system)
    model = fresh(settings)
    found, expected = influence(model, settings, ten, 4), whole_gradient(model, settings, ten, 4)
    for column, network in enumerate(NETWORKS):
        whole = float(expected[network].norm())
        assert found.whole[column] == pytest.approx(whole, rel=1e-4)
        # The parts' shares along the whole gradient are all of it.
        along = np.nansum(found.applied[:, column] * found.cosine[:, column])
        assert along == pytest.approx(whole, rel=1e-3)


@EACH
def test_each_cell_is_what_routing_makes_of_its_term_alone(system: str, ten: Float) -> None:
    settings = config(system)
    model = fresh(settings)
    found, copy = influence(model, settings, ten, 4), deepcopy(model).train()
    losses = _terms(copy, settings, _batch(model, ten), 4).losses
    assert found.terms == tuple(losses)
    for term, loss in losses.items():
        alone = gradients(network_parameters(copy), {term: loss}, settings)
        for column, network in enumerate(NETWORKS):
            norm = sum(float(g.square().sum()) for g in alone[network] if g is not None) ** 0.5
            cell = found.applied[row(found, term), column]
            assert cell == pytest.approx(norm, rel=1e-4)
            assert (cell == 0) == (norm == 0)
            assert np.isnan(found.cosine[row(found, term), column]) == (cell == 0)


def test_closed_cells_are_zero_and_say_what_they_would_do(ten: Float) -> None:
    settings = config("larsen")
    found = influence(fresh(settings), settings, ten, 0)
    adv, kl, recon = (row(found, term) for term in ("adv", "kl", "recon"))
    assert found.applied[adv].tolist()[::2] == [0.0, 0.0]  # neither encoder nor discriminator
    assert found.raw[adv].min() > 0
    assert not found.routed[adv, 0]
    assert found.raw[kl, 1:].tolist() == found.raw[recon, 2:].tolist() * 2 == [0.0, 0.0]  # no path leads there
    assert found.applied[kl, 0] == pytest.approx(WEIGHTS["kl"] * found.raw[kl, 0])
    off = influence(fresh(config("ae")), config("ae"), ten, 0)
    assert off.routed[row(off, "kl"), 0]
    assert off.applied[row(off, "kl"), 0] == 0 < off.raw[row(off, "kl"), 0]


@pytest.mark.parametrize(("term", "network"), [("recon", "decoder"), ("recon", "encoder"), ("kl", "encoder")])
def test_a_cell_agrees_with_finite_differences(term: str, network: str, ten: Float) -> None:
    """No direction climbs faster than the gradient, along which the slope is its norm."""
    settings = config("plain", weights={"recon": 0.7, "kl": 0.3, "adv": 0}, sample_latent=False)
    model = fresh(settings).double()
    clean = torch.from_numpy(ten).double().reshape(-1, 784)

    def loss() -> torch.Tensor:
        mu, logvar = model.encoder(clean)
        if term == "kl":
            return 0.3 * 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1).mean()
        return 0.7 * F.binary_cross_entropy(torch.sigmoid(model.decoder(mu)), clean, reduction="sum") / len(clean)

    parameters = network_parameters(model)[network]
    gradient = torch.autograd.grad(loss(), parameters, materialize_grads=True, allow_unused=True)
    norm = torch.cat([g.flatten() for g in gradient]).norm()
    ends = []
    with torch.no_grad():
        for way in (1e-4, -2e-4):
            for parameter, g in zip(parameters, gradient, strict=True):
                parameter.add_(way * g / norm)
            ends.append(float(loss()))
    found = influence(fresh(settings), settings, ten, 0)
    assert found.applied[row(found, term), NETWORKS.index(network)] == pytest.approx(
        (ends[0] - ends[1]) / 2e-4, rel=1e-3
    )


def test_an_influence_is_the_same_for_the_same_seed_and_leaves_the_model_alone(ten: Float) -> None:
    settings = config("noisy")
    model = fresh(settings)
    before = deepcopy(model.state_dict())
    once, again, other = (influence(model, settings, ten, seed) for seed in (1, 1, 2))
    assert np.array_equal(once.applied, again.applied)
    assert not np.array_equal(once.applied, other.applied)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    with pytest.raises(ConfigError, match="1 pictures are no batch"):
        influence(model, settings, ten[:1], 0)


@EACH
def test_each_part_is_what_its_network_computes(system: str, ten: Float) -> None:
    settings = config(system, model={"dropout": 0.0})
    slow = told(SlowMotion(fresh(settings), settings, ten, seed=3))
    model, losses, latent = fresh(settings).train(), slow.losses(), slow.sample()
    clean = torch.from_numpy(ten).reshape(-1, 784)

    def real(x: Float) -> Float:
        return model.discriminate(torch.from_numpy(x).reshape(-1, 784)).detach().numpy()

    def decoded(z: Float) -> Float:
        return model.decode(torch.from_numpy(z)).detach().numpy().reshape(-1, 28, 28)

    made = slow.decode()
    if settings.uses_encoder:
        given, mu, logvar = slow.encode()
        noised = corrupt_mixture(clean, settings.noise, torch.Generator().manual_seed(3))
        assert np.array_equal(given.reshape(-1, 784), noised.numpy())
        assert mu == pytest.approx(model.encode(noised).mu.detach().numpy(), abs=1e-6)
        eps = np.zeros_like(mu) if latent.eps is None else latent.eps
        assert latent.z == pytest.approx(mu + eps * np.exp(logvar / 2), abs=1e-5)
        assert made.rebuilt == pytest.approx(decoded(latent.z), abs=1e-5)
        assert losses["recon"] == pytest.approx(
            F.binary_cross_entropy(torch.from_numpy(made.rebuilt), torch.from_numpy(ten), reduction="sum").item() / 10,
            rel=1e-3,
        )
    else:
        assert latent.z is latent.eps is made.rebuilt is None
    if latent.prior is not None:
        assert made.generated == pytest.approx(decoded(latent.prior), abs=1e-5)
    if settings.uses_discriminator:
        judged = slow.discriminate()
        assert judged.real == pytest.approx(real(ten), abs=1e-5)
        fakes = [each for each in (judged.rebuilt, judged.generated) if each is not None]
        assert losses["disc_real"] == pytest.approx(-np.log(judged.real).mean(), rel=1e-4)
        assert losses["disc_fake"] == pytest.approx(-np.log(1 - np.concatenate(fakes)).mean(), rel=1e-4)
        if judged.rebuilt is not None:
            assert judged.rebuilt == pytest.approx(real(present(made.rebuilt)), abs=1e-5)
        if judged.generated is not None:
            assert judged.generated == pytest.approx(real(present(made.generated)), abs=1e-5)


@pytest.mark.parametrize("architecture", ["dense", "convolutional"])
def test_a_discriminator_that_did_not_step_judges_as_before(architecture: str, ten: Float) -> None:
    """Also with spectral normalisation, which changes what it keeps at each look."""
    settings = config("held back", model={"architecture": architecture, "channels": 2, "spectral_norm": True})
    slow = told(SlowMotion(fresh(settings), settings, ten, seed=3))
    real, rebuilt = slow.discriminate().real, present(slow.discriminate().rebuilt)
    slow.step("decoder")
    assert np.array_equal(slow.discriminate().real, real)
    assert not np.array_equal(present(slow.discriminate().rebuilt), rebuilt)
    slow.step("discriminator")
    assert not np.array_equal(slow.discriminate().real, real)


def test_systems_have_the_parts_and_networks_that_they_use() -> None:
    everything = ("encode", "sample", "decode", "discriminate", "losses")
    assert parts_of(config("paper")) == everything
    assert parts_of(config("gan")) == everything[1:]
    assert parts_of(config("ae")) == ("encode", "sample", "decode", "losses")
    assert networks_of(config("paper")) == NETWORKS
    assert networks_of(config("gan")) == ("decoder", "discriminator")
    assert networks_of(config("ae")) == ("encoder", "decoder")
    unmoved = config("larsen", weights={"recon": 0, "kl": 0, "feature": 0})
    assert networks_of(unmoved) == ("decoder", "discriminator")


@pytest.mark.parametrize("part", ["sample", "decode", "discriminate", "losses", "step"])
def test_out_of_order_a_part_says_what_comes_first(part: str, ten: Float) -> None:
    settings = config("paper")
    slow = SlowMotion(fresh(settings), settings, ten)
    if part == "step":
        with pytest.raises(RunError, match=r"the decoder cannot step yet: .*; ask for these first"):
            slow.step("decoder")
        return
    with pytest.raises(RunError, match=f"{part} comes after encode; ask for encode first"):
        getattr(slow, part)()
    slow.encode()
    if part != "sample":
        with pytest.raises(RunError, match=f"{part} comes after sample"):
            getattr(slow, part)()


def test_what_a_system_has_not_or_has_done_is_said(ten: Float) -> None:
    slow = told(SlowMotion(fresh(config("gan")), config("gan"), ten))
    with pytest.raises(RunError, match="nothing to encode; its parts are sample, decode, discriminate, losses"):
        slow.encode()
    with pytest.raises(RunError, match="no 'encoder' to step in this system; choose one of decoder, discriminator"):
        slow.step("encoder")
    slow.step("decoder")
    with pytest.raises(RunError, match="the decoder has made its step"):
        slow.step("decoder")


@EACH
def test_a_step_moves_its_network_alone(system: str, ten: Float) -> None:
    settings = config(system)
    model = fresh(settings)
    given = {name: flat(network_parameters(model)[name]).clone() for name in NETWORKS}
    for network in networks_of(settings):
        slow = told(SlowMotion(model, settings, ten))
        slow.step(network)
        moved = {name: not torch.equal(flat(network_parameters(slow.model)[name]), given[name]) for name in NETWORKS}
        assert moved == {name: name == network for name in NETWORKS}
    assert all(torch.equal(flat(network_parameters(model)[name]), given[name]) for name in NETWORKS)


@EACH
@pytest.mark.parametrize("backwards", [False, True])
def test_all_steps_together_are_one_step_of_training(system: str, backwards: bool, ten: Float) -> None:
    settings = config(system, weight_decay=0.01)
    slow = told(SlowMotion(fresh(settings), settings, ten, seed=5))
    for network in slow.networks[:: -1 if backwards else 1]:
        slow.step(network)
    model = fresh(settings).train()
    losses = _terms(model, settings, _batch(model, ten), 5).losses
    for network, values in gradients(network_parameters(model), losses, settings).items():
        for parameter, value in zip(network_parameters(model)[network], values, strict=True):
            parameter.grad = value
    for optimizer in optimizers(model, settings):
        optimizer.step()
    assert torch.equal(flat(slow.model.parameters()), flat(model.parameters()))


@pytest.mark.parametrize("norm", ["batch", "none"])
@pytest.mark.parametrize("network", NETWORKS)
def test_a_small_step_lowers_its_objective_as_the_gradient_says(network: str, norm: Norm, ten: Float) -> None:
    """Adam's first step moves each weight by lr against its gradient's sign: it gains lr times the sum of sizes."""
    settings = config("paper", lr=3e-6, model={"norm": norm})
    model = fresh(settings)
    slow = told(SlowMotion(model, settings, ten))
    own = {"encoder": ("recon", "kl", "adv"), "decoder": ("recon", "adv"), "discriminator": ("disc_real", "disc_fake")}
    before, gradient = slow.losses(), whole_gradient(model, settings, ten, 0)[network].double()
    slow.step(network)
    after = slow.losses()
    gained = sum(before[term] - after[term] for term in own[network])
    expected = settings.lr * float((gradient.square() / (gradient.abs() + 1e-8)).sum())
    assert gained == pytest.approx(expected, rel=0.15, abs=1e-5)
    assert gained > 0


def test_the_same_seed_gives_the_same_numbers(ten: Float) -> None:
    settings = config("noisy", model={"dropout": 0.2})
    once, again, other = (told(SlowMotion(fresh(settings), settings, ten, seed)) for seed in (1, 1, 2))
    for slow in (once, again, other):
        slow.step("encoder")
    assert once.losses() == again.losses() != other.losses()
    assert np.array_equal(present(once.decode().rebuilt), present(again.decode().rebuilt))
    assert np.array_equal(present(once.sample().eps), present(again.sample().eps))
    assert not np.array_equal(present(once.sample().eps), present(other.sample().eps))


def test_after_a_step_the_batch_meets_the_same_random_numbers(ten: Float) -> None:
    settings = config("noisy")
    slow = told(SlowMotion(fresh(settings), settings, ten, 1))
    before = slow.encode(), slow.sample()
    slow.step("encoder")
    after = slow.encode(), slow.sample()
    assert np.array_equal(before[0].inputs, after[0].inputs)
    assert before[1].eps == pytest.approx(after[1].eps, abs=1e-4)
    assert np.array_equal(present(before[1].prior), present(after[1].prior))
    assert not np.array_equal(before[0].mu, after[0].mu)
