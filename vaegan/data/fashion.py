"""Pictures that are no digits: the test images of Fashion-MNIST, in the idx format that MNIST's makers defined.

Xiao, Rasul and Vollgraf (2017) publish them in MNIST's own layout. Nothing is downloaded or unpickled, and no number in
a file is trusted before it has been checked.
"""

import gzip
import os
import struct
import zlib
from pathlib import Path

import torch
from torch import Tensor

from vaegan.config import PIXELS, SIDE
from vaegan.errors import DataError

NAME = "t10k-images-idx3-ubyte"
HEADER = struct.Struct(">4I")  # magic number, pictures, rows, columns
MAGIC = 0x00000803  # unsigned bytes in three dimensions
MAX_PICTURES = 100_000  # 78 MB
REMEDY = (
    "Give a folder in which torchvision's FashionMNIST was downloaded, or one that holds "
    f"{NAME}.gz, as /usr/share/datasets/fashion-mnist of Debian's package dataset-fashion-mnist does."
)


def fashion_test_images(folder: str | os.PathLike[str]) -> Tensor:
    """The test images under `folder`, uint8 (N, 784); DataError says what is missing or wrong.

    They lie in torchvision's layout (`<folder>/FashionMNIST/raw/`) or in the folder itself, unpacked or as .gz.
    """
    root = Path(folder).expanduser().absolute()
    if not root.is_dir():
        raise DataError(f"The folder {root} does not exist. {REMEDY}")
    places = [place / f"{NAME}{ending}" for place in (root / "FashionMNIST" / "raw", root) for ending in ("", ".gz")]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        raise DataError(
            f"The folder {root} holds no Fashion-MNIST: {places[0]} is missing, and so is its .gz. {REMEDY}"
        )
    return read_images(file)


def read_images(file: Path) -> Tensor:
    """All pictures of an idx file, packed if it ends in .gz; uint8 (N, 784). DataError if it is damaged."""
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as opened:
            size = _announced_bytes(opened.read(HEADER.size), file)
            content = bytearray(opened.read(size + 1))  # one byte too many, so that a file that is too long is noticed
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{file} cannot be read ({error}). Replace it. {REMEDY}") from error
    if len(content) != size:
        actual = f"only {len(content):,}" if len(content) < size else "more"
        raise DataError(f"{file} announces {size:,} bytes of pictures and holds {actual}. Replace it. {REMEDY}")
    return torch.frombuffer(content, dtype=torch.uint8).view(-1, PIXELS)


def _announced_bytes(header: bytes, file: Path) -> int:
    """How many bytes of pictures an idx file's header announces; DataError if they are not 28 x 28 or too many."""
    if len(header) != HEADER.size:
        raise DataError(
            f"{file} has {len(header)} bytes, less than the {HEADER.size} of a header. Replace it. {REMEDY}"
        )
    magic, count, rows, columns = map(int, HEADER.unpack(header))
    if magic != MAGIC:
        raise DataError(f"{file} begins with 0x{magic:08x} instead of 0x{MAGIC:08x}: it holds no idx images. {REMEDY}")
    if (rows, columns) != (SIDE, SIDE):
        raise DataError(f"{file} announces pictures of {rows} x {columns} pixels instead of 28 x 28. {REMEDY}")
    if not 1 <= count <= MAX_PICTURES:
        raise DataError(f"{file} announces {count:,} pictures: 1 to {MAX_PICTURES:,} are read. {REMEDY}")
    return count * rows * columns
