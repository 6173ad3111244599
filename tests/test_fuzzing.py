"""Thousands of damaged inputs, the same ones each time: each is read, or refused by an error of ours."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from vaegan import checkpoint
from vaegan.checkpoint import read_card
from vaegan.config import TrainConfig, fields_of, parse
from vaegan.data.mnist import Digits
from vaegan.data.pictures import pack, unpack
from vaegan.data.upload import from_upload
from vaegan.errors import CheckpointError, ConfigError, ImageError

pytestmark = pytest.mark.long
MUTANTS = 1500  # of each kind of input
NONSENSE: tuple[Any, ...] = (None, True, -1, 0, 2**70, 1e300, "", "nan", "x" * 300, "\ud800", [], [[1]], {}, {"a": {}})


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Bytes with some changed, cut out, doubled or cut off."""
    result = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(result) + 1)
        match chance.randrange(4):
            case 0 if at < len(result):
                result[at] = chance.randrange(256)
            case 1:
                del result[at : at + chance.randint(1, 50)]
            case 2:
                result[at:at] = result[at : at + chance.randint(1, 50)]
            case _:
                result = result[: max(at, 1)]
    return bytes(result)


def altered(values: Any, chance: random.Random) -> Any:
    """JSON with one value somewhere in it replaced by nonsense, or left out."""
    if isinstance(values, dict) and values and chance.random() < 0.9:
        key = chance.choice(list(values))
        if chance.random() < 0.1:
            return {name: value for name, value in values.items() if name != key}
        return values | {key: altered(values[key], chance)}
    if isinstance(values, list) and values and chance.random() < 0.9:
        at = chance.randrange(len(values))
        return [*values[:at], altered(values[at], chance), *values[at + 1 :]]
    return chance.choice(NONSENSE)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_a_damaged_picture_is_read_or_refused(kind: str, sample: Digits) -> None:
    picture = Image.fromarray(255 - sample.test_images[0].view(28, 28).numpy()).resize((90, 120))
    file = io.BytesIO()
    picture.convert("RGB").save(file, kind)
    chance = random.Random(1)
    refused = 0
    for _ in range(MUTANTS):
        try:
            digit = from_upload(damaged(file.getvalue(), chance)).digit
        except ImageError:
            refused += 1
        else:
            assert digit.shape == (28, 28)
            assert 0 <= digit.min() <= digit.max() <= 1
    assert refused > 0


def test_a_damaged_digit_in_a_link_is_read_or_refused(sample: Digits) -> None:
    text = pack(sample.test_images[0].view(28, 28).numpy())
    chance = random.Random(2)
    refused = 0
    for _ in range(MUTANTS):
        try:
            digit = unpack(damaged(text.encode(), chance).decode("latin-1"))
        except ImageError:
            refused += 1
        else:
            assert digit.shape == (28, 28)
    assert refused > MUTANTS / 2


def test_a_damaged_card_is_read_or_refused(tmp_path: Path) -> None:
    original = (checkpoint.PRETRAINED / "paper-bn.json").read_bytes()
    file = tmp_path / "card.json"
    chance = random.Random(3)
    refused = 0
    for index in range(MUTANTS):
        changed = json.dumps(altered(json.loads(original), chance)).encode() if index % 2 else damaged(original, chance)
        file.write_bytes(changed)
        try:
            card = read_card(file)
        except CheckpointError:
            refused += 1
        else:
            assert card.model_dump_json()
    assert refused > MUTANTS / 2


def test_nonsense_in_a_configuration_is_refused_or_stays_what_it_was() -> None:
    chance = random.Random(4)
    paths = [path for path, _ in fields_of(TrainConfig)]
    refused = 0
    for _ in range(MUTANTS):
        values: dict[str, Any] = {}
        for path in chance.sample(paths, 3):
            inner = values
            for name in path[:-1]:
                inner = inner.setdefault(name, {})
            inner[path[-1]] = chance.choice((*NONSENSE, 1, 0.5, 100, float("inf")))
        try:
            config = parse(TrainConfig, values)
        except ConfigError:
            refused += 1
        else:
            assert TrainConfig.model_validate_json(config.model_dump_json()) == config
    assert 0 < refused < MUTANTS
