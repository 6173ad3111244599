"""The prior that is fitted to a trained model, when its run ends and again later."""

from dataclasses import replace

import pytest
import torch

from tests.conftest import present
from vaegan.checkpoint import Checkpoint
from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import ConfigError
from vaegan.metrics import appraise, registry
from vaegan.metrics.cards import refreshed
from vaegan.metrics.classifier import Classifier
from vaegan.model.prior import FittedPrior
from vaegan.presets import preset
from vaegan.training import fitting
from vaegan.training.fitting import fit_to_digits, with_prior


@pytest.fixture(scope="module")
def few(sample: Digits) -> Digits:
    """What the twins were trained on."""
    return sample.subset(1000, 100)


def same(a: FittedPrior, b: FittedPrior) -> bool:
    return all(torch.equal(value, b.tensors()[name]) for name, value in a.tensors().items())


def test_a_finished_run_has_a_prior_that_its_digits_are_likelier_under(tiny: Checkpoint, few: Digits) -> None:
    card, prior = present(tiny.card.prior), present(tiny.prior)
    assert (card.digits, card.held_out, card.components) == (900, 100, prior.components)
    assert card.log_likelihood >= card.one_gaussian > card.standard
    mu, logvar = tiny.build().encode(few.test_images / 255)
    torch.manual_seed(0)
    z = torch.distributions.Normal(mu, torch.exp(logvar / 2)).sample().detach()
    of_test = float(prior.log_prob(z).mean())
    assert of_test == pytest.approx(card.log_likelihood, abs=1.0), "test digits lie where held-out ones do"
    of_samples = float(prior.log_prob(prior.sample(500, 0)).mean())
    assert of_samples == pytest.approx(of_test, abs=1.0), "and samples as well"


def test_a_prior_fitted_again_is_the_same(tiny: Checkpoint, few: Digits, judge: Classifier) -> None:
    again = with_prior(tiny, [few], judge)
    assert again.card == tiny.card
    assert same(present(again.prior), present(tiny.prior))
    assert again.weights is tiny.weights


def test_a_prior_brings_its_numbers_and_leaves_the_others(
    tiny: Checkpoint, few: Digits, judge: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old prior is another one, so its numbers go; a wrong number that is not the prior's stays."""
    full = replace(tiny, card=refreshed(tiny, [few], judge, everything=True))
    first, *others = full.card.metrics
    marked = first.model_copy(update={"values": first.values | {"frechet_fitted": -1.0, "psnr": 99.0}})
    before = replace(full, card=full.card.model_copy(update={"metrics": (marked, *others)}), prior=None)
    monkeypatch.setattr(fitting, "HELD_OUT", 5)
    found = with_prior(before, [few], judge)
    assert present(found.card.prior).held_out == 200
    assert not same(present(found.prior), present(tiny.prior))
    values = found.card.metrics[0].values
    expected = appraise(tiny.build(), tiny.card.config, few, judge, found.prior)
    of_prior = {metric.name for metric in registry.FITTED}
    assert {name: values[name] for name in of_prior} == pytest.approx({name: expected[name] for name in of_prior})
    assert {name: value for name, value in values.items() if name not in of_prior} == {
        name: value for name, value in marked.values.items() if name not in of_prior
    }
    assert found.card.metrics[1:] == tuple(others)


def test_a_plain_gan_has_none(tiny: Checkpoint, few: Digits, judge: Classifier) -> None:
    gan = tiny.card.model_copy(update={"config": preset("gan").updated({"model": tiny.card.config.model.model_dump()})})
    assert fit_to_digits(tiny.build(), gan.config, few) is None
    with pytest.raises(ConfigError, match="tiny-bn is a plain GAN, which encodes no digits, so no prior can be fitted"):
        with_prior(Checkpoint(gan, tiny.weights), [few], judge)


def test_an_autoencoders_prior_is_fitted_to_mu(tiny: Checkpoint, few: Digits) -> None:
    """The log variances of an autoencoder were never trained: huge ones must not matter."""
    model = tiny.build()
    plain = preset("ae").updated({"model": tiny.card.config.model.model_dump()})
    before = present(fit_to_digits(model, plain, few))
    mu = model.encode(few.train_images / 255).mu.detach()
    torch.testing.assert_close((before.prior.weights @ before.prior.means), mu.mean(0), atol=0.2, rtol=0)
    drawn = present(fit_to_digits(model, tiny.card.config, few))
    assert before.one_gaussian > drawn.one_gaussian, "draws are spread wider than their means"


def test_only_digits_of_the_training_count(tiny: Checkpoint, few: Digits) -> None:
    limited = tiny.card.config.updated({"train_limit": 300})
    found = present(fit_to_digits(tiny.build(), limited, few))
    other = replace(few, train_images=torch.cat([few.train_images[:300], 255 - few.train_images[300:]]))
    assert same(present(fit_to_digits(tiny.build(), limited, other)).prior, found.prior)
    assert (found.rows, found.held_out) == (270, 30)


def test_in_many_dimensions_fewer_digits_are_used(
    tiny: Checkpoint, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "MAX_WORK", 500 * 8**2)
    found = present(fit_to_digits(tiny.build(), tiny.card.config, few))
    assert (found.rows, found.held_out) == (450, 50)
    assert TrainConfig().model.latent_dim ** 2 * 60_000 < 120_000_000, "at d = 20 all of MNIST"
