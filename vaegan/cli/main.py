"""`python -m vaegan`: models, data fetch, denoise, train, and the commands of the modules beside it.

An error that the user can mend is one line on standard error and exit code 2; a traceback means a bug of ours.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from vaegan import checkpoint as checkpoints
from vaegan.checkpoint.formats import card_bytes
from vaegan.cli import lesson, measure, prepare, reproduce, sampling, train
from vaegan.cli.options import DataOption, JsonOption, ModelOption, NoiseOption, SeedOption, parse_noise, stderr
from vaegan.data import download, pictures, upload
from vaegan.errors import ImageError, VaeganError
from vaegan.metrics.tables import appraisal_table, checkpoint_table, network_columns
from vaegan.studio import Studio, add_noise

app = typer.Typer(
    name="vaegan",
    help="A VAE-GAN on MNIST, with BatchNorm and without: train it, measure it, clean digits with it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data_app = typer.Typer(help="The MNIST files.", no_args_is_help=True)
app.add_typer(data_app, name="data")
app.command()(train.train)
app.add_typer(measure.app)
app.add_typer(prepare.app)
app.add_typer(sampling.app)
app.add_typer(reproduce.app)
app.add_typer(lesson.app, name="lesson")


def main() -> None:
    """Run the command line; a VaeganError becomes one line and exit code 2."""
    try:
        app(prog_name="vaegan" if Path(sys.argv[0]).stem == "vaegan" else "python -m vaegan")
    except VaeganError as error:
        stderr.print(f"error: {error}", style="red", markup=False, highlight=False)
        sys.exit(2)
    except OSError as error:
        where = "" if error.filename is None else f": {error.filename}"
        stderr.print(f"error: {error.strerror or error}{where}; check the path, its rights and the disk", markup=False)
        sys.exit(2)


@app.command()
def models(
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the tables of pretrained/README.md.")] = False,
) -> None:
    """List the checkpoints that came with the project and what they reach."""
    names = checkpoints.available()
    cards = [checkpoints.load(name).card for name in names]
    if as_json:
        typer.echo(json.dumps([json.loads(card_bytes(card)) for card in cards], indent=1))
        return
    if markdown:
        typer.echo(f"{checkpoint_table(cards)}\n\n{appraisal_table(cards)}")
        return
    networks = network_columns(cards)
    for row, card in enumerate(cards):
        values = card.metrics[0].values if card.metrics else {}
        test_loss = f"{values['test_loss']:.2f}" if "test_loss" in values else "-"
        network = " ".join(f"{head}={cells[row]:<{max(map(len, cells))}}" for head, cells in networks.items())
        typer.echo(f"{card.name:<15} {network} epochs={card.epochs:<4} test loss {test_loss:>7}")


@data_app.command()
def fetch(data: DataOption = None) -> None:
    """Download MNIST (11 MB) into the data folder; intact files that are there already are kept."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr, disable=not stderr.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def show(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name)
            bars.update(tasks[name], completed=done, total=total or None)

        folder = download.fetch(data, progress=show)
    typer.echo(f"MNIST is in {folder}")


@app.command()
def denoise(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="Picture of a digit: PNG, JPEG, WebP, BMP, GIF, TIFF, HEIC or AVIF.")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Where to write the cleaned 28x28 picture (PNG).")],
    model: ModelOption = "conv-bn",
    noise: NoiseOption = None,
    seed: SeedOption = 0,
) -> None:
    """Clean a digit. A 28x28 picture is used as it is; any other is cropped and centred as MNIST's digits were."""
    if not source.is_file():
        raise ImageError(
            f"there is no picture {source}; give the path of a PNG, JPEG, WebP, BMP, GIF, TIFF, HEIC or AVIF file"
        )
    if target.suffix.lower() != ".png":
        raise ImageError(f"{target} does not end in .png; the result is written as PNG")
    studio = Studio.open(model)
    measure.check_encoder(studio.card)
    with source.open("rb") as file:
        digit = upload.from_upload(file.read(upload.MAX_UPLOAD_BYTES + 1)).digit  # refuses a file that is too large
    if noise is not None:
        digit = add_noise(digit, parse_noise(noise, seed))
    target.write_bytes(pictures.png_bytes(studio.clean(digit[None])[0]))
    typer.echo(f"{source} cleaned by {studio.card.name} -> {target}")
