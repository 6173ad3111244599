"""The commands that measure: evaluate, refresh-cards, bench, benchmark-denoisers and benchmark-samplers."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from vaegan import checkpoint as checkpoints
from vaegan.checkpoint.card import Card
from vaegan.checkpoint.files import required_prior
from vaegan.cli import speed
from vaegan.cli.options import (
    DataOption,
    FolderOption,
    JsonOption,
    ModelOption,
    NoiseOption,
    SeedOption,
    chosen,
    parse_noise,
    parse_prior,
    stderr,
)
from vaegan.config import MAX_SEED, PRIORS, Precision
from vaegan.data import fashion, mnist
from vaegan.denoisers import comparison, filters, report
from vaegan.denoisers.weight import weigh
from vaegan.errors import ConfigError
from vaegan.metrics import DEFINITIONS, anomaly_auc, classifier, registry
from vaegan.metrics import evaluate as measure_model
from vaegan.metrics.cards import digits_of, named_data, refreshed
from vaegan.metrics.everything import compute
from vaegan.metrics.likeness import knn_accuracy
from vaegan.metrics.markdown import table
from vaegan.metrics.subjects import Subject
from vaegan.metrics.tables import noise_name
from vaegan.reproduction import samplers

app = typer.Typer()
ADDED = ", ".join(metric.name for metric in registry.CLEAN if not metric.name.startswith("share_"))


def _definitions(prefix: str) -> str:
    """The help of an option that adds numbers: their names begin with `prefix`."""
    numbers = [f"{name}: {words}" for name, words in DEFINITIONS.items() if name.startswith(prefix)]
    return f"Add {'; '.join(numbers)}."


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
    everything: Annotated[
        bool, typer.Option("--all", help=f"Add, on clean digits, {ADDED}, share_0 to share_9; see --definitions.")
    ] = False,
    prior: Annotated[
        str | None,
        typer.Option(
            "--prior",
            metavar="|".join(PRIORS),
            help="Add the numbers of samples of this prior: N(0, I), or the checkpoint's fitted one.",
        ),
    ] = None,
    definitions: Annotated[bool, typer.Option("--definitions", help="Add what each number means.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure a checkpoint on the test digits: means over images, z = mu, against the clean digits."""
    checkpoint = checkpoints.load(model)
    card = checkpoint.card
    if not everything and prior is None:
        check_encoder(card)
    if prior is not None and parse_prior(prior) == "fitted":
        required_prior(card, checkpoint.prior)  # its absence is an error now, and not after minutes
    digits = mnist.load(data)
    if limit is not None:
        digits = digits.subset(test=min(limit, len(digits.test_images)))
    config = parse_noise(noise, seed) if noise is not None else None
    others = fashion.fashion_test_images(anomaly) if anomaly is not None else None
    built = checkpoint.build()
    result: dict[str, Any] = {"model": card.name, "data": digits.label, "noise": noise, "seed": seed}
    if card.config.uses_encoder:
        evaluation = measure_model(built, digits.test_images, config)
        result |= {"n": evaluation.n} | dict(evaluation.values)
    if knn and not everything:
        training, test = (digits.train_images, digits.train_labels), (digits.test_images, digits.test_labels)
        result["knn_accuracy"] = knn_accuracy(built, *training, *test)
    if others is not None:
        check_encoder(card)
        result |= anomaly_auc(built, digits.test_images, others)
    if everything or prior is not None:
        judge = classifier.load()
        subject = Subject(built, digits, judge, checkpoint.prior)
        of_prior = registry.FITTED if prior == "fitted" else registry.SAMPLES
        metrics = registry.existing(registry.CLEAN if everything else of_prior, card.config, subject.prior is not None)
        result |= compute(metrics, subject) | {"classifier_sha256": judge.card.sha256}
    _print(result, definitions, as_json)


