"""Denoisers compared on the same noisy test digits: models, a plain denoising autoencoder, and classical filters."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import platformdirs
import torch
from pydantic import BaseModel, ConfigDict, field_serializer

from vaegan.checkpoint.card import EpochLog
from vaegan.checkpoint.command import command_line
from vaegan.checkpoint.files import Checkpoint, load
from vaegan.config import NOISE_KINDS, NoiseConfig, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt
from vaegan.data.pictures import Pictures
from vaegan.data.tensors import to_pictures, to_pixels
from vaegan.denoisers import filters
from vaegan.denoisers.weight import Weight
from vaegan.errors import CheckpointError, DataError
from vaegan.metrics.classifier import Classifier
from vaegan.metrics.likeness import psnr, reconstruct, ssim
from vaegan.model.networks import VAEGAN
from vaegan.presets import preset
from vaegan.training.events import EndEvent, EpochEvent
from vaegan.training.finish import RunFolder, epoch_log
from vaegan.training.loop import train

Denoiser = Callable[[Pictures, NoiseConfig], Pictures]  # noisy pictures (N, 28, 28) -> cleaned ones (N, 28, 28)

LEVELS = (0.1, 0.25, 0.5, 0.75)
CONDITIONS = tuple(NoiseConfig(kind=kind, level=level) for kind in NOISE_KINDS for level in LEVELS)
UNCHANGED = "as given"  # the name of the denoiser that does nothing
TIMED_PICTURES = 20
TIMED_NOISE = NoiseConfig(kind="gaussian", level=0.5)
AUTOENCODER = "ae-denoise"
COMMAND = "python -m vaegan benchmark-denoisers --json"
KEPT = Path(__file__).with_suffix(".json")  # what that command printed, for the Results page


class DenoiserScore(NamedTuple):
    """One denoiser under one noise: mean PSNR and SSIM, and the share of outputs that the classifier reads right."""

    denoiser: str
    noise: NoiseConfig
    psnr: float
    ssim: float
    accuracy: float


class DenoiserComparison(BaseModel):
    """A whole comparison: its date, what was compared in words, its rows, each denoiser's milliseconds a digit.

    Only networks have a weight.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    created: str  # ISO date
    about: dict[str, str]
    rows: tuple[DenoiserScore, ...]
    milliseconds: dict[str, float]
    weights: dict[str, Weight]

    @field_serializer("rows")
    def _by_name(self, rows: tuple[DenoiserScore, ...]) -> list[dict[str, Any]]:
        return [row._asdict() for row in rows]


@cache
def kept() -> DenoiserComparison:
    """The comparison that came with the project."""
    return DenoiserComparison.model_validate_json(KEPT.read_bytes())


def contenders(models: Iterable[Checkpoint]) -> dict[str, Denoiser]:
    """The denoisers to compare, by name: the one that does nothing, every filter, and the models."""
    denoisers: dict[str, Denoiser] = {UNCHANGED: lambda pictures, _: pictures}
    for name in filters.FILTERS:
        denoisers[name] = partial(filters.clean, name)
    for checkpoint in models:
        denoisers[checkpoint.card.name] = partial(_through, checkpoint.build())
    return denoisers


def compare(
    denoisers: Mapping[str, Denoiser], data: Digits, classifier: Classifier, noises: Sequence[NoiseConfig]
) -> Iterator[DenoiserScore]:
    """Every denoiser under every noise, on all test digits of `data`."""
    x = to_pixels(data.test_images)
    clean = to_pictures(x)
    for noise in noises:
        noisy = to_pictures(corrupt(x, noise))
        for name, denoiser in denoisers.items():
            output = denoiser(noisy, noise)
            accuracy = classifier.accuracy(torch.from_numpy(output).flatten(1), data.test_labels)
            likeness = float(psnr(output, clean).mean()), float(ssim(output, clean).mean())
            yield DenoiserScore(name, noise, *likeness, accuracy)


def milliseconds(denoiser: Denoiser, data: Digits) -> float:
    """Milliseconds for one picture on one thread: the median of twenty pictures, one by one, after one to warm up."""
    x = to_pixels(data.test_images[: TIMED_PICTURES + 1])
    threads, times = torch.get_num_threads(), []
    torch.set_num_threads(1)
    try:
        for picture in to_pictures(corrupt(x, TIMED_NOISE))[:, None]:
            started = perf_counter()
            denoiser(picture, TIMED_NOISE)
            times.append(1000 * (perf_counter() - started))
    finally:
        torch.set_num_threads(threads)
    return median(times[1:] or times)


def autoencoder_config() -> TrainConfig:
    """The plain denoising autoencoder, as large as the `denoise` pair: no sampling, no KL, no discriminator."""
    return preset(AUTOENCODER).updated({"model": {"hidden_dim": preset("denoise-plain").model.hidden}})


def autoencoder_folder(data: Digits) -> Path:
    """Where the autoencoder of these digits is kept: in the user's cache, as its 6.6 MB are not shipped."""
    cache = platformdirs.user_cache_path("vaegan", appauthor=False)
    return cache / "autoencoders" / data.sha256[:16]


def autoencoder(
    data: Digits, folder: Path, config: TrainConfig | None = None, report: Callable[[EpochLog], None] | None = None
) -> Checkpoint:
    """The autoencoder in `folder`. It is trained first, on `data`, if it is missing, damaged or has other settings."""
    config = config or autoencoder_config()
    with suppress(CheckpointError):
        checkpoint = load(AUTOENCODER, folder)
        if checkpoint.card.config == config and checkpoint.card.data.sha256 == data.sha256:
            return checkpoint
    history: list[EpochLog] = []
    for event in train(config, data):
        if isinstance(event, EpochEvent):
            history.append(epoch_log(event))
            if report is not None:
                report(history[-1])
        elif isinstance(event, EndEvent):
            command = command_line(AUTOENCODER, {"model": {"hidden_dim": config.model.hidden}}, folder)
            return RunFolder(folder, AUTOENCODER).finish(event.state, history, data, [], command)
    raise DataError("the autoencoder's training ended without a result; start the command again")


def _through(model: VAEGAN, pictures: Pictures, noise: NoiseConfig) -> Pictures:  # noqa: ARG001 - one signature for all
    x = torch.from_numpy(pictures).flatten(1)  # (N, 784)
    output: Pictures = to_pictures(reconstruct(model, x))
    return output
