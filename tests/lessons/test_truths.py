"""What the lessons reveal is what happens: each experiment is run with the shipped checkpoints and seeds.

Experiments that train stand in `test_trained_truths.py`.
"""

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.conftest import present
from vaegan.checkpoint.files import load
from vaegan.config import PRIORS, NoiseConfig
from vaegan.data.drawing import from_drawing
from vaegan.data.pictures import Float
from vaegan.lessons import asks, shelf
from vaegan.metrics.reading import Reader
from vaegan.reproduction import schema
from vaegan.studio import Studio, add_noise
from vaegan.ui import resources
from vaegan.ui.generate.duel import deal, prior_of, taken_for_real
from vaegan.ui.generate.quality import Sampler, quality


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.open()


def ask_of(lesson: str, step: int) -> asks.Ask:
    """The question of step 1, 2, ..."""
    ask = shelf.lesson(lesson).steps[step - 1].ask
    assert ask is not None
    return ask


def right_text(lesson: str, step: int) -> str:
    ask = ask_of(lesson, step)
    return ask.in_words(ask.truth)


def number_of(lesson: str, step: int) -> asks.Number:
    ask = ask_of(lesson, step)
    assert isinstance(ask, asks.Number)
    return ask


def picked(lesson: str, step: int) -> Float:
    """The digit of the gallery that a step is set up with."""
    number = int(shelf.lesson(lesson).steps[step - 1].setup.query["pick"])
    picture: Float = resources.gallery().pictures[number]
    return picture


def real_digits(count: int) -> tuple[Float, list[int]]:
    digits = resources.digits()
    pictures: Float = (digits.test_images[:count].view(-1, 28, 28).numpy() / 255).astype(np.float32)
    return pictures, [int(label) for label in digits.test_labels[:count]]


def drawing(*lines: Sequence[tuple[int, int]]) -> Float:
    picture = Image.new("RGBA", (280, 280), "black")
    for line in lines:
        ImageDraw.Draw(picture).line(list(line), fill="white", width=20, joint="curve")
    return from_drawing(np.asarray(picture)).digit


def measured(name: str, level: float = 0) -> float:
    """The PSNR on a checkpoint's card under Gaussian noise of a level, on MNIST's 10,000 test digits."""
    for each in load(name).card.metrics:
        if (each.noise is None and level == 0) or (
            each.noise and each.noise.kind == "gaussian" and each.noise.level == level
        ):
            return float(each.values["psnr"])
    raise KeyError(level)


def test_squeeze_a_digit_becomes_twenty_numbers():
    assert right_text("squeeze", 1) == str(Studio.open("paper-bn").latent_dim) == "20"


def test_squeeze_a_house_comes_out_as_something_like_a_digit(reader: Reader):
    house = drawing([(70, 240), (70, 120), (140, 50), (210, 120), (210, 240), (70, 240)], [(120, 240), (120, 170)])
    star = drawing([(140, 40), (140, 240)], [(50, 100), (230, 180)], [(50, 180), (230, 100)])
    digits, _ = real_digits(300)
    assert right_text("squeeze", 2) == "Something between the house and a digit"
    studio, clean = Studio.open("paper-bn"), np.stack([house, star])
    copies = studio.clean(clean)
    rated = -10 * np.log10(((copies - clean) ** 2).mean((1, 2)))
    usual = -10 * np.log10(((studio.clean(digits) - digits) ** 2).mean((1, 2))).mean()
    assert usual > 19.5
    assert rated.max() < 14.5
    assert copies.max(axis=(1, 2)).min() > 0.5, "it is not black"
    as_digits = [reading.digit for reading in reader.read(copies)]
    assert as_digits == [0, 4]
    said = "our house came out like a {}, our star like a {}"
    assert said.format(*as_digits) in shelf.lesson("squeeze").steps[1].reveal


