"""The download, from mirrors on this machine."""

import gzip
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
import torchvision

from tests.data.conftest import TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, Fake
from vaegan.data import download, fetch
from vaegan.data import mnist as data
from vaegan.errors import DataError

pytestmark = pytest.mark.usefixtures("cache")


def message(error: pytest.ExceptionInfo[Exception]) -> str:
    return str(error.value)


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
    monkeypatch.setattr(download, "CHUNK", 1000)
    steps: list[tuple[str, int, int]] = []
    root = fetch(tmp_path, progress=lambda *step: steps.append(step))
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
    assert fetch() == cache
    assert mirrors.requests == [f"/good/{TRAIN_IMAGES}.gz", f"/good/{TEST_LABELS}.gz"]
    assert data.load().source == "mnist"
    fetch()
    assert len(mirrors.requests) == 2


@pytest.mark.parametrize("first", ["wrong", "hang", "stall", "short", "gone", "ftp"])
def test_fetch_goes_on_to_the_next_mirror(
    monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path, first: str
) -> None:
    mirrors.use(monkeypatch, first, "good")
    data.load(fetch(tmp_path, timeout=0.5))
    assert sum(path.startswith(f"/{first}/") for path in mirrors.requests) == 1  # a bad mirror is not asked again


def test_fetch_that_fails_everywhere_says_why_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path
) -> None:
    used = mirrors.use(monkeypatch, "wrong", "hang", "gone", "ftp")
    used += [f"file://{tmp_path}/", "http://127.0.0.1:9/"]  # nobody listens at port 9
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", used)
    files = tmp_path / "MNIST"
    with pytest.raises(DataError) as error:
        fetch(tmp_path, timeout=0.5)
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
        fetch(tmp_path)
    assert everything(raw) == sorted(fake.files)
    assert {(raw / name).read_bytes() for name in fake.files} == {b"old"}


def test_fetch_takes_no_more_than_its_limit(monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path) -> None:
    mirrors.use(monkeypatch, "good")
    monkeypatch.setattr(download, "ARCHIVE_LIMIT", 1000)
    with pytest.raises(DataError, match="sent more than 1,000 bytes"):
        fetch(tmp_path)


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"not MNIST"), b"no archive at all", gzip.compress(b"cut")[:-4]],
    ids=["other content", "no archive", "cut short"],  # the bytes hold the time of their making
)
def test_fetch_checks_what_is_inside(
    monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path, content: bytes
) -> None:
    mirrors.use(monkeypatch, "good")
    monkeypatch.setattr(download, "_download", lambda *_: content)
    resources = [(f"{TRAIN_IMAGES}.gz", hashlib.md5(content).hexdigest())]
    monkeypatch.setattr(torchvision.datasets.MNIST, "resources", resources)
    with pytest.raises(DataError, match=f"Could not download {TRAIN_IMAGES}.gz"):
        fetch(tmp_path)


def test_fetch_can_be_stopped_from_its_progress(
    monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path
) -> None:
    def stop(file: str, done: int, total: int) -> None:
        raise InterruptedByUserError

    mirrors.use(monkeypatch, "good")
    with pytest.raises(InterruptedByUserError):
        fetch(tmp_path, progress=stop)
    assert not everything(tmp_path)


def test_fetch_to_where_nobody_can_write(monkeypatch: pytest.MonkeyPatch, mirrors: Mirrors, tmp_path: Path) -> None:
    mirrors.use(monkeypatch, "good")
    (tmp_path / "MNIST").write_text("a file where the folder should be")
    with pytest.raises(DataError, match=f"Cannot write MNIST to {tmp_path}"):
        fetch(tmp_path)
    assert everything(tmp_path) == ["MNIST"]


class InterruptedByUserError(Exception):
    pass
