"""Several pieces of work at once: handed out one by one, and nothing is left running."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from vaegan.errors import RunError
from vaegan.reproduction.side_by_side import side_by_side

folder: list[Path] = []  # of a process that works


def begin(where: Path) -> None:
    folder.append(where)


def leave_a_file(name: str) -> None:
    time.sleep(0.2)
    (folder[0] / name).touch()


def end_the_process(_name: str) -> None:
    os._exit(1)


PROGRAM = """
import signal
import sys
from pathlib import Path
from tests.reproduction.test_side_by_side import begin, leave_a_file
from vaegan.reproduction.side_by_side import side_by_side
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests may ignore it, and this inherits that
    for name in side_by_side(leave_a_file, [str(number) for number in range(500)], 2, begin, (Path(sys.argv[1]),)):
        print(name, flush=True)
"""


@pytest.mark.slow
def test_who_stops_asking_has_nothing_new_begun(tmp_path: Path) -> None:
    names = [str(number) for number in range(9)]
    with closing(side_by_side(leave_a_file, names, 2, begin, (tmp_path,))) as made:
        first = next(made)
    done = {file.name for file in tmp_path.iterdir()}
    assert first in done
    assert done <= set(names[:3]), "the two that ran, and at most the one that followed the first"


@pytest.mark.slow
def test_a_process_that_is_ended_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="start the command again"):
        list(side_by_side(end_the_process, ["a"], 1, begin, (tmp_path,)))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_nothing_goes_on_when_the_caller_ends(how: str, tmp_path: Path) -> None:
    words = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0, text=True) as caller:
        assert caller.stdout is not None
        assert caller.stdout.readline()
        if how == "SIGINT":
            os.killpg(caller.pid, signal.SIGINT)  # as a terminal does
        else:
            caller.kill()
        caller.wait(timeout=60)
        said = caller.communicate(timeout=60)[1]
    if how == "SIGINT":
        assert said.count("Traceback") == 1, "the caller's own, and none of the processes"
    time.sleep(1)
    before = len(list(tmp_path.iterdir()))
    time.sleep(1)
    assert len(list(tmp_path.iterdir())) == before < 500
