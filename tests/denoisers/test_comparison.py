from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vaegan import checkpoint
from vaegan.config import NOISE_KINDS, NoiseConfig, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt
from vaegan.denoisers import comparison, filters
from vaegan.denoisers.comparison import (
    CONDITIONS,
    UNCHANGED,
    DenoiserScore,
    autoencoder,
    autoencoder_config,
    autoencoder_folder,
    compare,
    contenders,
    milliseconds,
)
from vaegan.metrics import classifier, evaluate, psnr
from vaegan.presets import PRESETS
from vaegan.studio import Studio

HALF = NoiseConfig(kind="gaussian", level=0.5)
TINY = TrainConfig(
    model={"latent_dim": 2, "hidden_dim": 8, "norm": "none"},
    sample_latent=False,
    weights={"kl": 0, "adv": 0},
    epochs=1,
    batch_size=50,
)


def test_everybody_is_asked(twins: Path) -> None:
    found = contenders([checkpoint.load(name, twins) for name in ("tiny-bn", "tiny-plain")])
    assert list(found) == [UNCHANGED, *filters.FILTERS, "tiny-bn", "tiny-plain"]
    assert {(noise.kind, noise.level) for noise in CONDITIONS} == {
        (kind, level) for kind in NOISE_KINDS for level in (0.1, 0.25, 0.5, 0.75)
    }
    assert {noise.seed for noise in CONDITIONS} == {0}


def test_each_gets_the_same_noisy_digits_and_is_measured_as_elsewhere(twins: Path, digits: Digits) -> None:
    data, judge = digits.subset(test=30), classifier.load()
    trained = checkpoint.load("tiny-bn", twins)
    noises = [HALF, NoiseConfig(kind="masking", level=0.25)]
    rows = {(row.denoiser, row.noise): row for row in compare(contenders([trained]), data, judge, noises)}
    assert len(rows) == 2 * (len(filters.FILTERS) + 2)
    for noise in noises:
        expected = evaluate(trained.build(), data.test_images, noise)
        model, given = rows["tiny-bn", noise], rows[UNCHANGED, noise]
        assert (model.psnr, model.ssim) == pytest.approx((expected.psnr, expected.ssim), rel=1e-5)
        assert (given.psnr, given.ssim) == pytest.approx((expected.psnr_noisy, expected.ssim_noisy), rel=1e-5)
        noisy = corrupt(data.test_images / 255, noise)
        read = judge.model(noisy).argmax(dim=1) == data.test_labels
        assert given.accuracy == pytest.approx(read.float().mean().item())
        pictures = noisy.view(-1, 28, 28).numpy()
        clean = (data.test_images / 255).view(-1, 28, 28).numpy()
        of_filter = psnr(filters.clean("median", pictures, noise), clean).mean()
        assert rows["median", noise].psnr == pytest.approx(of_filter, rel=1e-5)


def test_the_time_is_the_median_of_single_pictures(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(np.cumsum([0, 9.0, *(x for seconds in range(1, 21) for x in (0.1, seconds / 1000))]))
    monkeypatch.setattr(comparison, "perf_counter", lambda: float(next(clock)))
    shapes: list[Any] = []

    def cleaner(pictures: Any, noise: NoiseConfig) -> Any:
        shapes.append(pictures.shape)
        return pictures

    assert milliseconds(cleaner, digits) == pytest.approx(10.5), "the first, 9 seconds, is to warm up"
    assert shapes == [(1, 28, 28)] * 21


def test_the_autoencoder_is_as_large_as_the_denoisers_and_plain() -> None:
    config, pair = autoencoder_config(), PRESETS["denoise-plain"]
    assert config.model == pair.model
    assert not config.sample_latent
    assert (config.weights.kl, config.weights.adv, config.weights.feature) == (0, 0, 0)
    assert not config.uses_discriminator
    assert config.noise == PRESETS["ae-denoise"].noise
    assert config.noise.noise_kinds


def test_the_autoencoder_is_trained_once(tmp_path: Path, digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    first = autoencoder(digits, tmp_path, TINY, lambda log: told.append(log.epoch))
    assert told == [1]
    assert first.card.name == "ae-denoise"
    assert "--preset ae-denoise --hidden-dim 8" in first.card.command
    assert first.card.data.sha256 == digits.sha256
    other = autoencoder(digits, tmp_path, TINY.updated({"seed": 1}))
    assert other.card.sha256 != first.card.sha256, "other settings, another autoencoder"

    def never(*_: object) -> Iterator[object]:
        raise AssertionError("trained again")

    monkeypatch.setattr(comparison, "train", never)
    assert autoencoder(digits, tmp_path, TINY.updated({"seed": 1})).card == other.card
    with pytest.raises(AssertionError, match="trained again"):
        autoencoder(digits.subset(train=300), tmp_path, TINY.updated({"seed": 1}))
    (tmp_path / "ae-denoise.safetensors").write_bytes(b"damaged")
    with pytest.raises(AssertionError, match="trained again"):
        autoencoder(digits, tmp_path, TINY.updated({"seed": 1}))


def test_other_digits_have_another_folder_within_the_users_cache(
    digits: Digits, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder, other = autoencoder_folder(digits), autoencoder_folder(digits.subset(train=300))
    assert folder != other
    assert folder.parent == other.parent
    assert tmp_path in folder.parents


@pytest.mark.slow
def test_the_shipped_denoiser_beats_every_filter_at_half_noise(sample: Digits) -> None:
    x = sample.test_images[:200] / 255
    clean, noisy = (stack.view(-1, 28, 28).numpy() for stack in (x, corrupt(x, HALF)))
    of_filters = {name: psnr(filters.clean(name, noisy, HALF), clean).mean() for name in filters.FILTERS}
    model = psnr(Studio.open("denoise-bn").clean(noisy), clean).mean()
    assert model >= max(of_filters.values()) + 3.5


def test_a_row_says_what_it_is_of() -> None:
    assert DenoiserScore._fields == ("denoiser", "noise", "psnr", "ssim", "accuracy")
