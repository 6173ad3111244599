"""How many heaps threads share, as glibc itself counts them."""

import platform
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, threading
from vaegan.ui.heaps import give_memory_back
{call}
libc, barrier = ctypes.CDLL(None), threading.Barrier(6)
libc.malloc.restype = ctypes.c_void_p
def work():
    barrier.wait()
    libc.malloc(5000)
threads = [threading.Thread(target=work) for _ in range(6)]
[each.start() for each in threads]
[each.join() for each in threads]
libc.malloc_stats()
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators keep memory in other ways")
def test_threads_share_two_heaps():
    heaps = {}
    for call in ("", "give_memory_back()"):
        told = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(call=call)], capture_output=True, text=True, check=True, timeout=60
        )
        heaps[call] = told.stderr.count("Arena ")
    print(heaps)
    assert heaps["give_memory_back()"] <= 2 < heaps[""]
