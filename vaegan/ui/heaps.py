"""How the server's memory is kept, so that it comes back when a class has left."""

import ctypes
import sys
from contextlib import suppress

# Names and numbers of glibc's malloc.h.
M_MMAP_THRESHOLD, LARGE = -3, 128 * 1024  # bytes: what is as large is given back as soon as it is free
M_ARENA_MAX, HEAPS = -8, 2  # that all threads share


def give_memory_back() -> None:
    """Let what a visitor's threads have freed come back. The server calls this before it has threads.

    glibc gives threads heaps of their own, up to eight a core, where what is free lies in pieces between what lasts
    until another thread happens to be given that heap; and it begins to keep large blocks once one was freed. Other
    allocators are not affected.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            libc = ctypes.CDLL(None)
            libc.mallopt(M_ARENA_MAX, HEAPS)
            libc.mallopt(M_MMAP_THRESHOLD, LARGE)
