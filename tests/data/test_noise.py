from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from skimage.metrics import peak_signal_noise_ratio
from torch import Generator, Tensor

from vaegan.config import NOISE_KINDS, NoiseConfig, NoiseKind, TrainingNoise
from vaegan.data.mnist import Digits
from vaegan.data.noise import NOISES, corrupt, corrupt_mixture, draw_nothing

COUNT = 200
RANDOM_KINDS = [kind for kind in NOISE_KINDS if NOISES[kind].draw is not draw_nothing]
UNBOUNDED = ("gaussian-unclipped", "dropout")  # they may leave [0, 1]
LEVELS = (0.05, 0.1, 0.3, 0.5, 0.77, 1.0)


@pytest.fixture(scope="module")
def digits(sample: Digits) -> Tensor:
    return sample.test_images[:COUNT].float() / 255


def grey(value: float = 0.3) -> Tensor:
    return torch.full((COUNT, 784), value)


def seeded(seed: int = 0) -> Generator:
    return torch.Generator().manual_seed(seed)


def noisy(x: Tensor, kind: NoiseKind, level: float, seed: int = 0) -> Tensor:
    return corrupt(x, NoiseConfig(kind=kind, level=level, seed=seed))


@pytest.mark.parametrize("kind", NOISE_KINDS)
@pytest.mark.parametrize("level", [torch.tensor(0.0), torch.zeros(COUNT, 1)], ids=["one", "each"])
def test_level_0_is_the_identity(digits: Tensor, kind: NoiseKind, level: Tensor) -> None:
    assert torch.equal(NOISES[kind](digits, level, seeded()), digits)


@pytest.mark.parametrize("kind", NOISE_KINDS)
@pytest.mark.parametrize("level", [0.0, 0.6])
def test_the_input_is_not_touched(digits: Tensor, kind: NoiseKind, level: float) -> None:
    before = digits.clone()
    noisy(digits, kind, level).zero_()
    assert torch.equal(digits, before)


@pytest.mark.parametrize("kind", NOISE_KINDS)
def test_the_same_seed_gives_the_same_pixels(digits: Tensor, kind: NoiseKind) -> None:
    assert torch.equal(noisy(digits, kind, 0.4, seed=5), noisy(digits, kind, 0.4, seed=5))


@pytest.mark.parametrize("kind", RANDOM_KINDS)
def test_another_seed_gives_other_pixels(digits: Tensor, kind: NoiseKind) -> None:
    changed = (noisy(digits, kind, 0.4, seed=5) != noisy(digits, kind, 0.4, seed=6)).any(dim=1)
    assert changed.float().mean() > 0.95


@pytest.mark.parametrize("kind", RANDOM_KINDS)
def test_each_picture_gets_its_own_noise(kind: NoiseKind) -> None:
    rows = noisy(grey(), kind, 0.4)
    assert len(rows.unique(dim=0)) > 30  # the watermark's texts are 35


@pytest.mark.parametrize("kind", [kind for kind in NOISE_KINDS if kind not in UNBOUNDED])
@pytest.mark.parametrize("level", LEVELS)
def test_pixels_stay_in_range(digits: Tensor, kind: NoiseKind, level: float) -> None:
    x = torch.cat([digits, torch.ones(1, 784)])
    low, high = noisy(x, kind, level).aminmax()
    assert low >= 0
    assert high <= 1


@pytest.mark.parametrize("kind", NOISE_KINDS)
def test_levels_per_picture_are_each_pictures_own(digits: Tensor, kind: NoiseKind) -> None:
    levels = torch.linspace(0, 1, COUNT)[:, None]
    together = NOISES[kind](digits, levels, seeded())
    alone = [NOISES[kind](digits, levels[row], seeded())[row] for row in (0, 1, 77, COUNT - 1)]
    torch.testing.assert_close(together[[0, 1, 77, COUNT - 1]], torch.stack(alone), rtol=0, atol=1e-6)


@pytest.mark.parametrize("level", [0.1, 1.0])
def test_unclipped_gaussian_noise_has_the_level_as_its_deviation(level: float) -> None:
    added = noisy(grey(), "gaussian-unclipped", level) - grey()
    assert added.std().item() == pytest.approx(level, rel=0.01)
    assert added.mean().item() == pytest.approx(0, abs=0.01 * level)


def test_gaussian_noise_is_the_unclipped_one_clipped(digits: Tensor) -> None:
    unclipped = noisy(digits, "gaussian-unclipped", 0.5)
    assert unclipped.min() < 0
    assert unclipped.max() > 1
    assert torch.equal(noisy(digits, "gaussian", 0.5), unclipped.clip(0, 1))


