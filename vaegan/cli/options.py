"""Options that several commands share, and the console for everything that is not a result."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from vaegan import checkpoint as checkpoints
from vaegan.checkpoint import Checkpoint
from vaegan.config import MAX_SEED, NOISE_KINDS, PRIORS, NoiseConfig, Prior, parse
from vaegan.errors import ConfigError

stderr = Console(stderr=True, soft_wrap=True)  # progress, remarks and errors; results go to standard output

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder with MNIST; else VAEGAN_DATA, else a cache folder, else a sample.")
]
ModelOption = Annotated[str, typer.Option("--model", help="A name that `models` lists, or the path of a checkpoint.")]
NoiseOption = Annotated[
    str | None, typer.Option("--noise", help=f"KIND:LEVEL, level 0 to 1; kinds: {', '.join(NOISE_KINDS)}.")
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="Which of the possible noises.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FolderOption = Annotated[Path, typer.Option("--folder", help="Folder with the checkpoints.")]


def chosen(names: list[str], folder: Path) -> list[Checkpoint]:
    """The checkpoints of these names in `folder`; ConfigError names those that are not there."""
    available = checkpoints.available(folder)
    unknown = [name for name in names if name not in available]
    if unknown:
        raise ConfigError(f"{folder} has no {', '.join(unknown)}; it has {', '.join(available) or 'no checkpoint'}")
    return [checkpoints.load(name, folder) for name in names]


def parse_prior(text: str) -> Prior:
    """The prior of this name; ConfigError if there is none."""
    for prior in PRIORS:
        if text == prior:
            return prior
    raise ConfigError(f"there is no prior {text!r}; choose one of {', '.join(PRIORS)}")


def parse_noise(text: str, seed: int) -> NoiseConfig:
    """`KIND:LEVEL` -> NoiseConfig; ConfigError says what is wrong."""
    kind, separator, level = text.partition(":")
    if not separator:
        raise ConfigError(f"noise {text!r} is not of the form KIND:LEVEL, for example gaussian:0.5")
    return parse(NoiseConfig, {"kind": kind, "level": level, "seed": seed})
