"""Tables of cards, with a pretend architecture among them; the READMEs' own are in test_pretrained.py."""

from typing import Any

import pytest

from vaegan.checkpoint.card import Card
from vaegan.checkpoint.files import load
from vaegan.config import ModelConfig
from vaegan.metrics.tables import checkpoint_table, network_columns
from vaegan.model.networks import ARCHITECTURES
from vaegan.model.parts import Blueprint


def reshaped(card: Card, **values: object) -> Card:
    model = ModelConfig.model_construct(**(dict(card.config.model) | values))  # takes an architecture of no config
    return card.model_copy(update={"config": card.config.model_copy(update={"model": model})})


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> list[Card]:
    """A dense network and a pretend one, which has channels and no hidden units."""
    blueprint = Blueprint(
        parts=ARCHITECTURES["dense"].parts,
        shape=lambda config: {"latent_dim": config.latent_dim, "channels": 32},
        words=lambda _: "32 channels",
    )
    pretend: Any = "pretend"  # a name that no config accepts
    monkeypatch.setitem(ARCHITECTURES, pretend, blueprint)
    card = load("paper-bn").card
    return [card, reshaped(card, architecture="pretend", latent_dim=9)]


def test_networks_of_one_architecture_are_not_told_apart_by_it(cards: list[Card]) -> None:
    assert network_columns([cards[0], cards[0]]) == {"d": ["20"] * 2, "hidden": ["400"] * 2, "norm": ["batch"] * 2}
    assert network_columns(cards[1:]) == {"d": ["9"], "channels": ["32"]}


def test_networks_of_several_architectures_fill_columns_of_their_own(cards: list[Card]) -> None:
    assert network_columns(cards) == {
        "architecture": ["dense", "pretend"],
        "d": ["20", "9"],
        "hidden": ["400", ""],
        "norm": ["batch", ""],
        "channels": ["", "32"],
    }
    head, _, dense, pretend = checkpoint_table(cards).splitlines()
    assert head.startswith("| checkpoint | architecture | d | hidden | norm | channels | adv |")
    assert dense.startswith("| `paper-bn` | dense | 20 | 400 | batch |  | 1 |")
    assert pretend.startswith("| `paper-bn` | pretend | 9 |  |  | 32 | 1 |")
    assert network_columns([]) == {}
