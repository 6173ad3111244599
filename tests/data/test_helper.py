"""The process beside the app that reads uploads: it says the same, outlives what kills it, and ends with the app."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.data.scenes import scene
from vaegan.data import helper
from vaegan.data.helper import Helper
from vaegan.data.upload import Corrections, Upload, read_upload
from vaegan.errors import EmptyImageError, ImageError

ROOT = Path(__file__).parents[2]
AS_IT_IS = Corrections()


@pytest.fixture(scope="module")
def reads() -> Iterator[Helper]:
    started = Helper()
    yield started
    started.close()


def same(one: Upload, other: Upload) -> bool:
    assert one.main == other.main
    pairs = zip(one.digits, other.digits, strict=True)
    return all(
        np.array_equal(a.digit, b.digit)
        and a.digit.dtype == b.digit.dtype
        and [name for name, _ in a.stages] == [name for name, _ in b.stages]
        and all(np.array_equal(p, q) for (_, p), (_, q) in zip(a.stages, b.stages, strict=True))
        for a, b in pairs
    )


@pytest.mark.slow
@pytest.mark.parametrize("corrections", [AS_IT_IS, Corrections(1, (0.1, 0.0, 1.0, 0.9), swapped=True)])
def test_it_reads_what_is_read_here(reads: Helper, corrections: Corrections) -> None:
    data = scene("several", 1).data
    assert same(reads.read(data, corrections), read_upload(data, corrections))


@pytest.mark.slow
def test_refusals_come_back_as_they_are(reads: Helper) -> None:
    for data, kind in ((b"", ImageError), (b"no picture\n", ImageError), (scene("plain", 1).data, EmptyImageError)):
        corrections = Corrections(part=(0.5, 0.0, 0.5, 1.0)) if kind is EmptyImageError else AS_IT_IS
        with pytest.raises(ImageError) as here:
            read_upload(data, corrections)
        with pytest.raises(ImageError) as beside:
            reads.read(data, corrections)
        assert (type(beside.value), str(beside.value)) == (kind, str(here.value))


@pytest.mark.slow
def test_it_is_started_anew_when_it_was_killed(reads: Helper) -> None:
    data = scene("paint28_thin", 3).data
    reads.read(data, AS_IT_IS)
    first = reads.start()
    first.kill()
    assert same(reads.read(data, AS_IT_IS), read_upload(data))
    assert reads.start().pid != first.pid


@pytest.mark.slow
def test_it_stands_back_and_is_small(reads: Helper) -> None:
    reads.read(scene("paint28_thin", 3).data, AS_IT_IS)
    process = psutil.Process(reads.start().pid)
    assert process.nice() != psutil.Process().nice()
    assert process.memory_info().rss < 200 * 2**20, "torch is not in it"


@pytest.mark.slow
def test_pictures_that_end_it_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for program in ("import sys; sys.stdin.buffer.read(9)", "import time; time.sleep(60)", "print('x' * 99)"):
        script = tmp_path / "ends.py"
        script.write_text(program)
        monkeypatch.setattr(helper, "SCRIPT", script)
        monkeypatch.setattr(helper, "SECONDS", 0.5)
        reads = Helper()
        with pytest.raises(ImageError, match="too much time or memory"):
            reads.read(b"a picture", AS_IT_IS)
        reads.close()


@pytest.mark.slow
def test_those_who_wait_are_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "waits.py"
    script.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(helper, "SCRIPT", script)
    monkeypatch.setattr(helper, "SECONDS", 0.5)
    monkeypatch.setattr(helper, "MOST_WAITING", 2)
    reads = Helper()
    with ThreadPoolExecutor(6) as pool:
        said = [str(future.exception()) for future in [pool.submit(reads.read, b"x", AS_IT_IS) for _ in range(6)]]
    reads.close()
    assert sum("wait to be read" in words for words in said) == 4
    assert sum("too much time" in words for words in said) == 2


@pytest.mark.slow
@pytest.mark.parametrize("killed", [True, False])
def test_it_ends_with_the_app_however_that_ends(killed: bool) -> None:
    program = "import os, sys; from vaegan.data.helper import _HELPER; print(_HELPER.start().pid, flush=True)\n"
    program += "sys.stdin.read()"
    app = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert app.stdout is not None
    process = psutil.Process(int(app.stdout.readline()))
    if killed:
        app.kill()
    app.communicate()
    ended, _ = psutil.wait_procs([process], timeout=30)
    assert ended or process.status() == psutil.STATUS_ZOMBIE
