"""Settings of a run in words: what each is called in a form, what it is called with its value, and when it counts."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vaegan.config import NOISE_KINDS, TrainConfig, fields_of, value_of
from vaegan.ui.charts import NORM_TITLES
from vaegan.ui.noise_words import noise_label

Values = Mapping[str, Any]  # of all settings, by the last name of their path

WEIGHTS = ("recon", "kl", "adv", "feature")
DISCRIMINATOR = (
    *("fakes", "generator", "routing", "disc_lr", "adv_start"),
    *("spectral_norm", "r1", "prior_statistics"),
)

# What a form calls a setting. What is not here is called by its own name.
TITLES = {
    "architecture": "Kind of layers",
    "latent_dim": "Numbers in z",
    "hidden_dim": "Hidden units",
    "channels": "Filters",
    "norm": "BatchNorm",
    "dropout": "Dropout",
    "spectral_norm": "Spectral norm",
    "recon": "Pixels",
    "kl": "KL",
    "adv": "GAN",
    "feature": "Learned similarity",
    "noise_kinds": "Kinds of noise",
    "noise_min": "Weakest noise",
    "noise_max": "Strongest noise",
    "sample_latent": "Draw z at random",
    "fakes": "What counts as fake",
    "generator": "GAN loss",
    "adv_start": "Epochs before the GAN",
    "r1": "R1 penalty",
    "prior_statistics": "New digits in BatchNorm",
    "ema": "Average of weights",
    "routing": "Whom the GAN moves",
    "epochs": "Epochs",
    "batch_size": "Digits in a batch",
    "lr": "Learning rate",
    "disc_lr": "Its learning rate",
    "beta1": "Momentum",
    "weight_decay": "Weight decay",
    "schedule": "Learning rate over time",
    "step_epochs": "Epochs in a step",
    "decay": "Factor of a step",
    "plateau_epochs": "Patience before a step",
    "early_stopping": "Patience before the end",
    "holdout": "Digits held out",
    "train_limit": "Digits to learn from",
    "precision": "Arithmetic",
    "seed": "Seed",
    "preview_every": "Steps between pictures",
}

# What a form calls a choice. What is not here is called by its own name.
CHOICES: dict[str, Mapping[str, str]] = {
    "architecture": {"dense": "Dense", "convolutional": "Convolutional"},
    "norm": {"batch": "Where the paper has it", "hidden": "In hidden layers only", "none": "None"},
    "noise_kinds": {kind: noise_label(kind) for kind in NOISE_KINDS},
    "fakes": {"recon": "Rebuilt digits", "prior": "New digits", "both": "Both"},
    "generator": {"non-saturating": "Non-saturating", "saturating": "Saturating", "hinge": "Hinge"},
    "routing": {"paper": "Encoder and decoder", "larsen": "The decoder alone"},
    "schedule": {
        "constant": "Constant",
        "step": "Falls in steps",
        "cosine": "Falls along a cosine",
        "one-cycle": "Rises, then falls",
        "plateau": "Falls without progress",
    },
    "precision": {"float32": "Exact, float32", "bfloat16": "Fast, bfloat16"},
}

# What a setting is called with its value, in the middle of a sentence. What is not here is called by its title.
_WORDS: dict[str, str | Mapping[Any, str] | Callable[[Any], str]] = {
    "architecture": "{} layers",
    "latent_dim": "{} numbers in z",
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


# What a form says of a setting whose own description is for those who know the paper.
HELPS = {
    "latent_dim": "how many numbers the encoder squeezes a digit into",
    "hidden_dim": "how many units the layer between pixels and z has, in dense networks; if not set, the square of how "
    "many numbers z has, as in the paper",
    "recon": "how much it counts how far the rebuilt pixels are from the digit's (binary cross-entropy, summed over "
    "pixels)",
    "kl": "how much it counts how far the encoder's z are from random numbers (the KL divergence from N(0, I))",
    "adv": "how much it counts whether the discriminator takes drawn digits for real ones",
    "feature": "how much it counts whether the discriminator sees the same in the rebuilt digit as in the real one "
    "(Larsen et al. 2016)",
    "sample_latent": "draw z at random around mu, as a VAE does, or take z = mu, as a plain autoencoder does",
    "fakes": "what the discriminator learns to tell from real digits: rebuilt ones, new ones made from random numbers, "
    "or both",
    "generator": "how the network is rewarded for fooling the discriminator; the paper's is non-saturating, and hinge "
    "changes the discriminator's own loss too",
    "routing": "whether the discriminator's verdict moves encoder and decoder, as in the paper, or the decoder alone",
    "batch_size": "how many digits the network sees before each step",
    "epochs": "how often the network sees all training digits",
    "lr": "how large the steps are; if the learning rate changes over time, its highest value",
    "seed": "the number from which all chance follows: first weights, order of the digits, noise, draws of z",
    "preview_every": "after how many steps new pictures are shown within an epoch; 0 shows them once an epoch",
}


# Names of settings that could be no other word, the longer ones first.
_NAMES = re.compile(rf"\b({'|'.join(sorted((name for name in TITLES if '_' in name), key=len, reverse=True))})\b")


def has_discriminator(values: Values) -> bool:
    """Whether these settings train a discriminator."""
    return bool(values["adv"] or values["feature"])


# When a setting counts for something; all others always do.
_COUNTS: dict[str, Callable[[Values], bool]] = {
    "hidden_dim": lambda values: values["architecture"] == "dense",
    "channels": lambda values: values["architecture"] == "convolutional",
    **dict.fromkeys(DISCRIMINATOR, has_discriminator),
    "prior_statistics": lambda values: (
        has_discriminator(values) and values["fakes"] != "recon" and values["norm"] != "none"
    ),
}


def counts(name: str, values: Values) -> bool:
    """Whether a setting does anything beside these values of all settings."""
    return name not in _COUNTS or _COUNTS[name](values)


def title(name: str) -> str:
    """What a form calls a setting."""
    plain = name.replace("_", " ")
    return TITLES.get(name, plain[:1].upper() + plain[1:])


def in_titles(words: str) -> str:
    """A sentence about settings that calls each what the form calls it."""
    return _NAMES.sub(lambda match: f"“{title(match[0])}”", words)


def choice(name: str, value: str) -> str:
    """What a form calls a choice of a setting."""
    return CHOICES.get(name, {}).get(value, value)


def explained(name: str, description: str | None) -> str:
    """What a setting does, and its flag on the command line."""
    words = HELPS.get(name, description or title(name))
    return f"{words[:1].upper()}{words[1:]}.\n\nOn the command line: `--{name.replace('_', '-')}`"


def in_words(config: TrainConfig, paths: Sequence[tuple[str, ...]]) -> list[str]:
    """These settings of a run in words; those that do nothing in it are left out, and weights of 0 beside others."""
    values = {path[-1]: value_of(config, path) for path, _ in fields_of(TrainConfig)}
    names = [path[-1] for path in paths if counts(path[-1], values)]
    weighted = [name for name in names if name in WEIGHTS and values[name] > 0]
    return [_setting(name, values[name]) for name in names if name not in WEIGHTS or not weighted or name in weighted]


def _setting(name: str, value: Any) -> str:
    words = _WORDS.get(name, title(name).lower() + " {}")
    if isinstance(words, str):
        return words.format("not set" if value is None else value)
    return words(value) if callable(words) else words[value]
