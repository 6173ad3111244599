"""The reader: what it says of pictures is what its network computes, and it is as sure as it deserves to be."""

from pathlib import Path

import numpy as np
import pytest
import torch

from vaegan.data.mnist import Digits
from vaegan.errors import CheckpointError
from vaegan.metrics import classifier
from vaegan.metrics.reading import SURE, Reader, Reading


def pictures(digits: Digits) -> np.ndarray:
    return digits.test_images.view(-1, 28, 28).numpy().astype(np.float32) / 255


def test_a_reading_is_the_networks_two_likeliest_digits(digits: Digits) -> None:
    readings = Reader.open().read(pictures(digits))
    with torch.no_grad():
        logits = classifier.load().model(digits.test_images / 255).double().numpy()  # (100, 10)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    order = shares.argsort(axis=1)
    assert [reading.digit for reading in readings] == order[:, -1].tolist()
    assert [reading.other for reading in readings] == order[:, -2].tolist()
    assert [reading.probability for reading in readings] == pytest.approx(shares.max(axis=1).tolist(), abs=1e-5)


def test_the_sure_ones_are_right_and_the_unsure_ones_often_wrong(sample: Digits) -> None:
    noisy = np.clip(pictures(sample) + np.random.RandomState(0).normal(0, 0.3, (1000, 28, 28)), 0, 1)
    readings = Reader.open().read(noisy.astype(np.float32))
    right = np.array([reading.digit for reading in readings]) == sample.test_labels.numpy()
    sure = np.array([reading.sure for reading in readings])
    assert 50 < sure.sum() < 950
    assert right[sure].mean() > right[~sure].mean() + 0.25


def test_sure_begins_at_a_probability() -> None:
    assert Reading(7, SURE, 1).sure
    assert not Reading(7, SURE - 1e-6, 1).sure


def test_its_card_says_how_well_it_reads() -> None:
    card, reader = classifier.load().card, Reader.open()
    assert (reader.accuracy, reader.tested) == (card.test_accuracy, card.n)


def test_without_its_files_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="restore it"):
        Reader.open(tmp_path)
