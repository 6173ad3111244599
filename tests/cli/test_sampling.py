"""The commands of `cli/sampling.py`, and `evaluate --prior`."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import Run, present
from vaegan import checkpoint
from vaegan.data import mnist
from vaegan.data.mnist import Digits
from vaegan.metrics import appraise, classifier
from vaegan.studio import Studio

SMALL = ["--latent-dim", "3", "--hidden-dim", "8", "--batch-size", "50", "--train-limit", "100", "--epochs", "1"]


@pytest.fixture
def shelf(twins: Path, tmp_path: Path, sample: Digits, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the twins, beside the digits that they were trained on; after `run`, which has other digits."""
    shutil.copytree(twins, tmp_path / "shelf")
    monkeypatch.setattr(mnist, "load_sample", lambda: sample.subset(1000, 100))
    return tmp_path / "shelf"


def strip_prior(shelf: Path, name: str) -> None:
    """A checkpoint as it was before there were fitted priors."""
    old = checkpoint.load(name, shelf)
    card = old.card.model_copy(update={"prior": None})
    checkpoint.save(checkpoint.Checkpoint(card, old.weights), shelf)


@pytest.mark.parametrize("prior", ["standard", "fitted"])
def test_a_sheet_of_samples(run: Run, twins: Path, tmp_path: Path, prior: str) -> None:
    sheet = tmp_path / "sheet.png"
    words = ["sample", sheet, "--model", twins / "tiny-bn", "--count", 4, "--seed", 3, "--temperature", 0.5]
    result = run(*words, "--prior", prior)
    assert (result.code, result.err) == (0, "")
    assert result.out == f"4 digits by tiny-bn, prior {prior} -> {sheet}\n"
    with Image.open(sheet) as image:
        found = np.asarray(image.convert("L"))[::4, ::4] / 255
    assert found.shape == (57, 57)
    expected = Studio.open(twins / "tiny-bn").sample(4, 3, 0.5, "fitted" if prior == "fitted" else "standard")
    for number, (top, left) in enumerate([(0, 0), (0, 29), (29, 0), (29, 29)]):
        np.testing.assert_allclose(found[top : top + 28, left : left + 28], expected[number], atol=0.003)


def test_what_cannot_be_sampled_is_said(run: Run, shelf: Path, tmp_path: Path) -> None:
    strip_prior(shelf, "tiny-bn")
    words = ["sample", tmp_path / "sheet.png", "--model", shelf / "tiny-bn", "--prior"]
    lacking = "tiny-bn has no fitted prior; use prior standard, or make one with `vaegan fit-prior`"
    assert run(*words, "fitted")[::2] == (2, f"error: {lacking}\n")
    assert run(*words, "flat")[::2] == (2, "error: there is no prior 'flat'; choose one of standard, fitted\n")
    assert run("evaluate", "--model", shelf / "tiny-bn", "--prior", "fitted").err == f"error: {lacking}\n"
    assert run("evaluate", "--model", shelf / "tiny-bn", "--prior", "flat").code == 2
    jpeg = run("sample", tmp_path / "sheet.jpg", "--model", shelf / "tiny-bn")
    assert jpeg.err == f"error: {tmp_path}/sheet.jpg does not end in .png; the sheet is written as PNG\n"


def test_fit_prior_restores_what_a_run_has_from_the_start(run: Run, shelf: Path, twins: Path) -> None:
    strip_prior(shelf, "tiny-bn")
    assert checkpoint.load("tiny-bn", shelf).prior is None
    other = (shelf / "tiny-plain.safetensors").read_bytes()
    result = run("fit-prior", "tiny-bn", "--folder", shelf)
    assert (result.code, result.err) == (0, "tiny-bn ...\n")
    for ending in ("json", "safetensors"):
        assert (shelf / f"tiny-bn.{ending}").read_bytes() == (twins / f"tiny-bn.{ending}").read_bytes()
    card = present(checkpoint.load("tiny-bn", shelf).card.prior)
    words = f"log-likelihood of held-out digits {card.log_likelihood:.2f} nats (one Gaussian {card.one_gaussian:.2f}, "
    assert words in result.out
    assert (shelf / "tiny-plain.safetensors").read_bytes() == other


def test_fit_prior_for_all_leaves_out_what_encodes_nothing(run: Run, shelf: Path, digits: Digits) -> None:
    assert run("train", "--preset", "gan", *SMALL, "--out", shelf).code == 0
    for name in ("tiny-bn", "tiny-plain"):
        strip_prior(shelf, name)
    assert run("fit-prior", "--all", "--folder", shelf).code == 0
    assert [checkpoint.load(name, shelf).prior is None for name in ("gan", "tiny-bn", "tiny-plain")] == [
        True,
        False,
        False,
    ]
    alone = run("fit-prior", "gan", "--folder", shelf)
    assert alone.code == 2
    assert "gan is a plain GAN, which encodes no digits, so no prior can be fitted; choose another" in alone.err
    sampled = run("sample", shelf / "x.png", "--model", shelf / "gan", "--prior", "fitted")
    assert sampled.err == "error: gan is a plain GAN, which encodes no digits to fit a prior to; use prior standard\n"


def test_fit_prior_says_what_it_cannot_do(run: Run, shelf: Path) -> None:
    before = (shelf / "tiny-bn.json").read_bytes()
    message = "error: give the names of checkpoints, or --all for all of them\n"
    assert run("fit-prior", "--folder", shelf).err == message
    assert run("fit-prior", "tiny-bn", "--all", "--folder", shelf).err == message
    unknown = run("fit-prior", "tiny-bn", "nope", "--folder", shelf)
    assert (unknown.code, unknown.err) == (2, f"error: {shelf} has no nope; it has tiny-bn, tiny-plain\n")
    assert (shelf / "tiny-bn.json").read_bytes() == before


def test_evaluate_adds_the_numbers_of_one_prior(run: Run, twins: Path, digits: Digits) -> None:
    loaded, judge, data = checkpoint.load("tiny-bn", twins), classifier.load(), digits.subset(test=40)
    whole = appraise(loaded.build(), loaded.card.config, data, judge, loaded.prior)
    words = ["evaluate", "--model", twins / "tiny-bn", "--limit", 40, "--json", "--prior"]
    standard, fitted = (json.loads(run(*words, prior).out) for prior in ("standard", "fitted"))
    for name in ("frechet", "precision", "recall", "coverage", "samples"):
        assert standard[name] == pytest.approx(whole[name]), name
        assert name not in fitted
    for name in ("frechet_fitted", "precision_fitted", "recall_fitted", "frechet_posterior"):
        assert fitted[name] == pytest.approx(whole[name]), name
        assert name not in standard
    assert fitted["frechet_fitted"] != standard["frechet"]
    assert fitted["classifier_sha256"] == judge.card.sha256
