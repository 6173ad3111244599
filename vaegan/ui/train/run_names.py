"""What runs are called: by what makes them different, in words; and the colour and dash of each."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from vaegan.config import PRESETS, TrainConfig, fields_of, value_of
from vaegan.lab.documents import Plan
from vaegan.ui.catalogue import system
from vaegan.ui.charts import COLOURS, DASHES, NORM_TITLES
from vaegan.ui.train.config_form import counts

# The twins' colours as they are on the dark stage, and paler ones of the others.
ON_STAGE = dict(zip(COLOURS, ("#6cb6f7", "#f0924f", "#4cc9a0", "#e58bc0", "#d3c257"), strict=True))
TWIN_COLOURS = {"batch": COLOURS[0], "none": COLOURS[1]}  # blue is with BatchNorm on all pages, orange without
MOST_DIFFERENCES = 3  # in the name of a run that stands alone
_UNTOLD = frozenset(("preview_every", "holdout", "precision", "architecture", "hidden_dim"))  # in such a name
_WEIGHTS = ("recon", "kl", "adv", "feature")

# What a setting is called with its value, in the middle of a sentence. What is not here is called by its own name.
_WORDS: dict[str, str | Mapping[Any, str] | Callable[[Any], str]] = {
    "architecture": "{} layers",
    "latent_dim": "{} numbers for z",
    "hidden_dim": lambda value: f"{value} hidden units" if value else "the paper's hidden units",
    "channels": "{} filters",
    "norm": NORM_TITLES,
    "dropout": "dropout {:g}",
    "spectral_norm": {True: "spectral norm", False: "no spectral norm"},
    "recon": "pixel weight {:g}",
    "kl": "KL weight {:g}",
    "adv": "GAN weight {:g}",
    "feature": "feature weight {:g}",
    "noise_kinds": lambda kinds: "noisy digits" if kinds else "clean digits",
    "sample_latent": {True: "z is drawn", False: "z is not drawn"},
    "fakes": {"recon": "rebuilt digits are fakes", "prior": "new digits are fakes", "both": "both kinds are fakes"},
    "generator": "{} GAN",
    "routing": {"paper": "the GAN moves the encoder too", "larsen": "the GAN moves the decoder alone"},
    "epochs": lambda value: f"{value} epoch{'' if value == 1 else 's'}",
    "batch_size": "{} digits a batch",
    "lr": "learning rate {:g}",
    "disc_lr": lambda value: (
        "one learning rate for all" if value is None else f"discriminator's learning rate {value:g}"
    ),
    "schedule": {
        "constant": "constant learning rate",
        "step": "learning rate falls in steps",
        "cosine": "learning rate falls along a cosine",
        "one-cycle": "learning rate rises, then falls",
        "plateau": "learning rate falls when progress stops",
    },
    "train_limit": lambda value: "all digits" if value is None else f"{value:,} digits",
    "prior_statistics": {True: "new digits count in BatchNorm", False: "new digits do not count in BatchNorm"},
    "seed": "seed {}",
}


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


def names_of(plans: Sequence[Plan]) -> list[str]:
    """A name for each of these runs from the settings in which they differ; a run that stands alone has its own."""
    if len(plans) == 1:
        return [own_name(plans[0])]
    configs = [plan.config for plan in plans]
    differing = [path for path, _ in fields_of(TrainConfig) if len({value_of(each, path) for each in configs}) > 1]
    names = []
    for plan in plans:
        words = _in_words(plan.config, differing)
        if plan.origin is not None and any(other.origin != plan.origin for other in plans):
            words.append(f"fork after epoch {plan.origin.epoch}")
        names.append(_sentence(words) or own_name(plan))
    return _told_apart(names)


def own_name(plan: Plan) -> str:
    """What a run is called that stands alone: its system, BatchNorm, and in what it differs from its preset."""
    config, usual = plan.config, PRESETS.get(plan.preset, plan.config)
    norm = "without BatchNorm" if config.model.norm == "none" else "with BatchNorm"
    if config.model.norm == "hidden":
        norm += " in hidden layers only"
    changed = [
        path
        for path, _ in fields_of(TrainConfig)
        if path[-1] not in _UNTOLD and path[-1] != "norm" and value_of(config, path) != value_of(usual, path)
    ]
    words = _in_words(config, changed)[:MOST_DIFFERENCES]
    if plan.origin is not None:
        words.insert(0, f"fork after epoch {plan.origin.epoch}")
    return ", ".join([f"{system(config)} {norm}", *words])


def _in_words(config: TrainConfig, paths: Sequence[tuple[str, ...]]) -> list[str]:
    """These settings of a run in words; those that do nothing in it are left out, and weights of 0 beside others."""
    values = {path[-1]: value_of(config, path) for path, _ in fields_of(TrainConfig)}
    names = [path[-1] for path in paths if counts(path[-1], values)]
    weighted = [name for name in names if name in _WEIGHTS and values[name] > 0]
    return [_setting(name, values[name]) for name in names if name not in _WEIGHTS or not weighted or name in weighted]


def _setting(name: str, value: Any) -> str:
    words = _WORDS.get(name, name.replace("_", " ") + " {}")
    if isinstance(words, str):
        return words.format("not set" if value is None else value)
    return words(value) if callable(words) else words[value]


def _sentence(words: Sequence[str]) -> str:
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def _told_apart(names: Sequence[str]) -> list[str]:
    """The names with a number behind those that several runs have."""
    often, seen = Counter(names), Counter[str]()
    result = []
    for name in names:
        seen[name] += 1
        result.append(f"{name} ({seen[name]})" if often[name] > 1 else name)
    return result
