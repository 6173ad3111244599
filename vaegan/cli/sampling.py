"""The commands that sample: sample, and fit-prior, which fits what samples can be drawn from."""

import math
from pathlib import Path
from typing import Annotated

import typer

from vaegan import checkpoint as checkpoints
from vaegan.cli.options import DataOption, FolderOption, ModelOption, SeedOption, chosen, parse_prior, stderr
from vaegan.config import PRIORS
from vaegan.data import mnist, pictures
from vaegan.errors import ConfigError, ImageError
from vaegan.metrics import classifier
from vaegan.metrics.cards import digits_of, named_data
from vaegan.studio import MAX_PICTURES, MAX_TEMPERATURE, Studio
from vaegan.training.fitting import with_prior

app = typer.Typer()


@app.command("sample")
def sample_digits(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Where to write the sheet of digits (PNG).")],
    model: ModelOption,
    count: Annotated[int, typer.Option("--count", min=1, max=MAX_PICTURES, help="How many digits.")] = 25,
    prior: Annotated[
        str,
        typer.Option("--prior", metavar="|".join(PRIORS), help="N(0, I), or the checkpoint's fitted prior."),
    ] = "standard",
    temperature: Annotated[
        float,
        typer.Option("--temperature", min=0, max=MAX_TEMPERATURE, help="Below 1 samples are tidier and more alike."),
    ] = 1.0,
    seed: SeedOption = 0,
) -> None:
    """Make digits up: a sheet of what the decoder makes of samples of a prior."""
    if target.suffix.lower() != ".png":
        raise ImageError(f"{target} does not end in .png; the sheet is written as PNG")
    studio = Studio.open(model)
    digits = studio.sample(count, seed, temperature, parse_prior(prior))
    target.write_bytes(pictures.png_bytes(pictures.tile(digits, math.ceil(math.sqrt(count)), gap=1), scale=4))
    typer.echo(f"{count} digits by {studio.card.name}, prior {prior} -> {target}")


@app.command("fit-prior")
def fit_prior(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Checkpoints of the folder.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All checkpoints of the folder that encode digits.")
    ] = False,
    folder: FolderOption = checkpoints.PRETRAINED,
    data: DataOption = None,
) -> None:
    """Fit a prior to where checkpoints encode their training digits, and keep it with them; weights stay as they are.

    The prior is a Gaussian mixture in place of N(0, I). A card that has numbers of samples gets those of the fitted
    prior's as well; its other numbers stay.
    """
    if bool(names) == everything:
        raise ConfigError("give the names of checkpoints, or --all for all of them")
    found = chosen(names or checkpoints.available(folder), folder)
    if everything:
        found = [checkpoint for checkpoint in found if checkpoint.card.config.uses_encoder]
    sources, judge = [mnist.load(data), mnist.load_sample()], classifier.load()
    for checkpoint in found:  # missing digits are an error now, and not after minutes
        for wanted in named_data(checkpoint.card):
            digits_of(wanted, sources, checkpoint.card.name)
    for checkpoint in found:
        stderr.print(f"{checkpoint.card.name} ...", highlight=False)
        fitted = with_prior(checkpoint, sources, judge)
        checkpoints.save(fitted, folder)
        _tell(fitted.card)


def _tell(card: checkpoints.Card) -> None:
    prior = card.prior
    assert prior is not None, "it was just fitted"
    components = "1 component" if prior.components == 1 else f"{prior.components} components"
    typer.echo(
        f"{card.name}: {components}; log-likelihood of held-out digits {prior.log_likelihood:.2f} nats (one Gaussian "
        f"{prior.one_gaussian:.2f}, N(0, I) {prior.standard:.2f})"
    )
