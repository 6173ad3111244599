"""Speed as a ratio, in one run on one machine: ours against the loop that tutorials use."""

import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from vaegan.config import preset
from vaegan.data import Digits, load_sample
from vaegan.events import EpochEvent
from vaegan.model import VAEGAN
from vaegan.training import train

pytestmark = pytest.mark.clocked

ROUNDS = 3
LEAST = 2.5  # times as fast, on a machine that may have other work
COPIES = 5  # of the sample's 4,000 training digits: an epoch long enough to be timed


@pytest.fixture(autouse=True)
def _all_cores() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or 1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def many() -> Digits:
    sample = load_sample()
    return Digits(
        train_images=sample.train_images.repeat(COPIES, 1),
        train_labels=sample.train_labels.repeat(COPIES),
        test_images=sample.test_images[:10],
        test_labels=sample.test_labels[:10],
        source="sample",
        sha256="",
    )


@pytest.fixture(scope="module")
def folder(many: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same digits as torchvision's MNIST files."""
    raw = tmp_path_factory.mktemp("speed") / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part, images, labels in (
        ("train", many.train_images, many.train_labels),
        ("t10k", many.test_images, many.test_labels),
    ):
        head = struct.pack(">IIII", 2051, len(images), 28, 28)
        (raw / f"{part}-images-idx3-ubyte").write_bytes(head + images.numpy().tobytes())
        head = struct.pack(">II", 2049, len(labels))
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(head + labels.to(torch.uint8).numpy().tobytes())
    return raw.parents[1]


def usual_epoch(folder: Path, batch_size: int) -> float:
    """Seconds of one VAE epoch by DataLoader, ToTensor, Adam and BCE(sum), as pytorch/examples has it."""
    images = datasets.MNIST(str(folder), train=True, transform=transforms.ToTensor())
    loader = DataLoader(images, batch_size=batch_size, shuffle=True)
    model = VAEGAN(20, norm="none")
    optimizer = torch.optim.Adam([*model.encoder.parameters(), *model.decoder.parameters()], lr=1e-3)
    total = 0.0
    started = time.perf_counter()
    for x, _ in loader:
        optimizer.zero_grad()
        x_hat, mu, logvar = model(x)
        recon = F.binary_cross_entropy(x_hat, x.view(-1, 784), reduction="sum")
        loss = recon - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        loss.backward()
        total += loss.item()
        optimizer.step()
    return time.perf_counter() - started


def our_epoch(many: Digits, batch_size: int) -> float:
    """Seconds of the same epoch by `train`, all its events included, the measuring on test digits left out."""
    config = preset("vae").updated({"epochs": 1, "batch_size": batch_size})
    started = time.perf_counter()
    for event in train(config, many):
        if isinstance(event, EpochEvent):
            return time.perf_counter() - started
    raise AssertionError("no epoch was finished")


@pytest.mark.parametrize("batch_size", [128, 2000])
def test_an_epoch_is_several_times_as_fast_as_the_usual_loop(many, folder, batch_size):
    usual_epoch(folder, 2000)  # both have warmed up torch before they are timed
    our_epoch(many, 2000)
    rounds = [(usual_epoch(folder, batch_size), our_epoch(many, batch_size)) for _ in range(ROUNDS)]
    usual, ours = (min(times) for times in zip(*rounds, strict=True))  # what else the machine does only adds
    print(f"batch {batch_size}: the usual loop {usual:.2f} s, ours {ours:.2f} s, {usual / ours:.2f} times as fast")
    # 3.5 and 5.4 on two quiet cores. A busy neighbour slows the arithmetic of both and so narrows the ratio.
    assert usual / ours >= LEAST
