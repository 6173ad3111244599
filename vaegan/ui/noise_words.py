"""What pages call each kind of noise, and what it does, in words that need no name of a function."""

from vaegan.config import NoiseKind
from vaegan.data.noise import NOISES

# Kinds that are not here keep the name and the words that they have beside their mathematics.
_LABELS: dict[NoiseKind, str] = {"gaussian": "Gaussian", "gaussian-unclipped": "Gaussian, not cut off"}
_HELPS: dict[NoiseKind, str] = {
    "gaussian": "Each pixel gets brighter or darker by a random amount; the level is its standard deviation. What "
    "would be darker than black or brighter than white is cut off.",
    "gaussian-unclipped": "The same, not cut off: the networks see values below black and above white.",
    "dropout": "The level is the share of pixels that are lost; the others grow as much brighter as keeps the mean: at "
    "50 % they are doubled, and the networks see values above white.",
}


def noise_label(kind: NoiseKind) -> str:
    """What menus call a kind of noise."""
    return _LABELS.get(kind, NOISES[kind].label)


def noise_help(kind: NoiseKind) -> str:
    """What a kind of noise does, and what its level means."""
    return _HELPS.get(kind, NOISES[kind].help)
