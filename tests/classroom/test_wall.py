"""The wall, and the data set that becomes of it, read by others' code."""

import io
import zipfile

import numpy as np
import pytest
from torchvision.datasets.mnist import read_image_file, read_label_file

from tests.classroom.clock import Clock
from vaegan.classroom.room import Room
from vaegan.classroom.wall import MOST_DIGITS, MOST_OF_ONE, Wall, as_idx, as_npz
from vaegan.errors import ClassError


def digit(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8)


@pytest.fixture
def wall():
    wall = Wall()
    wall.is_open = True
    return wall


def test_the_data_set_is_what_was_hung_up(wall, tmp_path):
    for number in range(3):
        wall.add(number, digit(number), 7 - number)
    images = np.stack([digit(number) for number in range(3)])
    with np.load(io.BytesIO(as_npz(wall.pieces))) as kept:
        assert (kept["images"] == images).all()
        assert kept["labels"].tolist() == [7, 6, 5]
    zipfile.ZipFile(io.BytesIO(as_idx(wall.pieces))).extractall(tmp_path)
    assert (read_image_file(str(tmp_path / "class-images-idx3-ubyte")).numpy() == images).all()
    assert read_label_file(str(tmp_path / "class-labels-idx1-ubyte")).tolist() == [7, 6, 5]


def test_a_student_has_so_many_digits_and_then_the_first_gives_way(wall):
    for number in range(MOST_OF_ONE + 1):
        wall.add(1, digit(number), 0)
    wall.add(2, digit(99), 1)
    assert wall.count(1) == MOST_OF_ONE
    assert (wall.pieces[0].digit == digit(1)).all()
    wall.drop(1)
    assert [piece.student for piece in wall.pieces] == [2]


def test_the_wall_is_bounded(wall):
    for number in range(MOST_DIGITS):
        wall.add(number, digit(0), 0)
    with pytest.raises(ClassError, match="all that it holds"):
        wall.add(-1, digit(0), 0)


@pytest.mark.parametrize(
    ("pixels", "label"), [(np.zeros((27, 28), np.uint8), 1), (np.zeros((28, 28)), 1), (digit(0), 10), (digit(0), -1)]
)
def test_what_is_no_digit_is_not_hung_up(wall, pixels, label):
    with pytest.raises(ClassError):
        wall.add(1, pixels, label)
    assert wall.pieces == []


def test_digits_are_taken_only_while_they_are_collected():
    room = Room("AAAAA", "teacher", Clock(), 0)
    room.join("anna")
    with pytest.raises(ClassError, match="wait"):
        room.hang_up("anna", digit(0), 3)
    room.collect(True)
    room.hang_up("anna", digit(0), 3)
    assert room.view("anna")["wall"] == {"open": True, "given": 1}
    with pytest.raises(ClassError, match="not in this class"):
        room.hang_up("bert", digit(0), 3)
    room.leave("anna")
    assert room.wall.pieces == []
