"""The list of modules whose code decides the weights is held to what the training loop imports."""

import ast
from pathlib import Path

import pytest

from vaegan.training import version

ROOT = Path(__file__).parents[2] / "vaegan"
UNDECIDED = {
    "config": "the settings themselves are part of a run's name",
    "errors": "sentences",
    "files": "how files are written",
    "checkpoint/card": "what a card says of an epoch; a state may hold such a history",
    "checkpoint/formats": "how cards are read",
    "checkpoint/files": "checks the weights that a state brings, and changes none",
    "checkpoint/state": "keeps and reads numbers, and computes none",
    "model/prior": "is fitted after training; checkpoint/files keeps it",
    "data/mnist": "the digits themselves are part of a run's name",
    "data/pictures": "formats of pictures for people; training takes a name of a type from it",
    "training/events": "what is told of a step, after it was made",
}  # what `training.loop` imports and no weight depends on, each with the reason


def imports(module: str) -> set[str]:
    """The modules of the package that a module imports anywhere in its text, as paths; fronts stand for nothing."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / f"{module}.py").read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "the package imports by full names"
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [str(node.module)]
        paths = [name.removeprefix("vaegan.").replace(".", "/") for name in names if name.startswith("vaegan.")]
        found |= {path for path in paths if (ROOT / f"{path}.py").is_file()}
    return found


def reached(module: str) -> set[str]:
    """A module and all that it imports, directly or not."""
    seen: set[str] = set()
    pending = {module}
    while pending:
        seen |= pending
        pending = {name for one in pending for name in imports(one)} - seen
    return seen


def test_every_module_that_training_uses_counts_or_has_a_reason_not_to() -> None:
    assert not set(version.DECISIVE) & UNDECIDED.keys()
    assert reached("training/loop") == set(version.DECISIVE) | UNDECIDED.keys()


def test_each_source_of_the_list_changes_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in version.DECISIVE:
        file = tmp_path / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes((ROOT / f"{name}.py").read_bytes())
    before = version.code_version()
    monkeypatch.setattr(version, "PACKAGE", tmp_path)
    assert version.code_version() == before
    versions = {before}
    for name in version.DECISIVE:
        with (tmp_path / f"{name}.py").open("a") as copy:
            copy.write("# changed\n")
        versions.add(version.code_version())
    assert len(versions) == len(version.DECISIVE) + 1
