"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_atomically(contents: dict[Path, bytes]) -> None:
    """Write files so that a reader sees the old content or the new, never half of it.

    All files are written beside their places first and then moved there. If the disk is full, all the old ones stay, so
    that files that belong together still fit together.
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
