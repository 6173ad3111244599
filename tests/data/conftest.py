"""A tiny MNIST in files, and a default folder that tests may write to."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from vaegan.data import mnist as data

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = data.FILES


class Fake(NamedTuple):
    """A tiny MNIST: 30 training and 20 test digits of noise, and its files as torchvision wants them."""

    arrays: dict[str, np.ndarray]
    files: dict[str, bytes]

    def write(self, root: Path) -> Path:
        raw = root / "MNIST" / "raw"
        raw.mkdir(parents=True)
        for name, content in self.files.items():
            (raw / name).write_bytes(content)
        return raw


def idx(array: np.ndarray) -> bytes:
    """The format of http://yann.lecun.com/exdb/mnist: two zeros, 8 for uint8, the rank, the sizes, the bytes."""
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, dtype=">i4").tobytes() + array.tobytes()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    noise = np.random.default_rng(0)
    arrays = {}
    for images, labels, count in ((TRAIN_IMAGES, TRAIN_LABELS, 30), (TEST_IMAGES, TEST_LABELS, 20)):
        arrays[images] = noise.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        arrays[labels] = noise.integers(0, 10, count, dtype=np.uint8)
    files = {name: idx(array) for name, array in arrays.items()}
    known = {name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in files.items()}
    monkeypatch.setattr(data, "FILES", known)
    return Fake(arrays, files)


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The default folder, moved to where the test may write; nothing from the caller's environment counts."""
    monkeypatch.delenv(data.ENVIRONMENT, raising=False)
    monkeypatch.setattr("vaegan.data.mnist.platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    return tmp_path / "cache" / "data"
