"""What a number was made with."""

import os
import platform
import sys

import torch

from vaegan.checkpoint.environment import machine, versions


def test_versions_are_those_that_run() -> None:
    found = versions(("torch", "numpy"))
    assert list(found) == ["python", "torch", "numpy"]
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert found["torch"].split("+")[0] == torch.__version__.split("+")[0]


def test_the_machine_has_a_processor_and_no_name() -> None:
    found = machine()
    assert found.cpu
    assert platform.node() not in found.cpu
    assert (found.cores, found.threads) == (os.cpu_count(), torch.get_num_threads())
