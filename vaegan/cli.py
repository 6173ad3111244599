"""`python -m vaegan`: models, data fetch, denoise, train, evaluate.

Errors a user can mend go to standard error in one line with exit code 2; a traceback means a bug of ours.
"""

import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from vaegan import checkpoint as checkpoints
from vaegan import data as digits
from vaegan import idx, images, uploads
from vaegan.checkpoint import Card, EpochLog, Measurement
from vaegan.config import MAX_SEED, NOISE_KINDS, PRESETS, NoiseConfig, TrainConfig, parse, preset
from vaegan.errors import ConfigError, DataError, ImageError, VaeganError
from vaegan.events import EndEvent, EpochEvent, StepEvent, TrainState
from vaegan.flags import command_line, config_flags
from vaegan.metrics import EXTRA_DEFINITIONS, anomaly_auc, knn_accuracy
from vaegan.metrics import evaluate as measure_model
from vaegan.runs import RunFolder, epoch_log
from vaegan.studio import Studio, add_noise
from vaegan.training import train as training_events

app = typer.Typer(
    name="vaegan",
    help="A VAE-GAN on MNIST, with BatchNorm and without: train it, measure it, clean digits with it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data_app = typer.Typer(help="The MNIST files.", no_args_is_help=True)
app.add_typer(data_app, name="data")
stdout, stderr = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder with MNIST; else VAEGAN_DATA, else a cache folder, else a sample.")
]
ModelOption = Annotated[str, typer.Option("--model", help="A name that `models` lists, or the path of a checkpoint.")]
NoiseOption = Annotated[
    str | None, typer.Option("--noise", help=f"KIND:LEVEL, level 0 to 1; kinds: {', '.join(NOISE_KINDS)}.")
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="Which of the possible noises.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _definitions(prefix: str) -> str:
    """What is measured only when asked for, for --help."""
    meant = [f"{name}: {words}" for name, words in EXTRA_DEFINITIONS.items() if name.startswith(prefix)]
    return f"Add {'; '.join(meant)}."


def main() -> None:
    """Run the command line; errors of ours become one line and exit code 2."""
    try:
        app(prog_name="python -m vaegan")
    except VaeganError as error:
        stderr.print(f"error: {error}", style="red", markup=False, highlight=False)
        sys.exit(2)
    except OSError as error:
        stderr.print(f"error: {error.strerror}: {error.filename}; check the path and its rights", markup=False)
        sys.exit(2)


@app.command()
def models(
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table of pretrained/README.md.")] = False,
) -> None:
    """List the checkpoints that came with the project and what they reach."""
    names = checkpoints.available()
    cards = [checkpoints.load(name).card for name in names]
    if as_json:
        typer.echo(json.dumps([card.model_dump(mode="json") for card in cards], indent=1))
        return
    if markdown:
        typer.echo(checkpoint_table(cards))
        return
    for card in cards:
        clean = card.metrics[0].values if card.metrics else {}
        model = card.config.model
        typer.echo(
            f"{card.name:<15} d={model.latent_dim:<4} hidden={model.hidden:<5} norm={model.norm:<6} "
            f"epochs={card.epochs:<4} test loss {_rounded(clean.get('test_loss'))}"
        )


@data_app.command()
def fetch(data: DataOption = None) -> None:
    """Download MNIST (11 MB) into the data folder; files that are there and intact are kept."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr, disable=not stderr.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def show(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name)
            bars.update(tasks[name], completed=done, total=total or None)

        folder = digits.fetch(data, progress=show)
    typer.echo(f"MNIST is in {folder}")


@app.command()
def denoise(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Picture of a digit: PNG, JPEG, WebP or BMP.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Where to write the cleaned 28x28 picture (PNG).")],
    model: ModelOption = "denoise-bn",
    noise: NoiseOption = None,
    seed: SeedOption = 0,
) -> None:
    """Clean a digit. A 28x28 picture is taken as it is, any other is cropped and centred as MNIST was made."""
    if not source.is_file():
        raise ImageError(f"there is no picture {source}; give the path of a PNG, JPEG, WebP or BMP file")
    if target.suffix.lower() != ".png":
        raise ImageError(f"{target} does not end in .png; the result is written as PNG")
    studio = Studio.open(model)
    _check_encoder(studio.card)
    with source.open("rb") as file:
        digit = uploads.from_upload(file.read(uploads.MAX_UPLOAD_BYTES + 1)).digit  # it refuses what is over the cap
    if noise is not None:
        digit = add_noise(digit, parse_noise(noise, seed))
    target.write_bytes(images.png_bytes(studio.clean(digit[None])[0]))
    typer.echo(f"{source} cleaned by {studio.card.name} -> {target}")


@app.command()
def evaluate(
    model: ModelOption,
    data: DataOption = None,
    noise: NoiseOption = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first so many test digits.")] = None,
    seed: SeedOption = 0,
    knn: Annotated[bool, typer.Option("--knn", help=_definitions("knn_accuracy"))] = False,
    anomaly: Annotated[
        Path | None,
        typer.Option("--anomaly", help=f"Folder with Fashion-MNIST, the others. {_definitions('anomaly_auc')}"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a checkpoint on the test digits: means over images, z = mu, against the clean digits."""
    checkpoint = checkpoints.load(model)
    _check_encoder(checkpoint.card)
    found = digits.load(data)
    if limit is not None:
        found = found.subset(test=min(limit, len(found.test_images)))
    config = parse_noise(noise, seed) if noise is not None else None
    others = idx.fashion_test_images(anomaly) if anomaly is not None else None
    built = checkpoint.build()
    values = measure_model(built, found.test_images, config)._asdict()
    if knn:
        training, test = (found.train_images, found.train_labels), (found.test_images, found.test_labels)
        values["knn_accuracy"] = knn_accuracy(built, *training, *test)
    if others is not None:
        values |= anomaly_auc(built, found.test_images, others)._asdict()
    result = {"model": checkpoint.card.name, "data": found.label, "noise": noise, "seed": seed, **values}
    if as_json:
        typer.echo(json.dumps(result, indent=1))
        return
    for name, value in result.items():
        typer.echo(f"{name:<17} {value:.4f}" if isinstance(value, float) else f"{name:<17} {value}")


def checkpoint_table(cards: Sequence[Card]) -> str:
    """Cards as a Markdown table: test loss on clean digits, then PSNR and SSIM under each noise of the card."""
    noises = list(dict.fromkeys(_noise_name(found) for card in cards for found in card.metrics))
    head = ["checkpoint", "d", "hidden", "norm", "adv", "trained on", "epochs", "test loss", *noises]
    lines = [head, ["---"] * len(head)]
    for card in cards:
        model, trained = card.config.model, card.config.noise.noise_kinds
        found = {_noise_name(one): one.values for one in card.metrics if one.data == card.data}  # none for a plain GAN
        cells = [f"{found[n]['psnr']:.2f} / {found[n]['ssim']:.3f}" if n in found else "" for n in noises]
        test_loss = f"{found['clean']['test_loss']:.2f}" if "clean" in found else ""
        facts = [f"`{card.name}`", model.latent_dim, model.hidden, model.norm, f"{card.config.weights.adv:g}"]
        facts += ["mixed noise" if trained else "clean", card.epochs]
        lines.append([*map(str, facts), test_loss, *cells])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _rounded(value: float | None) -> str:
    return "      -" if value is None else f"{value:7.2f}"


def _noise_name(found: Measurement) -> str:
    return "clean" if found.noise is None else f"{found.noise.kind}:{found.noise.level:g}"


def _check_encoder(card: checkpoints.Card) -> None:
    if not card.config.uses_encoder:
        raise ConfigError(f"{card.name} is a plain GAN, whose encoder was never trained; choose another model")


def parse_noise(text: str, seed: int) -> NoiseConfig:
    """`KIND:LEVEL` -> NoiseConfig; ConfigError says what is wrong."""
    kind, separator, level = text.partition(":")
    if not separator:
        raise ConfigError(f"noise {text!r} is not of the form KIND:LEVEL, for example gaussian:0.5")
    return parse(NoiseConfig, {"kind": kind, "level": level, "seed": seed})


@app.command()
@config_flags
def train(
    *,
    settings: dict[str, Any],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the checkpoint, its card and the state to resume from.")
    ],
    preset_name: Annotated[
        str, typer.Option("--preset", help=f"What to start from: {', '.join(PRESETS)}.")
    ] = "vaegan-bn",
    data: DataOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the run in --out was left.")] = False,
) -> None:
    """Train a model: a preset, changed by any flag below. Ctrl-C stops it; --resume goes on exactly from there."""
    config = preset(preset_name).updated(settings)
    found = digits.load(data)
    run = RunFolder(out, preset_name)
    state, history = run.load_state() if resume else (None, [])
    stderr.print(f"{preset_name} on {found.label}", highlight=False)
    end = _train_with_progress(run, config, found, state, history)
    if end.reason == "stopped":
        run.save_state(end.state, history)
        typer.echo(f"stopped in epoch {len(history) + 1}; the same command with --resume goes on")
        return
    finished = run.finish(end.state, history, found, _also_measured(found), command_line(preset_name, settings, out))
    typer.echo(f"{end.reason} after {len(history)} epochs: {out / finished.card.name}.safetensors")


