"""What a number was made with: the versions of packages, and the machine, but not the machine's name."""

import platform
from collections.abc import Iterable
from importlib.metadata import version
from typing import NamedTuple

import psutil
import torch


class Machine(NamedTuple):
    """A processor, how many cores it has, and how many threads compute."""

    cpu: str
    cores: int
    threads: int  # with which torch computes


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The versions of Python and of these packages."""
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def machine() -> Machine:
    """The machine that this process runs on."""
    cpu = torch.cpu.get_capabilities().get("cpu_name") or platform.processor() or platform.machine()
    return Machine(cpu=str(cpu), cores=psutil.cpu_count() or 1, threads=torch.get_num_threads())
