"""The network that has seen what is no digit, and the pictures that taught it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from skimage.measure import label

from vaegan.data.mnist import Digits
from vaegan.errors import CheckpointError
from vaegan.metrics.sceptic import FOLDER, Sceptic, load, save, train_sceptic
from vaegan.metrics.strangers import LETTERS, LIKE_DIGITS, PRINTED, rewritten, strangers


@pytest.fixture(scope="module")
def trained(sample: Digits) -> Sceptic:
    return train_sceptic(sample.subset(600, 100), 12, count=300, again=40)


def test_letters_that_look_like_a_digit_are_no_strangers() -> None:
    assert not LIKE_DIGITS & set(LETTERS)
    assert not LIKE_DIGITS & set(PRINTED)


def test_strangers_are_in_mnists_form_and_fixed_by_their_seed() -> None:
    pictures = strangers(44, 3)
    assert pictures.shape == (44, 28, 28)
    assert pictures.dtype == np.float32
    assert pictures.reshape(44, -1).max(axis=1).min() > 0.9
    assert np.array_equal(pictures, strangers(44, 3))
    assert not np.array_equal(pictures, strangers(44, 4))


def test_digits_that_are_written_again_stay_the_same_digits(sample: Digits) -> None:
    """Most keep their holes, which tell 0, 6, 8 and 9 from the others."""
    digits = sample.test_images[:40].view(-1, 28, 28).numpy()

    def holes(picture: np.ndarray) -> int:
        return int(label(np.pad(picture < 0.4, 1), connectivity=1).max()) - 1

    again = rewritten(digits, 0)
    assert sum(holes(a) == holes(b / 255) for a, b in zip(again, digits, strict=True)) >= 32


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights(trained: Sceptic, sample: Digits) -> None:
    same = train_sceptic(sample.subset(600, 100), 12, count=300, again=40)
    assert same.card.sha256 == trained.card.sha256


@pytest.mark.slow
def test_it_learns(trained: Sceptic, sample: Digits) -> None:
    digits = trained.logits(sample.test_images[:300] / 255)
    others = trained.logits(torch.from_numpy(strangers(88, 9)).flatten(1))
    assert float(others.median()) > float(digits.median())


@pytest.mark.slow
def test_it_is_kept_and_checked(trained: Sceptic, tmp_path: Path) -> None:
    save(trained, tmp_path)
    assert load(tmp_path).card == trained.card
    card = json.loads((tmp_path / "sceptic.json").read_text())
    (tmp_path / "sceptic.json").write_text(json.dumps(card | {"sha256": "0" * 64}))
    with pytest.raises(CheckpointError, match="train-sceptic"):
        load(tmp_path)


def test_a_lost_one_says_what_to_do(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "sceptic.json", tmp_path)
    with pytest.raises(CheckpointError, match=r"sceptic\.safetensors is missing; .*train it again"):
        load(tmp_path)


def test_the_shipped_one_was_made_from_all_of_mnist() -> None:
    card = load().card
    assert card.data.label == "MNIST, 60,000 training and 10,000 test digits"
    assert card.usual < card.rare
