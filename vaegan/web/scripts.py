"""Join JavaScript files into one script, since a component's script cannot import anything.

The files of this folder are ES modules. Each module that a component needs becomes a function that returns its exports,
so that names stay apart as they are in modules; an import reads from what that function returned. The script of a Web
Worker is joined in the same way and stands as text in the script that starts it, where that says `scriptOf("name")`.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([a-z_]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_STYLE = re.compile(r'^@import "([a-z_]+\.css)";$', re.MULTILINE)
_TEXT = re.compile(r'\bscriptOf\("([a-z_]+)"\)')


@cache
def script(name: str) -> str:
    """The module `name` and all that it imports as one text, with the exports of the module."""
    *needed, own = _in_order(name)
    return "\n".join([*(_enclosed(module) for module in needed), _code(own)])


@cache
def parts(name: str) -> dict[str, Any]:
    """The component `name`: its html, css and js, as `st.components.v2.component` takes them."""
    css = _read("controls.css") + _read("stage.css") + _style(f"{name}.css")
    return {"html": _read(f"{name}.html"), "css": css, "js": script(name)}


def _style(file: str) -> str:
    """A style sheet with what it imports in the place of the import."""
    return _STYLE.sub(lambda line: _style(line[1]), _read(file))


def stage_style() -> str:
    """The stage's look as CSS, for what the server draws on one."""
    return _read("stage.css")


def _enclosed(name: str) -> str:
    text = _code(name)
    exports = ", ".join(exported for _, exported in _EXPORT.findall(text))
    body = _EXPORT.sub(r"\1", text)
    return f"const module_{name} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"


def _code(name: str) -> str:
    """A module with what it imports read from other modules, and with the scripts of its Workers as text."""
    text = _IMPORT.sub(r"const \1 = module_\2;", _read(f"{name}.js"))
    return _TEXT.sub(lambda call: json.dumps(script(call[1])), text)


def _in_order(name: str) -> list[str]:
    """The modules that `name` needs, each after those that it needs itself, and `name` last."""
    modules: list[str] = []
    for _, needed in _IMPORT.findall(_read(f"{name}.js")):
        modules += [module for module in _in_order(needed) if module not in modules]
    return [*modules, name]


def _read(file: str) -> str:
    return (FOLDER / file).read_text(encoding="utf-8")
