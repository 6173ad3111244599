"""How networks are kept: a trained model as weights and a card, a training run as a state.

card          what a card says
formats       the format of a card: the lowest number that can express it
command       a configuration as the command line that repeats it
environment   what a number was made with: versions, the machine
files         NAME.safetensors and NAME.json, checked before use
state         all that a training run needs to go on, as one file
"""

from vaegan.checkpoint.card import Card, CardData, EpochLog, Measurement, PriorCard
from vaegan.checkpoint.files import (
    PRETRAINED,
    Checkpoint,
    available,
    check_weights,
    halved,
    load,
    pairs,
    read_card,
    rounded,
    save,
    save_card,
)
from vaegan.checkpoint.state import TrainState, load_state, save_state

__all__ = [
    "PRETRAINED",
    "Card",
    "CardData",
    "Checkpoint",
    "EpochLog",
    "Measurement",
    "PriorCard",
    "TrainState",
    "available",
    "check_weights",
    "halved",
    "load",
    "load_state",
    "pairs",
    "read_card",
    "rounded",
    "save",
    "save_card",
    "save_state",
]
