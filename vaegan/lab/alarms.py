"""Alarms: what goes wrong in a training run, seen from its numbers and pictures, and what to change."""

from functools import cache
from typing import NamedTuple

import numpy as np
import torch

from vaegan.config import TrainConfig
from vaegan.data.pictures import Bytes
from vaegan.data.tensors import to_pixels
from vaegan.metrics import classifier
from vaegan.training.curves import Curve, Curves

SETTLED = 10  # points of a curve, or steps before a preview; earlier there are no alarms: every run begins in disorder
EARLY_STEPS = 60  # steps in which a healthy run may still have an empty posterior and an undecided discriminator
RECENT = 5  # last points of a curve; their mean is its value now
COLLAPSED_KL = 0.5  # nats; a coin toss tells more (0.69), so z says nothing about the digit
SURE, UNSURE = 0.95, 0.03  # D's probability that is too sure; distance from one half at which D cannot tell
RISEN = 1.3  # times its lowest value: the loss goes up again
SHOT_UP = 10  # times its first value: one batch made the loss jump
ALIKE = 0.35  # of the distance between real digits: samples closer than that are all alike
FEW_CLASSES = 2  # among ten samples; ten draws from ten equally frequent classes show so few once in 200,000 times
_AGAINST_COLLAPSE = (
    "Lower the learning rate, raise the discriminator's, or let the network copy digits too (a VAE-GAN)."
)


class Alarm(NamedTuple):
    """What is wrong, and what to change."""

    title: str
    words: str


def curve_alarms(config: TrainConfig, curves: Curves) -> list[Alarm]:
    """Alarms from a run's losses and from what its discriminator believes, so far."""
    if len(curves.step) < SETTLED:
        return []
    alarms = _loss_alarms(config, curves)
    if curves.step[-1] >= EARLY_STEPS:
        alarms += _posterior_alarms(config, curves) + _discriminator_alarms(config, curves)
    return alarms


def sample_alarms(config: TrainConfig, step: int, originals: Bytes, samples: Bytes) -> list[Alarm]:
    """Alarms from the samples of a preview made after `step` batches, beside real digits; (10, 28, 28) each.

    Only for a GAN: the early samples of a VAE-GAN are blurs too, but the reconstruction loss soon mends that.
    """
    if step < SETTLED or config.weights.recon or not config.weights.adv:
        return []
    real_distance, sample_distance = _mean_distance(originals), _mean_distance(samples)
    if real_distance == 0:
        return []
    classes = len(_judge().digits(to_pixels(torch.from_numpy(samples))).unique())
    if sample_distance < ALIKE * real_distance:
        share = sample_distance / real_distance
        words = f"The new digits differ by {100 * share:.0f} % of what real digits differ by: they are all alike."
    elif classes <= FEW_CLASSES:
        words = f"Our digit classifier reads {classes} of the ten classes in {len(samples)} new digits."
    else:
        return []
    return [Alarm("Mode collapse", f"{words} {_AGAINST_COLLAPSE}")]


def _loss_alarms(config: TrainConfig, curves: Curves) -> list[Alarm]:
    recon = curves.get("loss.recon")
    if recon is None or not config.weights.recon:
        return []
    smooth = np.convolve(recon.mean, np.full(RECENT, 1 / RECENT), "valid")
    lowest, now = float(smooth.min()), float(smooth[-1])
    # `low`, because the jump may already be in the first group of steps.
    highest, first = float(recon.high.max()), float(recon.low[0])
    # Once a GAN begins that waited for `adv_start`, the loss on pixels has to give way to it.
    gave_way = config.adv_start > 0 and curves.get("d_real") is not None
    if now >= RISEN * lowest and not gave_way:
        words = f"The reconstruction loss rose from {lowest:.0f} to {now:.0f} nats."
    elif highest >= SHOT_UP * first:
        words = f"One batch threw the reconstruction loss up to {highest:,.0f} nats."
    else:
        return []
    words += f" Lower the learning rate, now {config.lr:g}, to a third"
    remedy = " or switch BatchNorm on." if config.model.norm == "none" else "."
    return [Alarm("Learning rate too high", words + remedy)]


def _posterior_alarms(config: TrainConfig, curves: Curves) -> list[Alarm]:
    kl = curves.get("loss.kl")
    if kl is None or not config.weights.kl or not config.sample_latent or _now(kl) >= COLLAPSED_KL:
        return []
    return [
        Alarm(
            "Posterior collapse",
            f"KL is {_now(kl):.2f} nats: z says nothing about the digit, and all are decoded to one blur. Lower the "
            f"KL weight, now {config.weights.kl:g}, or the learning rate.",
        )
    ]


def _discriminator_alarms(config: TrainConfig, curves: Curves) -> list[Alarm]:
    d_real, d_fake = curves.get("d_real"), curves.get("d_fake")
    if d_real is None or d_fake is None or not config.weights.adv:
        return []
    waited = curves.step[np.isnan(d_real.mean)]  # for `adv_start`
    if curves.step[-1] - waited.max(initial=0) < EARLY_STEPS:
        return []
    real, fake = _now(d_real), _now(d_fake)
    numbers = f"It finds real digits real at {real:.2f} and made-up ones at {fake:.2f}, where 1 is certain"
    if real > SURE and fake < 1 - SURE:
        words = f"{numbers}: it never errs, so the decoder learns little from it. Lower its learning rate."
        return [Alarm("The discriminator wins", words)]
    if abs(real - 0.5) < UNSURE and abs(fake - 0.5) < UNSURE:
        return [
            Alarm(
                "The discriminator gives up",
                f"{numbers}: it cannot tell them apart, so its verdict teaches nothing. Raise its learning rate "
                "or the GAN's weight, or let new digits count as fake too.",
            )
        ]
    return []


@cache
def _judge() -> classifier.Classifier:
    return classifier.load()


def _now(curve: Curve) -> float:
    return float(np.nanmean(curve.mean[-RECENT:]))


def _mean_distance(pictures: Bytes) -> float:
    """Mean distance between two of the pictures, in grey levels."""
    flat = pictures.reshape(len(pictures), -1).astype(np.float64)
    distance = np.sqrt(np.square(flat[:, None] - flat[None]).mean(axis=2))
    return float(distance[np.triu_indices(len(flat), 1)].mean())
