"""The commands that make what measuring needs: train-classifier, train-sceptic and tune-filters."""

from pathlib import Path
from typing import Annotated

import typer

from vaegan.cli.options import DataOption, stderr
from vaegan.config import MAX_SEED, NoiseConfig
from vaegan.data import mnist
from vaegan.denoisers import filters, tuning
from vaegan.metrics import classifier, sceptic
from vaegan.metrics.tables import noise_name

app = typer.Typer()


def _tell(epoch: int, loss: float) -> None:
    """How far a training has come."""
    stderr.print(f"epoch {epoch}: loss {loss:.4f}", highlight=False)


@app.command("train-classifier")
def train_classifier(
    out: Annotated[Path, typer.Option("--out", help="Folder for classifier.safetensors and its card.")],
    data: DataOption = None,
    epochs: Annotated[
        int, typer.Option("--epochs", min=1, max=1000, help="Passes over the training digits.")
    ] = classifier.EPOCHS,
    seed: Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="Fixes weights, order and shifts.")] = 0,
) -> None:
    """Train the digit classifier that judges samples and cleaned digits (3 minutes on the full MNIST)."""
    digits = mnist.load(data)
    stderr.print(f"classifier on {digits.label}", highlight=False)

    trained = classifier.train_classifier(digits, epochs, seed, _tell)
    file = classifier.save(trained, out)
    typer.echo(f"{trained.card.test_accuracy:.2%} of {trained.card.n:,} test digits read right: {file}")


@app.command("train-sceptic")
def train_sceptic(
    out: Annotated[Path, typer.Option("--out", help="Folder for sceptic.safetensors and its card.")],
    data: DataOption = None,
    epochs: Annotated[
        int, typer.Option("--epochs", min=1, max=1000, help="Passes over all pictures.")
    ] = sceptic.EPOCHS,
    seed: Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="Fixes strangers, weights and order.")] = 0,
) -> None:
    """Train the network that tells digits from what is none (3 minutes on the full MNIST)."""
    digits = mnist.load(data)
    stderr.print(f"sceptic on {digits.label}", highlight=False)

    typer.echo(f"trained: {sceptic.save(sceptic.train_sceptic(digits, epochs, seed, _tell), out)}")


@app.command("tune-filters")
def tune_filters(
    out: Annotated[Path, typer.Option("--out", help="The JSON file to write.")] = filters.TUNED,
) -> None:
    """Choose the classical filters' parameters by PSNR on training digits of the bundled sample (5 minutes)."""
    digits = mnist.load_sample()
    images = digits.train_images[: tuning.DIGITS]
    best: dict[NoiseConfig, dict[str, tuning.Best]] = {}
    for noise in tuning.conditions():
        tuned = list(tuning.tune(images, noise))
        best[noise] = {name: (values, decibels) for name, values, decibels in tuned}
        decibels_by_name = "  ".join(f"{name} {decibels:.2f}" for name, _, decibels in tuned)
        stderr.print(f"{noise_name(noise)}: {decibels_by_name}", highlight=False)
    tuning.save(best, digits, len(images), out)
    typer.echo(f"parameters tuned on {len(images)} training digits: {out}")
