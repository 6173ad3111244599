"""What a step may wait for: named facts of the app, each a whole number, and comparisons with them.

A condition is `level >= 60`, or for a fact that is true or false `run.trained` or `not run.trained`. Nothing else is
understood, so a lesson file can ask for nothing but this. All conditions of a step have to hold at once.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vaegan.config import MAX_SEED


class Fact(NamedTuple):
    """A fact: on which page it is one, its range, and what it says. One from 0 to 1 is true or false."""

    page: str
    least: int
    most: int
    words: str

    @property
    def is_switch(self) -> bool:
        """Whether it is true or false."""
        return (self.least, self.most) == (0, 1)


FACTS = {
    "level": Fact("Denoise", 0, 100, "the noise, in percent"),
    "drawn": Fact("Denoise", 0, 1, "a digit was drawn, uploaded or picked since the step began"),
    "misread": Fact("Denoise", 0, 2, "how many of the twins' results are read as another digit"),
    "draws": Fact("Denoise", 0, 1, "several draws of z are shown"),
    "map.pins": Fact("Latent space", 0, 2, "how many pins stand on the map"),
    "map.level": Fact("Latent space", 0, 100, "the noise on the digit on the map, in percent"),
    "map.tiles": Fact("Latent space", 0, 1, "the map shows what the decoder makes of each place"),
    "map.points": Fact("Latent space", 0, 1, "the map shows real digits"),
    "map.densities": Fact("Latent space", 0, 1, "the map shows where samples and real digits lie, as clouds"),
    "sheet.seed": Fact("Generate", 0, MAX_SEED, "the seed of the sheets of new digits"),
    "duel.played": Fact("Generate", 0, 20, "how many pairs of the game were answered"),
    "run.begun": Fact("Train", 0, 1, "the lesson's runs were started"),
    "run.epochs": Fact("Train", 0, 10_000, "how many epochs all runs of the lesson have reached"),
    "run.trained": Fact("Train", 0, 1, "all runs of the lesson have finished"),
}
_CONDITION = re.compile(r"(?P<name>[a-z.]+) *(?P<sign>>=|<=|==|>|<) *(?P<value>-?\d{1,10})")
_SWITCH = re.compile(r"(?P<no>not +)?(?P<name>[a-z.]+)")


class Condition(NamedTuple):
    """A fact, the least and the most that it may be, and how the file writes it."""

    name: str
    least: int
    most: int
    written: str

    def holds(self, facts: Mapping[str, int]) -> bool:
        """Whether it holds where these facts are known; what is not known does not hold."""
        return self.name in facts and self.least <= facts[self.name] <= self.most


def read_condition(text: str) -> Condition:
    """A condition; ValueError says what is wrong with it, in a sentence that begins after the key."""
    if match := _SWITCH.fullmatch(text.strip()):
        fact = _fact(match["name"], text)
        if not fact.is_switch:
            raise ValueError(f"{text!r} compares with nothing; {match['name']} is a number, write {match['name']} >= 1")
        value = 0 if match["no"] else 1
        return Condition(match["name"], value, value, text)
    match = _CONDITION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no condition; write one such as 'level >= 60', 'run.trained' or 'not map.tiles'")
    fact, value = _fact(match["name"], text), int(match["value"])
    least, most = {
        ">=": (value, fact.most),
        "<=": (fact.least, value),
        "==": (value, value),
        ">": (value + 1, fact.most),
        "<": (fact.least, value - 1),
    }[match["sign"]]
    if max(least, fact.least) > min(most, fact.most):
        raise ValueError(f"{text!r} can never hold: {match['name']} goes from {fact.least} to {fact.most}")
    return Condition(match["name"], max(least, fact.least), min(most, fact.most), text)


def contradiction(conditions: Sequence[Condition]) -> str | None:
    """A sentence on two conditions of which never both hold; None if there are none."""
    for number, one in enumerate(conditions):
        for other in conditions[:number]:
            if one.name == other.name and max(one.least, other.least) > min(one.most, other.most):
                return f"{other.written!r} and {one.written!r} can never both hold"
    return None


def _fact(name: str, text: str) -> Fact:
    if name not in FACTS:
        raise ValueError(f"{text!r} names {name!r}, which is no fact; known are {', '.join(FACTS)}")
    return FACTS[name]
