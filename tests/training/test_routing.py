from copy import deepcopy
from itertools import product
from typing import get_args

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from tests.training.small_losses import BATCH, MOVES, TERMS, WEIGHTS, built, close, computed, config, flat, moved_by
from vaegan.config import Fakes, Routing, TrainConfig
from vaegan.config import Generator as Form
from vaegan.model.networks import VAEGAN
from vaegan.presets import PRESETS
from vaegan.training.routing import NETWORKS, ROUTES, network_parameters

EVERY_PAIR = pytest.mark.parametrize(("routing", "term", "network"), list(product(get_args(Routing), TERMS, NETWORKS)))


def by_hand(model: VAEGAN, clean: Tensor, given: Tensor, settings: TrainConfig) -> dict[str, Tensor]:
    """The terms from the paper's formulas, on probabilities."""
    generator = torch.Generator().manual_seed(3)
    mu, logvar = model.encoder(given)
    eps = torch.randn(BATCH, 3, generator=generator) if settings.sample_latent else torch.zeros(BATCH, 3)
    x_hat = model.decode(mu + eps * torch.sqrt(torch.exp(logvar)))
    fakes = {
        "recon": lambda: [x_hat],
        "prior": lambda: [model.decode(torch.randn(BATCH, 3, generator=generator))],
        "both": lambda: [x_hat, model.decode(torch.randn(BATCH, 3, generator=generator))],
    }[settings.fakes]()
    real = model.discriminate(clean)
    fake = torch.cat([model.discriminate(pictures) for pictures in fakes])
    believed, doubted = (F.binary_cross_entropy(fake, torch.full_like(fake, label)) for label in (1.0, 0.0))
    adv = {"non-saturating": believed, "saturating": -doubted, "hinge": -torch.logit(fake).mean()}[settings.generator]
    disc_real, disc_fake = F.binary_cross_entropy(real, torch.ones(BATCH)), doubted
    if settings.generator == "hinge":
        disc_real = (1 - torch.logit(real)).clamp(min=0).mean()
        disc_fake = (1 + torch.logit(fake)).clamp(min=0).mean()
    return {
        "recon": F.binary_cross_entropy(x_hat, clean, reduction="sum") / BATCH,
        "kl": kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).sum() / BATCH,
        "adv": adv,
        "feature": 0.5 * (model.features(x_hat) - model.features(clean)).pow(2).sum() / BATCH,
        "disc_real": disc_real,
        "disc_fake": disc_fake,
    }


def own_gradient(
    model: VAEGAN, network: str, weighted: dict[str, float], clean: Tensor, given: Tensor, settings: TrainConfig
) -> Tensor:
    """By plain .backward() on a copy in which all other networks are frozen; one flat vector."""
    copy = deepcopy(model)
    copy.requires_grad_(False)
    copy.get_submodule(network).requires_grad_(True)
    losses = by_hand(copy, clean, given, settings)
    objective = torch.stack([weight * losses[term] for term, weight in weighted.items()]).sum()
    if objective.requires_grad:
        objective.backward()
    return flat([parameter.grad for parameter in network_parameters(copy)[network]], copy, network)


def stepped(model: VAEGAN, network: str, gradient: list[Tensor | None]) -> VAEGAN:
    """A copy with one network moved down its gradient, by 0.01 in all."""
    copy = deepcopy(model)
    norm = flat(gradient, model, network).norm()
    with torch.no_grad():
        for parameter, g in zip(network_parameters(copy)[network], gradient, strict=True):
            if g is not None:
                parameter.sub_(0.01 * g / norm)
    return copy


@pytest.mark.parametrize("fakes", get_args(Fakes))
@pytest.mark.parametrize("form", get_args(Form))
@pytest.mark.parametrize("sampled", [True, False])
def test_terms_are_the_papers_formulas(
    model: VAEGAN, clean: Tensor, given: Tensor, fakes: Fakes, form: Form, sampled: bool
) -> None:
    settings = config(fakes=fakes, generator=form, sample_latent=sampled)
    found = {name: value.item() for name, value in computed(model, clean, given, settings).losses.items()}
    expected = {name: value.item() for name, value in by_hand(model, clean, given, settings).items()}
    assert found == pytest.approx(expected, rel=1e-5)


@EVERY_PAIR
def test_a_term_moves_the_networks_it_should_and_no_other(
    model: VAEGAN, clean: Tensor, given: Tensor, routing: Routing, term: str, network: str
) -> None:
    settings = config(routing=routing)
    losses = computed(model, clean, given, settings).losses
    found = flat(moved_by(model, {term: losses[term]}, settings)[network], model, network)
    if network not in MOVES[routing][term]:
        assert not found.any()
        return
    weight = WEIGHTS.get(term, 1.0)
    assert found.norm() > 1e-4
    close(found, own_gradient(model, network, {term: weight}, clean, given, settings))


@EVERY_PAIR
def test_a_gradient_doubles_with_its_weight(
    clean: Tensor, given: Tensor, routing: Routing, term: str, network: str
) -> None:
    model, once, twice = (
        built("batch"),
        config(routing=routing),
        config(routing=routing, weights={name: 2 * weight for name, weight in WEIGHTS.items()}),
    )
    losses = {term: computed(model, clean, given, once).losses[term]}
    before, after = (flat(moved_by(model, losses, settings)[network], model, network) for settings in (once, twice))
    factor = 1 if network == "discriminator" else 2  # the discriminator's own terms have no weight
    assert torch.equal(after, factor * before)


