"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_atomically(contents: dict[Path, bytes]) -> None:
    """Write files so that a reader sees an old one or a new one, never half of it.

    None takes its place before all are written: a full disk leaves the old ones, which belong together.
    """
    staged: dict[Path, Path] = {}
    try:
        for file, data in contents.items():
            with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as temporary:
                staged[file] = Path(temporary.name)
                temporary.write(data)
                temporary.flush()
                os.fsync(temporary.fileno())
                staged[file].chmod(0o644)
        for file, written in staged.items():
            written.replace(file)
    finally:
        for written in staged.values():
            written.unlink(missing_ok=True)
