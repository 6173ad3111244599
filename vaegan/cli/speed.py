"""How fast this machine trains and denoises: `train` and the loop that tutorials use, timed in turns in one process.

The ratio of two times that were measured within a minute is reliable even on a busy machine; images per second are so
only on a quiet one.
"""

import sys
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import psutil
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from vaegan.checkpoint.environment import machine, versions
from vaegan.config import SIDE, NoiseConfig, Precision, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.data.pictures import from_uint8
from vaegan.data.tensors import to_pictures
from vaegan.errors import ConfigError
from vaegan.metrics.markdown import table
from vaegan.model.cost import cost_of
from vaegan.model.networks import VAEGAN, build
from vaegan.presets import preset
from vaegan.studio import Studio
from vaegan.training.events import EpochEvent
from vaegan.training.loop import train
from vaegan.training.optimisers import check_precision

SYSTEMS = ("vae", "vaegan-bn", "conv-sampler-vae")
BATCHES = (128, 2000)
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")
REPEATS = 5
MATMUL_SIZE = 1024  # rows of the square matrices by which the machine's rate is measured; larger ones are no faster
MATMUL_PRODUCTS = 5
DENOISER = "denoise-bn"
DENOISED = 200  # calls that are timed
WARM_UP = 20  # calls before them
MEGABYTE = 10**6
QUIET = 0.5  # load average; above it the speeds are those of a shared machine

Report = Callable[[str], None]


class Speed(NamedTuple):
    """How fast one training setting is: medians over the repeats."""

    preset: str
    batch: int
    precision: Precision
    images_per_s: float
    ratio_to_dataloader: float  # images/s over those of the usual loop
    fraction_of_matmul_peak: float  # of the rate at which the machine multiplies large matrices


class SingleDigits(Dataset[tuple[Tensor, int]]):
    """Digits one by one, as torchvision's MNIST gives them with ToTensor: a PIL image, then float (1, 28, 28)."""

    def __init__(self, data: Digits) -> None:
        from torchvision.transforms import ToTensor  # takes seconds

        self._images, self._labels = data.train_images.view(-1, SIDE, SIDE), data.train_labels
        self._transform: Callable[[Image.Image], Tensor] = ToTensor()

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self._transform(Image.fromarray(self._images[index].numpy())), int(self._labels[index])


def our_epoch(config: TrainConfig, data: Digits) -> float:
    """Seconds of one epoch by `train`, with all its events and the measuring on a few test digits."""
    started = perf_counter()
    for event in train(config, data):
        if isinstance(event, EpochEvent):
            return perf_counter() - started
    raise ConfigError(f"{config.epochs} epochs ended without one that could be timed; give at least 1")


def usual_epoch(config: TrainConfig, data: Digits) -> float:
    """Seconds of the same epoch by the usual loop, as pytorch/examples has it for a VAE and DCGAN.

    DataLoader(shuffle=True, num_workers=0) over single pictures with ToTensor; torch's Adam as it comes; zero_grad,
    backward, step; the losses read by .item() in each step. With a discriminator: its step on real digits and detached
    reconstructions first, then that of the VAE through it.
    """
    started = perf_counter()
    loader = DataLoader(SingleDigits(data), batch_size=config.batch_size, shuffle=True, num_workers=0)
    model = build(config.model, config.seed)
    vae = torch.optim.Adam([*model.encoder.parameters(), *model.decoder.parameters()], lr=config.lr)
    disc = torch.optim.Adam(model.discriminator.parameters(), lr=config.lr)
    total = 0.0
    for x, _ in loader:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=config.precision == "bfloat16"):
            x_hat, mu, logvar = model(x)
        x_hat, mu, logvar = x_hat.float(), mu.float(), logvar.float()
        loss = F.binary_cross_entropy(x_hat, model.flat(x), reduction="sum")
        loss = loss - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        if config.uses_discriminator:
            disc_loss = _summed_bce(model, x, config, 1.0) + _summed_bce(model, x_hat.detach(), config, 0.0)
            disc.zero_grad()
            disc_loss.backward()
            disc.step()
            total += disc_loss.item()
            loss = loss + config.weights.adv * _summed_bce(model, x_hat, config, 1.0)
        vae.zero_grad()
        loss.backward()
        vae.step()
        total += loss.item()
    return perf_counter() - started


