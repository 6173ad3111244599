"""A small network that has seen real digits and, unlike the digit classifier, what is none.

A classifier of digits must call a letter some digit, and often does so without doubt. This one has learned to tell
MNIST's digits from the strangers that `strangers` makes: its logit is high for what is no digit.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from vaegan.checkpoint.card import CardData, CardPart
from vaegan.checkpoint.environment import versions
from vaegan.checkpoint.files import PRETRAINED, read_card_of, weights_bytes
from vaegan.config import SIDE
from vaegan.data.mnist import Digits
from vaegan.data.tensors import to_pixels
from vaegan.metrics.classifier import CHUNK, DigitClassifier, initialised, read_network, shifted, write_network
from vaegan.metrics.strangers import rewritten, strangers

FOLDER = PRETRAINED / "sceptic"
NAME = "sceptic"
EPOCHS = 6
BATCH = 256
PEAK_LR = 3e-3
STRANGERS = 18_000  # each is shown twice in a pass
REWRITTEN = 8000
KEPT_ASIDE = 6  # one in so many training digits is not learned from; it says what the logits of digits are

Report = Callable[[int, float], None]  # called with the epochs done and the mean loss of the last one


class ScepticCard(CardPart):
    """What the network's weights are, how they were made, and what its logits are for real digits."""

    format: int = Field(1, ge=1, strict=True)
    data: CardData
    command: str
    created: str  # ISO date
    epochs: int
    seed: int
    strangers: int  # how many it has seen
    usual: float  # the median of its logits for training digits that it has not seen
    rare: float  # what one in a hundred of them exceeds
    versions: dict[str, str]
    sha256: str  # of the safetensors file


@dataclass(frozen=True, eq=False)
class Sceptic:
    """A card and the network it belongs to, in eval mode."""

    card: ScepticCard
    model: DigitClassifier

    def logits(self, x: Tensor) -> Tensor:
        """How much each picture of (N, 784) looks like no digit; (N,), above 0 it is likelier none."""
        with torch.inference_mode():
            return torch.cat([self.model(part)[:, 0] for part in x.split(CHUNK)])


def train_sceptic(
    data: Digits,
    epochs: int = EPOCHS,
    seed: int = 0,
    report: Report | None = None,
    *,
    count: int = STRANGERS,
    again: int = REWRITTEN,
) -> Sceptic:
    """A network that tells the training digits from `count` strangers; the same seed gives the same weights.

    `again` digits are shown written anew as well.
    """
    generator = torch.Generator().manual_seed(seed)
    seen = len(data.train_images) - len(data.train_images) // KEPT_ASIDE
    digits = to_pixels(data.train_images[:seen])
    anew = rewritten(data.train_images[:again].view(-1, SIDE, SIDE).numpy(), seed)
    others = torch.from_numpy(strangers(count, seed)).flatten(1)
    inputs = torch.cat([digits, torch.from_numpy(anew).flatten(1), others, others])  # (N, 784)
    wanted = (torch.arange(len(inputs)) >= len(inputs) - 2 * count).float()
    model = initialised(seed, logits=1)
    optimizer = torch.optim.AdamW(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LR, total_steps=epochs * -(-len(inputs) // BATCH))
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(inputs), generator=generator).split(BATCH):
            logits = model(shifted(inputs[rows], generator))[:, 0]
            loss = F.binary_cross_entropy_with_logits(logits, wanted[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(rows)
        if report is not None:
            report(epoch + 1, total / len(inputs))
    return _described(model.eval(), data, epochs, seed, count)


def save(sceptic: Sceptic, folder: Path = FOLDER) -> Path:
    """Write sceptic.safetensors and sceptic.json into `folder`; returns the path of the weights."""
    return write_network(sceptic.model, sceptic.card, folder, NAME)


def load(folder: Path = FOLDER) -> Sceptic:
    """The network in `folder`, checked like a checkpoint; CheckpointError says what is wrong and what to do."""
    card = read_card_of(ScepticCard, folder / f"{NAME}.json", "card of the sceptic")
    return Sceptic(card, read_network(initialised(0, logits=1), folder, NAME, card.sha256, card.command))


def _described(model: DigitClassifier, data: Digits, epochs: int, seed: int, count: int) -> Sceptic:
    changed = {"--epochs": (epochs, EPOCHS), "--seed": (seed, 0)}
    flags = [f" {flag} {value}" for flag, (value, usual) in changed.items() if value != usual]
    card = ScepticCard(
        data=CardData(label=data.label, sha256=data.sha256),
        command="python -m vaegan train-sceptic --out pretrained/sceptic" + "".join(flags),
        created=datetime.now(UTC).date().isoformat(),
        epochs=epochs,
        seed=seed,
        strangers=count,
        usual=0.0,
        rare=0.0,
        versions=versions(("torch", "safetensors")),
        sha256=hashlib.sha256(weights_bytes(model.state_dict())).hexdigest(),
    )
    aside = to_pixels(data.train_images[-(len(data.train_images) // KEPT_ASIDE) :])
    usual, rare = np.percentile(Sceptic(card, model).logits(aside).numpy(), (50, 99))
    return Sceptic(card.model_copy(update={"usual": float(usual), "rare": float(rare)}), model)
