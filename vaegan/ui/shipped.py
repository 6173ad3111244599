"""The shipped checkpoints: what they are called, in which order menus list them, and which took another's place."""

from collections.abc import Collection, Iterable

PAIRS = ("conv", "denoise")  # the first ones in a menu of pairs; then all others by name
MAPS = ("conv-latent2", "latent2")  # pairs whose two latent dimensions are a map
MODELS = ("conv-", "paper-")  # beginnings of the first names in a menu of checkpoints
TITLES = {  # by the name of a pair or of a checkpoint, what it is for
    "conv": "Convolutional denoiser",
    "denoise": "Dense denoiser",
    "wide": "Dense denoiser with a larger z",
    "ae-denoise": "Denoising autoencoder",
    "paper": "As in the paper",
    "latent2": "Two numbers for the map",
    "conv-latent2": "Two numbers for the map, convolutional",
    "conv-sampler-gan": "Made for samples, VAE-GAN",
    "conv-sampler-vae": "Made for samples, VAE",
}
SIDES = {"-bn": "with BatchNorm", "-plain": "without BatchNorm"}
SUCCESSORS = {"sampler-gan": "conv-sampler-gan", "sampler-vae": "conv-sampler-vae"}


def title(name: str) -> str:
    """What menus call a checkpoint or a pair; its name if it is not one of those that are shipped."""
    for ending, side in SIDES.items():
        pair = name.removesuffix(ending)
        if name.endswith(ending) and pair in TITLES:
            return f"{TITLES[pair]}, {side}"
    return TITLES.get(name, name)


def put_first(names: Iterable[str], *wanted: str) -> list[str]:
    """The names with those of `wanted` first, in that order, and all others as they were."""
    return sorted(names, key=lambda name: wanted.index(name) if name in wanted else len(wanted))


def models_in_order(names: Iterable[str]) -> list[str]:
    """Checkpoints as a menu lists them."""

    def place(name: str) -> int:
        return next((place for place, first in enumerate(MODELS) if name.startswith(first)), len(MODELS))

    return sorted(names, key=lambda name: (place(name), name))


def first_of(names: Collection[str], *wanted: str) -> str:
    """The first name of `wanted` that is there; else the first one there is, and an empty text if there is none."""
    return next((name for name in (*wanted, *names) if name in names), "")


def renamed(text: str) -> tuple[str, dict[str, str]]:
    """A link's list of checkpoints with successors in place of those that have one; and who replaced whom."""
    parts = text.split(",")
    changed = {part: SUCCESSORS[part] for part in parts if part in SUCCESSORS}
    return ",".join(dict.fromkeys(changed.get(part, part) for part in parts)), changed
