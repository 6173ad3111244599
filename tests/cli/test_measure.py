"""The commands of `cli/measure.py` that `test_main.py` does not know."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from tests.conftest import Run
from vaegan import checkpoint
from vaegan.config import NoiseConfig, TrainConfig
from vaegan.data import mnist
from vaegan.data.mnist import Digits
from vaegan.denoisers import comparison, filters, tuning
from vaegan.metrics import DEFINITIONS, appraise, classifier, evaluate, registry
from vaegan.model.networks import VAEGAN
from vaegan.reproduction import samplers

SMALL = ["--latent-dim", "3", "--hidden-dim", "8", "--batch-size", "50", "--train-limit", "100", "--epochs", "1"]


@pytest.fixture(autouse=True)
def _only_the_twins(twins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped models are the two small ones."""
    monkeypatch.setattr(checkpoint.available, "__defaults__", (twins,))
    monkeypatch.setattr(checkpoint.load, "__defaults__", (twins,))
    monkeypatch.setattr(checkpoint, "PRETRAINED", twins)


def tiny(twins: Path, name: str = "tiny-bn") -> tuple[VAEGAN, TrainConfig]:
    found = checkpoint.load(name, twins)
    return found.build(), found.card.config


def test_evaluate_all_prints_all(run: Run, twins: Path, digits: Digits) -> None:
    words = ["evaluate", "--model", twins / "tiny-bn", "--limit", 20, "--all"]
    data, judge = digits.subset(test=20), classifier.load()
    model, config = tiny(twins)
    prior = checkpoint.load("tiny-bn", twins).prior
    expected = {"n": 20, **evaluate(model, data.test_images).values, **appraise(model, config, data, judge, prior)}
    result = run(*words, "--json", "--definitions")
    assert (result.code, result.err) == (0, "")
    found = json.loads(result.out)
    assert {name: found.pop(name) for name in expected} == pytest.approx(expected, rel=1e-6)
    assert found.pop("classifier_sha256") == judge.card.sha256
    assert set(found.pop("definitions")) == set(expected) - {"n"}
    assert found.keys() == {"model", "data", "noise", "seed"}
    told = run(*words, "--knn", "--definitions").out.splitlines()
    assert f"iwae_100          {expected['iwae_100']:.4f}" in told
    assert f"active_units      {expected['active_units']}" in told
    assert f"frechet: {DEFINITIONS['frechet']}" in told
    assert not [line for line in run(*words).out.splitlines() if line.startswith("frechet:")]


def test_all_of_a_plain_gan_is_its_samples(run: Run, tmp_path: Path) -> None:
    assert run("train", "--preset", "gan", *SMALL, "--out", tmp_path).code == 0
    result = run("evaluate", "--model", tmp_path / "gan", "--all", "--limit", 10, "--json")
    assert result.code == 0
    found = json.loads(result.out)
    assert "frechet" in found
    assert not found.keys() & {"test_loss", "elbo", "knn_accuracy"}


