import json
from pathlib import Path

import numpy as np
import pytest
from skimage.filters import gaussian, median
from skimage.metrics import peak_signal_noise_ratio

from vaegan.config import NOISE_KINDS, NoiseConfig, NoiseKind
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt
from vaegan.denoisers import filters, tuning
from vaegan.studio import add_noise

QUICK = ("mean", "median", "gaussian")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the filters that take no time."""
    monkeypatch.setattr(filters, "FILTERS", {name: filters.FILTERS[name] for name in QUICK})


@pytest.mark.usefixtures("quick")
def test_the_best_of_all_combinations_is_found(sample: Digits) -> None:
    noise = NoiseConfig(kind="salt-pepper", level=0.4, seed=8)
    images = sample.train_images[:8]
    clean = images.view(-1, 28, 28).numpy().astype(np.float32) / np.float32(255)
    found = {name: (values, reached) for name, values, reached in tuning.tune(images, noise)}
    assert tuple(found) == QUICK
    noisy = corrupt(images / 255, noise).view(-1, 28, 28).numpy()
    for name, directly in (
        ("median", lambda picture, size: median(picture, np.ones((size, size)), mode="reflect")),
        ("gaussian", lambda picture, sigma: gaussian(picture, sigma, mode="reflect")),
    ):
        (key, tried), *_ = filters.FILTERS[name].grid.items()
        reached = {
            value: np.mean(
                [
                    peak_signal_noise_ratio(y, directly(x, value).astype(np.float32), data_range=1)
                    for x, y in zip(noisy, clean, strict=True)
                ]
            )
            for value in tried
        }
        best = max(reached, key=lambda value: reached[value])
        parameters, psnr = found[name]
        assert parameters == {key: best}
        assert psnr == pytest.approx(reached[best], abs=1e-3)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("kind", "level"), [("gaussian", 0.5), ("salt-pepper", 0.25), ("masking", 0.5), ("blur", 0.1)])
def test_the_file_holds_what_tuning_finds(sample: Digits, kind: NoiseKind, level: float) -> None:
    noise = NoiseConfig(kind=kind, level=level, seed=tuning.SEED)
    assert noise in tuning.conditions()
    for name, values, reached in tuning.tune(sample.train_images[: tuning.DIGITS], noise):
        assert filters.parameters(name, noise) == values
        assert filters.tuned()["psnr"][kind][f"{level:g}"][name] == pytest.approx(reached, abs=0.01)


def test_every_kind_and_level_is_tuned_for_with_another_seed_than_is_compared() -> None:
    assert [(noise.kind, noise.level) for noise in tuning.conditions()] == [
        (kind, level) for kind in NOISE_KINDS for level in filters.LEVELS
    ]
    assert all(noise.seed != 0 for noise in tuning.conditions())


def test_what_is_saved_is_what_is_read(sample: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        noise: {name: (filters.combinations(name)[-1], 7.125 + row) for row, name in enumerate(filters.FILTERS)}
        for noise in tuning.conditions()
    }
    tuning.save(found, sample, 100, tmp_path / "classical.json")
    content = json.loads((tmp_path / "classical.json").read_text())
    assert content.keys() == filters.tuned().keys()
    monkeypatch.setattr(filters, "tuned", lambda: content)
    noise = NoiseConfig(kind="blur", level=0.74)
    assert filters.parameters("nlm", noise) == {"h": 0.8, "sigma": 0.6}
    assert content["psnr"]["blur"]["0.75"]["tv"] == 10.12
    assert filters.best(noise) == "nlm"
    picture = sample.test_images[0].view(28, 28).numpy().astype(np.float32) / np.float32(255)
    assert filters.clean("wavelet", add_noise(picture, noise)[None], noise).shape == (1, 28, 28)