@pytest.mark.parametrize("level", LEVELS)
def test_salt_and_pepper_hit_their_share_evenly(level: float) -> None:
    after = noisy(grey(), "salt-pepper", level)
    hit = after[after != grey()]
    assert len(hit) / after.numel() == pytest.approx(level, abs=0.005)
    assert (hit == 1).float().mean().item() == pytest.approx(0.5, abs=0.03)
    assert hit.unique().tolist() == [0, 1]


@pytest.mark.parametrize("level", LEVELS)
def test_masking_blackens_its_share_and_keeps_the_rest(level: float) -> None:
    after = noisy(grey(), "masking", level)
    assert (after == 0).float().mean().item() == pytest.approx(level, abs=0.005)
    assert ((after == 0) | (after == grey())).all()


@pytest.mark.parametrize("level", [0.05, 0.3, 0.5, 0.77])
def test_dropout_is_torchs_layer(digits: Tensor, level: float) -> None:
    after = noisy(digits, "dropout", level)
    layer = torch.nn.Dropout(level)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        by_torch = layer(grey())
    assert (by_torch == 0).float().mean().item() == pytest.approx(level, abs=0.005)
    survivors = noisy(grey(), "dropout", level)
    assert (survivors == 0).float().mean().item() == pytest.approx(level, abs=0.005)
    assert survivors.max().item() == pytest.approx(by_torch.max().item(), rel=1e-6)
    assert torch.equal(after == 0, (noisy(digits, "masking", level) == 0))  # the pixels that masking loses
    assert after.mean().item() == pytest.approx(digits.mean().item(), rel=0.02)


def test_dropout_of_everything_is_black() -> None:
    assert not noisy(grey(), "dropout", 1.0).any()


@pytest.mark.parametrize("level", LEVELS)
def test_occlusion_is_one_grey_square_of_its_share(digits: Tensor, level: float) -> None:
    block = (noisy(grey(), "occlusion", level) == 0.5).view(-1, 28, 28)
    rows, columns = block.any(dim=2), block.any(dim=1)  # (B, 28)
    assert torch.equal(block, rows[:, :, None] & columns[:, None, :])
    assert torch.equal(rows.sum(dim=1), columns.sum(dim=1))
    edges = torch.nn.functional.pad(torch.cat([rows, columns]).int(), (1, 1)).diff(dim=1)
    assert (edges.abs().sum(dim=1) == 2).all()  # in one piece
    assert (block.sum(dim=(1, 2)) - level * 784).abs().max() <= 28  # whole pixels: half of one on each side
    covered = noisy(digits, "occlusion", level)
    assert torch.equal(covered, torch.where(block.flatten(1), torch.tensor(0.5), digits))


def test_occlusion_reaches_every_edge() -> None:
    block = (noisy(grey(), "occlusion", 0.2) == 0.5).view(-1, 28, 28)
    for edge in (block[:, 0], block[:, -1], block[:, :, 0], block[:, :, -1]):
        assert edge.any()


@pytest.mark.parametrize("level", [0.25, 0.5, 1.0])
def test_a_watermark_blends_white_ink_where_its_mark_is(digits: Tensor, level: float) -> None:
    mark = noisy(torch.zeros(COUNT, 784), "watermark", 1.0)
    assert mark.unique().tolist() == [0, 1]
    expected = (1 - level * mark) * digits + level * mark * 1.0
    torch.testing.assert_close(noisy(digits, "watermark", level), expected)


def test_watermarks_are_text_or_stripes_about_evenly() -> None:
    ink = noisy(torch.zeros(COUNT, 784), "watermark", 1.0).mean(dim=1)
    text, stripes = ink < 0.2, ink > 0.2  # a word covers a tenth, stripes 2 pixels of 7
    assert stripes.float().mean().item() == pytest.approx(0.5, abs=0.1)
    assert ink[text].mean().item() == pytest.approx(0.1, abs=0.03)
    assert ink[stripes].mean().item() == pytest.approx(2 / 7, abs=0.01)


