import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torchvision.datasets.mnist import read_image_file

from vaegan.data.fashion import MAX_PICTURES, NAME, fashion_test_images, read_images
from vaegan.errors import DataError

PIXELS = bytes(range(256)) * 9 + bytes(48)  # three pictures of 784
HEADER = struct.pack(">4I", 0x803, 3, 28, 28)
PLACES = [f"{folder}{NAME}{ending}" for folder in ("FashionMNIST/raw/", "") for ending in ("", ".gz")]


def write(file: Path, content: bytes = HEADER + PIXELS) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(content) if file.suffix == ".gz" else content)
    return file


@pytest.mark.parametrize("place", PLACES)
def test_each_layout_is_read_as_torchvision_reads_it(tmp_path: Path, place: str) -> None:
    write(tmp_path / place)
    found = fashion_test_images(tmp_path)
    assert found.dtype == torch.uint8
    assert torch.equal(found, read_image_file(str(write(tmp_path / "plain"))).view(-1, 784))


def test_torchvisions_layout_comes_first(tmp_path: Path) -> None:
    for number, place in enumerate(PLACES):
        write(tmp_path / place, HEADER + bytes([number]) * len(PIXELS))
    for number, place in enumerate(PLACES):
        assert fashion_test_images(str(tmp_path)).unique().tolist() == [number]
        (tmp_path / place).unlink()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has 0 bytes, less than the 16 of a header"),
        (HEADER[:15], "has 15 bytes"),
        (struct.pack(">2I", 0x801, 3) + bytes(100), "begins with 0x00000801 instead of 0x00000803"),
        (b"\x80\x04" + bytes(100), "begins with 0x80040000"),  # a pickle
        (struct.pack(">4I", 0x803, 3, 28, 32) + PIXELS, "pictures of 28 x 32 pixels instead of 28 x 28"),
        (struct.pack(">4I", 0x803, 3, 784, 1) + PIXELS, "784 x 1"),
        (struct.pack(">4I", 0x803, 0, 28, 28), "announces 0 pictures"),
        (struct.pack(">4I", 0x803, 2**32 - 1, 28, 28) + PIXELS, "announces 4,294,967,295 pictures: 1 to 100,000"),
        (struct.pack(">4I", 0x803, MAX_PICTURES + 1, 28, 28) + PIXELS, "announces 100,001 pictures"),
        (HEADER + PIXELS[:-1], "announces 2,352 bytes of pictures and holds only 2,351"),
        (HEADER, "holds only 0"),
        (HEADER + PIXELS + b"!", "holds more"),
    ],
)
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes, message: str, ending: str) -> None:
    file = write(tmp_path / f"{NAME}{ending}", content)
    with pytest.raises(DataError, match=message) as error:
        fashion_test_images(tmp_path)
    assert str(error.value).startswith(str(file))
    assert "Give a folder" in str(error.value)


@pytest.mark.parametrize(
    "damage", [lambda packed: packed[:-20], lambda _: b"no gzip", lambda packed: packed[:20] + b"?" * 9 + packed[29:]]
)
def test_a_damaged_archive_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file = tmp_path / f"{NAME}.gz"
    file.write_bytes(damage(gzip.compress(HEADER + PIXELS)))
    with pytest.raises(DataError, match=r"gz cannot be read \(.+\)\. Replace it"):
        read_images(file)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"{tmp_path}/no does not exist"):
        fashion_test_images(tmp_path / "no")
    with pytest.raises(DataError, match=f"holds no Fashion-MNIST: {tmp_path}/FashionMNIST/raw/{NAME} is missing"):
        fashion_test_images(tmp_path)
