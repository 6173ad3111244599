from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from tests.studios import CALLS, same
from vaegan.checkpoint.files import load
from vaegan.config import NOISE_KINDS, NoiseConfig
from vaegan.errors import CheckpointError, ImageError
from vaegan.studio import Studio, add_noise, add_noises, rate

LADDER = [NoiseConfig(kind=kind, level=level, seed=3) for kind in NOISE_KINDS for level in (0.0, 0.4, 1.0)]


def test_the_same_digit_and_noise_give_the_same_pixels(studio: Studio, pictures: np.ndarray) -> None:
    noise = NoiseConfig(kind="salt-pepper", level=0.3, seed=5)
    torch.manual_seed(1)
    first = studio.denoise(pictures[0], noise)
    torch.manual_seed(2)
    assert same(first, studio.denoise(pictures[0].copy(), noise))
    other = studio.denoise(pictures[0], noise.updated({"seed": 6}))
    assert not np.array_equal(first.noisy, other.noisy)
    assert not np.array_equal(first.output, other.output)
    assert np.array_equal(first.clean, pictures[0])


def test_cleaning_is_the_model_in_eval_mode_with_z_mu(studio: Studio, pictures: np.ndarray, twins: Path) -> None:
    model = load(studio.card.name, twins).build().eval()
    with torch.no_grad():
        x = torch.from_numpy(pictures).flatten(1)
        expected = torch.sigmoid(model.decoder(model.encoder(x).mu)).view(-1, 28, 28).numpy()
    cleaned = studio.clean(pictures)
    assert cleaned.dtype == np.float32
    np.testing.assert_allclose(cleaned, expected, atol=1e-6)
    for index in range(len(pictures)):  # a batch of one is no special case, not even to BatchNorm
        np.testing.assert_allclose(studio.clean(pictures[index : index + 1])[0], expected[index], atol=1e-6)


def test_a_ladder_of_noises_is_each_alone(studio: Studio, pictures: np.ndarray) -> None:
    noisy = add_noises(pictures[1], LADDER)
    before, after = rate(noisy, pictures[1]), rate(studio.clean(noisy), pictures[1])
    assert before.pictures.shape == after.pictures.shape == (len(LADDER), 28, 28)
    for row, noise in enumerate(LADDER):
        alone = studio.denoise(pictures[1], noise)
        assert np.array_equal(noisy[row], alone.noisy[0])
        assert np.array_equal(noisy[row], add_noise(pictures[1], noise))
        np.testing.assert_allclose(after.pictures[row], alone.output[0], atol=1e-4)
        for name in ("psnr", "ssim"):
            for rated, end in ((before, "_noisy"), (after, "")):
                expected = vars(alone)[name + end][0]
                np.testing.assert_allclose(getattr(rated, name)[row], expected, atol=1e-4, err_msg=name + end)


def test_likeness_is_scikit_images(studio: Studio, pictures: np.ndarray) -> None:
    noisy = add_noises(pictures[2], LADDER)
    for rated in (rate(noisy, pictures[2]), rate(studio.clean(noisy), pictures[2])):
        for row, picture in enumerate(rated.pictures):
            if not np.array_equal(picture, pictures[2]):
                expected = peak_signal_noise_ratio(pictures[2], picture, data_range=1)
                assert rated.psnr[row] == pytest.approx(expected, abs=1e-3)
            expected = structural_similarity(pictures[2], picture, data_range=1)
            assert rated.ssim[row] == pytest.approx(expected, abs=1e-4)
    same = rate(pictures[2:3], pictures[2])
    assert same.psnr.tolist() == [100], "the same picture, whose PSNR would be infinite"


def test_a_trained_model_takes_noise_away(studio: Studio, pictures: np.ndarray) -> None:
    noise = NoiseConfig(kind="gaussian", level=0.6)
    found = [studio.denoise(picture, noise) for picture in pictures]
    assert np.mean([one.psnr - one.psnr_noisy for one in found]) > 2


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((27, 28)), r"shape \(1, 27, 28\): \(N, 28, 28\) is needed"),
        (np.zeros((1, 28, 28)), "is needed"),
        (np.zeros(784), "is needed"),
        (np.zeros(()), "is needed"),
        (np.full((28, 28), np.nan), "not finite; pixels go from 0 to 1"),
        (np.full((28, 28), -np.inf), "not finite"),
    ],
    ids=["27 rows", "a batch", "flat", "a number", "NaN", "infinity"],
)
def test_what_is_no_digit_is_refused(studio: Studio, picture: np.ndarray, message: str) -> None:
    for action in (studio.denoise, lambda given, noise: add_noise(given, noise)):
        with pytest.raises(ImageError, match=message):
            action(picture.astype(np.float32), NoiseConfig())
    with pytest.raises(ImageError, match=message):
        studio.clean(picture[None].astype(np.float32))


def test_no_pictures_are_refused(studio: Studio) -> None:
    with pytest.raises(ImageError, match=r"shape \(0, 28, 28\)"):
        studio.clean(np.zeros((0, 28, 28), np.float32))


@pytest.mark.parametrize("dtype", [np.float64, np.float16, ">f4"])
def test_other_floats_and_layouts_are_understood(studio: Studio, pictures: np.ndarray, dtype: str) -> None:
    strided = np.asfortranarray(pictures.astype(dtype))
    np.testing.assert_allclose(studio.clean(strided), studio.clean(pictures), atol=2e-2)
    assert np.array_equal(studio.clean(pictures[::-1]), studio.clean(pictures[::-1].copy()))


def test_a_studio_never_changes_its_model(twins: Path, pictures: np.ndarray) -> None:
    studio = Studio.open("tiny-bn", twins)
    model = studio._model
    before = {name: value.clone() for name, value in model.state_dict().items()}
    given = pictures.copy()
    studio.denoise(pictures[0], LADDER[-1])
    studio.clean(pictures)
    for call in CALLS.values():
        call(studio, pictures)
    assert not any(module.training for module in model.modules())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert np.array_equal(pictures, given)


def test_threads_may_share_a_studio(studio: Studio, pictures: np.ndarray) -> None:
    jobs = [(picture, noise) for picture in pictures[:4] for noise in LADDER[::4]]
    alone = [studio.denoise(*job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda job: studio.denoise(*job), jobs * 3))
    assert all(same(one, alone[index % len(jobs)]) for index, one in enumerate(together))


def test_a_checkpoint_that_is_missing_is_named(twins: Path) -> None:
    with pytest.raises(CheckpointError, match="there are: tiny-bn, tiny-plain"):
        Studio.open("tiny", twins)