def _summed_bce(model: VAEGAN, x: Tensor, config: TrainConfig, target: float) -> Tensor:
    """BCE of the discriminator's probability for each picture against `target`, summed."""
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=config.precision == "bfloat16"):
        real = model.discriminate(x)
    return F.binary_cross_entropy(real.float(), torch.full((len(x),), target), reduction="sum")


def multiply_adds(config: TrainConfig) -> int:
    """Multiply-adds per image of the matrix products in one step of `train`, for a VAE and the paper's VAE-GAN.

    A layer costs the same forward, for its weights' gradient and for its input's, which pictures do not need.
    BatchNorm, activations, losses and Adam are left out: they are small beside it.
    """
    weights = config.weights
    judged = config.uses_discriminator and (config.fakes != "recon" or config.routing != "paper" or config.r1 > 0)
    if judged or weights.recon == 0 or weights.feature > 0:
        raise ConfigError("multiply-adds are counted for a VAE and the paper's VAE-GAN only; choose another preset")
    encoder, decoder, discriminator = cost_of(config.model)
    count = 3 * encoder.forward - encoder.first_layer + 3 * decoder.forward
    if config.uses_discriminator:
        # The way forward for real and fake pictures; its own gradients for both; the fakes' gradient for the decoder.
        count += 2 * discriminator.forward
        count += 2 * (2 * discriminator.forward - discriminator.first_layer)
        count += discriminator.forward
    return count


def matmul_rate(precision: Precision) -> float:
    """Floating-point operations per second of torch.mm on square matrices of MATMUL_SIZE: the best of a few."""
    a = torch.rand(MATMUL_SIZE, MATMUL_SIZE, dtype=getattr(torch, precision))
    seconds = []
    for _ in range(MATMUL_PRODUCTS):
        started = perf_counter()
        torch.mm(a, a)
        seconds.append(perf_counter() - started)
    return 2.0 * MATMUL_SIZE**3 / min(seconds)


def training_speed(name: str, config: TrainConfig, data: Digits, repeats: int) -> Speed:
    """Time our epoch and the usual one in turns; before each pair, the machine's rate of matrix products."""
    count, work = len(data.train_images), 2.0 * multiply_adds(config)
    speeds, ratios, fractions = [], [], []
    for _ in range(repeats):
        rate = matmul_rate(config.precision)
        usual, ours = usual_epoch(config, data), our_epoch(config, data)
        speeds.append(count / ours)
        ratios.append(usual / ours)
        fractions.append(work * speeds[-1] / rate)
    return Speed(name, config.batch_size, config.precision, median(speeds), median(ratios), median(fractions))


def precisions() -> Iterator[tuple[Precision, str]]:
    """Each precision, and why this processor cannot work in it; an empty reason if it can."""
    for precision in PRECISIONS:
        try:
            check_precision(TrainConfig(precision=precision))
        except ConfigError as error:
            yield precision, str(error)
        else:
            yield precision, ""


def denoise_milliseconds(studio: Studio, data: Digits, calls: int = DENOISED) -> dict[str, float]:
    """Milliseconds that one call of `studio.denoise` takes for one digit: median and 95th percentile."""
    digits = from_uint8(to_pictures(data.test_images))
    times = []
    for call in range(WARM_UP + calls):
        started = perf_counter()
        studio.denoise(digits[call % len(digits)], NoiseConfig(seed=call))
        times.append(1000 * (perf_counter() - started))
    p50, p95 = np.percentile(times[WARM_UP:], (50, 95))
    return {"p50": float(p50), "p95": float(p95)}


def peak_memory() -> float:
    """The most memory this process has held so far, resident, in MB."""
    held = psutil.Process().memory_info()
    if sys.platform == "win32":
        return float(held.peak_wset) / MEGABYTE
    import resource  # not on Windows

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEGABYTE


