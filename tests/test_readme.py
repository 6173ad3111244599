"""Every command and every Python example of the READMEs runs."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from dask import config as dask_config
from distributed.cli import dask_scheduler, dask_worker

from tests.browser.driver import free_port, wait_until_healthy
from tests.conftest import Result, present
from vaegan.cli import main
from vaegan.data.mnist import load_sample
from vaegan.data.pictures import png_bytes

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def lines(language: str) -> list[str]:
    """The lines of all blocks in a language, without comments."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return [stripped for block in blocks for line in block.splitlines() if (stripped := line.split("#")[0].strip())]


PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
SHELL = lines("sh")
LONG = lines("shell")  # what needs hours, a cluster or Docker: read, not run
VAEGAN = [line for line in SHELL if "-m vaegan" in line]
MAKE = [line for line in SHELL if line.startswith("make")]


def prepared(folder: Path) -> Path:
    """An empty folder with the picture that the commands name; they are run in it one after the other."""
    digit = load_sample().test_images[0].view(28, 28).numpy()
    (folder / "digit.png").write_bytes(png_bytes(digit, scale=8))
    return folder


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("readme"))


def environment(cache: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "VAEGAN_DATA"}
    # One thread: two would wait for each other while other tests have the second core.
    return kept | {"XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT), "COLUMNS": "120", "OMP_NUM_THREADS": "1"}


def test_the_readme_has_what_this_file_runs():
    assert len(PYTHON) == 2
    assert {words[3] for words in map(str.split, VAEGAN)} == {
        "models",
        "denoise",
        "sample",
        "evaluate",
        "bench",
        "benchmark-denoisers",
        "train",
        "data",
    }
    assert MAKE == ["make run", "make run HOST=0.0.0.0", "make test"]
    assert sorted(SHELL) == sorted(VAEGAN + MAKE)


@pytest.mark.slow
@pytest.mark.parametrize("code", PYTHON, ids=["studio", "training"])
def test_python_examples_run(code, capsys):
    exec(compile(code, "README.md", "exec"), {})
    assert re.search(r"\d", capsys.readouterr().out)


def check_answer(line: str, result: Result) -> None:
    """A command of the README did what it is there for."""
    if "data fetch" in line and result.code == 2:  # without a network it says so in one line
        assert result.err.startswith("error: ")
        return
    assert result.code == 0, result.err
    assert result.out


@pytest.mark.long
@pytest.mark.parametrize("line", VAEGAN)
def test_commands_run_as_they_stand_there(line: str, workplace: Path) -> None:
    """Each in a process of its own, one after the other."""
    words = [sys.executable, *shlex.split(line)[1:]]
    done = subprocess.run(
        words,
        cwd=workplace,
        env=environment(workplace),
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    check_answer(line, Result(done.returncode, done.stdout, done.stderr))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="make is not there")
@pytest.mark.parametrize("line", [line for line in MAKE if "run" in line])
def test_make_run_starts_the_app_and_says_where(line, tmp_path):
    port = free_port()
    # In the environment of this very test, wherever it is; it is set up already.
    environment_words = [f"VENV={sys.prefix}", "--assume-old", f"{sys.prefix}/ready"]
    command = [*shlex.split(line), f"PORT={port}", *environment_words]
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_until_healthy(port, process)
        finally:
            os.killpg(process.pid, 15)
            process.wait(timeout=20)
        log.seek(0)
        said = log.read()
    assert f":{port}" in said
    assert ("Other machines open" in said) == ("0.0.0.0" in line)


def test_make_test_is_what_runs_these():
    for target in ("check", "test"):
        said = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert all(tool in said for tool in ("ruff check", "ruff format --check", "mypy", "javascript", "pytest"))


def test_the_long_commands_can_be_read():
    """Each by the parser of its own command, or as settings that Dask knows."""
    vaegan = [line for line in LONG if "-m vaegan" in line]
    dask = [line for line in LONG if "/dask " in line]
    settings = [line for line in LONG if line.startswith("export DASK_")]
    others = [line for line in LONG if line not in (*vaegan, *dask, *settings)]
    for line in vaegan:
        words = shlex.split(line)[3:]
        command = typer.main.get_command(main.app)
        assert isinstance(command, typer.core.TyperGroup)
        context = command.make_context("vaegan", list(words))
        name, sub, rest = command.resolve_command(context, list(words))
        present(sub).make_context(name, rest, parent=context)
    for line in dask:
        words = shlex.split(line)
        words = words[words.index(next(word for word in words if word.endswith("/dask"))) + 1 :]
        {"scheduler": dask_scheduler.main, "worker": dask_worker.main}[words[0]].make_context(words[0], words[1:])
    environment = {}
    for line in settings:
        name, _, value = line.removeprefix("export ").partition("=")
        environment[name.replace("${who}", "WORKER")] = value
    known = dask_config.collect_env(environment)["distributed"]["comm"]
    assert known["require_encryption"] is True
    assert known["tls"].keys() == {"ca_file", "worker"}
    assert known["tls"]["worker"].keys() == {"cert", "key"}
    assert all(line.startswith(("docker ", "for who ", "done", "VAEGAN_SCHEDULER=")) for line in others), others
    assert len(vaegan) == 6
    assert len(dask) == 2


def test_the_windows_lines_do_what_make_does():
    lines = present(re.search(r"```bat\n(.*?)```", README, re.DOTALL)).group(1).splitlines()
    makefile = (ROOT / "Makefile").read_text()
    for line in lines[1:]:
        tool = line.split("\\")[-1].removeprefix("python -m ").removeprefix("pip install ")
        assert tool.split()[0] in makefile
        for file in re.findall(r"requirements\S*|\S+/server\.py", line):
            assert (ROOT / file).is_file()


def test_the_map_names_every_module_and_package():
    package = ROOT / "vaegan"
    members = {path.name for path in package.glob("*.py")} | {
        f"{path.parent.name}/" for path in package.glob("*/__init__.py")
    }
    named = set(re.findall(r"^  (\w+(?:\.py|/))", README, re.MULTILINE))
    assert named == members - {"__init__.py", "__main__.py", "events.py"}