def _print(result: dict[str, Any], definitions: bool, as_json: bool) -> None:
    meanings = {name: DEFINITIONS[name] for name in result if name in DEFINITIONS} if definitions else {}
    if as_json:
        typer.echo(json.dumps(result | ({"definitions": meanings} if definitions else {}), indent=1))
        return
    for name, value in result.items():
        typer.echo(f"{name:<17} {value:.4f}" if isinstance(value, float) else f"{name:<17} {value}")
    for name, words in meanings.items():
        typer.echo(f"{name}: {words}")


def check_encoder(card: Card) -> None:
    """ConfigError for a system that encodes nothing."""
    if not card.config.uses_encoder:
        raise ConfigError(f"{card.name} is a plain GAN, whose encoder was never trained; choose another model")


@app.command("refresh-cards")
def refresh_cards(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Checkpoints of the folder; else all of them.")
    ] = None,
    folder: FolderOption = checkpoints.PRETRAINED,
    data: DataOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Give each card every number of `evaluate --all`, also one that had none.")
    ] = False,
    missing: Annotated[
        bool, typer.Option("--missing", help="Measure only what a card lacks, or has by another definition.")
    ] = False,
    float16: Annotated[
        bool,
        typer.Option(
            "--float16",
            help="First round matrices and kernels as `train --float16` does; a fitted prior goes: fit another.",
        ),
    ] = False,
) -> None:
    """Measure checkpoints again without training, and rewrite their cards; history stays, and weights unless rounded.

    Each is measured on the digits that its card names. `models --markdown` then prints the tables of the READMEs.
    """
    if float16 and missing:
        raise ConfigError("--float16 changes the weights, so every number is measured again; leave out --missing")
    wanted_checkpoints = chosen(names or checkpoints.available(folder), folder)
    sources, judge = [mnist.load(data), mnist.load_sample()], classifier.load()
    for checkpoint in wanted_checkpoints:  # missing digits are an error now, and not after minutes
        for wanted in named_data(checkpoint.card):
            digits_of(wanted, sources, checkpoint.card.name)
    for before in wanted_checkpoints:
        checkpoint = checkpoints.halved(before) if float16 else before
        card = refreshed(checkpoint, sources, judge, everything=everything, missing=missing)
        changed = card != before.card
        if float16:
            checkpoints.save(checkpoints.Checkpoint(card, checkpoint.weights), folder)
        elif changed:
            checkpoints.save_card(card, folder)
        typer.echo(f"{card.name}: {'refreshed' if changed else 'the card is as it was'}")


@app.command("bench")
def measure_speed(
    data: DataOption = None,
    count: Annotated[
        int | None,
        typer.Option("--digits", min=2, help="Train on the first so many digits, else on all; few say little."),
    ] = None,
    repeats: Annotated[
        int, typer.Option("--repeats", min=1, max=100, help="Epochs of each row; medians are shown.")
    ] = speed.REPEATS,
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a table for the README.")] = False,
) -> None:
    """Measure speed: training beside the usual DataLoader loop and the processor's own rate, denoising, memory.

    Takes minutes on the full MNIST. Other programs that run at the same time make the numbers worse.
    """
    digits = mnist.load(data)
    if count is not None:
        digits = digits.subset(train=count)
    stderr.print(f"bench on {digits.label}", highlight=False)
    result = speed.measure(digits, repeats, report=lambda line: stderr.print(line, highlight=False))
    if as_json:
        typer.echo(json.dumps(result, indent=1))
    else:
        typer.echo(speed.markdown(result) if markdown else speed.summary(result))


