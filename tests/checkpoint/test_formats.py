"""A card's format, with a pretended setting and a pretended part that came in formats 2 and 3."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, Field

from vaegan.checkpoint import formats
from vaegan.checkpoint.card import Card, CardData, EpochLog
from vaegan.checkpoint.files import PRETRAINED, available, load, read_card, read_card_of, save
from vaegan.config import ModelConfig, TrainConfig
from vaegan.errors import CheckpointError
from vaegan.metrics.classifier import FOLDER, ClassifierCard

BASE = formats.newest(Card)


class LaterModel(ModelConfig):
    layers: int = Field(2, json_schema_extra={"since": BASE + 1})


class LaterConfig(TrainConfig):
    model: LaterModel = LaterModel()


class LaterLog(EpochLog):
    seconds: float | None = Field(None, json_schema_extra={"since": BASE + 2})


class LaterCard(Card):
    """The card of a version of the project that is still to come."""

    config: LaterConfig
    history: tuple[LaterLog, ...]


def later_card(layers: int = 2, seconds: float | None = None) -> LaterCard:
    return LaterCard(
        name="later",
        config=LaterConfig(model=LaterModel(layers=layers)),
        data=CardData(label="digits", sha256="0"),
        command="",
        created="2026-01-01",
        epochs=1,
        history=(LaterLog(epoch=1, average_loss=1e-7, test_loss=None, seconds=seconds),),
        metrics=(),
        definitions={"é": "ä"},
        versions={},
        sha256="0",
    )


def test_the_newest_format_is_the_highest_mark() -> None:
    assert formats.newest(LaterCard) == BASE + 2
    assert formats.newest(LaterConfig) == BASE + 1
    assert formats.newest(CardData) == 1


def test_a_card_that_uses_nothing_new_is_as_older_versions_wrote_it(tmp_path: Path) -> None:
    file = tmp_path / "later.json"
    file.write_bytes(formats.card_bytes(later_card()))
    assert "layers" not in file.read_text()
    card = read_card(file)
    assert card.format == 1
    assert card.config.model == ModelConfig()
    assert read_card_of(LaterCard, file, "checkpoint card") == later_card()


@pytest.mark.parametrize(("layers", "seconds", "needed"), [(3, None, BASE + 1), (2, 1.5, BASE + 2), (3, 1.5, BASE + 2)])
def test_an_older_version_is_told_to_be_updated(
    tmp_path: Path, layers: int, seconds: float | None, needed: int
) -> None:
    card = later_card(layers, seconds)
    file = tmp_path / "later.json"
    file.write_bytes(formats.card_bytes(card))
    assert json.loads(file.read_bytes())["format"] == needed
    with pytest.raises(CheckpointError, match=f"has format {needed}, this version reads up to {BASE}; update vaegan"):
        read_card(file)
    again = read_card_of(LaterCard, file, "checkpoint card")
    assert again == card.model_copy(update={"format": needed})
    assert formats.card_bytes(again) == file.read_bytes()


def test_a_format_falls_when_a_card_uses_less() -> None:
    card = later_card(layers=3).model_copy(update={"format": BASE + 1, "config": LaterConfig()})
    assert json.loads(formats.card_bytes(card))["format"] == 1


def test_a_card_of_known_fields_is_written_as_pydantic_writes_it() -> None:
    card = read_card(PRETRAINED / "paper-bn.json")
    newer: dict[str, Any] = {"config": {"adv_start", "r1", "prior_statistics", "ema"}}  # defaults here, and left out
    newer["config"] = dict.fromkeys(newer["config"], True) | {"model": {"architecture", "channels", "spectral_norm"}}
    assert formats.card_bytes(card) == card.model_dump_json(indent=1, exclude=newer).encode() + b"\n"


@pytest.mark.parametrize("name", available())
def test_shipped_cards_are_written_as_they_were_read(name: str, tmp_path: Path) -> None:
    path = save(load(name), tmp_path)
    for ending in ("json", "safetensors"):
        assert Path(f"{path}.{ending}").read_bytes() == (PRETRAINED / f"{name}.{ending}").read_bytes()


def test_the_classifiers_card_too() -> None:
    file = FOLDER / "classifier.json"
    assert formats.card_bytes(read_card_of(ClassifierCard, file, "classifier card")) == file.read_bytes()


def test_a_mark_that_is_no_number_is_a_fault_of_ours() -> None:
    class Wrong(BaseModel):
        format: int = 1
        odd: int = Field(0, json_schema_extra={"since": "two"})

    with pytest.raises(TypeError, match="'two'; give the number of a format"):
        formats.newest(Wrong)
