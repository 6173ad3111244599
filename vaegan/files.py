"""Files that are written whole or not at all."""

import os
import tempfile
import time
from pathlib import Path

LEFT_SECONDS = 60  # no file takes so long to be written and moved to its place


def remove_left_over(folder: Path, of: str = "") -> None:
    """Remove what killed processes have left in `folder`: hidden files that are a minute old. Files of others stay.

    Both `write_atomically` and the lab's own files begin with a dot until they are moved to their places. In a folder
    that is not ours alone, `of` says for which file.
    """
    try:
        for file in folder.glob(f".{of}*.*"):
            if file.is_file() and time.time() - file.stat().st_mtime > LEFT_SECONDS:
                file.unlink(missing_ok=True)
    except OSError:  # the folder cannot be read or written: whoever writes a result there says so
        return


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
