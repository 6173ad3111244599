"""Digits that one run alone is trained on, such as a class's: they lie in the run's folder, and are gone with it.

The file is plain bytes, 784 pixels and a label for each digit; no number in it is trusted before it has been checked.
"""

import numpy as np
import torch

from vaegan.config import PIXELS
from vaegan.data.mnist import Digits, load_sample
from vaegan.errors import DataError
from vaegan.lab import layout
from vaegan.lab.documents import RunData
from vaegan.lab.run import Run

ROW = PIXELS + 1
LEAST, MOST = 10, 1000  # digits
CLASSES = 10


def digits_from(rows: bytes) -> Digits:
    """Rows as in the file, tested on the sample's test digits; DataError if they are no such rows."""
    count, rest = divmod(len(rows), ROW)
    if rest or not LEAST <= count <= MOST:
        raise DataError(
            f"digits of one's own are {LEAST} to {MOST:,} rows of {ROW} bytes, and these are {len(rows):,} bytes; "
            "collect more digits, or fewer"
        )
    table = torch.from_numpy(np.frombuffer(rows, np.uint8).reshape(count, ROW).copy())
    labels = table[:, PIXELS].long()
    if int(labels.max()) >= CLASSES:
        raise DataError(f"a digit of one's own is labelled {int(labels.max())}; labels are 0 to {CLASSES - 1}")
    return load_sample().trained_on(table[:, :PIXELS].contiguous(), labels)


def keep(run: Run, digits: Digits) -> None:
    """Put digits that are of a class into the folder of a run that is to be trained on them."""
    table = torch.cat([digits.train_images, digits.train_labels.to(torch.uint8)[:, None]], 1)
    run.put(layout.DIGITS, table.numpy().tobytes())


def kept(run: Run, wanted: RunData) -> Digits:
    """The digits in a run's folder; DataError if they are gone, damaged, or others than were `wanted`."""
    try:
        with (run.folder / layout.DIGITS).open("rb") as file:
            digits = digits_from(file.read(MOST * ROW + 1))
    except OSError as error:
        raise DataError(
            f"the digits that run {run.run_id} is trained on cannot be read ({error.strerror}); start another run"
        ) from error
    if digits.sha256 != wanted.sha256:
        raise DataError(f"the digits in the folder of run {run.run_id} were changed; start another run")
    return digits
