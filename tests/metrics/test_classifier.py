import hashlib
import json
import os
import pickle
import shutil
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import Tensor
from torch.nn import functional as F

from vaegan.checkpoint import files
from vaegan.data.mnist import ENVIRONMENT, Digits
from vaegan.data.mnist import load as load_digits
from vaegan.errors import CheckpointError
from vaegan.metrics import classifier
from vaegan.metrics.classifier import FOLDER, SHIFT, Classifier, load, save, shifted, train_classifier

MNIST = os.environ.get(ENVIRONMENT)  # each test is spared the caller's environment, so it is read here
WEIGHTS, CARD = "classifier.safetensors", "classifier.json"


@pytest.fixture(scope="module")
def trained(sample: Digits) -> Classifier:
    return train_classifier(sample.subset(2000, 500), epochs=3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped classifier, to be damaged."""
    shutil.copytree(FOLDER, tmp_path / "copy")
    return tmp_path / "copy"


def weights(found: Classifier) -> dict[str, Tensor]:
    return found.model.state_dict()


def test_the_shipped_one_reads_99_percent_of_mnists_test_digits() -> None:
    card = load().card
    assert card.test_accuracy >= 0.99
    assert (card.data.label, card.n) == ("MNIST, 60,000 training and 10,000 test digits", 10_000)
    assert card.command == "python -m vaegan train-classifier --out pretrained/classifier"


def test_the_shipped_one_reads_the_bundled_digits(sample: Digits) -> None:
    assert load().accuracy(sample.test_images / 255, sample.test_labels) >= 0.99


@pytest.mark.skipif(not MNIST, reason=f"{ENVIRONMENT} names no MNIST")
def test_the_shipped_one_meets_its_card_on_the_full_mnist() -> None:
    found, digits = load(), load_digits(MNIST)
    assert found.card.data.sha256 == digits.sha256
    accuracy = found.accuracy(digits.test_images / 255, digits.test_labels)
    assert accuracy == pytest.approx(found.card.test_accuracy, abs=2e-4)


def test_it_is_small_and_no_checkpoint() -> None:
    assert (FOLDER / WEIGHTS).stat().st_size <= 400_000
    shipped = [file for file in files.PRETRAINED.rglob("*") if file.suffix in (".json", ".safetensors")]
    assert FOLDER / WEIGHTS in shipped
    assert sum(file.stat().st_size for file in shipped if ".state." not in file.name) <= 40e6
    assert "classifier" not in files.available()


def test_the_card_names_no_folder_of_the_machine_it_was_made_on() -> None:
    text = (FOLDER / CARD).read_text()
    assert str(Path.home()) not in text
    assert "mnist" not in text


def test_training_reads_most_digits(trained: Classifier, sample: Digits) -> None:
    assert 0.6 < trained.card.test_accuracy < 1
    test = sample.subset(2000, 500)
    read = torch.cat([trained.model(x[None] / 255).argmax(dim=1) for x in test.test_images])
    assert trained.card.test_accuracy == pytest.approx((read == test.test_labels).float().mean().item())
    assert torch.equal(trained.digits(test.test_images / 255), read)
    assert (trained.card.n, trained.card.epochs, trained.card.seed) == (500, 3, 0)
    assert trained.card.data.sha256 == test.sha256
    assert trained.card.command.endswith("--out pretrained/classifier --epochs 3")


def test_the_seed_decides_the_weights_and_nothing_else_does(sample: Digits) -> None:
    data = sample.subset(300, 50)
    before = torch.get_rng_state()
    same, again, other = (train_classifier(data, epochs=1, seed=seed) for seed in (4, 4, 5))
    assert torch.equal(torch.get_rng_state(), before)
    assert same.card.sha256 == again.card.sha256 != other.card.sha256
    assert other.card.command.endswith("--epochs 1 --seed 5")


def test_every_epoch_is_reported(sample: Digits) -> None:
    told: list[tuple[int, float]] = []
    data = sample.subset(400, 50)
    train_classifier(data, epochs=4, report=lambda epoch, loss: told.append((epoch, loss)))
    assert [epoch for epoch, _ in told] == [1, 2, 3, 4]
    assert told[0][1] == pytest.approx(2.3, abs=0.15), "the mean over digits starts at ln 10"
    assert told[-1][1] < told[0][1]


def test_features_are_what_the_logits_are_made_of(trained: Classifier, digits: Digits) -> None:
    x = digits.test_images / 255
    features = trained.features(x)
    assert features.shape == (100, classifier.FEATURES)
    assert features.min() >= 0
    weight, bias = trained.model.output.weight, trained.model.output.bias
    with torch.inference_mode():
        torch.testing.assert_close(features @ weight.T + bias, trained.model(x), rtol=1e-4, atol=1e-4)


def test_chunks_do_not_matter(trained: Classifier, digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    x = digits.test_images / 255
    whole = trained.features(x)
    monkeypatch.setattr(classifier, "CHUNK", 7)
    torch.testing.assert_close(trained.features(x), whole, rtol=1e-4, atol=1e-4)


def test_digits_are_shifted_by_up_to_two_pixels_each_way(digits: Digits) -> None:
    x = digits.train_images[:1].float().expand(400, 784)
    padded = F.pad(x[0].view(28, 28), (SHIFT,) * 4)
    windows = {(i, j): padded[i : i + 28, j : j + 28].flatten() for i in range(5) for j in range(5)}
    moved = shifted(x, torch.Generator().manual_seed(0))
    found = [place for row in moved for place, window in windows.items() if torch.equal(row, window)]
    assert len(found) == 400
    assert set(found) == set(windows)
    assert torch.equal(windows[2, 2], x[0]), "the middle one is the picture itself"


def test_a_round_trip_gives_the_same_logits(trained: Classifier, tmp_path: Path, digits: Digits) -> None:
    assert save(trained, tmp_path / "new") == tmp_path / "new" / WEIGHTS
    loaded = load(tmp_path / "new")
    assert loaded.card == trained.card
    assert not loaded.model.training
    x = digits.test_images / 255
    assert torch.equal(loaded.model(x), trained.model(x))


def test_a_flipped_byte_is_refused(folder: Path) -> None:
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[-1000] ^= 1
    (folder / WEIGHTS).write_bytes(data)
    with pytest.raises(CheckpointError, match=r"classifier\.safetensors is damaged .*sha256.*train-classifier --out"):
        load(folder)


def test_a_pickle_is_refused_and_never_run(folder: Path, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "ran"),)

    vouched(folder, pickle.dumps(Bomb()))
    with pytest.raises(CheckpointError, match=r"classifier\.safetensors is no safetensors file"):
        load(folder)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w.pop("output.bias"), r"has no output\.bias"),
        (lambda w: w.update(more=torch.zeros(1)), "has an unknown more"),
        (lambda w: w.update({"output.bias": torch.zeros(9)}), r"output\.bias of shape \(9,\) instead of \(10,\)"),
        (lambda w: w["output.bias"].fill_(torch.nan), r"numbers in output\.bias that are not finite"),
    ],
)
def test_weights_that_do_not_fit_are_refused(folder: Path, change, message: str) -> None:
    values = safetensors.torch.load_file(folder / WEIGHTS)
    change(values)
    vouched(folder, safetensors.torch.save(values))
    with pytest.raises(CheckpointError, match=message):
        load(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"classifier\.json is no JSON"),
        ("{}", r"classifier\.json is no classifier card: data: Field required"),
        ('{"format": 2}', r"has format 2, this version reads up to 1; update"),
        (None, r"classifier\.json is missing; restore it"),
    ],
)
def test_a_card_that_is_none_is_refused(folder: Path, text: str | None, message: str) -> None:
    (folder / CARD).unlink()
    if text is not None:
        (folder / CARD).write_text(text)
    with pytest.raises(CheckpointError, match=message):
        load(folder)


def vouched(folder: Path, data: bytes) -> None:
    """Replace the weights and let the card vouch for them, as one who forges both would."""
    (folder / WEIGHTS).write_bytes(data)
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps(card | {"sha256": hashlib.sha256(data).hexdigest()}))
