"""A kind of noise that is only named in the configuration: the package says what else it needs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
KINDS = 'NoiseKind = Literal[\n    "gaussian", '  # the beginning of the list in config.py


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The project without its tests and its weights."""
    for folder in ("vaegan", "pages", ".streamlit"):
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", tmp_path)
    return tmp_path


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, after), encoding="utf-8")


def run(folder: Path, code: str, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )


def test_a_kind_that_is_only_named_is_told_what_it_lacks(copied: Path) -> None:
    change(copied / "vaegan" / "config.py", KINDS, KINDS + '"negative", ')
    ended = run(copied, "import vaegan.data.noise")
    assert ended.returncode == 1
    assert "NoiseKind in vaegan/config.py names gaussian, " in ended.stderr
    assert "add what is missing, and its function to NOISES in vaegan/web/noise.js" in ended.stderr
