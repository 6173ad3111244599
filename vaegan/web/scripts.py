"""Join the JavaScript files of this folder: a component's script is one text and can import nothing.

The files are ES modules. Each that is needed becomes a function's body that returns its exports, so that names stay
apart as they are in modules; an import takes them from there.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([a-z_]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)


@cache
def script(name: str) -> str:
    """The module `name` with all that it imports as one text, which exports what the module does."""
    *needed, own = _in_order(name)
    return "\n".join(
        [*(_enclosed(module) for module in needed), _IMPORT.sub(r"const \1 = module_\2;", _read(f"{own}.js"))]
    )


@cache
def parts(name: str) -> dict[str, Any]:
    """The component `name`: its html, css and js, as `st.components.v2.component` takes them."""
    css = _read("controls.css") + _read(f"{name}.css")
    return {"html": _read(f"{name}.html"), "css": css, "js": script(name)}


def _enclosed(name: str) -> str:
    text = _read(f"{name}.js")
    exports = ", ".join(found for _, found in _EXPORT.findall(text))
    body = _EXPORT.sub(r"\1", _IMPORT.sub(r"const \1 = module_\2;", text))
    return f"const module_{name} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"


def _in_order(name: str) -> list[str]:
    """`name` and the modules it needs, those first that others need."""
    found: list[str] = []
    for _, needed in _IMPORT.findall(_read(f"{name}.js")):
        found += [module for module in _in_order(needed) if module not in found]
    return [*found, name]


def _read(file: str) -> str:
    return (FOLDER / file).read_text(encoding="utf-8")