@pytest.fixture
def shelf(twins: Path, tmp_path: Path, sample: Digits, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the twins, beside the digits that they were trained on; after `run`, which has other digits."""
    shutil.copytree(twins, tmp_path / "shelf")
    monkeypatch.setattr(mnist, "load_sample", lambda: sample.subset(1000, 100))
    return tmp_path / "shelf"


def test_refresh_cards_measures_again_and_leaves_the_weights_alone(run: Run, shelf: Path) -> None:
    files_before = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in shelf.iterdir()}
    card = checkpoint.read_card(shelf / "tiny-bn.json")
    first, *others = card.metrics
    wrong = first.model_copy(update={"values": first.values | {"psnr": 99.0}})
    checkpoint.save_card(card.model_copy(update={"metrics": (wrong, *others)}), shelf)
    result = run("refresh-cards", "tiny-bn", "--folder", shelf)
    assert (result.code, result.err, result.out) == (0, "", "tiny-bn: refreshed\n")
    again = checkpoint.load("tiny-bn", shelf).card
    assert again.metrics[0].values == pytest.approx(first.values, rel=1e-6)
    for name in ("config", "history", "command", "created", "sha256", "versions", "epochs", "data"):
        assert getattr(again, name) == getattr(card, name)
    for name in ("tiny-bn.safetensors", "tiny-plain.safetensors", "tiny-plain.json"):
        assert ((shelf / name).read_bytes(), (shelf / name).stat().st_mtime_ns) == files_before[name]


def test_refresh_cards_gives_all_what_they_lack(run: Run, shelf: Path) -> None:
    result = run("refresh-cards", "--folder", shelf, "--all", "--missing")
    assert result.out == "tiny-bn: refreshed\ntiny-plain: refreshed\n"
    for name in ("tiny-bn", "tiny-plain"):
        card = checkpoint.load(name, shelf).card
        assert card.definitions == registry.definitions(registry.card_metrics())
        assert set(card.metrics[0].values) == set(card.definitions)
        assert card.classifier_sha256 == classifier.load().card.sha256
    full = (shelf / "tiny-bn.json").read_bytes()
    assert run("refresh-cards", "tiny-bn", "--folder", shelf, "--missing").out == "tiny-bn: the card is as it was\n"
    assert (shelf / "tiny-bn.json").read_bytes() == full


def test_refresh_cards_rounds_weights_and_measures_what_they_are_then(run: Run, shelf: Path) -> None:
    before, size = checkpoint.load("tiny-bn", shelf), (shelf / "tiny-bn.safetensors").stat().st_size
    assert run("refresh-cards", "tiny-bn", "--folder", shelf, "--float16").out == "tiny-bn: refreshed\n"
    after = checkpoint.load("tiny-bn", shelf)
    for name, value in after.weights.items():
        rounded = torch.from_numpy(before.weights[name].numpy().astype("float16").astype("float32"))
        assert torch.equal(value, rounded if value.dim() > 1 else before.weights[name])
    assert (shelf / "tiny-bn.safetensors").stat().st_size < 0.7 * size
    assert after.card.command == f"{before.card.command} --float16"
    assert (after.prior, after.card.prior) == (None, None)
    sample = mnist.load_sample()
    own = next(one for one in after.card.metrics if one.data.sha256 == sample.sha256 and one.noise is None)
    assert own.values == pytest.approx(evaluate(after.build(), sample.test_images).values, rel=1e-5)
    both = run("refresh-cards", "tiny-bn", "--folder", shelf, "--float16", "--missing")
    assert (both.code, both.err.startswith("error: --float16 changes the weights")) == (2, True)


def test_refresh_cards_says_what_it_cannot_do(run: Run, shelf: Path, digits: Digits, monkeypatch) -> None:
    before = (shelf / "tiny-bn.json").read_bytes()
    unknown = run("refresh-cards", "tiny-bn", "nope", "--folder", shelf)
    assert (unknown.code, unknown.err) == (2, f"error: {shelf} has no nope; it has tiny-bn, tiny-plain\n")
    monkeypatch.setattr(mnist, "load_sample", lambda: digits)
    elsewhere = run("refresh-cards", "--folder", shelf)
    assert elsewhere.code == 2
    assert elsewhere.err.startswith("error: tiny-bn was measured on a 1,100-digit sample of MNIST's training set")
    assert elsewhere.err.endswith("give its folder by --data or VAEGAN_DATA\n")
    (shelf / "tiny-plain.safetensors").write_bytes(b"other")
    assert run("refresh-cards", "--folder", shelf).err.startswith("error: tiny-plain.safetensors is damaged or not the")
    assert (shelf / "tiny-bn.json").read_bytes() == before


def test_train_classifier_saves_what_it_reports(run: Run, tmp_path: Path, digits: Digits) -> None:
    result = run("train-classifier", "--out", tmp_path / "eye", "--epochs", 2, "--seed", 3)
    assert result.code == 0
    card = classifier.load(tmp_path / "eye").card
    assert (
        result.out == f"{card.test_accuracy:.2%} of 100 test digits read right: {tmp_path}/eye/classifier.safetensors\n"
    )
    assert [line.split(":")[0] for line in result.err.splitlines()[1:]] == ["epoch 1", "epoch 2"]
    assert card.sha256 == classifier.train_classifier(digits, 2, 3).card.sha256


def test_a_damaged_classifier_is_one_line(run: Run, twins: Path, tmp_path: Path, monkeypatch) -> None:
    shutil.copytree(classifier.FOLDER, tmp_path / "eye")
    (tmp_path / "eye" / "classifier.safetensors").write_bytes(b"damaged")
    monkeypatch.setattr(classifier.load, "__defaults__", (tmp_path / "eye",))
    for words in (
        ["evaluate", "--model", twins / "tiny-bn", "--all"],
        ["benchmark-denoisers", "--noise", "blur:0.5", "--no-autoencoder"],
    ):
        result = run(*words, "--limit", 10)
        assert result.code == 2
        assert result.err.startswith("error: classifier.safetensors is damaged")


def test_tune_filters_writes_what_it_finds(run: Run, tmp_path: Path, digits: Digits, monkeypatch) -> None:
    noises = [NoiseConfig(kind="blur", level=0.1, seed=1), NoiseConfig(kind="masking", level=0.5, seed=1)]
    monkeypatch.setattr(tuning, "conditions", lambda: noises)
    monkeypatch.setattr(tuning, "DIGITS", 2)
    monkeypatch.setattr(filters, "FILTERS", {name: filters.FILTERS[name] for name in ("mean", "gaussian")})
    result = run("tune-filters", "--out", tmp_path / "classical.json")
    assert result.out == f"parameters tuned on 2 training digits: {tmp_path}/classical.json\n"
    assert [line.split()[0] for line in result.err.splitlines()] == ["blur:0.1:", "masking:0.5:"]
    content = json.loads((tmp_path / "classical.json").read_text())
    for noise in noises:
        expected = {name: values for name, values, _ in tuning.tune(digits.train_images[:2], noise)}
        assert content["parameters"][noise.kind][f"{noise.level:g}"] == expected
    assert content["data"]["sha256"] == digits.sha256


def test_denoisers_are_compared(run: Run, digits: Digits, twins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = TrainConfig(
        model={"latent_dim": 2, "hidden_dim": 8}, sample_latent=False, weights={"kl": 0, "adv": 0}, epochs=1
    )
    monkeypatch.setattr(comparison, "autoencoder_config", lambda: small)
    words = ["benchmark-denoisers", "--limit", 12, "--noise", "gaussian:0.5", "--noise", "masking:0.25"]
    result = run(*words, "--json")
    assert result.code == 0
    found = json.loads(result.out)
    names = [comparison.UNCHANGED, *filters.FILTERS, "tiny-bn", "tiny-plain", "ae-denoise"]
    assert [row["denoiser"] for row in found["rows"]] == names * 2
    assert comparison.DenoiserComparison.model_validate_json(result.out).rows[0].denoiser == comparison.UNCHANGED
    assert list(found["milliseconds"]) == names
    assert min(list(found["milliseconds"].values())[1:]) > 0
    assert list(found["weights"]) == ["tiny-bn", "tiny-plain", "ae-denoise"]
    assert found["weights"]["ae-denoise"]["multiply_adds"] == 2 * 784 * 8 + 3 * 2 * 8
    model, _ = tiny(twins)
    noise = NoiseConfig(kind="masking", level=0.25)
    expected = evaluate(model, digits.test_images[:12], noise)
    row = next(row for row in found["rows"] if (row["denoiser"], row["noise"]["kind"]) == ("tiny-bn", "masking"))
    assert row["noise"] == noise.model_dump()
    assert (row["psnr"], row["ssim"]) == pytest.approx((expected.psnr, expected.ssim), rel=1e-5)
    text = run(*words, "--no-autoencoder").out
    assert "### Where the models lose" in text
    assert f"| {row['psnr']:.2f} / " in text.replace("**", "")
    assert "ae-denoise" not in text


def test_the_kept_comparison_is_printed_without_measuring(run: Run) -> None:
    kept = comparison.kept()
    result = run("benchmark-denoisers", "--kept")
    assert (result.code, result.err) == (0, "")
    row = next(row for row in kept.rows if row.denoiser == "denoise-bn")
    assert f"{row.psnr:.2f} / {row.ssim:.3f} / {row.accuracy:.1%}" in result.out.replace("**", "")
    assert comparison.DenoiserComparison.model_validate_json(run("benchmark-denoisers", "--kept", "--json").out) == kept


def test_the_kept_seeds_of_samplers_are_printed_without_training(run: Run) -> None:
    kept = samplers.kept()
    assert f"{kept.rows[0].values['frechet']:.1f}" in run("benchmark-samplers", "--kept").out
    assert samplers.SamplerComparison.model_validate_json(run("benchmark-samplers", "--kept", "--json").out) == kept


def test_a_wrong_noise_is_one_line(run: Run) -> None:
    result = run("benchmark-denoisers", "--noise", "fog:0.5", "--no-autoencoder")
    assert result.code == 2
    assert result.err.startswith("error: kind: input should be 'gaussian'")


def test_a_noise_that_no_filter_is_tuned_for_is_one_line_with_a_remedy(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "tuned", lambda: {"parameters": {}, "psnr": {}})
    result = run("benchmark-denoisers", "--noise", "blur:0.5", "--no-autoencoder")
    assert result.code == 2
    expected = "error: No filter is tuned for 'blur' noise yet. Run `python -m vaegan tune-filters`."
    assert result.err.split() == expected.split()


def test_a_plain_gan_is_no_denoiser(run: Run, twins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(twins, tmp_path / "models")
    for function in (checkpoint.available, checkpoint.load):
        monkeypatch.setattr(function, "__defaults__", (tmp_path / "models",))
    monkeypatch.setattr(checkpoint, "PRETRAINED", tmp_path / "models")
    assert run("train", "--preset", "gan", *SMALL, "--out", tmp_path / "models").code == 0
    assert "gan" in checkpoint.available()
    text = run("benchmark-denoisers", "--limit", 5, "--noise", "blur:0.1", "--no-autoencoder").out
    assert "`tiny-bn`" in text
    assert "`gan`" not in text