def test_squeeze_about_seventy_of_a_hundred_come_through_two_numbers(reader: Reader):
    digits, labels = real_digits(1000)
    shares = {}
    for name in ("latent2-bn", "latent2-plain", "paper-bn"):
        read = reader.read(Studio.open(name).clean(digits))
        shares[name] = 100 * np.mean([one.digit == label for one, label in zip(read, labels, strict=True)])
    assert all(number_of("squeeze", 3).is_right(f"{shares[name]:.0f}") for name in ("latent2-bn", "latent2-plain"))
    assert shares["paper-bn"] == pytest.approx(98, abs=1)


def test_sampling_the_ones_lie_far_from_the_seven():
    ask = ask_of("sampling", 1)
    assert isinstance(ask, asks.Place)
    digits, labels = real_digits(1000)
    studio = Studio.open("latent2-bn")
    ones = np.median(studio.encode(digits[np.array(labels) == 1]).mu, axis=0)
    seven = studio.encode(picked("sampling", 1)[None]).mu[0]
    assert np.hypot(*(ones - ask.true)) < 0.25
    assert np.hypot(*(seven - ones)) > 2 * ask.within


def test_sampling_about_twelve_of_a_hundred_hit_a_hole():
    uncovered = resources.atlas("latent2-bn").uncovered
    assert 100 * uncovered == pytest.approx(number_of("sampling", 2).true, abs=2)


def test_sampling_and_rivals_distances_are_those_of_the_cards():
    names = ("conv-sampler-vae", "conv-sampler-gan")
    distance = {(name, prior): present(quality(Sampler(name, prior))).frechet for name in names for prior in PRIORS}
    assert distance["conv-sampler-vae", "standard"] == pytest.approx(108, abs=0.5)
    assert distance["conv-sampler-vae", "fitted"] == pytest.approx(11.4, abs=0.05)
    assert distance["conv-sampler-gan", "standard"] == pytest.approx(25, abs=0.5)
    assert distance["conv-sampler-gan", "fitted"] == pytest.approx(9.5, abs=0.05)
    assert right_text("sampling", 3) == "About a tenth"
    assert right_text("rivals", 1) == "The VAE-GAN's, by far"
    assert right_text("rivals", 2) == "Nearly nothing is left of it"


def test_rivals_the_vae_copies_more_exactly():
    assert right_text("rivals", 3) == "The VAE's"
    assert measured("conv-sampler-vae") == pytest.approx(22.3, abs=0.05)
    assert measured("conv-sampler-gan") == pytest.approx(20.9, abs=0.05)


def test_game_the_judge_gets_nineteen_right():
    setup = shelf.lesson("game").steps[0].setup.query
    studio = Studio.open(setup["model"])
    pairs = deal(studio, resources.gallery().pictures, int(setup["seed"]), prior_of(setup["model"]))
    answers = taken_for_real(studio, pairs)
    assert sum(one == side for one, side in zip(answers, pairs.sides, strict=True)) == number_of("game", 1).true


def test_batchnorm_one_digit_alone_is_cleaned_as_among_others():
    digits, _ = real_digits(20)
    studio = Studio.open("paper-bn")
    np.testing.assert_allclose(studio.clean(digits[:1])[0], studio.clean(digits)[0], atol=1e-5)
    assert right_text("batchnorm", 3) == "Mean and spread as remembered from training"


def test_batchnorm_under_noise_both_fail_alike():
    assert measured("paper-bn") == pytest.approx(20.5, abs=0.05)
    assert measured("paper-plain") == pytest.approx(17.4, abs=0.05)
    assert measured("paper-bn", 0.5) == pytest.approx(10.9, abs=0.05)
    assert measured("paper-plain", 0.5) == pytest.approx(10.1, abs=0.05)
    assert right_text("batchnorm", 4) == "Nearly all of it is lost: both fail"


def kept_losses(name: str) -> dict[int, list[float]]:
    """By seed, the test loss of each epoch of the kept runs of Table 1 with this name."""
    runs = {run.config.seed: run for run in schema.load().runs if run.name == f"{name}, seed {run.config.seed}"}
    return {seed: [loss for epoch in run.epochs if (loss := epoch.test_loss) is not None] for seed, run in runs.items()}


