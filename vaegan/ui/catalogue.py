"""Which checkpoints there are, and what they are called. All of it is read from their cards."""

from vaegan import checkpoint
from vaegan.config import Architecture, Prior, TrainConfig
from vaegan.errors import CheckpointError
from vaegan.model.networks import describe
from vaegan.ui import resources, trained
from vaegan.ui.run_names import system
from vaegan.ui.shipped import models_in_order

PRIORS: dict[Prior, str] = {"standard": "standard prior", "fitted": "fitted prior"}
PRIORS_HELP = (
    "**Standard prior**: z is drawn from N(0, I), as the VAE's loss assumes. It has holes: points z where no digit was "
    "encoded, so that the decoder never learned what to make of them. **Fitted prior**: z is drawn from a mixture of "
    "Gaussians that was fitted, after the training, to where the encoder puts digits."
)
TWINS = {"bn": "With BatchNorm", "plain": "Without BatchNorm"}
_LAYERS: dict[Architecture, str] = {
    "dense": "Dense layers, as in the paper, join every input with every output.",
    "convolutional": "Convolutional layers use the same small filters at every place of the picture.",
}


def names() -> list[str]:
    """Names of all checkpoints, the convolutional ones and the paper's first, those of finished runs last."""
    return shipped() + trained.names()


def shipped() -> list[str]:
    """Names of the shipped checkpoints, the convolutional ones and the paper's first."""
    return models_in_order(checkpoint.available(resources.FOLDER))


def encodes(name: str) -> bool:
    """Whether a checkpoint has learned to encode; True if its card is damaged, since using it then shows the error."""
    config = _config(name)
    return config is None or config.uses_encoder


def has_discriminator(name: str) -> bool:
    """Whether a checkpoint was trained with a discriminator; CheckpointError if its card cannot be read."""
    return resources.card(name).config.uses_discriminator


def rivals() -> list[str]:
    """A VAE-GAN and the VAE that was trained beside it, by their names `X-gan` and `X-vae`; empty if there are none.

    Convolutional ones come first: their samples are the better ones.
    """
    known = names()
    found: list[tuple[bool, list[str]]] = []
    for name in known:
        two = [name, f"{name.removesuffix('-gan')}-vae"]
        configs = [config for each in two if each in known and (config := _config(each)) is not None]
        if name.endswith("-gan") and [system(config) for config in configs] == ["VAE-GAN", "VAE"]:
            found.append((configs[0].model.architecture == "convolutional", two))
    return max(found, key=lambda one: one[0])[1] if found else []


def model_label(name: str) -> str:
    """What a checkpoint is called; a run with its kind of layers, another that is not shipped with its system too."""
    config = _config(name)
    title = trained.title(name)
    if config is None:
        return title
    if trained.run_name(name) is not None:
        return f"{title}, {config.model.architecture} layers"
    if title != name:
        return title
    norm = "without BatchNorm" if config.model.norm == "none" else "with BatchNorm"
    return f"{title} · {system(config)}, {config.model.architecture}, {norm}"


def model_words(name: str) -> str:
    """What a checkpoint is, in a sentence; CheckpointError if its card cannot be read."""
    card = resources.card(name)
    config = card.config
    norm = "without BatchNorm" if config.model.norm == "none" else "with BatchNorm"
    task = "to remove noise" if config.noise.noise_kinds else "on clean digits"
    epochs = f"{card.epochs} epoch{'s' if card.epochs > 1 else ''}"
    return f"{system(config)} {norm}, {describe(config.model)}, trained {epochs} {task}."


def layers_words(name: str) -> str:
    """A sentence on the kind of layers that a checkpoint has; CheckpointError if its card cannot be read."""
    return _LAYERS[resources.card(name).config.model.architecture]


def in_sentence(suffix: str) -> str:
    """A twin's name inside a sentence."""
    return TWINS[suffix].replace("W", "w", 1)


def _config(name: str) -> TrainConfig | None:
    try:
        return resources.card(name).config
    except CheckpointError:
        return None