@pytest.mark.parametrize("level", [0.05, 0.2, 0.5, 1.0])
def test_blur_is_a_gaussian_filter_with_black_around(digits: Tensor, level: float) -> None:
    found = noisy(digits, "blur", level).view(-1, 28, 28).numpy()
    sigma = (0, 4 * level, 4 * level)
    expected = gaussian_filter(digits.view(-1, 28, 28).double().numpy(), sigma, mode="constant", truncate=28 / sigma[1])
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_blur_keeps_the_ink_of_what_is_far_from_the_edge() -> None:
    block = torch.zeros(1, 28, 28)
    block[:, 9:19, 9:19] = 1.0
    assert noisy(block.flatten(1), "blur", 0.4).sum().item() == pytest.approx(100, rel=1e-3)


@pytest.mark.parametrize("kind", ["salt-pepper", "masking", "occlusion"])
def test_damage_only_grows_with_the_level(kind: NoiseKind) -> None:
    x = grey()[:50]
    ladder = [noisy(x, kind, level) for level in np.linspace(0, 1, 41)]
    for lower, higher in pairwise(ladder):
        damaged = lower != x
        assert torch.equal(higher[damaged], lower[damaged])
    assert (ladder[-1] != x).all()


@pytest.mark.parametrize("kind", ["gaussian-unclipped", "watermark"])
def test_change_grows_in_proportion_to_the_level(digits: Tensor, kind: NoiseKind) -> None:
    half, whole = (noisy(digits, kind, level) - digits for level in (0.5, 1.0))
    torch.testing.assert_close(2 * half, whole, rtol=1e-5, atol=1e-6)


def test_a_mixture_draws_levels_evenly_from_its_range(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in NOISE_KINDS:
        monkeypatch.setitem(NOISES, kind, lambda x, level, _: level.expand_as(x))
    mixture = TrainingNoise(noise_kinds=NOISE_KINDS, noise_min=0.2, noise_max=0.7)
    levels = corrupt_mixture(torch.zeros(5000, 1), mixture, seeded()).squeeze().sort().values
    assert levels[0] >= 0.2
    assert levels[-1] <= 0.7
    torch.testing.assert_close(levels, torch.linspace(0.2, 0.7, 5000), rtol=0, atol=0.02)
    assert len(levels.unique()) > 4900  # each picture's own


def test_a_mixture_draws_its_kinds_evenly_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, kind in enumerate(NOISE_KINDS):
        monkeypatch.setitem(NOISES, kind, lambda x, *_, number=number: torch.full_like(x, number))
    mixture = TrainingNoise(noise_kinds=("masking", "gaussian", "blur"))
    found = corrupt_mixture(torch.zeros(6000, 1), mixture, seeded())
    kinds, counts = found.unique(return_counts=True)
    assert [NOISE_KINDS[int(number)] for number in kinds] == ["gaussian", "masking", "blur"]
    assert counts.tolist() == pytest.approx([2000] * 3, abs=120)


@pytest.mark.parametrize("kind", NOISE_KINDS)
def test_a_mixture_of_one_kind_at_one_level_is_that_noise(digits: Tensor, kind: NoiseKind) -> None:
    mixture = TrainingNoise(noise_kinds=(kind,), noise_min=0.4, noise_max=0.4)
    generator = seeded()
    found = corrupt_mixture(digits, mixture, generator)
    generator = seeded()
    torch.randint(1, (COUNT,), generator=generator), torch.rand(COUNT, 1, generator=generator)  # kinds and levels
    torch.testing.assert_close(found, NOISES[kind](digits, torch.tensor(0.4), generator))


def test_a_mixture_depends_on_its_generator_alone_and_leaves_its_input(digits: Tensor) -> None:
    before, mixture = digits.clone(), TrainingNoise(noise_kinds=NOISE_KINDS)
    first, again, other = (corrupt_mixture(digits, mixture, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(digits, before)


def test_the_empty_mixture_is_the_identity(digits: Tensor) -> None:
    assert torch.equal(corrupt_mixture(digits, TrainingNoise(), seeded()), digits)


# Measured on the first 300 test digits of MNIST with code of its own; the sample's digits are others.
@pytest.mark.parametrize(
    ("kind", "level", "psnr"),
    [("gaussian", 0.25, 14.85), ("gaussian", 0.5, 9.37), ("gaussian", 0.75, 7.09), ("salt-pepper", 0.2, 10.17)],
)
def test_noise_costs_the_known_decibels(digits: Tensor, kind: NoiseKind, level: float, psnr: float) -> None:
    pairs = zip(digits.numpy(), noisy(digits, kind, level).numpy(), strict=True)
    found = np.mean([peak_signal_noise_ratio(clean, given, data_range=1) for clean, given in pairs])
    assert found == pytest.approx(psnr, abs=0.15)
