"""The process that `helper` starts: it reads pictures, one after the other, until its standard input is closed.

It is run as a script, and the packages' front doors, which import torch, stay closed: it starts in half a second and
takes 100 MB.
"""

import os
import sys
from pathlib import Path
from types import ModuleType

import psutil

PACKAGE = Path(__file__).resolve().parents[1]
NICENESS = 10


def _without_front_doors() -> None:
    """Let modules be imported without what the `__init__` of their packages would bring."""
    for name, folder in (("vaegan", PACKAGE), ("vaegan.data", PACKAGE / "data")):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


def _serve() -> None:
    from vaegan.data.answers import answer, asked, hear, send
    from vaegan.data.upload import read_upload
    from vaegan.errors import ImageError

    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    while (message := hear(questions)) is not None:
        try:
            told = answer(read_upload(*asked(message)))
        except ImageError as error:
            told = answer(error)
        send(answers, told)


if __name__ == "__main__":
    psutil.Process().nice(NICENESS if os.name == "posix" else psutil.BELOW_NORMAL_PRIORITY_CLASS)
    _without_front_doors()
    _serve()
