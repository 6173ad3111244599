"""The download of MNIST's four files from torchvision's mirrors: all of them, checked, or none.

torchvision is imported only where the download begins, since its import takes seconds.
"""

import gzip
import hashlib
import http.client
import io
import os
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib import request
from urllib.error import HTTPError, URLError

from vaegan.data import mnist
from vaegan.errors import DataError

ARCHIVE_LIMIT = 16 * 2**20  # bytes; the largest of the four has 9.9 million
CHUNK = 2**16

Progress = Callable[[str, int, int], None]  # file name, bytes done, bytes in all (0: the server does not say)


def fetch(
    folder: str | os.PathLike[str] | None = None, *, progress: Progress | None = None, timeout: float = 20.0
) -> Path:
    """Download what is missing or damaged from torchvision's mirrors; returns the folder to give to `load`.

    No file is written before every file has arrived and been checked. A mirror that is silent for `timeout` seconds is
    given up. To stop the download, raise an exception in `progress`, but not an OSError, which counts as the mirror's.
    """
    from torchvision.datasets import MNIST

    root = mnist.resolve_folder(folder)
    raw = mnist.raw_folder(root)
    mirrors = list(MNIST.mirrors)
    fresh: dict[str, bytes] = {}
    for archive, md5 in MNIST.resources:
        name = archive.removesuffix(".gz")
        if mnist.fault_of(raw / name, *mnist.FILES[name]):
            fresh[name] = _from_mirrors(mirrors, archive, md5, raw, progress, timeout)
    if fresh:  # an intact set may lie in a folder that cannot be written
        _install(raw, fresh)
    return root


def _from_mirrors(
    mirrors: list[str], archive: str, md5: str, raw: Path, progress: Progress | None, timeout: float
) -> bytes:
    """The unpacked file from the first mirror that has it; that mirror then moves to the front of the list."""
    failures = []
    for mirror in mirrors:
        try:
            packed = _download(mirror + archive, archive, progress, timeout)
            content = _unpack(packed, md5, archive.removesuffix(".gz"))
        except (OSError, http.client.HTTPException, EOFError, zlib.error) as error:
            failures.append(f"{mirror}: {_reason(error, timeout)}")
        else:
            mirrors.insert(0, mirrors.pop(mirrors.index(mirror)))  # so that a dead mirror is waited for only once
            return content
    raise DataError(
        f"Could not download {archive}; nothing was changed. Tried {'; '.join(failures)}. Try again later, or put the "
        f"four files ({', '.join(mnist.FILES)}), unpacked, into {raw} by hand, or go on with the sample of 5,000 "
        "digits, which needs no download."
    )


def _download(url: str, archive: str, progress: Progress | None, timeout: float) -> bytes:
    """The body of one answer. torchvision's own download is not used: it has no time-out and can hang for ever."""
    if not url.startswith(("http://", "https://")):
        raise OSError("only http and https are allowed")
    received = bytearray()
    with _opener().open(url, timeout=timeout) as response:
        total = response.length or 0
        while chunk := response.read1(CHUNK):
            received += chunk
            if len(received) > ARCHIVE_LIMIT:
                raise OSError(f"sent more than {ARCHIVE_LIMIT:,} bytes")
            if progress is not None:
                progress(archive, len(received), total)
    return bytes(received)


def _opener() -> request.OpenerDirector:
    """urllib's usual opener without file, ftp and data addresses, so that no redirect can lead to one."""
    web = (request.ProxyHandler, request.HTTPHandler, request.HTTPSHandler, request.HTTPRedirectHandler)
    errors = (request.HTTPErrorProcessor, request.HTTPDefaultErrorHandler, request.UnknownHandler)
    opener = request.OpenerDirector()
    for handler in (*web, *errors):
        opener.add_handler(handler())
    return opener


def _unpack(packed: bytes, md5: str, name: str) -> bytes:
    actual_md5 = hashlib.md5(packed, usedforsecurity=False).hexdigest()
    if actual_md5 != md5:
        raise OSError(f"sent {len(packed):,} bytes with MD5 {actual_md5}, not {md5}")
    size, sha256 = mnist.FILES[name]
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as archive:
        content = archive.read(size + 1)  # one byte too many, so that a file that is too long is noticed
    if hashlib.sha256(content).hexdigest() != sha256:
        raise OSError(f"its {name} is not MNIST's")
    return content


def _install(raw: Path, fresh: dict[str, bytes]) -> None:
    """Write all files into a folder beside their place, then move them there: no reader ever sees half a file."""
    try:
        raw.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=raw) as staging:
            for name, content in fresh.items():
                (Path(staging) / name).write_bytes(content)
            for name in fresh:
                (Path(staging) / name).replace(raw / name)
    except OSError as error:
        remedy = f"It takes 55 MB: make room, or choose another folder by {mnist.ENVIRONMENT}."
        raise DataError(f"Cannot write MNIST to {raw}: {error}. {remedy}") from error


def _reason(error: Exception, timeout: float) -> str:
    if isinstance(error, HTTPError):
        error.close()  # it holds the connection
        return f"HTTP {error.code} {error.reason}"
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return f"silent for {timeout:g} seconds"
    return str(cause) or type(cause).__name__
