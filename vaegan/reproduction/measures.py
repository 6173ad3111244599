"""What is measured of a run's weights beside the paper's two losses, in groups that experiments ask for."""

from collections.abc import Callable

import torch
from torch import Tensor

from vaegan.config import NoiseConfig, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt
from vaegan.data.tensors import to_pixels
from vaegan.metrics import DEFINITIONS as MEANINGS
from vaegan.metrics import classifier, evaluate, registry
from vaegan.metrics.everything import compute
from vaegan.metrics.likeness import vae_losses
from vaegan.metrics.samples import coverage, frechet_distance, prior_samples
from vaegan.metrics.subjects import Subject
from vaegan.model.networks import VAEGAN
from vaegan.reproduction import augmentation
from vaegan.training.fitting import fit_to_digits

MOST_TRAINING_DIGITS = 10_000  # on which the training loss is measured: as many as there are test digits
MASK = NoiseConfig(kind="masking", level=0.5)
PRIOR_SHARE = 6  # one training digit in so many is what a prior is fitted to: all would take a minute a run
NOISES = (NoiseConfig(kind="gaussian", level=0.25), NoiseConfig(kind="gaussian", level=0.5))

DEFINITIONS: dict[str, str] = {
    "average_loss": "the paper's: recon + kl in training mode, summed over a batch, averaged over an epoch's batches",
    "test_loss": MEANINGS["test_loss"] + "; under the noise that the run was trained with, if any",
    "train_loss": f"the same of the first {MOST_TRAINING_DIGITS:,} digits trained on, after the epoch",
    "clean_loss": "the same of clean test digits, where the run was trained with noise",
    "masked_loss": f"the same of test digits under {MASK.kind} noise {MASK.level:g}, whatever was trained with",
    **{name: MEANINGS[name] for name in ("recon_bce", "kl", "psnr", "ssim")},
    "frechet": "Fréchet distance of Gaussians fitted to our digit classifier's 48 features of as many samples of the "
    "prior as there are test digits, and of these; comparable only with the same classifier and count",
    "coverage": "digits, of ten, that the classifier reads in at least 1 % of the samples each",
    **{f"psnr_{n.level:g}": f"PSNR of the output for digits under {n.kind} noise {n.level:g}, dB" for n in NOISES},
    "shift_0.5": "how far gaussian noise 0.5 moves the mean of what the encoder's first BatchNorm is given, in the "
    "standard deviations that it has learned; mean over hidden units",
    "held_out_loss": "the test loss of the training digits that the run did not learn from",
    **{
        name: MEANINGS[name] + f"; the prior is fitted to one training digit in {PRIOR_SHARE}"
        for name in ("frechet_fitted", "precision_fitted", "recall_fitted")
    },
    **{name: MEANINGS[name] for name in ("precision", "recall")},
    **{
        f"accuracy_{way}": f"test digits, in percent, that a classifier reads right which learned from "
        f"{augmentation.FEW} real digits" + ("" if way == "real" else f" and {words}")
        for way, words in (
            ("real", ""),
            ("samples", "draws of q(z|x) of these, decoded"),
            ("cleaned", f"these, cleaned of gaussian noise {augmentation.NOISE_LEVEL:g}"),
            ("noisy", f"these under gaussian noise {augmentation.NOISE_LEVEL:g}"),
            ("shifted", "these, moved by up to two pixels"),
        )
    },
    "batch_of_one": "1 if a training step on one digit alone works, 0 if BatchNorm refuses it",
}


def train_loss(model: VAEGAN, data: Digits, limit: int | None) -> float:
    """Test loss of the digits trained on; `model` in eval mode."""
    return _loss(model, data.train_images[:limit][:MOST_TRAINING_DIGITS])


def clean_loss(model: VAEGAN, data: Digits) -> float:
    """Test loss of clean test digits."""
    return _loss(model, data.test_images)


def masked_loss(model: VAEGAN, data: Digits) -> float:
    """Test loss with half of the inputs' pixels lost; the target is clean."""
    x = to_pixels(data.test_images)
    recon, kl = vae_losses(model, x, corrupt(x, MASK))
    return float((recon + kl).mean())


