"""Numbers, each with its definition beside it: what `evaluate` prints, the cards carry and the pages show."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from skimage.metrics import structural_similarity
from torch import Tensor

from vaegan.config import NoiseConfig
from vaegan.data.noise import corrupt
from vaegan.data.tensors import to_pictures, to_pixels
from vaegan.errors import ConfigError
from vaegan.model.losses import kl_loss, reconstruction_loss
from vaegan.model.networks import VAEGAN
from vaegan.model.parts import Posterior

Pictures = NDArray[np.float32]

PSNR_LIMIT = 100.0  # dB; stands for "the same picture", whose PSNR is infinite and would be no JSON number
SSIM_WINDOW = 7  # scikit-image's default
CHUNK = 1000  # pictures through the model at once

DEFINITIONS: dict[str, str] = {
    "test_loss": "recon_bce + kl; the paper's test set loss (z = mu, so lower than the negative ELBO)",
    "recon_bce": "binary cross entropy of the clean digit under the output, summed over 784 pixels, nats, z = mu",
    "kl": "KL(q(z|x) || N(0, I)) in nats",
    "psnr": "peak signal-to-noise ratio of the output against the clean digit, dB, peak 1, at most 100",
    "ssim": "structural similarity of the output and the clean digit, scikit-image's default 7x7 window",
    "psnr_noisy": "PSNR of what the model was given against the clean digit, dB",
    "ssim_noisy": "SSIM of what the model was given and the clean digit",
}
# Of what is measured only when asked for: a card carries DEFINITIONS, of exactly the values on it.
EXTRA_DEFINITIONS: dict[str, str] = {
    "knn_accuracy": "share of clean test digits that the labels of their 5 nearest training digits name, by mu",
    "anomaly_auc": "area under the ROC curve of recon_bce + kl (picture itself as target) telling others from digits",
    "anomaly_auc_recon": "the same of recon_bce alone",
    "anomaly_auc_kl": "the same of kl alone",
}


class Evaluation(NamedTuple):
    """Means over `n` images; `DEFINITIONS` says what each is."""

    n: int
    test_loss: float
    recon_bce: float
    kl: float
    psnr: float
    ssim: float
    psnr_noisy: float
    ssim_noisy: float


class AnomalyAuc(NamedTuple):
    """How well a model's losses tell other pictures from digits, 0.5 not at all, 1 always; `EXTRA_DEFINITIONS`."""

    anomaly_auc: float
    anomaly_auc_recon: float
    anomaly_auc_kl: float


def psnr(pictures: Pictures, clean: Pictures) -> Pictures:
    """Peak signal-to-noise ratio in dB for a peak of 1, at most `PSNR_LIMIT`; (N, 28, 28) twice -> (N,)."""
    error = np.square(pictures.astype(np.float64) - clean).mean(axis=(1, 2))
    limit = 10 ** (-PSNR_LIMIT / 10)
    return np.asarray(-10 * np.log10(np.maximum(error, limit)), dtype=np.float32)


def ssim(pictures: Pictures, clean: Pictures) -> Pictures:
    """Structural similarity, -1 to 1, for pixels in [0, 1]; (N, 28, 28) twice -> (N,). Wang et al. 2004, scikit-image.

    The pictures are laid side by side and compared in one call. Windows that cross a seam lie within half a window of
    it, which scikit-image leaves out of a single picture's mean as well: the values are the same.
    """
    count, height, width = pictures.shape
    strips = [np.concatenate(list(stack), axis=1) for stack in (clean, pictures)]  # (28, 28 N)
    _, similarity = structural_similarity(*strips, data_range=1.0, win_size=SSIM_WINDOW, full=True)
    edge = SSIM_WINDOW // 2
    inner = similarity.reshape(height, count, width)[edge:-edge, :, edge:-edge]
    return np.asarray(inner.mean(axis=(0, 2)), dtype=np.float32)


