"""What runs are called, in words: by what makes them different."""

from collections import Counter
from collections.abc import Sequence

from vaegan.config import TrainConfig, fields_of, value_of
from vaegan.lab.documents import Plan
from vaegan.presets import PRESETS
from vaegan.ui.settings import in_words

OF_CLASS = "on a class's digits"
MOST_DIFFERENCES = 3  # in the name of a run that stands alone
_UNTOLD = frozenset(("preview_every", "holdout", "precision", "architecture", "hidden_dim"))  # in such a name
NORM_WORDS = {
    "batch": "with BatchNorm",
    "hidden": "with BatchNorm in hidden layers only",
    "none": "without BatchNorm",
}


def system(config: TrainConfig) -> str:
    """The name of the system, as the paper calls it."""
    if not config.uses_encoder:
        return "GAN"
    if config.weights.adv > 0:
        return "VAE-GAN"
    return "VAE" if config.sample_latent else "Autoencoder"


def names_of(plans: Sequence[Plan]) -> list[str]:
    """A name for each of these runs from the settings in which they differ; a run that stands alone has its own."""
    if len(plans) == 1:
        return [own_name(plans[0])]
    configs = [plan.config for plan in plans]
    differing = [path for path, _ in fields_of(TrainConfig) if len({value_of(each, path) for each in configs}) > 1]
    names, mixed = [], len({plan.data.of_class for plan in plans}) > 1
    for plan in plans:
        words = in_words(plan.config, differing)
        if mixed:
            words.append(OF_CLASS if plan.data.of_class else "on MNIST")
        if plan.origin is not None and any(other.origin != plan.origin for other in plans):
            words.append(f"fork after epoch {plan.origin.epoch}")
        names.append(_sentence(words) or own_name(plan))
    return told_apart(names)


def own_name(plan: Plan, *, both: bool = False) -> str:
    """What a run is called that stands alone: its system, BatchNorm, and in what it differs from its preset.

    With `both` it speaks for its twin too, so BatchNorm is left out.
    """
    config, usual = plan.config, PRESETS.get(plan.preset, plan.config)
    changed = [
        path
        for path, _ in fields_of(TrainConfig)
        if path[-1] not in _UNTOLD and path[-1] != "norm" and value_of(config, path) != value_of(usual, path)
    ]
    words = in_words(config, changed)[:MOST_DIFFERENCES]
    if plan.data.of_class:
        words.insert(0, OF_CLASS)
    if plan.origin is not None:
        words.insert(0, f"fork after epoch {plan.origin.epoch}")
    name = system(config) if both else f"{system(config)} {NORM_WORDS[config.model.norm]}"
    return ", ".join([name, *words])


def told_apart(names: Sequence[str]) -> list[str]:
    """The names with a number behind those that several runs have."""
    often, seen = Counter(names), Counter[str]()
    result = []
    for name in names:
        seen[name] += 1
        result.append(f"{name} ({seen[name]})" if often[name] > 1 else name)
    return result


def _sentence(words: Sequence[str]) -> str:
    text = ", ".join(words)
    return text[:1].upper() + text[1:]
