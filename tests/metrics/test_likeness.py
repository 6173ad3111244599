import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torch import Tensor
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from vaegan.config import NoiseConfig
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt
from vaegan.errors import ConfigError
from vaegan.metrics import likeness
from vaegan.metrics.likeness import (
    PSNR_LIMIT,
    knn_accuracy,
    posteriors,
    psnr,
    reconstruct,
    ssim,
    vae_losses,
)
from vaegan.model.networks import VAEGAN

NOISE = NoiseConfig(kind="salt-pepper", level=0.3, seed=4)
Pictures = NDArray[np.float32]


def pictures(seed: int, count: int = 9) -> Pictures:
    return np.random.default_rng(seed).random((count, 28, 28), dtype=np.float32)


def by_hand(model: VAEGAN, images: Tensor, noise: NoiseConfig | None) -> dict[str, float]:
    """Every number of `evaluate`, picture by picture."""
    clean = images.float() / 255
    given = clean if noise is None else corrupt(clean, noise)
    rows = []
    for x, y in zip(given, clean, strict=True):
        mu, logvar = model.encode(x[None])
        x_hat = model.decode(mu)[0].detach()
        recon_bce = F.binary_cross_entropy(x_hat, y, reduction="sum").item()
        kl = kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).sum().item()
        row = {"recon_bce": recon_bce, "kl": kl, "test_loss": recon_bce + kl}
        for suffix, picture in (("", x_hat), ("_noisy", x)):
            pair = y.view(28, 28).numpy(), picture.view(28, 28).numpy()
            same = np.array_equal(*pair)  # whose PSNR is infinite
            row[f"psnr{suffix}"] = PSNR_LIMIT if same else peak_signal_noise_ratio(*pair, data_range=1)
            row[f"ssim{suffix}"] = structural_similarity(*pair, data_range=1)
        rows.append(row)
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def test_psnr_is_scikit_images_picture_by_picture() -> None:
    output, clean = pictures(1), pictures(2)
    expected = [peak_signal_noise_ratio(b, a, data_range=1) for a, b in zip(output, clean, strict=True)]
    np.testing.assert_allclose(psnr(output, clean), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 9])
def test_ssim_is_scikit_images_picture_by_picture(count: int) -> None:
    clean = pictures(2, count)
    output = (clean + np.linspace(0, 1, count, dtype=np.float32)[:, None, None] * pictures(1, count)).clip(0, 1)
    expected = [structural_similarity(b, a, data_range=1) for a, b in zip(output, clean, strict=True)]
    np.testing.assert_allclose(ssim(output, clean), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("clean", [pictures(1, 3), np.zeros((3, 28, 28), np.float32)], ids=["random", "black"])
def test_the_same_picture_has_100_db_and_ssim_1(clean: Pictures) -> None:
    np.testing.assert_allclose(psnr(clean, clean), 100.0)
    np.testing.assert_allclose(ssim(clean, clean), 1.0, atol=1e-6)


@pytest.mark.parametrize(("error", "decibels"), [(1.0, 0.0), (0.1, 20.0), (0.01, 40.0)])
def test_psnr_of_a_constant_error(error: float, decibels: float) -> None:
    black = np.zeros((1, 28, 28), np.float32)
    assert psnr(black + np.float32(error), black)[0] == pytest.approx(decibels, abs=1e-4)


def test_a_picture_is_measured_alone() -> None:
    clean, output = pictures(1), pictures(2)
    before = ssim(output, clean)[4]
    output[[3, 5]] = 0
    clean[[3, 5]] = 1
    assert ssim(output, clean)[4] == pytest.approx(before, abs=1e-6)


def test_losses_and_outputs_come_in_the_order_of_the_pictures(
    monkeypatch: pytest.MonkeyPatch, model: VAEGAN, images: Tensor
) -> None:
    monkeypatch.setattr(likeness, "CHUNK", 5)
    clean = images.float() / 255
    recon, kl = vae_losses(model, clean, clean)
    rows = [by_hand(model, image[None], None) for image in images]
    assert recon.tolist() == pytest.approx([row["recon_bce"] for row in rows], rel=1e-5)
    assert kl.tolist() == pytest.approx([row["kl"] for row in rows], rel=1e-4)
    outputs = torch.cat([model.decode(model.encode(x[None]).mu) for x in clean])
    torch.testing.assert_close(reconstruct(model, clean), outputs.detach(), rtol=1e-5, atol=1e-6)


def test_posteriors_come_in_the_order_of_the_pictures(
    monkeypatch: pytest.MonkeyPatch, model: VAEGAN, images: Tensor
) -> None:
    monkeypatch.setattr(likeness, "CHUNK", 5)
    clean = images.float() / 255
    for found, expected in zip(posteriors(model, clean), model.encode(clean), strict=True):
        torch.testing.assert_close(found, expected.detach())


@pytest.mark.parametrize("k", [1, 4, 5])
def test_knn_is_the_vote_of_the_nearest(model: VAEGAN, sample: Digits, k: int) -> None:
    train, labels = sample.train_images[:300], sample.train_labels[:300]
    test, truth = sample.test_images[:80], sample.test_labels[:80]
    near, far = (model.encode(images.float() / 255).mu.detach().double() for images in (train, test))
    right = 0
    for z, label in zip(far, truth, strict=True):
        nearest = labels[(near - z).square().sum(dim=1).argsort()[:k]]
        right += int(nearest.bincount(minlength=10).argmax() == label)  # of equal votes the smallest digit
    assert 0.2 < right / 80 < 0.9, "a model that no chance could agree with"
    assert knn_accuracy(model, train, labels, test, truth, k) == pytest.approx(right / 80)


def test_knn_asks_five_unless_told_and_not_more_than_there_are(model: VAEGAN, sample: Digits) -> None:
    digits = sample.subset(300, 200)
    parts = digits.train_images, digits.train_labels, digits.test_images, digits.test_labels
    accuracies = {k: knn_accuracy(model, *parts, k=k) for k in range(1, 9)}
    assert [k for k, value in accuracies.items() if value == knn_accuracy(model, *parts)] == [5]
    for k in (0, 301):
        with pytest.raises(ConfigError, match=f"k {k}: give a number of neighbours from 1 to 300"):
            knn_accuracy(model, *parts, k=k)
