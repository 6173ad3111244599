"""`python -m vaegan`: models, data fetch, denoise, train, and the commands of `measuring.py`.

Errors a user can mend go to standard error in one line with exit code 2; a traceback means a bug of ours.
"""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from vaegan import checkpoint as checkpoints
from vaegan import classifier, images, measuring, reproducing, uploads
from vaegan import data as digits
from vaegan.appraisal import DEFINITIONS, appraise
from vaegan.card_tables import appraisal_table, checkpoint_table
from vaegan.checkpoint import EpochLog
from vaegan.config import PRESETS, TrainConfig, preset
from vaegan.errors import DataError, ImageError, VaeganError
from vaegan.events import EndEvent, EpochEvent, StepEvent, TrainState
from vaegan.flags import command_line, config_flags
from vaegan.lab.folders import runs_folder
from vaegan.lab.journal import place_of
from vaegan.model import initialised
from vaegan.options import DataOption, JsonOption, ModelOption, NoiseOption, SeedOption, parse_noise, stderr
from vaegan.recording import Recorder
from vaegan.runs import Appraised, RunFolder, epoch_log
from vaegan.studio import Studio, add_noise
from vaegan.training import start_from
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
app.add_typer(measuring.app)
app.add_typer(reproducing.app)


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
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the tables of pretrained/README.md.")] = False,
) -> None:
    """List the checkpoints that came with the project and what they reach."""
    names = checkpoints.available()
    cards = [checkpoints.load(name).card for name in names]
    if as_json:
        typer.echo(json.dumps([card.model_dump(mode="json") for card in cards], indent=1))
        return
    if markdown:
        typer.echo(f"{checkpoint_table(cards)}\n\n{appraisal_table(cards)}")
        return
    for card in cards:
        found = card.metrics[0].values.get("test_loss") if card.metrics else None
        test_loss = "-" if found is None else f"{found:.2f}"
        model = card.config.model
        typer.echo(
            f"{card.name:<15} d={model.latent_dim:<4} hidden={model.hidden:<5} norm={model.norm:<6} "
            f"epochs={card.epochs:<4} test loss {test_loss:>7}"
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
    measuring.check_encoder(studio.card)
    with source.open("rb") as file:
        digit = uploads.from_upload(file.read(uploads.MAX_UPLOAD_BYTES + 1)).digit  # it refuses what is over the cap
    if noise is not None:
        digit = add_noise(digit, parse_noise(noise, seed))
    target.write_bytes(images.png_bytes(studio.clean(digit[None])[0]))
    typer.echo(f"{source} cleaned by {studio.card.name} -> {target}")


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
    start: Annotated[
        Path | None, typer.Option("--start", help="Begin with the weights of this state of a run, RUN/states/....")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Keep every step and epoch in NAME.csv.")] = False,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Keep numbers and pictures for TensorBoard in NAME.tensorboard.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Give the card every number of `evaluate --all` (minutes on the full MNIST).")
    ] = False,
) -> None:
    """Train a model: a preset, changed by any flag below. Ctrl-C stops it; --resume goes on exactly from there."""
    config = preset(preset_name).updated(settings)
    found = digits.load(data)
    run = RunFolder(out, preset_name)
    state, history = run.load_state() if resume else (None, [])
    place = place_of(state)
    if state is None and start is not None:
        state = _fork(start, config, found)
    stderr.print(f"{preset_name} on {found.label}", highlight=False)
    with Recorder(out, preset_name, place, csv=csv, tensorboard=tensorboard) as recorder:
        end = _train_with_progress(run, config, found, state, history, recorder)
    if end.reason == "stopped":
        run.save_state(end.state, history)
        typer.echo(f"stopped in epoch {len(history) + 1}; the same command with --resume goes on")
        return
    command = command_line(preset_name, settings, out) + ("" if start is None else f" --start {start.as_posix()}")
    appraised = _appraised(end.state, config, found) if everything else None
    command += " --all" * everything
    finished = run.finish(end.state, history, found, _also_measured(found), command, appraised)
    typer.echo(f"{end.reason} after {len(history)} epochs: {out / finished.card.name}.safetensors")


def _appraised(state: TrainState, config: TrainConfig, found: digits.Digits) -> Appraised:
    """What `evaluate --all` adds, for the card."""
    model = initialised(config.seed, **config.model.model_dump())
    model.load_state_dict(state.weights)
    judge = classifier.load()
    values = appraise(model.eval(), config, found, judge)
    return Appraised(values, {name: DEFINITIONS[name] for name in values}, judge.card.sha256)


def _fork(start: Path, config: TrainConfig, found: digits.Digits) -> TrainState:
    """The state of a new run that begins with the weights in `start`, a path or one within the folder of runs."""
    file = start if start.is_file() else runs_folder() / start
    weights = checkpoints.load_state(file).weights
    expected = initialised(0, **config.model.model_dump()).state_dict()
    checkpoints.check_weights(weights, expected, file.name, "give the latent_dim, hidden_dim and norm of its run")
    return start_from(weights, config, found)


def _train_with_progress(
    run: RunFolder,
    config: TrainConfig,
    found: digits.Digits,
    state: TrainState | None,
    history: list[EpochLog],
    recorder: Recorder,
) -> EndEvent:
    """Iterate the run with a bar, keep its state after each epoch, and return how it ended."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), TextColumn("{task.fields[note]}"))
    with Progress(*columns, console=stderr) as bars, _ctrl_c() as pressed:
        task = bars.add_task("training", total=1.0, note="")
        for event in training_events(config, found, resume=state, should_stop=pressed.is_set):
            recorder.take(event)
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
