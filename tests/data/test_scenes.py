"""How well digits are found in pictures of every kind that people upload, read by the shipped classifier."""

import numpy as np
import pytest

from tests.data.scenes import KINDS, scene
from vaegan.data.upload import from_upload, read_upload
from vaegan.errors import EmptyImageError
from vaegan.metrics.reading import Reader
from vaegan.studio import Studio

EACH = 10  # pictures of a kind, one of each digit
FIRST = 5000  # the first seed; the numbers in the code were chosen with others
PREPARED, CLEANED = 0.97, 0.93  # of all pictures
OF_A_KIND = 8  # of ten pictures; each kind must be read at least so often


def prepared(kind: str, seed: int) -> np.ndarray:
    try:
        return from_upload(scene(kind, seed).data).digit
    except EmptyImageError:
        return np.zeros((28, 28), np.float32)


@pytest.mark.long
@pytest.mark.timeout(400)
def test_digits_are_found_in_pictures_of_every_kind():
    """Measured once, with 30 pictures of each kind: before, 73.5 % were prepared and 67.5 % cleaned; see the commit."""
    reader, studio = Reader.open(), Studio.open("denoise-bn")
    shares = {}
    for kind in KINDS:
        seeds = range(FIRST, FIRST + EACH)
        digits = np.stack([prepared(kind, seed) for seed in seeds])
        there = digits.reshape(EACH, -1).max(axis=1) > 0
        shares[kind] = [
            sum(ink and read.digit == seed % 10 for ink, read, seed in zip(there, readings, seeds, strict=True))
            for readings in (reader.read(digits), reader.read(studio.clean(digits)))
        ]
        print(kind, *shares[kind])
    assert {kind: before for kind, (before, _) in shares.items() if before < OF_A_KIND} == {}
    total = np.array(list(shares.values())).sum(axis=0) / (EACH * len(KINDS))
    assert total[0] >= PREPARED
    assert total[1] >= CLEANED


@pytest.mark.parametrize("seed", range(5))
def test_a_digit_alone_is_never_taken_for_several(seed):
    assert len(read_upload(scene("plain", seed).data).digits) == 1


@pytest.mark.parametrize("seed", range(5))
def test_several_digits_are_all_offered(seed):
    assert len(read_upload(scene("several", seed).data).digits) > 1