@app.command("benchmark-denoisers")
def benchmark_denoisers(
    data: DataOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Only the first so many test digits.")] = 1000,
    noises: Annotated[
        list[str] | None, typer.Option("--noise", help="KIND:LEVEL, repeatable; else every kind at four levels.")
    ] = None,
    autoencoder: Annotated[
        bool,
        typer.Option(
            "--autoencoder/--no-autoencoder",
            help="Compare a plain denoising autoencoder too; trained once (minutes), then kept in a cache folder.",
        ),
    ] = True,
    kept: Annotated[
        bool, typer.Option("--kept", help="Measure nothing: print the report of the comparison in the repository.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare the shipped models, a plain autoencoder and classical filters at removing noise; a Markdown report."""
    if kept:
        _print_comparison(comparison.kept(), as_json)
        return
    conditions = [parse_noise(text, 0) for text in noises] if noises else list(comparison.CONDITIONS)
    for noise in conditions:
        filters.best(noise)  # a kind that no filter is tuned for is an error now, and not after minutes
    digits = mnist.load(data)
    models = {checkpoints.PRETRAINED / name: checkpoints.load(name) for name in checkpoints.available()}
    models = {place: checkpoint for place, checkpoint in models.items() if checkpoint.card.config.uses_encoder}
    if autoencoder:
        models[comparison.autoencoder_folder(digits) / comparison.AUTOENCODER] = _autoencoder(digits)
    judge = classifier.load()
    test = digits.subset(test=min(limit, len(digits.test_images)))
    cleaners = comparison.contenders(models.values())
    rows: list[comparison.DenoiserScore] = []
    for noise in dict.fromkeys(conditions):
        rows += comparison.compare(cleaners, test, judge, [noise])
        stderr.print(f"{noise_name(noise)} done", highlight=False)
    speeds = {name: comparison.milliseconds(cleaner, test) for name, cleaner in cleaners.items()}
    weights = {file.stem: weigh(model, file.with_suffix(".safetensors")) for file, model in models.items()}
    facts = report.facts(test, judge, list(models.values()))
    today = datetime.now(UTC).date().isoformat()
    compared = comparison.DenoiserComparison(
        created=today, about=facts, rows=tuple(rows), milliseconds=speeds, weights=weights
    )
    _print_comparison(compared, as_json)


def _print_comparison(compared: comparison.DenoiserComparison, as_json: bool) -> None:
    if as_json:
        typer.echo(compared.model_dump_json(indent=1))
    else:
        typer.echo(report.report(compared.rows, compared.milliseconds, compared.weights, compared.about))


@app.command("benchmark-samplers")
def benchmark_samplers(
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the runs; those that are there are not trained again.")
    ] = Path("runs/samplers"),
    data: DataOption = None,
    seeds: Annotated[
        list[int] | None, typer.Option("--seed", min=0, max=MAX_SEED, help="Seed of a pair, repeatable; else 0, 1, 2.")
    ] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="Passes, if not those of the presets.")] = None,
    precision: Annotated[
        Precision, typer.Option("--precision", help="bfloat16 is faster, if it is there.")
    ] = "float32",
    kept: Annotated[
        bool, typer.Option("--kept", help="Train nothing: print the comparison that is in the repository.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Train the convolutional VAE and VAE-GAN with several seeds and compare their samples; a Markdown table."""
    if kept:
        _print_samplers(samplers.kept(), as_json)
        return
    digits, judge = mnist.load(data), classifier.load()
    changes: dict[str, Any] = {"precision": precision} | ({} if epochs is None else {"epochs": epochs})

    def tell(name: str, log: checkpoints.EpochLog) -> None:
        stderr.print(f"{name}, epoch {log.epoch}: test set loss {log.test_loss:.2f}", highlight=False)

    rows = tuple(samplers.scores(changes, seeds or samplers.SEEDS, digits, judge, out, tell))
    today, about = datetime.now(UTC).date().isoformat(), samplers.facts(digits, judge, changes)
    _print_samplers(samplers.SamplerComparison(created=today, about=about, rows=rows), as_json)


def _print_samplers(compared: samplers.SamplerComparison, as_json: bool) -> None:
    if as_json:
        typer.echo(compared.model_dump_json(indent=1))
        return
    head, *lines = samplers.table(compared.rows)
    typer.echo(table(head, lines))


def _autoencoder(digits: mnist.Digits) -> checkpoints.Checkpoint:
    folder = comparison.autoencoder_folder(digits)
    stderr.print(f"the autoencoder is in {folder}, or will be", highlight=False)

    def tell(log: checkpoints.EpochLog) -> None:
        stderr.print(f"autoencoder, epoch {log.epoch}: test set loss {log.test_loss:.2f}", highlight=False)

    return comparison.autoencoder(digits, folder, report=tell)
