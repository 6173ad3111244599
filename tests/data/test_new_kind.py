"""A pretend kind of noise, added to a copy of the project: what has to be touched, and that the rest follows."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
KINDS = 'NoiseKind = Literal["gaussian", '  # the beginning of the list in config.py
SECOND = '    "gaussian-unclipped": Noise('  # the second entry of noise.NOISES
NEGATIVE = """    "negative": Noise(
        "Negative",
        "How far each pixel goes towards its opposite.",
        draw_nothing,
        lambda x, level, nothing: x + level * (1 - 2 * x),
    ),
"""

USE = """
import torch
from vaegan.config import NoiseConfig, TrainingNoise
from vaegan.data.noise import corrupt, corrupt_mixture, pattern

noise = NoiseConfig(kind="negative", level=1.0)
x = torch.rand(3, 784)
assert torch.allclose(corrupt(x, noise), 1 - x)
assert pattern("negative", 0).shape == (0, 784)
only = TrainingNoise(noise_kinds=("negative",), noise_min=0.5, noise_max=0.5)
assert torch.allclose(corrupt_mixture(x, only, torch.Generator()), torch.full((3, 784), 0.5))
"""

PAGE = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
from vaegan.ui import resources

resources.FOLDER = Path(sys.argv[1])
test = AppTest.from_file("app.py", default_timeout=60)
test.switch_page("pages/1_Denoise.py")
test.query_params.update({"kind": "negative", "compared": "1"})
test.run()
assert not test.exception and not test.error and not test.warning, (test.exception, test.error, test.warning)
assert test.selectbox(key="kind").value == "negative"
assert test.slider(key="level").help == "How far each pixel goes towards its opposite."
assert "No filter is tuned for 'negative' noise yet" in test.info[0].value
assert 'alt="cleaned with BatchNorm"' in " ".join(element.proto.body for element in test.get("html"))
"""


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


@pytest.mark.long
def test_a_name_and_an_entry_are_all_that_python_needs(copied: Path, twins: Path) -> None:
    change(copied / "vaegan" / "config.py", KINDS, KINDS + '"negative", ')
    change(copied / "vaegan" / "data" / "noise.py", SECOND, NEGATIVE + SECOND)
    for code in (USE, PAGE):
        ended = run(copied, code, twins)
        assert ended.returncode == 0, ended.stderr