def vae_losses(model: VAEGAN, clean: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
    """Per-image reconstruction loss and KL with z = mu; clean and given (N, 784) -> (N,) each. `model` in eval mode."""
    recon, kl = [], []
    with torch.inference_mode():
        for target, x in _chunks(clean, given):
            posterior = model.encode(x)
            recon.append(reconstruction_loss(model.decoder(posterior.mu), target))
            kl.append(kl_loss(posterior))
    return torch.cat(recon), torch.cat(kl)


def posteriors(model: VAEGAN, given: Tensor) -> Posterior:
    """q(z|x) of pictures (N, 784), mu and logvar (N, d). `model` in eval mode."""
    with torch.inference_mode():
        parts = [model.encode(x) for x in given.split(CHUNK)]
        return Posterior(torch.cat([part.mu for part in parts]), torch.cat([part.logvar for part in parts]))


def reconstruct(model: VAEGAN, given: Tensor) -> Tensor:
    """Outputs with z = mu; (N, 784) -> (N, 784) in [0, 1]. `model` in eval mode."""
    with torch.inference_mode():
        return torch.cat([model.decode(model.encode(x).mu) for x in given.split(CHUNK)])


def evaluate(model: VAEGAN, images: Tensor, noise: NoiseConfig | None = None) -> Evaluation:
    """Measure `model` (eval mode) on uint8 digits (N, 784), covered with `noise` if given; the target is clean."""
    clean = to_pixels(images)
    given = corrupt(clean, noise) if noise else clean
    recon, kl = vae_losses(model, clean, given)
    output = reconstruct(model, given)
    return Evaluation(
        n=len(images),
        test_loss=float((recon + kl).mean()),
        recon_bce=float(recon.mean()),
        kl=float(kl.mean()),
        **_likeness(output, clean, ""),
        **_likeness(given, clean, "_noisy"),
    )


def knn_accuracy(
    model: VAEGAN,
    train_images: Tensor,
    train_labels: Tensor,
    test_images: Tensor,
    test_labels: Tensor,
    k: int = 5,
) -> float:
    """Share of test digits whose label most of the `k` nearest training digits bear, by mu; images uint8 (N, 784)."""
    from sklearn.neighbors import KNeighborsClassifier  # the import takes seconds, and the app never asks for this

    if not 1 <= k <= len(train_images):
        raise ConfigError(f"k {k}: give a number of neighbours from 1 to {len(train_images):,}, the training digits")
    train, test = (posteriors(model, to_pixels(images)).mu.numpy() for images in (train_images, test_images))
    # Brute force is matrix products; a tree would be slower in all but a few dimensions.
    classifier = KNeighborsClassifier(k, algorithm="brute").fit(train, train_labels.numpy())
    return float(classifier.score(test, test_labels.numpy()))


def anomaly_auc(model: VAEGAN, digits: Tensor, others: Tensor) -> AnomalyAuc:
    """How well losses tell `others` from `digits`, uint8 (N, 784) and (M, 784); z = mu, the target is the picture."""
    from sklearn.metrics import roc_auc_score

    pictures = torch.cat([digits, others]).float() / 255
    strange = torch.arange(len(pictures)) >= len(digits)  # (N + M,)
    recon, kl = vae_losses(model, pictures, pictures)
    return AnomalyAuc(*(float(roc_auc_score(strange.numpy(), score.numpy())) for score in (recon + kl, recon, kl)))


def _likeness(pictures: Tensor, clean: Tensor, suffix: str) -> dict[str, float]:
    stacks = [(to_pictures(a), to_pictures(b)) for a, b in _chunks(pictures, clean)]
    return {
        f"psnr{suffix}": float(np.concatenate([psnr(*pair) for pair in stacks]).mean()),
        f"ssim{suffix}": float(np.concatenate([ssim(*pair) for pair in stacks]).mean()),
    }


def _chunks(*stacks: Tensor) -> Iterator[tuple[Tensor, ...]]:
    return zip(*(stack.split(CHUNK) for stack in stacks), strict=True)
