"""`python -m vaegan`: models, data fetch, denoise, train, evaluate.

Errors a user can mend go to standard error in one line with exit code 2; a traceback means a bug of ours.
"""

import inspect
import json
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from vaegan import checkpoint as checkpoints
from vaegan import data as digits
from vaegan import images, uploads
from vaegan.checkpoint import Card, Measurement
from vaegan.config import MAX_SEED, NOISE_KINDS, PRESETS, NoiseConfig, TrainConfig, parse, preset
from vaegan.errors import ConfigError, DataError, ImageError, VaeganError
from vaegan.events import EndEvent, EpochEvent, StepEvent
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
            f"epochs={card.epochs:<4} test loss {clean.get('test_loss', float('nan')):7.2f}"
        )


@data_app.command()
def fetch(data: DataOption = None) -> None:
    """Download MNIST (11 MB) into the data folder; files that are there and intact are kept."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr) as bars:
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
    digit = uploads.from_upload(source.read_bytes()).digit
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
    as_json: JsonOption = False,
) -> None:
    """Measure a checkpoint on the test digits: means over images, z = mu, against the clean digits."""
    checkpoint = checkpoints.load(model)
    _check_encoder(checkpoint.card)
    found = digits.load(data)
    if limit is not None:
        found = found.subset(test=min(limit, len(found.test_images)))
    config = parse_noise(noise, seed) if noise is not None else None
    values = measure_model(checkpoint.build(), found.test_images, config)._asdict()
    result = {"model": checkpoint.card.name, "data": found.label, "noise": noise, "seed": seed, **values}
    if as_json:
        typer.echo(json.dumps(result, indent=1))
        return
    for name, value in result.items():
        typer.echo(f"{name:<12} {value:.4f}" if isinstance(value, float) else f"{name:<12} {value}")


def checkpoint_table(cards: Sequence[Card]) -> str:
    """Cards as a Markdown table: test loss on clean digits, then PSNR and SSIM under each noise of the card."""
    noises = list(dict.fromkeys(_noise_name(found) for card in cards for found in card.metrics))
    head = ["checkpoint", "d", "hidden", "norm", "trained on", "epochs", "test loss", *noises]
    lines = [head, ["---"] * len(head)]
    for card in cards:
        model, trained = card.config.model, card.config.noise.noise_kinds
        first = [found for found in card.metrics if found.data == card.data]
        cells = [f"{found.values['psnr']:.2f} / {found.values['ssim']:.3f}" for found in first]
        facts = [f"`{card.name}`", model.latent_dim, model.hidden, model.norm, "mixed noise" if trained else "clean"]
        lines.append([*map(str, facts), str(card.epochs), f"{first[0].values['test_loss']:.2f}", *cells])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


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


def config_leaves(kind: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Every plain field of a config and of the configs in it, with its path; the last name is its flag."""
    for name, info in kind.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from config_leaves(info.annotation, (*path, name))
        else:
            yield (*path, name), info


