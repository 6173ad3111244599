"""The module that `make run` starts: how Streamlit finds the app in it, and what it leaves behind on the path."""

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.web.server.app_discovery import discover_asgi_app

from tests.browser.driver import ROOT, SERVER

HERE = (ROOT / SERVER).parent
# What `streamlit run` does with the module: its folder first on the path, then the import by its bare name.
START = """import sys
sys.path.insert(0, sys.argv[1])
import server
print(server.app.script_path, sys.path[0], sys.argv[1] in sys.path, sorted(set(sys.modules) & {"pages", "state"}))"""


def started(folder: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", START, str(folder)]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=100, check=False)


def test_streamlit_recognises_the_app():
    result = discover_asgi_app(ROOT / SERVER)
    assert (result.is_asgi_app, result.import_string) == (True, "server:app")


@pytest.mark.slow
def test_the_app_is_that_of_the_checkout_and_the_modules_folder_leaves_the_path():
    done = started(HERE, ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split() == [str(ROOT / "app.py"), str(ROOT), "False", "[]"]


@pytest.mark.slow
def test_started_elsewhere_it_says_where_to_start_it(tmp_path):
    done = started(HERE, tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        f"Start the app in {ROOT}: Streamlit looks for its settings in the folder where it is started.\n"
    )
