"""The command that trains."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from vaegan import checkpoint as checkpoints
from vaegan.checkpoint import EpochLog, TrainState
from vaegan.checkpoint.command import command_line
from vaegan.cli.flags import config_flags
from vaegan.cli.options import DataOption, stderr
from vaegan.config import TrainConfig
from vaegan.data import mnist
from vaegan.errors import DataError
from vaegan.lab.runs import runs_folder
from vaegan.metrics import classifier
from vaegan.model.networks import build, shape
from vaegan.presets import PRESETS, preset
from vaegan.training import start_from
from vaegan.training import train as training_events
from vaegan.training.events import EndEvent, EpochEvent, StepEvent
from vaegan.training.finish import RunFolder, also_measured, epoch_log
from vaegan.training.journal import place_of
from vaegan.training.recording import Recorder


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
    float16: Annotated[
        bool,
        typer.Option(
            "--float16",
            help="Round the trained matrices and kernels to float16: the checkpoint weighs half, and its card is "
            "measured with the rounded weights. Training itself is not changed.",
        ),
    ] = False,
) -> None:
    """Train a model: a preset, changed by any flag below. Ctrl-C stops it; --resume goes on exactly from there."""
    config = preset(preset_name).updated(settings)
    digits = mnist.load(data)
    run = RunFolder(out, preset_name)
    state, history = run.load_state() if resume else (None, [])
    place = place_of(state)
    if state is None and start is not None:
        state = _fork(start, config, digits)
    run.prepare()
    stderr.print(f"{preset_name} on {digits.label}", highlight=False)
    with Recorder(out, preset_name, place, csv=csv, tensorboard=tensorboard) as recorder:
        end = _train_with_progress(run, config, digits, state, history, recorder)
    if end.reason == "stopped":
        run.save_state(end.state, history)
        typer.echo(f"stopped in epoch {len(history) + 1}; the same command with --resume goes on")
        return
    command = command_line(preset_name, settings, out) + ("" if start is None else f" --start {start.as_posix()}")
    command += " --all" * everything + " --float16" * float16
    judge = classifier.load() if everything else None
    finished = run.finish(end.state, history, digits, also_measured(digits), command, judge, float16=float16)
    typer.echo(f"{end.reason} after {len(history)} epochs: {out / finished.card.name}.safetensors")


def _fork(start: Path, config: TrainConfig, digits: mnist.Digits) -> TrainState:
    """The state of a new run that begins with the weights in `start`: a path, or one within the folder of runs."""
    file = start if start.is_file() else runs_folder() / start
    weights = checkpoints.load_state(file).weights
    expected = build(config.model, 0).state_dict()
    remedy = f"give the settings of its run that decide the weights' shapes: {', '.join(shape(config.model))}"
    checkpoints.check_weights(weights, expected, file.name, remedy)
    return start_from(weights, config, digits)


def _train_with_progress(
    run: RunFolder,
    config: TrainConfig,
    digits: mnist.Digits,
    state: TrainState | None,
    history: list[EpochLog],
    recorder: Recorder,
) -> EndEvent:
    """Train with a progress bar, save the state after each epoch, and return how the run ended."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), TextColumn("{task.fields[note]}"))
    with Progress(*columns, console=stderr) as bars, _ctrl_c() as pressed:
        task = bars.add_task("training", total=1.0, note="")
        for event in training_events(config, digits, resume=state, should_stop=pressed.is_set):
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
    """An event that the first Ctrl-C sets; the second Ctrl-C interrupts the program as usual."""
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
