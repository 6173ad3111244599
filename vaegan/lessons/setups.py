"""The link that sets a step up: a page and what it is set to, such as `Denoise?pair=conv&level=60`."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from vaegan.config import MAX_SEED, NOISE_KINDS, PRIORS

# What is shipped or built in, by name: a test holds these lists to the pages themselves.
PAIRS = ("conv", "conv-latent2", "denoise", "latent2", "paper", "wide")
MAPS = ("conv-latent2", "latent2")
SAMPLERS = ("conv-sampler-gan", "conv-sampler-vae", "paper-bn", "paper-plain")
TRAININGS = (
    "ae",
    "collapse",
    "fitted",
    "gan",
    "hot",
    "kl",
    "opponent",
    "overfit",
    "race",
    "vae",
    "vaegan",
    "vaegan-bn",
)
CLAIMS = ("claims",)
PICKS = 200  # real digits of the gallery, by number
OF_STEPS = ("pick", "priors")  # what only a step can be set to: the page has no such key
Reads = Callable[[str], bool]


class Setting(NamedTuple):
    """What a key of a link may be: whether a text is right, and in words what is."""

    reads: Reads
    words: str


def _one_of(*choices: str) -> Setting:
    return Setting(lambda text: text in choices, f"one of {', '.join(choices)}")


def _several_of(*choices: str) -> Setting:
    def reads(text: str) -> bool:
        names = text.split(",")
        return len(set(names)) == len(names) and set(names) <= set(choices)

    return Setting(reads, f"some of {', '.join(choices)}, with commas between")


def _whole(least: int, most: int) -> Setting:
    def reads(text: str) -> bool:
        return text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most

    return Setting(reads, f"a whole number from {least} to {most}")


SETUPS: dict[str, dict[str, Setting]] = {
    "Denoise": {
        "pair": _one_of(*PAIRS),
        "kind": _one_of(*NOISE_KINDS),
        "level": _whole(0, 100),
        "seed": _whole(0, MAX_SEED),
        "show": _several_of("filter", "errors", "steps", "draws", "ladder"),
        "pick": _whole(0, PICKS - 1),
    },
    "Latent space": {
        "pair": _one_of(*MAPS),
        "shown": _one_of("bn", "plain", "bn,plain"),
        "axis": _one_of("z", "quantile"),
        "layers": _several_of("tiles", "points", "densities", "none"),
        "kind": _one_of(*NOISE_KINDS),
        "noise": _whole(0, 100),
        "pick": _whole(0, PICKS - 1),
    },
    "Generate": {
        "section": _one_of("sample", "duel"),
        "view": _one_of("rivals"),
        "seed": _whole(0, MAX_SEED),
        "model": _one_of(*SAMPLERS),
        "priors": _several_of(*PRIORS),
    },
    "Train": {
        "lesson": _one_of(*TRAININGS),
        "show": _one_of("charts", "priors"),
    },
    "Results": {"section": _one_of(*CLAIMS)},
}
_NEEDED = {"Generate": ("section",), "Train": ("lesson",), "Results": ("section",)}
_SWITCHES = {"map.tiles": "tiles", "map.points": "points", "map.densities": "densities"}


class Setup(NamedTuple):
    """A page, and what it is set to."""

    page: str
    query: Mapping[str, str]

    def facts(self) -> dict[str, int]:
        """The facts that hold when the step begins, as far as the link alone says so."""
        known: dict[str, int] = {"drawn": 0, "map.pins": 0, "duel.played": 0}
        known |= {name: int(self.query[key]) for name, key in _numbers(self.page) if key in self.query}
        if self.page == "Denoise":
            known["draws"] = int("draws" in self.query.get("show", "").split(","))
        if "layers" in self.query:
            shown = self.query["layers"].split(",")
            known |= {name: int(layer in shown) for name, layer in _SWITCHES.items()}
        return known

    def link(self) -> dict[str, str]:
        """The link of the page itself, without what only a step can be set to."""
        return {key: value for key, value in self.query.items() if key not in OF_STEPS}


def read_setup(text: str) -> Setup:
    """A setup; ValueError says what is wrong with the link, in a sentence that begins after the key."""
    name, _, query = text.partition("?")
    page = name.strip("/").replace("_", " ")
    if page not in SETUPS:
        known = ", ".join(each.replace(" ", "_") for each in SETUPS)
        raise ValueError(f"{text!r} leads to no page; write {known}, and after a ? what it is set to")
    pairs = parse_qsl(query, keep_blank_values=True)
    settings = dict(pairs)
    for key, value in settings.items():
        if [name for name, _ in pairs].count(key) > 1:
            raise ValueError(f"{key} stands in the link twice; leave one of them out")
        setting = SETUPS[page].get(key)
        if setting is None:
            raise ValueError(f"{page} knows no {key!r}; known are {', '.join(SETUPS[page])}")
        if not setting.reads(value):
            raise ValueError(f"{key}={value} is wrong: write {setting.words}")
    for key in _NEEDED.get(page, ()):
        if key not in settings:
            raise ValueError(f"{text!r} has no {key}; write {page}?{key}= and {SETUPS[page][key].words}")
    return Setup(page, settings)


def _numbers(page: str) -> tuple[tuple[str, str], ...]:
    """Facts that are numbers of the link, each with its key there."""
    pages = {
        "Denoise": (("level", "level"),),
        "Latent space": (("map.level", "noise"),),
        "Generate": (("sheet.seed", "seed"),),
    }
    return pages.get(page, ())
