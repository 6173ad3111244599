"""How runs that stand side by side are told apart: the name, colour and dash of each."""

from collections.abc import Sequence
from typing import NamedTuple

from vaegan.lab.documents import Plan
from vaegan.ui.charts import COLOURS, DASHES
from vaegan.ui.run_names import names_of

# The twins' colours as they are on the dark stage, and paler ones of the others.
ON_STAGE = dict(zip(COLOURS, ("#6cb6f7", "#f0924f", "#4cc9a0", "#e58bc0", "#d3c257"), strict=True))
TWIN_COLOURS = {"batch": COLOURS[0], "none": COLOURS[1]}  # blue is with BatchNorm on all pages, orange without


class Look(NamedTuple):
    """How a run is told from the others: its name, colour, dash, and which twin it is ("bn", "plain" or "")."""

    name: str
    colour: str
    dash: str
    twin: str


def looks_of(plans: Sequence[Plan]) -> list[Look]:
    """A look for each of these runs, which stand side by side."""
    looks = []
    free = [colour for colour in COLOURS if colour not in TWIN_COLOURS.values()]
    taken: set[str] = set()
    for name, plan in zip(names_of(plans), plans, strict=True):
        norm = plan.config.model.norm
        colour = TWIN_COLOURS.get(norm)
        if colour is None or colour in taken:
            colour = free[len(taken - set(TWIN_COLOURS.values())) % len(free)]
        taken.add(colour)
        twin = {TWIN_COLOURS["batch"]: "bn", TWIN_COLOURS["none"]: "plain"}.get(colour, "")
        looks.append(Look(name, colour, DASHES[COLOURS.index(colour)], twin))
    return looks
