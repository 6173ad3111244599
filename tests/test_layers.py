"""The one-way rule: a package imports only packages of lines above its own, a module only modules listed above it.

The order of packages is the table here; the order within a package is the list in the docstring of its `__init__.py`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Packages of one line do not import each other. `pages` stands for app.py as well.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "files"),
    ("config",),
    ("presets",),
    ("lessons",),
    ("data", "model"),  # torch begins here
    ("checkpoint",),
    ("metrics",),
    ("training", "studio"),
    ("denoisers", "lab", "classroom"),
    ("reproduction",),
    ("web",),
    ("cli", "ui"),  # streamlit begins in ui
    ("pages",),
)
LAYER = {package: number for number, packages in enumerate(LAYERS) for package in packages}
FRONT_DOORS = {"__init__", "__main__", "events"}  # they name what others made
STREAMLIT = {"ui", "pages"}
NO_TORCH = {"errors", "files", "config", "presets", "lessons", "ui", "pages"}
NO_TORCH_MODULES = {
    "data.decoding",
    "data.drawing",
    "data.ink",
    "data.pictures",
    "data.pieces",
    "data.upload",
    "cli.flags",
}
LISTED = re.compile(r"^ *(\w+)  +\S", re.MULTILINE)


def module_of(path: Path) -> tuple[str, ...]:
    """vaegan/data/noise.py -> (data, noise), vaegan/ui/train/view.py -> (ui, train, view), app.py -> (pages, app)."""
    first, *rest = path.relative_to(ROOT).with_suffix("").parts
    return tuple(rest) if first == "vaegan" else ("pages", path.stem)


def imported(path: Path) -> Iterator[str]:
    """Full names of all that a file imports, wherever in it: `from a import b` is a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            source = ".".join([*package, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


def ours(path: Path) -> set[tuple[str, ...]]:
    """What a file imports of this project, as paths below vaegan; the last part may be a name within a module."""
    return {tuple(name.split(".")[1:]) for name in imported(path) if name.split(".")[0] == "vaegan"}


def outsiders(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def listed(package: Path) -> list[str]:
    """Modules and folders in the order in which the docstring of a package lists them."""
    return LISTED.findall(ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or "")


def members(package: Path) -> set[str]:
    """The modules and folders of a package."""
    modules = {path.stem for path in package.glob("*.py") if path.stem != "__init__"}
    return modules | {path.parent.name for path in package.glob("*/__init__.py")}


PATHS = sorted([*(ROOT / "vaegan").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"])
RULED = [path for path in PATHS if module_of(path)[0] not in FRONT_DOORS]
EACH = pytest.mark.parametrize("path", RULED, ids=lambda path: str(path.relative_to(ROOT)))
PACKAGES = sorted(path.parent for path in (ROOT / "vaegan").glob("*/**/__init__.py"))


def wrong_packages(path: Path) -> set[str]:
    """Packages that a file imports and that do not stand above its own."""
    own = module_of(path)[0]
    above = {name for name, layer in LAYER.items() if layer < LAYER[own]} | {own}
    return {name[0] if name else "__init__" for name in ours(path)} - above


def wrong_neighbours(path: Path) -> set[str]:
    """What a file imports of the packages that it lies in and that is not listed above it there."""
    wrong = set()
    own = module_of(path)
    for depth in range(1, len(own)):
        package, rest = own[:depth], own[depth]
        order = listed(ROOT / "vaegan" / Path(*package))
        above = set(order[: order.index(rest)]) | ({rest} if depth < len(own) - 1 else set())
        used = {name[depth] for name in ours(path) if name[:depth] == package and len(name) > depth}
        wrong |= {".".join([*package, name]) for name in used - above}
    return wrong


def test_the_table_has_every_package_and_no_other() -> None:
    assert len(LAYERS) <= 14
    assert sorted(LAYER) == sorted({module_of(path)[0] for path in RULED})


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_packages_docstring_lists_all_that_is_in_it(package: Path) -> None:
    assert sorted(listed(package)) == sorted(members(package))


@EACH
def test_a_package_imports_only_from_above(path: Path) -> None:
    wrong = wrong_packages(path)
    assert not wrong, f"{'.'.join(module_of(path))} imports {sorted(wrong)}, which the table does not put above it"


@EACH
def test_a_module_imports_only_what_is_listed_above_it(path: Path) -> None:
    if path.name == "__init__.py" or module_of(path)[0] == "pages":
        return
    wrong = wrong_neighbours(path)
    assert not wrong, f"{'.'.join(module_of(path))} imports {sorted(wrong)}, which the docstring lists below it"


@EACH
def test_streamlit_and_torch_stay_apart(path: Path) -> None:
    own, others = module_of(path), outsiders(path)
    if own[0] not in STREAMLIT:
        assert not {name for name in others if name.startswith("streamlit")}
    if own[0] in NO_TORCH or ".".join(own) in NO_TORCH_MODULES:
        assert not others & {"torch", "torchvision", "safetensors"}


def test_few_modules_stand_directly_in_the_package() -> None:
    assert len(list((ROOT / "vaegan").glob("*.py"))) <= 8


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small `vaegan/ui` with a shared module and a page's folder."""
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    folder = tmp_path / "vaegan" / "ui"
    (folder / "train").mkdir(parents=True)
    (folder / "__init__.py").write_text(
        '"""The pages.\n\nstate    what is shared\nprobe    a widget\ntrain    a page\n"""'
    )
    (folder / "train" / "__init__.py").write_text('"""A page.\n\nview    what it shows\n"""')
    return folder


def test_what_pages_share_imports_no_pages_folder(tree: Path) -> None:
    (tree / "probe.py").write_text("from vaegan.ui.train import view\nfrom vaegan.ui import state\n")
    assert wrong_neighbours(tree / "probe.py") == {"ui.train"}
    (tree / "train" / "view.py").write_text("from vaegan.ui import probe\nfrom vaegan.ui.train.view import x\n")
    assert wrong_neighbours(tree / "train" / "view.py") == {"ui.train.view"}


def test_the_walk_sees_every_form_of_import(tree: Path) -> None:
    path = tree / "probe.py"
    path.write_text(
        "import vaegan.data\nfrom vaegan import noise, NOISES\nfrom vaegan.model import sample\nfrom . import state\n"
        "from ..training import finish\nfrom ..lab.pool import Pool\n"
        "import vaegan\nimport streamlit as st\ndef late():\n    import torch.nn\n"
    )
    assert {name[0] if name else "__init__" for name in ours(path)} == {
        *("data", "noise", "NOISES", "model", "ui", "training", "lab", "__init__")
    }
    assert wrong_packages(path) == {"noise", "NOISES", "__init__"}
    assert outsiders(path) == {"vaegan", "streamlit", "torch"}
