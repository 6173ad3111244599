"""How close a model's output is to the clean digit, and which digits its encoder tells apart.

`registry` has the definitions of the numbers.
"""

from collections.abc import Iterator

import numpy as np
import torch
from skimage.metrics import structural_similarity
from torch import Tensor

from vaegan.data.pictures import Float, Pictures
from vaegan.data.tensors import to_pixels
from vaegan.errors import ConfigError
from vaegan.model.losses import kl_loss, reconstruction_loss
from vaegan.model.networks import VAEGAN
from vaegan.model.parts import Posterior

PSNR_LIMIT = 100.0  # dB; stands for two equal pictures, whose PSNR is infinite, which JSON cannot hold
SSIM_WINDOW = 7  # scikit-image's default
CHUNK = 1000  # pictures through the model at once


def psnr(pictures: Pictures, clean: Pictures) -> Float:
    """Peak signal-to-noise ratio in dB for a peak of 1, at most `PSNR_LIMIT`; (N, 28, 28) twice -> (N,)."""
    error = np.square(pictures.astype(np.float64) - clean).mean(axis=(1, 2))
    limit = 10 ** (-PSNR_LIMIT / 10)
    return np.asarray(-10 * np.log10(np.maximum(error, limit)), dtype=np.float32)


def ssim(pictures: Pictures, clean: Pictures) -> Float:
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


def vae_losses(model: VAEGAN, clean: Tensor, inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Reconstruction loss and KL of each picture with z = mu: clean and inputs (N, 784) -> (N,) each; eval mode."""
    recon, kl = [], []
    with torch.inference_mode():
        for target, x in chunks(clean, inputs):
            posterior = model.encode(x)
            recon.append(reconstruction_loss(model.decoder(posterior.mu), target))
            kl.append(kl_loss(posterior))
    return torch.cat(recon), torch.cat(kl)


def posteriors(model: VAEGAN, inputs: Tensor) -> Posterior:
    """q(z|x) of pictures (N, 784), mu and logvar (N, d). `model` in eval mode."""
    with torch.inference_mode():
        parts = [model.encode(x) for x in inputs.split(CHUNK)]
        return Posterior(torch.cat([part.mu for part in parts]), torch.cat([part.logvar for part in parts]))


def reconstruct(model: VAEGAN, inputs: Tensor) -> Tensor:
    """Outputs with z = mu; (N, 784) -> (N, 784) in [0, 1]. `model` in eval mode."""
    with torch.inference_mode():
        return torch.cat([model.decode(model.encode(x).mu) for x in inputs.split(CHUNK)])


def knn_accuracy(
    model: VAEGAN,
    train_images: Tensor,
    train_labels: Tensor,
    test_images: Tensor,
    test_labels: Tensor,
    k: int = 5,
) -> float:
    """Share of test digits whose class wins the vote of the `k` training digits with the nearest mu.

    Images are uint8 (N, 784).
    """
    from sklearn.neighbors import KNeighborsClassifier  # the import takes seconds, and the app never asks for this

    if not 1 <= k <= len(train_images):
        raise ConfigError(f"k {k}: give a number of neighbours from 1 to {len(train_images):,}, the training digits")
    train, test = (posteriors(model, to_pixels(images)).mu.numpy() for images in (train_images, test_images))
    # Brute force is matrix products; a tree would be slower in all but a few dimensions.
    classifier = KNeighborsClassifier(k, algorithm="brute").fit(train, train_labels.numpy())
    return float(classifier.score(test, test_labels.numpy()))


def chunks(*stacks: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """The pictures of each stack (N, ...) in parts that are small enough to go through a model at once."""
    return zip(*(stack.split(CHUNK) for stack in stacks), strict=True)