def _train_with_progress(
    run: RunFolder, config: TrainConfig, found: digits.Digits, state: TrainState | None, history: list[EpochLog]
) -> EndEvent:
    """Iterate the run with a bar, keep its state after each epoch, and return how it ended."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), TextColumn("{task.fields[note]}"))
    with Progress(*columns, console=stderr) as bars, _ctrl_c() as pressed:
        task = bars.add_task("training", total=1.0, note="")
        for event in training_events(config, found, resume=state, should_stop=pressed.is_set):
            if isinstance(event, StepEvent):
                bars.update(task, completed=event.done, note=f"{event.images_per_s:,.0f} images/s")
            elif isinstance(event, EpochEvent):
                history.append(epoch_log(event))
                run.save_state(event.state, history)
                bars.console.print(_epoch_line(event), highlight=False)
            elif isinstance(event, EndEvent):
                return event
    raise DataError("the run ended without a result; start it again")


@contextmanager
def _ctrl_c() -> Iterator[Event]:
    """An event that the first Ctrl-C sets; a second one interrupts as usual."""
    pressed = Event()

    def press(*_: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _epoch_line(event: EpochEvent) -> str:
    numbers = {"average loss": event.average_loss, "test set loss": event.test_loss, "held out": event.holdout_loss}
    shown = [f"{name} {value:.4f}" for name, value in numbers.items() if value is not None]
    shown += [f"{name} {value:.3f}" for name, value in event.losses.items() if name not in ("recon", "kl")]
    return f"epoch {event.epoch}: " + "  ".join(shown)


def _also_measured(found: digits.Digits) -> list[digits.Digits]:
    """A model trained on MNIST is measured on the bundled sample as well: that can be checked on any machine."""
    return [digits.load_sample()] if found.source == "mnist" else []
