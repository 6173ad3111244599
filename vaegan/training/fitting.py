"""The fitted prior of a trained model: fitted to the digits it learned from, when its run ends or later."""

from collections.abc import Sequence

import torch

from vaegan.checkpoint.card import Card, PriorCard
from vaegan.checkpoint.files import Checkpoint
from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.data.tensors import to_pixels
from vaegan.errors import ConfigError
from vaegan.metrics import registry
from vaegan.metrics.cards import digits_of, refreshed
from vaegan.metrics.classifier import Classifier
from vaegan.metrics.likeness import posteriors
from vaegan.model.networks import VAEGAN, sample
from vaegan.model.prior import SEED, Fit, fit

HELD_OUT = 10  # one digit in so many chooses the number of components
MAX_WORK = 120_000_000  # digits times d²: so a fit takes about a minute at most, and all of MNIST counts at d = 20


def fit_to_digits(model: VAEGAN, config: TrainConfig, data: Digits) -> Fit | None:
    """Fit a prior to draws z ~ q(z|x) of training digits; `model` in eval mode, whose training `config` describes.

    The digits are clean, also for a denoiser: what it makes of such z are the clean digits that samples should look
    like. A plain autoencoder has no q(z|x), so its z are mu. Part of the digits is held out, and in many dimensions not
    all are used. The same model and digits give the same prior. None for a plain GAN, which encodes nothing, and where
    there are too few digits.
    """
    if not config.uses_encoder:
        return None
    images = data.train_images[: config.train_limit]
    generator = torch.Generator().manual_seed(SEED)
    most = max(MAX_WORK // model.latent_dim**2, HELD_OUT)
    rows = torch.randperm(len(images), generator=generator)[:most]
    posterior = posteriors(model, to_pixels(images[rows]))
    z = sample(posterior, generator) if config.sample_latent else posterior.mu  # (N, d)
    held_out = len(z) // HELD_OUT
    return fit(z[held_out:], z[:held_out])


def prior_card(fit: Fit) -> PriorCard:
    """What a card says of a fitted prior."""
    return PriorCard(
        components=fit.prior.components,
        digits=fit.rows,
        held_out=fit.held_out,
        log_likelihood=fit.log_likelihood,
        one_gaussian=fit.one_gaussian,
        standard=fit.standard,
    )


def with_prior(checkpoint: Checkpoint, sources: Sequence[Digits], judge: Classifier) -> Checkpoint:
    """A checkpoint with a prior fitted anew to the digits that its card names; `sources` must have them.

    The numbers of the prior are measured if the card has had numbers of samples; all others stay. ConfigError if there
    is nothing to fit a prior to.
    """
    card = checkpoint.card
    fit = fit_to_digits(checkpoint.build(), card.config, digits_of(card.data, sources, card.name))
    if fit is None:
        why = "has too few training digits" if card.config.uses_encoder else "is a plain GAN, which encodes no digits"
        raise ConfigError(f"{card.name} {why}, so no prior can be fitted; choose another checkpoint")
    fitted = Checkpoint(_without_numbers_of_prior(card, prior_card(fit)), checkpoint.weights, fit.prior)
    return Checkpoint(refreshed(fitted, sources, judge, missing=True), checkpoint.weights, fit.prior)


def _without_numbers_of_prior(card: Card, prior: PriorCard) -> Card:
    """The card of a checkpoint that has got another fitted prior, before its samples are measured."""
    old = {metric.name for metric in registry.FITTED}
    metrics = tuple(
        one.model_copy(update={"values": {name: value for name, value in one.values.items() if name not in old}})
        for one in card.metrics
    )
    return card.model_copy(update={"prior": prior, "metrics": metrics})
