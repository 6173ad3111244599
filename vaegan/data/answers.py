"""Messages between the app and the process that reads uploads: what is asked and answered, as plain bytes.

A file that takes over a decoder reaches nothing but numbers and sentences through them.
"""

import io
import json
from typing import IO

import numpy as np

from vaegan.data.drawing import Prepared, Stage
from vaegan.data.upload import Corrections, Upload
from vaegan.errors import EmptyImageError, ImageError

LONGEST = 64 * 2**20  # bytes of a message: a file has up to 20 MB, and twelve digits with their steps take fewer


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write a message; OSError if nobody reads it."""
    pipe.write(len(message).to_bytes(8, "big") + message)
    pipe.flush()


def hear(pipe: IO[bytes]) -> bytes | None:
    """Read the next message; None where there is none, or one that is too long to be meant."""
    head = pipe.read(8)
    length = int.from_bytes(head, "big")
    if len(head) < 8 or length > LONGEST:
        return None
    message = pipe.read(length)
    return message if len(message) == length else None


def question(data: bytes, corrections: Corrections) -> bytes:
    """A file and what a person has put right."""
    words = json.dumps(corrections).encode()
    return words + b"\n" + data


def asked(message: bytes) -> tuple[bytes, Corrections]:
    """What `question` wrote."""
    words, _, data = message.partition(b"\n")
    quarters, (left, top, right, bottom), swapped = json.loads(words)
    return data, Corrections(quarters, (left, top, right, bottom), swapped)


def answer(result: Upload | ImageError) -> bytes:
    """What a file shows, or why it cannot be read. What several digits share, such as the photo, is written once."""
    if isinstance(result, ImageError):
        return _arrays({"empty": isinstance(result, EmptyImageError), "refused": str(result)}, {})
    pictures = {id(stage.picture): stage.picture for digit in result.digits for stage in digit.stages}
    numbers = {key: str(number) for number, key in enumerate(pictures)}
    stages = [[(stage.name, numbers[id(stage.picture)]) for stage in digit.stages] for digit in result.digits]
    arrays = dict(zip(numbers.values(), pictures.values(), strict=True))
    arrays["digits"] = np.stack([digit.digit for digit in result.digits])
    return _arrays({"main": result.main, "stages": stages}, arrays)


def answered(message: bytes) -> Upload:
    """What `answer` wrote; what was wrong with the file is raised."""
    with np.load(io.BytesIO(message), allow_pickle=False) as arrays:
        said = json.loads(arrays["said"].tobytes())
        if "refused" in said:
            raise (EmptyImageError if said["empty"] else ImageError)(said["refused"])
        pictures = {name: arrays[name] for name in arrays.files}
    digits = tuple(
        Prepared(digit, tuple(Stage(name, pictures[number]) for name, number in stages))
        for digit, stages in zip(pictures["digits"], said["stages"], strict=True)
    )
    return Upload(digits, said["main"])


def _arrays(said: object, arrays: dict[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    words = np.frombuffer(json.dumps(said).encode(), np.uint8)
    np.savez(buffer, allow_pickle=False, said=words, **arrays)
    return buffer.getvalue()
