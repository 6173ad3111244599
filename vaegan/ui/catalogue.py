"""Which checkpoints there are, and what they are called. All of it is read from their cards."""

from typing import Any

from vaegan import checkpoint
from vaegan.config import TrainConfig
from vaegan.errors import CheckpointError
from vaegan.model.networks import describe
from vaegan.ui import resources, trained

TWINS = {"bn": "With BatchNorm", "plain": "Without BatchNorm"}
# All settings of the adversarial part: two runs that agree in every other one differ in that part alone.
_ADVERSARIAL: dict[str, Any] = {
    "weights": {"adv": 0, "feature": 0},
    "fakes": "recon",
    "generator": "non-saturating",
    "routing": "paper",
    "disc_lr": None,
}


def names() -> list[str]:
    """Names of all checkpoints, those of the paper first, those of finished runs last."""
    shipped = checkpoint.available(resources.FOLDER)
    return sorted(shipped, key=lambda name: (not name.startswith("paper-"), name)) + trained.names()


def encodes(name: str) -> bool:
    """Whether a checkpoint has learned to encode; True if its card is damaged, since using it then shows the error."""
    config = _config(name)
    return config is None or config.uses_encoder


def has_discriminator(name: str) -> bool:
    """Whether a checkpoint was trained with a discriminator; CheckpointError if its card cannot be read."""
    return resources.card(name).config.uses_discriminator


def rivals() -> list[str]:
    """Two VAEs that differ in the adversarial part alone, the one that has it first; empty if there are none."""
    by_rest: dict[TrainConfig, tuple[str, bool]] = {}
    for name in names():
        config = _config(name)
        if config is None or config.weights.recon == 0:
            continue
        adversarial = config.weights.adv > 0
        other, other_adversarial = by_rest.setdefault(config.updated(_ADVERSARIAL), (name, adversarial))
        if other_adversarial != adversarial:
            return [name, other] if adversarial else [other, name]
    return []


def model_label(name: str) -> str:
    """A checkpoint's name with its system, norm and number of latent dimensions."""
    config = _config(name)
    if config is None:
        return name
    norm = "no BatchNorm" if config.model.norm == "none" else "BatchNorm"
    return f"{trained.title(name)} · {_system(config)}, {norm}, d = {config.model.latent_dim}"


def model_words(name: str) -> str:
    """What a checkpoint is, in a sentence; CheckpointError if its card cannot be read."""
    card = resources.card(name)
    config = card.config
    norm = "without BatchNorm" if config.model.norm == "none" else "with BatchNorm"
    task = "to remove noise" if config.noise.noise_kinds else "on clean digits"
    epochs = f"{card.epochs} epoch{'s' if card.epochs > 1 else ''}"
    return f"{_system(config)} {norm}, {describe(config.model)}, trained {epochs} {task}."


def in_sentence(suffix: str) -> str:
    """A twin's name inside a sentence."""
    return TWINS[suffix].replace("W", "w", 1)


def _system(config: TrainConfig) -> str:
    """The name of the system, as the paper calls it."""
    if not config.uses_encoder:
        return "GAN"
    if config.weights.adv > 0:
        return "VAE-GAN"
    return "VAE" if config.sample_latent else "Autoencoder"


def _config(name: str) -> TrainConfig | None:
    try:
        return resources.card(name).config
    except CheckpointError:
        return None