def config_flags(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command one flag for each field of `TrainConfig`; they arrive as `settings`, only those given."""
    leaves = dict(config_leaves(TrainConfig))

    def command(**arguments: Any) -> None:
        settings: dict[str, Any] = {}
        for path in leaves:
            value = arguments.pop(path[-1])
            if value is not None:
                inner = settings
                for name in path[:-1]:
                    inner = inner.setdefault(name, {})
                inner[path[-1]] = _listed(value) if path[-1] == "noise_kinds" else value
        function(**arguments, settings=settings)

    own = [p for p in inspect.signature(function, eval_str=True).parameters.values() if p.name != "settings"]
    flags = [_flag(path, info) for path, info in leaves.items()]
    command.__signature__ = inspect.Signature([*own, *flags])  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *flags]}
    command.__name__, command.__doc__ = function.__name__, function.__doc__
    return command


def _listed(text: str) -> list[str]:
    """`a,b` as a list; `none` is the empty one."""
    return [] if text == "none" else text.split(",")


def _unlisted(kinds: list[str]) -> str:
    """What `_listed` reads as `kinds`."""
    return ",".join(kinds) or "none"


def _flag(path: tuple[str, ...], info: FieldInfo) -> inspect.Parameter:
    name = path[-1]
    panel = "Training" if len(path) == 1 else {"model": "Model", "weights": "Loss weights", "noise": "Noise"}[path[0]]
    flag = f"--{name.replace('_', '-')}"
    declaration = f"{flag}/--no-{name.replace('_', '-')}" if info.annotation is bool else flag
    option = typer.Option(
        declaration, help=info.description, rich_help_panel=panel, show_default=False, metavar=_metavar(info)
    )
    kind = bool | None if info.annotation is bool else str | None
    annotation = Annotated[kind, option]  # type: ignore[valid-type]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _metavar(info: FieldInfo) -> str | None:
    """What a flag takes: the choices of a Literal, else the type's name."""
    if info.annotation is bool:
        return None
    literals = [arg for arg in get_args(info.annotation) if isinstance(arg, str)]
    if literals:
        return "|".join(literals)
    kinds = [kind for kind in (info.annotation, *get_args(info.annotation)) if kind in (int, float)]
    return kinds[0].__name__.upper() if kinds else "KIND,KIND"


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
    """Train a model: a preset, changed by any flag below. Ctrl-C keeps the last finished epoch for --resume."""
    config = preset(preset_name).updated(settings)
    found = digits.load(data)
    run = RunFolder(out, preset_name)
    state, history = run.load_state() if resume else (None, [])
    stderr.print(f"{preset_name} on {found.label}", highlight=False)
    end: EndEvent | None = None
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), TextColumn("{task.fields[note]}"))
    with Progress(*columns, console=stderr) as bars:
        batches = -(-len(found.train_images) // config.batch_size)
        task = bars.add_task("training", total=config.epochs * batches, note="")
        for event in training_events(config, found, resume=state):
            if isinstance(event, StepEvent):
                bars.update(task, completed=event.step, note=f"{event.images_per_s:,.0f} images/s")
            elif isinstance(event, EpochEvent):
                history.append(epoch_log(event))
                run.save_state(event.state, history)
                bars.console.print(_epoch_line(event), highlight=False)
            elif isinstance(event, EndEvent):
                end = event
        bars.update(task, completed=config.epochs * batches)
    if end is None:
        raise DataError("the run ended without a result; start it again")
    finished = run.finish(end.state, history, found, _also_measured(found), _command(preset_name, settings, out))
    typer.echo(f"{end.reason} after {len(history)} epochs: {out / finished.card.name}.safetensors")


def _epoch_line(event: EpochEvent) -> str:
    numbers = {"average loss": event.average_loss, "test set loss": event.test_loss, "held out": event.holdout_loss}
    shown = [f"{name} {value:.4f}" for name, value in numbers.items() if value is not None]
    shown += [f"{name} {value:.3f}" for name, value in event.losses.items() if name not in ("recon", "kl")]
    return f"epoch {event.epoch}: " + "  ".join(shown)


def _also_measured(found: digits.Digits) -> list[digits.Digits]:
    """A model trained on MNIST is measured on the bundled sample as well: that can be checked on any machine."""
    return [digits.load_sample()] if found.source == "mnist" else []


def _command(preset_name: str, settings: dict[str, Any], out: Path) -> str:
    """The command line that repeats this run; an absolute folder belongs to this machine and is left out."""
    words = ["python", "-m", "vaegan", "train", "--preset", preset_name]
    flat = {path[-1]: path for path, _ in config_leaves(TrainConfig)}
    for name, path in flat.items():
        value: Any = settings
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, bool):
            words.append(f"--{'' if value else 'no-'}{name.replace('_', '-')}")
        elif value is not None:
            words += [f"--{name.replace('_', '-')}", _unlisted(value) if isinstance(value, list) else str(value)]
    return shlex.join([*words, "--out", f"runs/{preset_name}" if out.is_absolute() else out.as_posix()])