def epochs_with_batchnorm(name: str, setting: str = "") -> list[int]:
    """By seed, after how many epochs the twin with BatchNorm is where the other one ends."""
    plain, bn = (kept_losses(f"{name}, {norm}{setting}") for norm in ("none", "batch"))
    return [1 + next(at for at, loss in enumerate(bn[seed]) if loss <= plain[seed][-1]) for seed in plain]


def test_batchnorm_and_evidence_cite_the_kept_reproduction():
    assert sorted(epochs_with_batchnorm("VAE")) == [2, *[number_of("batchnorm", 2).true] * 8, 4]
    assert set(epochs_with_batchnorm("choice of a rate", ", lr 0.001")) == {9}
    gaps = {(row[0], row[1]): float(str(row[-1])) for row in schema.load().claim("overfitting").evidence.rows}
    assert gaps[500, "no BatchNorm"] == pytest.approx(37, abs=0.5)
    assert gaps[500, "BatchNorm"] == pytest.approx(27, abs=0.5)
    assert gaps[60000, "no BatchNorm"] == pytest.approx(number_of("evidence", 2).true, abs=0.06)


def test_evidence_the_single_run_lies_between_three_seeds():
    of_seed = kept_losses("VAE, none")
    losses = sorted(of_seed[seed][-1] for seed in range(3))
    assert [round(loss, 1) for loss in losses] == [116.7, 117.4, 120.5]
    assert losses[0] < 117.0 < losses[2]
    assert right_text("evidence", 3) == "One cannot say: chance moves it as far"


def test_noise_from_seventy_percent_on_another_digit_is_drawn(reader: Reader):
    digit = picked("noise", 1)
    first = {}
    for name in ("conv-bn", "conv-plain"):
        levels = [level / 100 for level in range(40, 101, 5)]
        noisy = np.stack([add_noise(digit, NoiseConfig(kind="gaussian", level=level, seed=0)) for level in levels])
        read = reader.read(Studio.open(name).clean(noisy))
        first[name] = next(level for level, one in zip(levels, read, strict=True) if one.sure and one.digit != 7)
    assert round(100 * min(first.values())) == number_of("noise", 1).true
    assert first["conv-plain"] < first["conv-bn"]


def test_noise_the_curve_is_that_of_the_card():
    ask = ask_of("noise", 2)
    assert isinstance(ask, asks.Sketch)
    for at, value in zip(ask.at, ask.true, strict=True):
        assert measured("conv-bn", at / 100) == pytest.approx(value, abs=0.06)


def test_noise_twelve_draws_are_one_digit_or_several(reader: Reader):
    digit = picked("noise", 3)

    def drawn(name: str, level: float) -> set[int]:
        noisy = add_noise(digit, NoiseConfig(kind="gaussian", level=level, seed=0))
        pictures, _ = Studio.open(name).posterior_samples(noisy, 12, 0)
        return {one.digit for one in reader.read(pictures) if one.sure}

    assert drawn("conv-bn", 0.3) == drawn("conv-plain", 0.3) == {7}
    assert drawn("conv-bn", 0.9) == {7, 9}
    assert drawn("conv-plain", 0.9) == {9}
    assert right_text("noise", 3) == "Digits, but different ones among them"


def test_every_question_of_every_lesson_has_an_experiment_here():
    """A new lesson needs one too: this counts questions."""
    asked = {name: shelf.lesson(name).predictions for name in shelf.names()}
    trained = {"prior": 2, "game": 2, "batchnorm": 1, "evidence": 1}
    here = {"squeeze": 3, "sampling": 3, "prior": 0, "game": 1, "rivals": 3, "batchnorm": 3, "noise": 3, "evidence": 2}
    assert asked == {name: count + trained.get(name, 0) for name, count in here.items()}
