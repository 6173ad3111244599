"""Uploads are read in a process beside the app, at low priority: strokes are answered meanwhile, whoever uploads what.

    upload = read_beside(data, Corrections())

A picture takes a processor for up to two seconds, and in a thread of the app it would hold Python's lock for most of
them. The process is started once, reads one picture after the other, and is started anew when it was killed. It reads
its standard input, so it ends with the app, however the app ends.
"""

import atexit
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock, Semaphore, Timer

from vaegan.data.answers import answered, hear, question, send
from vaegan.data.upload import AS_IT_IS, Corrections, Upload
from vaegan.errors import ImageError

SECONDS = 60.0  # for which a picture may take the process on a busy machine; alone it takes less than two
MOST_WAITING = 100  # pictures that wait for their turn
SCRIPT = Path(__file__).with_name("reads_uploads.py")


class Helper:
    """The process, which is started when it is needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = Lock()
        self._turn = Semaphore(1)  # unlike a lock, it serves those who wait in the order in which they came
        self._places = Semaphore(MOST_WAITING)

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the process if it does not run, and wait for nothing."""
        with self._starting:
            if self._process is None or self._process.poll() is not None:
                threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
                self._process = subprocess.Popen(  # noqa: S603 - our own file
                    [sys.executable, "-P", SCRIPT],  # -P: nothing in this folder hides a library's module
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=os.environ | threads,
                    start_new_session=True,  # Ctrl-C in the app's terminal is not for it
                )
            return self._process

    def read(self, data: bytes, corrections: Corrections) -> Upload:
        """What `read_upload` gives, and raises; ImageError too if the process is lost twice or too many wait."""
        if not self._places.acquire(blocking=False):
            raise ImageError(f"{MOST_WAITING} pictures wait to be read already. Choose this one again in a minute.")
        try:
            with self._turn:
                for _ in range(2):  # somebody may have ended the process; a picture that ends it twice is to blame
                    message = self._asked(question(data, corrections))
                    if message is not None:
                        return answered(message)
        finally:
            self._places.release()
        raise ImageError("Reading this picture took too much time or memory. Save it smaller, as PNG or JPEG.")

    def _asked(self, message: bytes) -> bytes | None:
        """What the process answers, or None if it ends instead."""
        process = self.start()
        assert process.stdin is not None
        assert process.stdout is not None
        patience = Timer(SECONDS, process.kill)
        patience.start()
        answer = None
        with suppress(OSError):  # its end of the pipe is closed
            send(process.stdin, message)
            answer = hear(process.stdout)
        patience.cancel()
        if answer is None:
            self.close()
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        with self._starting:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # something was still to be written
                if pipe is not None:
                    pipe.close()


_HELPER = Helper()
atexit.register(_HELPER.close)


def start_helper() -> None:
    """Start the app's helper process if it does not run, so that the first upload need not wait for it."""
    _HELPER.start()


def read_beside(data: bytes, corrections: Corrections = AS_IT_IS) -> Upload:
    """`read_upload` in the app's helper process."""
    return _HELPER.read(data, corrections)