def quality(model: VAEGAN, data: Digits, config: TrainConfig) -> dict[str, float]:  # noqa: ARG001 - one signature for all
    """How close reconstructions are to the digits, and how good samples are, as our classifier judges them."""
    evaluation = evaluate(model, data.test_images)
    judge = classifier.load()
    samples = prior_samples(model, len(data.test_images))
    fake, real = (judge.features(x).double().numpy() for x in (samples, to_pixels(data.test_images)))
    shown = coverage(judge.digits(samples)).classes
    likeness = {name: evaluation.values[name] for name in ("test_loss", "recon_bce", "kl", "psnr", "ssim")}
    return likeness | {"frechet": frechet_distance(fake, real), "coverage": shown}


def under_noise(model: VAEGAN, data: Digits, config: TrainConfig) -> dict[str, float]:  # noqa: ARG001 - one signature for all
    """How BatchNorm copes with inputs that training did not have: digits under noise, and a batch of one."""
    values = {f"psnr_{noise.level:g}": evaluate(model, data.test_images, noise).psnr for noise in NOISES}
    shift = _shift(model, corrupt(to_pixels(data.test_images), NOISES[-1]))
    if shift is not None:
        values["shift_0.5"] = shift
    return values | {"batch_of_one": float(_trains_on_one(model, to_pixels(data.test_images[:1])))}


def samples(model: VAEGAN, data: Digits, config: TrainConfig) -> dict[str, float]:
    """How good samples of both priors are; nothing of the fitted one where there are too few digits to fit it to."""
    fit = fit_to_digits(model, config.updated({"train_limit": max(2, len(data.train_images) // PRIOR_SHARE)}), data)
    wanted = ("precision", "recall", "frechet_fitted", "precision_fitted", "recall_fitted")
    known = registry.SAMPLES if fit is None else (*registry.SAMPLES, *registry.FITTED)
    metrics = [metric for metric in known if metric.name in wanted]
    subject = Subject(model, data, classifier.load(), None if fit is None else fit.prior)
    return compute(metrics, subject)


def held_out(model: VAEGAN, data: Digits, config: TrainConfig) -> dict[str, float]:
    """The loss on the training digits beyond the run's limit, which it has not learned from."""
    return {"held_out_loss": _loss(model, data.train_images[config.train_limit :])}


def helped(model: VAEGAN, data: Digits, config: TrainConfig) -> dict[str, float]:
    """How well a classifier learns from few digits with what the model makes of them."""
    return augmentation.accuracies(model, data, config.seed)


Group = Callable[[VAEGAN, Digits, TrainConfig], dict[str, float]]
GROUPS: dict[str, Group] = {  # of the last weights
    "quality": quality,
    "noise": under_noise,
    "samples": samples,
    "held_out": held_out,
    "augmentation": helped,
}
EACH_EPOCH = ("train", "clean", "masked")


def _loss(model: VAEGAN, images: Tensor) -> float:
    x = to_pixels(images)
    recon, kl = vae_losses(model, x, x)
    return float((recon + kl).mean())


def _shift(model: VAEGAN, noisy: Tensor) -> float | None:
    """How far the mean of what enters the encoder's first BatchNorm is from the learned one; None without BatchNorm."""
    first = model.encoder.first_norm()
    if first is None:
        return None
    before, norm = first
    assert norm.running_mean is not None, "ours keep running statistics"
    assert norm.running_var is not None
    with torch.inference_mode():
        values = before(noisy)  # (B, units) or (B, channels, rows, columns)
        moved = values.mean(dim=[axis for axis in range(values.ndim) if axis != 1]) - norm.running_mean  # (units,)
        return float((moved.abs() / (norm.running_var + norm.eps).sqrt()).mean())


def _trains_on_one(model: VAEGAN, x: Tensor) -> bool:
    """Whether `x` (1, 784) passes in training mode; the running statistics are left as they were."""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    model.train()
    try:
        with torch.no_grad():
            model(x, torch.Generator().manual_seed(0))
    except ValueError:  # BatchNorm: more than 1 value per channel is needed
        return False
    finally:
        model.eval()
        model.load_state_dict(before)
    return True
