from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import filters, restoration

from vaegan.config import NOISE_KINDS, NoiseConfig, NoiseKind
from vaegan.data.mnist import Digits
from vaegan.denoisers import filters as classical
from vaegan.denoisers.filters import FILTERS, LEVELS, apply, best, clean, combinations, parameters, tuned
from vaegan.errors import ConfigError, ImageError
from vaegan.metrics.likeness import psnr
from vaegan.studio import add_noise

Pictures = NDArray[np.float32]
NOISE = NoiseConfig(kind="gaussian", level=0.5, seed=3)
NAMES = pytest.mark.parametrize("name", FILTERS)


@pytest.fixture(scope="module")
def originals(sample: Digits) -> Pictures:
    return sample.test_images[:12].view(-1, 28, 28).numpy().astype(np.float32) / np.float32(255)


@pytest.fixture(scope="module")
def noisy(originals: Pictures) -> Pictures:
    return np.stack([add_noise(picture, NOISE) for picture in originals])


def box_mean(picture: Pictures, size: int) -> Pictures:
    padded = np.pad(picture, size // 2, mode="symmetric")
    return np.lib.stride_tricks.sliding_window_view(padded, (size, size)).mean(axis=(2, 3))


DIRECTLY: dict[str, tuple[dict[str, float | str], Callable[[np.ndarray], np.ndarray]]] = {
    "mean": ({"size": 5}, lambda picture: box_mean(picture, 5)),
    "median": ({"size": 3}, lambda picture: filters.median(picture, np.ones((3, 3)), mode="reflect")),
    "gaussian": ({"sigma": 0.9}, lambda picture: filters.gaussian(picture, 0.9, mode="reflect")),
    "tv": ({"weight": 0.3}, lambda picture: restoration.denoise_tv_chambolle(picture, weight=0.3)),
    "wavelet": (
        {"wavelet": "db2", "sigma": 0.2},
        lambda picture: restoration.denoise_wavelet(
            picture, sigma=0.2, wavelet="db2", method="BayesShrink", mode="soft", wavelet_levels=2, rescale_sigma=False
        ),
    ),
    "nlm": (
        {"h": 0.2, "sigma": 0.1},
        lambda picture: restoration.denoise_nl_means(
            picture, patch_size=5, patch_distance=6, h=0.2, sigma=0.1, fast_mode=True
        ),
    ),
}


@NAMES
def test_each_is_scikit_images_picture_by_picture(name: str, noisy: Pictures) -> None:
    values, directly = DIRECTLY[name]
    expected = np.stack([directly(picture) for picture in noisy]).clip(0, 1)
    found = apply(name, noisy, values)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-6)
    assert np.abs(found - noisy).max() > 0.1


@NAMES
def test_the_tuned_parameters_are_used(name: str, noisy: Pictures) -> None:
    expected = apply(name, noisy, parameters(name, NOISE))
    np.testing.assert_array_equal(clean(name, noisy, NOISE), expected)
    np.testing.assert_allclose(clean(name, noisy[4:5], NOISE)[0], expected[4], atol=2e-6, err_msg="each alone")


@NAMES
@pytest.mark.parametrize("kind", NOISE_KINDS)
def test_level_0_is_the_identity(name: str, kind: NoiseKind, originals: Pictures) -> None:
    found = clean(name, originals, NoiseConfig(kind=kind, level=0))
    np.testing.assert_array_equal(found, originals)
    assert found is not originals


@NAMES
def test_each_takes_noise_away_and_stays_in_range(name: str, originals: Pictures, noisy: Pictures) -> None:
    found = clean(name, noisy, NOISE)
    assert psnr(found, originals).mean() > psnr(noisy, originals).mean() + 1.5
    unclipped = NoiseConfig(kind="gaussian-unclipped", level=0.5)
    found = clean(name, np.stack([add_noise(picture, unclipped) for picture in originals]), unclipped)
    assert (found.min(), found.max()) >= (0, 0)
    assert found.max() <= 1


@NAMES
def test_there_are_parameters_for_every_level_and_all_were_tried(name: str) -> None:
    kinds = set(tuned()["parameters"])
    assert kinds <= set(NOISE_KINDS)  # a new kind may have none yet
    for kind in kinds:
        for level in LEVELS:
            assert parameters(name, NoiseConfig(kind=kind, level=level)) in combinations(name)
    assert len(combinations(name)) == np.prod([len(values) for values in FILTERS[name].grid.values()])


def test_the_nearest_level_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {kind: {f"{level:g}": {"mean": {"size": level}} for level in LEVELS} for kind in NOISE_KINDS}
    monkeypatch.setattr(classical, "tuned", lambda: {"parameters": table})
    for level, nearest in ((0.01, 0.1), (0.3, 0.25), (0.62, 0.5), (0.7, 0.75), (1, 1.0)):
        assert parameters("mean", NoiseConfig(level=level)) == {"size": nearest}


def test_parameters_were_tuned_on_training_digits_of_the_sample(sample: Digits) -> None:
    assert tuned()["data"] == {"label": sample.label, "sha256": sample.sha256}
    assert tuned()["criterion"].startswith("mean PSNR over the first 50 training digits")
    assert tuned()["command"] == "python -m vaegan tune-filters"


def test_a_kind_or_a_filter_that_was_not_tuned_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"gaussian": {f"{level:g}": {"mean": {"size": 3}} for level in LEVELS}}
    monkeypatch.setattr(classical, "tuned", lambda: {"parameters": table, "psnr": table})
    fog = NOISE.updated({"kind": "blur"})
    for attempt in (lambda: parameters("mean", fog), lambda: clean("mean", np.zeros((1, 28, 28), np.float32), fog)):
        with pytest.raises(ConfigError, match=r"The filter 'mean' is not tuned for 'blur' noise yet\. Run `python -m "):
            attempt()
    with pytest.raises(ConfigError, match=r"No filter is tuned for 'blur' noise yet\. Run `python -m vaegan tune-filt"):
        best(fog)
    with pytest.raises(ConfigError, match=r"The filter 'median' is not tuned for 'gaussian' noise yet"):
        parameters("median", NoiseConfig())


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="there is no filter 'bm3d'; choose one of mean, median, gaussian, tv, wave"):
        clean("bm3d", np.zeros((1, 28, 28), np.float32), NOISE)
    for shape in ((28, 28), (2, 27, 28), (784,)):
        with pytest.raises(ImageError, match=r"pictures of shape .*: \(N, 28, 28\) is needed"):
            clean("mean", np.zeros(shape, np.float32), NOISE)
