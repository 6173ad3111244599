"""The tests can be collected where Unix's own modules and functions are missing, as on Windows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLUGIN = """
import builtins
import os
import signal

MISSING = {"resource", "fcntl", "pwd", "grp", "termios"}
FUNCTIONS = {os: ("killpg", "setsid", "mkfifo"), signal: ("SIGKILL", "SIGSTOP", "SIGCONT")}
usual = builtins.__import__


def without_unix(name, globals=None, locals=None, fromlist=(), level=0):
    '''Only our own files are held to it: libraries have other code for Windows.'''
    importer = (globals or {}).get("__name__", "").partition(".")[0]
    if name in MISSING and importer in ("vaegan", "tests"):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return usual(name, globals, locals, fromlist, level)


builtins.__import__ = without_unix


def pytest_collection():
    for module, names in FUNCTIONS.items():
        for name in names:
            delattr(module, name)
"""


def collected(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    (folder / "without_unix.py").write_text(PLUGIN, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "without_unix", "-p", "no:cacheprovider"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    return subprocess.run(
        [*command, *map(str, words)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.long
def test_the_suite_is_collected_without_unix(tmp_path: Path) -> None:
    done = collected(tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "tests/lab/test_worker.py::test_a_full_disk_fails_the_run" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("line", ["import resource", "from fcntl import flock", "import os; os.killpg"])
def test_what_needs_unix_is_noticed(line: str, tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "__init__.py").write_text("")
    (tests / "test_unix.py").write_text(f"{line}\n\n\ndef test_nothing():\n    pass\n")
    done = collected(tmp_path, "--rootdir", tmp_path, tests)
    assert done.returncode == 2, done.stdout
    assert "1 error" in done.stdout
