"""The one-way rule: a module imports only from levels above its own. The table is the package's map."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Within a level nobody imports anybody, but in `ui`, whose modules are one layer. `pages` stands for app.py as well.
PACKAGES = {"lab", "reproduction"}  # whose modules have levels of their own
LEVELS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("config", "images"),
    ("uploads", "model", "noise", "events", "lab.limits", "reproduction.paper", "reproduction.schema"),
    # files begin here
    ("losses", "latent", "data", "idx", "checkpoint", "classical", "options", "lab.claim", "lab.cluster"),
    ("reproduction.experiments", "reproduction.report"),
    ("card_tables", "metrics", "atlas", "routing", "lab.journal", "bounds", "classifier"),
    ("optimisation", "studio", "web", "lab.curves", "lab.forecast", "generation", "tuning"),
    ("training", "recording", "appraisal", "dissection", "lab.alarms", "reproduction.measures"),
    ("runs", "flags"),
    ("lab.papers",),
    ("lab.folders", "lab.waiting"),
    ("lab.ledger", "lab.audience"),
    ("lab.worker",),  # what Dask executes
    ("lab.pool",),
    ("lab.dispatch",),
    ("jobs",),
    ("benchmark", "bench", "reproduction.trainers"),
    ("benchmark_report", "reproduction.runner"),
    ("measuring", "reproduction.evidence", "reproduction.findings"),
    ("reproduction.claims", "reproduction.figures"),
    ("reproduction.whole",),
    ("reproducing",),
    ("cli",),
    ("ui",),  # streamlit begins here
    ("pages",),
)
LEVEL = {module: number for number, modules in enumerate(LEVELS) for module in modules}
FRONT_DOORS = {"__init__", "__main__", "lab.__init__", "reproduction.__init__"}  # they name what others made
STREAMLIT = {"ui", "pages"}
NO_TORCH = {"errors", "config", "flags", "images", "uploads", "ui", "pages"}


def module_of(path: Path) -> str:
    """vaegan/noise.py -> noise, vaegan/lab/pool.py -> lab.pool, vaegan/ui/canvas.py -> ui, app.py -> pages."""
    first, *rest = path.relative_to(ROOT).with_suffix("").parts
    return placed(rest) if first == "vaegan" else "pages"


def placed(parts: list[str]) -> str:
    """The name in the table of what is found by these names within vaegan."""
    return ".".join(parts[:2]) if parts[0] in PACKAGES else parts[0]


def imported(path: Path) -> Iterator[str]:
    """Full names of all that a file imports, wherever in it: `from a import b` is a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            source = ".".join([*package, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


def neighbours(path: Path) -> set[str]:
    """The modules of ours that a file imports."""
    names = (name.split(".") for name in imported(path))
    return {placed(parts[1:]) if len(parts) > 1 else "__init__" for parts in names if parts[0] == "vaegan"}


def outsiders(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


PATHS = sorted([*(ROOT / "vaegan").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"])
RULED = [path for path in PATHS if module_of(path) not in FRONT_DOORS]
EACH = pytest.mark.parametrize("path", RULED, ids=lambda path: str(path.relative_to(ROOT)))


def test_the_table_has_every_module_and_no_other() -> None:
    assert sorted(name for modules in LEVELS for name in modules) == sorted({module_of(path) for path in RULED})


@EACH
def test_a_module_imports_only_from_above(path: Path) -> None:
    own = module_of(path)
    assert own in LEVEL, f"{own} has no place in the table"
    above = {name for name, level in LEVEL.items() if level < LEVEL[own]} | ({own} & {"ui"})
    wrong = neighbours(path) - above
    assert not wrong, f"{own} (level {LEVEL[own]}) imports {sorted(wrong)}, which the table does not put above it"


@EACH
def test_streamlit_and_torch_stay_apart(path: Path) -> None:
    own, found = module_of(path), outsiders(path)
    if own not in STREAMLIT:
        assert not {name for name in found if name.startswith("streamlit")}
    if own in NO_TORCH:
        assert not found & {"torch", "torchvision", "torchmetrics", "safetensors"}


@pytest.mark.parametrize("path", sorted((ROOT / "vaegan" / "ui").glob("*/*.py")), ids=lambda path: path.parent.name)
def test_what_belongs_to_a_page_imports_nothing_of_another_page(path: Path) -> None:
    pages = {folder.name for folder in path.parents[1].iterdir() if folder.is_dir()}
    used = {name.split(".")[2] for name in imported(path) if name.startswith("vaegan.ui.")}
    assert used & pages <= {path.parent.name}


def test_the_walk_sees_every_form_of_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "vaegan" / "ui" / "probe.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        "import vaegan.data\nfrom vaegan import noise, NOISES\nfrom vaegan.model import sample\nfrom . import state\n"
        "from ..runs import measure\nfrom ..lab.pool import Pool\n"
        "import vaegan\nimport streamlit as st\ndef late():\n    import torch.nn\n"
    )
    assert neighbours(path) == {"data", "noise", "NOISES", "model", "ui", "runs", "lab.pool", "__init__"}
    assert outsiders(path) == {"vaegan", "streamlit", "torch"}
