"""What a studio makes anew: samples, morphs, sums, draws, repairs, scores, atlases; and what it refuses to make."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from tests.conftest import present
from tests.studios import CALLS, KNOWN
from vaegan.checkpoint.files import Checkpoint, load
from vaegan.config import MAX_SEED
from vaegan.data.mnist import Digits
from vaegan.data.pictures import from_uint8
from vaegan.errors import ConfigError, ImageError, VaeganError
from vaegan.model.atlas import Atlas, survey
from vaegan.model.networks import VAEGAN
from vaegan.studio import SPREAD_SAMPLES, WAYS, Studio, Way


@pytest.mark.parametrize("name", CALLS)
def test_what_a_studio_makes_is_float32_and_the_same_each_time(studio: Studio, pictures: np.ndarray, name: str) -> None:
    torch.manual_seed(1)
    np.random.seed(1)
    first = CALLS[name](studio, pictures)
    torch.manual_seed(2)
    np.random.seed(2)
    second = CALLS[name](studio, pictures.copy())
    for one, other in zip(*(value if isinstance(value, tuple) else (value,) for value in (first, second)), strict=True):
        assert (type(one), one.dtype) == (np.ndarray, np.float32)
        assert np.array_equal(one, other)


def test_encoding_and_decoding_are_the_models(studio: Studio, model: VAEGAN, pictures: np.ndarray) -> None:
    mu, logvar = studio.encode(pictures)
    expected = model.encoder(torch.from_numpy(pictures).flatten(1))
    np.testing.assert_allclose(mu, expected.mu.numpy(), atol=1e-5)
    np.testing.assert_allclose(logvar, expected.logvar.numpy(), atol=1e-5)
    assert mu.shape == logvar.shape == (8, studio.latent_dim) == (8, 8)
    z: Any = np.random.default_rng(0).standard_normal((2500, 8))
    decoded = torch.sigmoid(model.decoder(torch.from_numpy(z).float())).view(-1, 28, 28)
    np.testing.assert_allclose(studio.decode(z), decoded.numpy(), atol=1e-6)  # in chunks, and from float64
    np.testing.assert_allclose(studio.decode(mu), studio.clean(pictures), atol=1e-6)


def test_samples_are_the_priors_and_the_seed_alone_fixes_them(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, pictures: np.ndarray
) -> None:
    many = studio.sample(20, seed=7)
    for count in (1, 3, 17):
        np.testing.assert_allclose(studio.sample(count, seed=7), many[:count], atol=1e-6)
    assert not np.allclose(studio.sample(20, seed=8), many, atol=1e-2)
    seen: list[np.ndarray] = []
    monkeypatch.setattr(studio, "decode", seen.append)
    studio.sample(10_000, seed=7)
    studio.sample(10_000, seed=7, temperature=0.25)
    studio.sample(3, seed=7, temperature=0)
    np.testing.assert_allclose(seen[0].mean(axis=0), 0, atol=0.05)
    np.testing.assert_allclose(np.cov(seen[0].T), np.eye(8), atol=0.05)
    assert np.array_equal(seen[1], seen[0] / 4)
    assert not seen[2].any()


def test_samples_of_the_fitted_prior_lie_where_digits_are(
    studio: Studio, twins: Path, sample: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert studio.priors == ("standard", "fitted")
    many = studio.sample(20, seed=7, prior="fitted")
    for count in (1, 3, 17):
        np.testing.assert_allclose(studio.sample(count, seed=7, prior="fitted"), many[:count], atol=1e-6)
    assert not np.allclose(many, studio.sample(20, seed=7), atol=1e-2)
    mu, logvar = studio.encode(from_uint8(sample.train_images[:1000].view(-1, 28, 28).numpy()))
    z = mu + np.exp(logvar / 2) * np.random.default_rng(0).standard_normal(mu.shape)
    seen: list[np.ndarray] = []
    monkeypatch.setattr(studio, "decode", seen.append)
    studio.sample(10_000, seed=7, prior="fitted")
    studio.sample(10_000, seed=7, temperature=0.25, prior="fitted")
    studio.sample(10_000, seed=7, temperature=0, prior="fitted")
    np.testing.assert_allclose(seen[0].mean(axis=0), z.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(np.cov(seen[0].T), np.cov(z.T), rtol=0.2, atol=0.3)
    np.testing.assert_allclose(seen[1] - seen[2], (seen[0] - seen[2]) / 4, atol=1e-5)
    prior = present(load(studio.card.name, twins).prior)
    assert {tuple(row) for row in seen[2].tolist()} == {tuple(mean) for mean in prior.means.tolist()}


def test_without_a_fitted_prior_there_is_only_the_standard_one(twins: Path) -> None:
    trained = load("tiny-bn", twins)
    studio = Studio(replace(trained, prior=None))
    assert studio.priors == ("standard",)
    assert np.array_equal(studio.sample(3, 1), Studio(trained).sample(3, 1))
    with pytest.raises(ConfigError, match=r"tiny-bn has no fitted prior; use prior standard, or make one with `vaegan"):
        studio.sample(3, 1, prior="fitted")


@pytest.mark.parametrize("way", WAYS)
def test_a_morph_goes_from_one_digit_to_the_other(studio: Studio, pictures: np.ndarray, way: Way) -> None:
    start, end = pictures[:2]
    found = studio.morph(start, end, 6, way)
    ends = pictures[:2] if way == "pixels" else studio.clean(pictures[:2])
    assert found.shape == (6, 28, 28)
    np.testing.assert_allclose(found[[0, -1]], ends, rtol=0, atol=0 if way == "pixels" else 1e-6)
    np.testing.assert_allclose(studio.morph(end, start, 6, way)[::-1], found, atol=1e-5)


def test_ways_differ_in_what_lies_between(studio: Studio, model: VAEGAN, pictures: np.ndarray) -> None:
    linear, spherical, pixels = (studio.morph(pictures[0], pictures[1], 3, way)[1] for way in WAYS)
    np.testing.assert_allclose(pixels, (pictures[0] + pictures[1]) / 2, atol=1e-6)
    a, b = model.encoder(torch.from_numpy(pictures[:2]).flatten(1)).mu
    middle = (a + b) / 2
    turned = (a / a.norm() + b / b.norm()) / (a / a.norm() + b / b.norm()).norm() * (a.norm() + b.norm()) / 2
    for found, z in ((linear, middle), (spherical, turned)):
        np.testing.assert_allclose(found, model.decode(z[None]).view(28, 28).numpy(), atol=1e-5)
    assert np.abs(linear - spherical).max() > 1e-3


def test_arithmetic_is_done_on_mu(studio: Studio, model: VAEGAN, pictures: np.ndarray) -> None:
    a, b, c = model.encoder(torch.from_numpy(pictures[:3]).flatten(1)).mu
    expected = model.decode((a + b - c)[None]).view(28, 28).numpy()
    np.testing.assert_allclose(studio.arithmetic(*pictures[:3]), expected, atol=1e-5)
    np.testing.assert_allclose(
        studio.arithmetic(pictures[0], pictures[4], pictures[4]), studio.clean(pictures)[0], atol=1e-5
    )


def test_posterior_samples_are_drawn_around_mu(
    studio: Studio, model: VAEGAN, monkeypatch: pytest.MonkeyPatch, pictures: np.ndarray
) -> None:
    shown, spread = studio.posterior_samples(pictures[0], 3, seed=1)
    more, same = studio.posterior_samples(pictures[0], 100, seed=1)
    np.testing.assert_allclose(shown, more[:3], atol=1e-6)
    np.testing.assert_allclose(spread, same, atol=1e-5)
    np.testing.assert_allclose(spread, np.std(more[:SPREAD_SAMPLES].astype(np.float64), axis=0), atol=1e-5)
    assert spread.max() > 0.01
    decoded: list[np.ndarray] = []
    original = studio.decode

    def recording(z: np.ndarray) -> np.ndarray:
        decoded.append(z)
        return original(z)

    monkeypatch.setattr(studio, "decode", recording)
    studio.posterior_samples(pictures[0], 10_000, seed=1)
    mu, logvar = (part[0].numpy() for part in model.encoder(torch.from_numpy(pictures[:1]).flatten(1)))
    sd = np.exp(logvar / 2)
    np.testing.assert_allclose((decoded[0].mean(axis=0) - mu) / sd, 0, atol=0.05)
    np.testing.assert_allclose(decoded[0].std(axis=0) / sd, 1, atol=0.05)


def test_a_repair_puts_the_known_pixels_back(studio: Studio, pictures: np.ndarray) -> None:
    damaged = np.where(KNOWN, pictures[3], 0).astype(np.float32)
    found = studio.repair(damaged, KNOWN, 3)
    given = damaged
    for after in found:
        output = studio.clean(given[None])[0]
        assert np.array_equal(after[KNOWN], pictures[3][KNOWN])
        np.testing.assert_allclose(after[~KNOWN], output[~KNOWN], atol=1e-6)
        given = after
    assert not np.array_equal(found[0], found[1])
    assert np.array_equal(studio.repair(damaged, np.ones_like(KNOWN), 1)[0], damaged)
    upper = np.repeat(np.arange(28) < 10, 28).reshape(28, 28)
    missing = np.where(upper, 0, pictures).astype(np.float32)
    repaired = np.stack([studio.repair(one, ~upper, 5)[-1] for one in missing])
    together = studio.repair_all(missing, np.stack([~upper] * len(missing)), 5)[-1]
    np.testing.assert_allclose(together, repaired, atol=1e-5)
    assert np.square(repaired - pictures).mean() < 0.8 * np.square(missing - pictures).mean()


def test_scores_are_the_losses_in_nats(studio: Studio, model: VAEGAN, pictures: np.ndarray) -> None:
    x = torch.from_numpy(pictures).flatten(1)
    posterior = model.encoder(x)
    recon = F.binary_cross_entropy(model.decode(posterior.mu), x, reduction="none").sum(dim=1)
    kl = kl_divergence(Normal(posterior.mu, (posterior.logvar / 2).exp()), Normal(0.0, 1.0)).sum(dim=1)
    found = studio.scores(pictures)
    np.testing.assert_allclose(found.recon, recon.numpy(), rtol=1e-4)
    np.testing.assert_allclose(found.kl, kl.numpy(), rtol=1e-4)
    np.testing.assert_allclose(found.total, (recon + kl).numpy(), rtol=1e-4)
    strange = np.random.default_rng(0).random((8, 28, 28), dtype=np.float32)
    assert studio.scores(strange).total.min() > found.total.max()


def test_realness_is_the_discriminators_probability(studio: Studio, model: VAEGAN, pictures: np.ndarray) -> None:
    expected = torch.sigmoid(model.discriminator(torch.from_numpy(pictures).flatten(1))).numpy()
    np.testing.assert_allclose(studio.realness(pictures), expected, atol=1e-6)


def test_an_atlas_is_the_survey_of_the_encoded_digits(studio: Studio, model: VAEGAN, digits: Digits) -> None:
    found = studio.atlas(digits.test_images.numpy(), digits.test_labels.numpy())
    expected = survey(model.encoder(digits.test_images.float() / 255), digits.test_labels)
    assert isinstance(found, Atlas)
    for name, value in vars(expected).items():
        np.testing.assert_allclose(getattr(found, name), value, rtol=1e-3, atol=1e-4, err_msg=name)
    of_tensors = studio.atlas(digits.test_images, digits.test_labels)
    assert all(np.array_equal(getattr(of_tensors, name), value) for name, value in vars(found).items())


BLACK = np.zeros((28, 28), np.float32)
REFUSED = {
    "no latent vectors": (lambda s: s.decode(np.zeros((0, 8))), ConfigError, r"shape \(0, 8\)"),
    "too short a vector": (lambda s: s.decode(np.zeros((3, 7))), ConfigError, r"\(3, 7\): tiny-\w+ needs \(N, 8\)"),
    "one vector": (lambda s: s.decode(np.zeros(8)), ConfigError, r"shape \(8,\)"),
    "NaN in z": (lambda s: s.decode(np.full((1, 8), np.nan)), ConfigError, "not finite; most digits lie"),
    "no samples": (lambda s: s.sample(0, 1), ConfigError, "cannot make 0 pictures; give a number from 1 to 10,000"),
    "too many": (lambda s: s.sample(10_001, 1), ConfigError, "cannot make 10001 pictures"),
    "a seed below 0": (lambda s: s.sample(1, -1), ConfigError, "seed -1: give a number from 0 to"),
    "too high a seed": (lambda s: s.posterior_samples(BLACK, 1, MAX_SEED + 1), ConfigError, "seed 2147483648"),
    "a negative temperature": (lambda s: s.sample(1, 1, -0.5), ConfigError, "temperature -0.5: give a number from 0"),
    "too high a temperature": (lambda s: s.sample(1, 1, 100.5), ConfigError, "from 0 to 100.0; 1 is the prior"),
    "an unknown prior": (
        lambda s: s.sample(1, 1, prior="flat"),
        ConfigError,
        "there is no prior 'flat'; choose one of",
    ),
    "a fitted prior, too many": (lambda s: s.sample(10_001, 1, 1, "fitted"), ConfigError, "cannot make 10001 pictures"),
    "a fitted prior, a seed below 0": (lambda s: s.sample(1, -1, 1, "fitted"), ConfigError, "seed -1: give a number"),
    "no temperature": (lambda s: s.sample(1, 1, float("nan")), ConfigError, "temperature nan"),
    "one step": (lambda s: s.morph(BLACK, BLACK, 1, "linear"), ConfigError, "cannot make 1 pictures; .* from 2 to"),
    "an unknown way": (lambda s: s.morph(BLACK, BLACK, 3, "round"), ConfigError, "'round' .*choose one of linear, sph"),
    "a morph to no digit": (lambda s: s.morph(BLACK, BLACK[1:], 3, "pixels"), ImageError, r"\(1, 27, 28\)"),
    "arithmetic of no digits": (lambda s: s.arithmetic(BLACK, BLACK, BLACK[0]), ImageError, r"shape \(1, 28\)"),
    "nothing known": (lambda s: s.repair(BLACK, KNOWN[1:], 1), ImageError, r"shape \(27, 28\), type bool"),
    "known as numbers": (lambda s: s.repair(BLACK, BLACK, 1), ImageError, "type float32: .* of bool is needed"),
    "known pixels of one digit of two": (
        lambda s: s.repair_all(np.stack([BLACK, BLACK]), KNOWN[None], 1),
        ImageError,
        "of bool is needed",
    ),
    "no pass": (lambda s: s.repair(BLACK, KNOWN, 0), ConfigError, "cannot make 0 pictures"),
    "bright pixels": (lambda s: s.scores(BLACK[None] + 1.5), ImageError, "pixels from 1.5 to 1.5 .*; clip them"),
    "dark pixels": (lambda s: s.scores(BLACK[None] - 0.1), ImageError, "pixels from -0.1 to"),
    "an atlas of floats": (
        lambda s: s.atlas(np.zeros((3, 784)), np.zeros(3)),
        ImageError,
        r"type torch.float64: uint8 \(3",
    ),
    "an atlas without labels": (
        lambda s: s.atlas(np.zeros((3, 784), np.uint8), np.zeros(2)),
        ImageError,
        r"\(2, 784\)",
    ),
    "encode what is flat": (lambda s: s.encode(BLACK), ImageError, r"shape \(28, 28\): \(N, 28, 28\)"),
    "judge what is flat": (lambda s: s.realness(BLACK), ImageError, "is needed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_made_is_refused_in_a_sentence(studio: Studio, name: str) -> None:
    call, kind, message = REFUSED[name]
    with pytest.raises(VaeganError, match=message) as error:
        call(studio)
    assert type(error.value) is kind


def test_a_discriminator_that_was_never_trained_is_not_asked(twins: Path, pictures: np.ndarray) -> None:
    trained = load("tiny-bn", twins)
    config = trained.card.config.updated({"weights": {"adv": 0}})
    studio = Studio(Checkpoint(trained.card.model_copy(update={"config": config}), trained.weights))
    with pytest.raises(ConfigError, match="tiny-bn was trained without a discriminator; choose another model"):
        studio.realness(pictures)