@pytest.mark.parametrize("routing", get_args(Routing))
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("form", get_args(Form))
def test_all_terms_together_are_each_networks_own_objective(
    model: VAEGAN, clean: Tensor, given: Tensor, routing: Routing, network: str, form: Form
) -> None:
    settings = config(routing=routing, generator=form)
    found = moved_by(model, computed(model, clean, given, settings).losses, settings)[network]
    weighted = {term: WEIGHTS.get(term, 1.0) for term in TERMS if network in MOVES[routing][term]}
    close(flat(found, model, network), own_gradient(model, network, weighted, clean, given, settings))


@pytest.mark.parametrize("network", ["encoder", "decoder"])
def test_the_joint_backward_pass_equals_one_per_network(
    model: VAEGAN, clean: Tensor, given: Tensor, network: str
) -> None:
    settings = config()
    losses = computed(model, clean, given, settings).losses
    active = [term for term in TERMS if network in MOVES["paper"][term]]
    objective = torch.stack([WEIGHTS[term] * losses[term] for term in active]).sum()
    alone = torch.autograd.grad(objective, network_parameters(model)[network], retain_graph=True)
    close(
        flat(moved_by(model, losses, settings)[network], model, network),
        flat(list(alone), model, network),
    )


@pytest.mark.parametrize("network", ["encoder", "decoder"])
def test_the_discriminators_losses_do_not_reach_the_vae(
    model: VAEGAN, clean: Tensor, given: Tensor, network: str
) -> None:
    settings = config()
    losses = computed(model, clean, given, settings).losses
    without = {name: value for name, value in losses.items() if not name.startswith("disc")}
    found, expected = (flat(moved_by(model, some, settings)[network], model, network) for some in (losses, without))
    assert torch.equal(found, expected)


def test_gradients_do_not_accumulate(model: VAEGAN, clean: Tensor, given: Tensor) -> None:
    losses = computed(model, clean, given, config()).losses
    first, again = (moved_by(model, losses, config()) for _ in range(2))
    assert all(torch.equal(flat(first[name], model, name), flat(again[name], model, name)) for name in NETWORKS)
    assert all(parameter.grad is None for parameter in model.parameters())


# The sign that well-known implementations lose: see gradients' own module.
@pytest.mark.parametrize("form", get_args(Form))
@pytest.mark.parametrize(
    ("term", "network", "opinion", "sign"),
    [
        ("adv", "decoder", "d_fake", 1),
        ("adv", "encoder", "d_fake", 1),
        ("disc_fake", "discriminator", "d_fake", -1),
        ("disc_real", "discriminator", "d_real", 1),
    ],
)
def test_a_step_moves_the_discriminators_opinion_the_right_way(
    model: VAEGAN, clean: Tensor, given: Tensor, form: Form, term: str, network: str, opinion: str, sign: int
) -> None:
    settings = config(generator=form, fakes="recon")
    before = computed(model, clean, given, settings)
    moved = stepped(model, network, moved_by(model, {term: before.losses[term]}, settings)[network])
    after = computed(moved, clean, given, settings)
    assert sign * (getattr(after, opinion) - getattr(before, opinion)).item() > 1e-5


@pytest.mark.parametrize(("term", "network"), [("recon", "encoder"), ("recon", "decoder"), ("kl", "encoder")])
def test_a_step_lowers_the_loss(model: VAEGAN, clean: Tensor, given: Tensor, term: str, network: str) -> None:
    before = computed(model, clean, given, config()).losses
    moved = stepped(model, network, moved_by(model, {term: before[term]}, config())[network])
    assert computed(moved, clean, given, config()).losses[term] < before[term]


def test_d_real_and_d_fake_are_mean_probabilities(model: VAEGAN, clean: Tensor, given: Tensor) -> None:
    found = computed(model, clean, given, PRESETS["gan"])
    samples = model.decode(torch.randn(BATCH, 3, generator=torch.Generator().manual_seed(3)))
    opinions = [model.discriminate(pictures).mean() for pictures in (clean, samples)]
    torch.testing.assert_close([found.d_real, found.d_fake], opinions)


def test_clean_pictures_are_the_real_ones(model: VAEGAN, clean: Tensor, given: Tensor) -> None:
    noisy, spared = (computed(model, clean, x, config()) for x in (given, clean))
    assert torch.equal(noisy.losses["disc_real"], spared.losses["disc_real"])
    assert not torch.equal(noisy.losses["recon"], spared.losses["recon"])
    other = computed(model, given, given, config())
    assert not torch.equal(noisy.losses["disc_real"], other.losses["disc_real"])


@pytest.mark.parametrize("routing", get_args(Routing))
def test_every_term_has_a_route_to_networks_that_exist(clean: Tensor, given: Tensor, routing: Routing) -> None:
    losses = computed(built("none"), clean, given, config(r1=0.1)).losses
    assert set(ROUTES[routing]) == set(losses) == set(MOVES[routing])
    assert {network for networks in ROUTES[routing].values() for network in networks} == set(NETWORKS)


def test_the_networks_share_no_parameter_and_leave_none_out(model: VAEGAN) -> None:
    owned = [parameter for network in NETWORKS for parameter in network_parameters(model)[network]]
    assert [id(parameter) for parameter in owned] == [id(parameter) for parameter in model.parameters()]


def test_bfloat16_gives_float32_terms_close_to_the_exact_ones(model: VAEGAN, clean: Tensor, given: Tensor) -> None:
    exact, rounded = (computed(model, clean, given, config(precision=p)).losses for p in ("float32", "bfloat16"))
    assert all(value.dtype == torch.float32 for value in rounded.values())
    assert {k: v.item() for k, v in rounded.items()} == pytest.approx({k: v.item() for k, v in exact.items()}, rel=0.05)
