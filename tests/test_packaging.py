"""What a stranger does first: install the package elsewhere, take PyTorch from an index of one's own, read the lock."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import present
from vaegan import checkpoint

ROOT = Path(__file__).resolve().parents[1]


def run(*words: object, **options) -> str:
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=170, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, unpacked where nothing else is."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("vaegan-*.whl")
    run(*pip, "install", "--no-deps", "--no-index", "--target", folder / "site", wheel)
    return folder / "site"


def elsewhere(installed: Path) -> dict:
    """Options to run a command where only the installed package can be found."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("VAEGAN_", "PYTHON"))}
    return {"cwd": installed.parent, "env": kept | {"PYTHONPATH": str(installed), "OMP_NUM_THREADS": "1"}}


@pytest.mark.slow
def test_an_installed_package_has_its_checkpoints_and_its_command(installed: Path):
    listed = run(sys.executable, installed / "bin" / "vaegan", "models", **elsewhere(installed))
    assert re.findall(r"^(\S+) ", listed, re.MULTILINE) == checkpoint.available(ROOT / "pretrained")
    where = "import vaegan; from vaegan import checkpoint; print(vaegan.__file__, checkpoint.PRETRAINED)"
    assert run(sys.executable, "-c", where, **elsewhere(installed)).split() == [
        str(installed / "vaegan" / "__init__.py"),
        str(installed / "vaegan" / "pretrained"),
    ]


@pytest.mark.slow
def test_an_installed_package_has_every_file_of_the_checkout(installed: Path):
    tracked = run("git", "ls-files", "vaegan", "pretrained", cwd=ROOT).splitlines()
    for name in tracked:
        place = installed / (name if name.startswith("vaegan/") else f"vaegan/{name}")
        assert place.is_file(), name
        assert place.read_bytes() == (ROOT / name).read_bytes(), name


@pytest.mark.slow
def test_an_installed_package_says_that_it_has_no_pages(installed: Path):
    options = ["--server.port", "0", "--browser.serverAddress", "localhost"]  # else it asks for its address outside
    words = [sys.executable, "-m", "streamlit", "run", str(installed / "vaegan" / "ui" / "server.py"), *options]
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False, **elsewhere(installed))
    assert done.returncode == 1
    assert done.stderr == (
        f"There is no {installed / 'app.py'}: the installed package has no pages. "
        "Start the app in a copy of the repository.\n"
    )


def pretend_wheel(folder: Path, name: str, version: str) -> None:
    """A wheel that installs and holds nothing."""
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="make is not there")
def test_make_takes_pytorch_from_a_folder_of_wheels(tmp_path: Path):
    """In a project whose only requirements are PyTorch's: without the folder nothing could be installed at all."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    pretend_wheel(wheels, "torch", "2.14.1+cpu")
    pretend_wheel(wheels, "torchvision", "0.29.1+cpu")
    project = tmp_path / "project"
    project.mkdir()
    shutil.copy(ROOT / "Makefile", project)
    wanted = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line.startswith("torch")]
    assert len(wanted) == 2
    (project / "requirements.txt").write_text("\n".join(wanted) + "\n")
    offline = os.environ | {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    words = ["make", f"PYTHON={sys.executable}", "VENV=env", f"TORCH_INDEX={wheels}", "env/ready"]
    run(*words, cwd=project, env=offline)
    listed = run(project / "env" / "bin" / "python", "-m", "pip", "list", "--format=freeze", cwd=project, env=offline)
    assert {"torch==2.14.1+cpu", "torchvision==0.29.1+cpu"} <= set(listed.split())


def test_the_lock_has_a_version_and_hashes_for_every_requirement_and_names_no_host():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    versions = dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", lock)) >= len(versions)
    lines = (line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines())
    requirements = [Requirement(line) for line in lines if line]
    assert len(requirements) > 15
    for requirement in requirements:
        assert requirement.specifier.contains(versions[requirement.name.lower()]), requirement


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-workflows", ".github/workflows/check.yml"),
        ("custom.github-workflows-require-timeout", ".github/workflows/check.yml"),
        ("vendor.citation-file-format", "CITATION.cff"),
    ],
)
def test_what_github_reads_is_what_it_expects(schema: str, file: str):
    run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, ROOT / file)


def test_the_versions_agree():
    version = present(re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE))[1]
    headline = re.search(r"^## (\S+) \((\S+)\)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    newest, date = present(headline).groups()
    cited = (ROOT / "CITATION.cff").read_text()
    assert newest == version
    assert f"\nversion: {version}\n" in cited
    assert f"\ndate-released: {date}\n" in cited