def machine_facts() -> dict[str, Any]:
    """The machine that was measured: processor, cores, torch's threads, versions, and how busy it was before."""
    here = machine()
    return {
        "cpu": here.cpu,
        "cores": here.cores,
        "torch_threads": here.threads,
        "load_before": psutil.getloadavg()[0],
        "versions": versions(("torch", "numpy"))
        | {"torch": torch.__version__},  # with its build, which decides the speed
    }


def measure(data: Digits, repeats: int = REPEATS, report: Report = lambda _: None) -> dict[str, Any]:
    """Measure everything, as plain values for JSON; `report` gets each training row as soon as it is measured."""
    result: dict[str, Any] = {"machine": machine_facts(), "data": data.label, "repeats": repeats, "left_out": []}
    result["matmul_gflops"] = {}
    few = data.subset(test=min(10, len(data.test_images)))  # so that an epoch's time is that of training
    rows: list[Speed] = []
    for precision, reason in precisions():
        if reason:
            result["left_out"].append(reason)
            continue
        _warm_up(precision, few)
        result["matmul_gflops"][precision] = matmul_rate(precision) / 1e9
        for name in SYSTEMS:
            for batch in BATCHES:
                config = preset(name).updated({"epochs": 1, "batch_size": batch, "precision": precision})
                rows.append(training_speed(name, config, few, repeats))
                report(sentence(rows[-1]))
    result["train"] = [row._asdict() for row in rows]
    result["denoise_ms"] = denoise_milliseconds(Studio.open(DENOISER), data)
    result["memory_mb"] = peak_memory()
    return result


def _warm_up(precision: Precision, data: Digits) -> None:
    """Run both loops once on a few digits, so that torch has built its kernels and torchvision is imported."""
    few = data.subset(train=min(2 * BATCHES[0], len(data.train_images)))
    for name in SYSTEMS:
        config = preset(name).updated({"epochs": 1, "precision": precision})
        usual_epoch(config, few)
        our_epoch(config, few)


def sentence(row: Speed) -> str:
    """One training row in words."""
    return (
        f"{row.preset}, batch {row.batch}, {row.precision}: {row.images_per_s:,.0f} images/s, "
        f"{row.ratio_to_dataloader:.1f} times the usual loop, {row.fraction_of_matmul_peak:.0%} of the matrix rate"
    )


def summary(result: dict[str, Any]) -> str:
    """The result as lines of text."""
    return "\n".join([*(sentence(Speed(**values)) for values in result["train"]), *remarks(result)])


def remarks(result: dict[str, Any]) -> list[str]:
    """The lines below the rows: latency, memory, the machine, and what was left out and why."""
    where, latency = result["machine"], result["denoise_ms"]
    rates = ", ".join(f"{rate:,.0f} GFLOP/s in {name}" for name, rate in result["matmul_gflops"].items())
    versions = ", ".join(f"{name} {version}" for name, version in where["versions"].items())
    lines = [
        f"Denoising one digit: p50 {latency['p50']:.2f} ms, p95 {latency['p95']:.2f} ms. "
        f"Peak memory: {result['memory_mb']:,.0f} MB.",
        f"{where['cpu']}, {where['cores']} cores, {where['torch_threads']} torch threads, {versions}.",
        f"Matrix rate, of torch.mm at {MATMUL_SIZE} x {MATMUL_SIZE}: {rates}.",
        f"{result['data']}; medians of {result['repeats']} repeats.",
        *(f"Left out: {reason}." for reason in result["left_out"]),
    ]
    if where["load_before"] > QUIET:
        lines.append(f"The machine was busy before (load {where['load_before']:.1f}): a quiet one is faster.")
    return lines


def markdown(result: dict[str, Any]) -> str:
    """The result as a Markdown table with the remarks below it."""
    rows = [
        (
            f"`{row.preset}`",
            str(row.batch),
            row.precision,
            f"{row.images_per_s:,.0f}",
            f"{row.ratio_to_dataloader:.1f}",
            f"{row.fraction_of_matmul_peak:.0%}",
        )
        for row in (Speed(**values) for values in result["train"])
    ]
    head = ("preset", "batch", "precision", "images/s", "times the usual loop", "of the matrix rate")
    return "\n".join([table(head, rows), "", *remarks(result)])
