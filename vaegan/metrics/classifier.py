"""A small digit classifier of our own, which judges samples and cleaned digits.

Inception, the usual judge, was not trained on digits, so distances in its features say little about MNIST. Numbers from
our classifier are comparable only if its weights are the same. So their hash is kept beside every such number.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from vaegan.checkpoint.card import CardData, CardPart
from vaegan.checkpoint.environment import versions
from vaegan.checkpoint.files import PRETRAINED, check_weights, read_card_of, read_weights, weights_bytes
from vaegan.checkpoint.formats import card_bytes
from vaegan.config import SIDE
from vaegan.data.mnist import Digits
from vaegan.data.tensors import to_pixels
from vaegan.files import write_atomically

FOLDER = PRETRAINED / "classifier"  # its own, because every file beside the checkpoints counts as a checkpoint
NAME = "classifier"
FEATURES = 48
EPOCHS = 15
BATCH = 128
PEAK_LR = 3e-3
SHIFT = 2  # pixels by which a picture is moved at most, drawn anew for each picture in each pass
CHUNK = 1000  # pictures through the network at once

Report = Callable[[int, float], None]  # called with the epochs done and the mean loss of the last one


class DigitClassifier(nn.Module):
    """Three strided convolutions, 48 features, 10 logits; 73,242 parameters."""

    def __init__(self, logits: int = 10) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(1, 16, 5, stride=2, padding=2),  # (B, 16, 14, 14)
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),  # (B, 32, 7, 7)
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),  # (B, 64, 4, 4)
            nn.ReLU(),
        )
        self.hidden = nn.Linear(64 * 4 * 4, FEATURES)
        self.output = nn.Linear(FEATURES, logits)

    def layers(self) -> list[nn.Module]:
        """What `forward` does, as a list: pictures (B, 784) -> logits (B, 10)."""
        return [
            nn.Unflatten(1, (1, SIDE, SIDE)),
            *self.convolutions,
            nn.Flatten(),
            self.hidden,
            nn.ReLU(),
            self.output,
        ]

    def features(self, x: Tensor) -> Tensor:
        """Pictures (B, 784) in [0, 1] -> features (B, 48), at least 0."""
        maps = self.convolutions(x.view(-1, 1, SIDE, SIDE))  # (B, 64, 4, 4)
        return torch.relu(self.hidden(maps.flatten(1)))

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (B, 784) -> logits (B, 10)."""
        logits: Tensor = self.output(self.features(x))
        return logits


class ClassifierCard(CardPart):
    """What the classifier's weights are, how they were made, and what they reach."""

    format: int = Field(1, ge=1, strict=True)
    data: CardData
    command: str
    created: str  # ISO date
    epochs: int
    seed: int
    n: int  # test digits of `data`
    test_accuracy: float  # share of them that are read right
    versions: dict[str, str]
    sha256: str  # of the safetensors file


@dataclass(frozen=True, eq=False)
class Classifier:
    """A card and the network it belongs to, in eval mode."""

    card: ClassifierCard
    model: DigitClassifier

    def features(self, x: Tensor) -> Tensor:
        """Pictures (N, 784) in [0, 1] -> features (N, 48)."""
        with torch.inference_mode():
            return torch.cat([self.model.features(part) for part in x.split(CHUNK)])

    def digits(self, x: Tensor) -> Tensor:
        """Which digit each picture of (N, 784) shows most likely; int64 (N,)."""
        with torch.inference_mode():
            logits: Tensor = self.model.output(self.features(x))  # (N, 10)
            return logits.argmax(dim=1)

    def probabilities(self, x: Tensor) -> Tensor:
        """How likely each of the ten digits is for each picture of (N, 784); (N, 10), rows sum to 1."""
        with torch.inference_mode():
            logits: Tensor = self.model.output(self.features(x))  # (N, 10)
            return logits.softmax(dim=1)

    def accuracy(self, x: Tensor, labels: Tensor) -> float:
        """Share of pictures (N, 784) that are read as their labels (N,)."""
        return float((self.digits(x) == labels).float().mean())


def train_classifier(data: Digits, epochs: int = EPOCHS, seed: int = 0, report: Report | None = None) -> Classifier:
    """A classifier trained on all training digits, each shifted a little; the same seed gives the same weights."""
    generator = torch.Generator().manual_seed(seed)
    model = initialised(seed)
    optimizer = torch.optim.Adam(model.parameters())
    steps = -(-len(data.train_images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LR, total_steps=steps * epochs)
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(data.train_images), generator=generator).split(BATCH):
            x = shifted(to_pixels(data.train_images[rows]), generator)
            loss = F.cross_entropy(model(x), data.train_labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(rows)
        if report is not None:
            report(epoch + 1, total / len(data.train_images))
    return _described(model.eval(), data, epochs, seed)


def shifted(x: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures (B, 784), each moved by up to two pixels up or down and left or right; the edge that opens is black."""
    padded = F.pad(x.view(-1, SIDE, SIDE), (SHIFT,) * 4)  # (B, 32, 32)
    down, right = torch.randint(2 * SHIFT + 1, (2, len(x), 1), generator=generator)
    rows, columns = torch.arange(SIDE) + down, torch.arange(SIDE) + right  # (B, 28) each
    moved = padded[torch.arange(len(x))[:, None, None], rows[:, :, None], columns[:, None, :]]
    return moved.flatten(1)  # (B, 784)


def save(classifier: Classifier, folder: Path = FOLDER) -> Path:
    """Write classifier.safetensors and classifier.json into `folder`; returns the path of the weights."""
    return write_network(classifier.model, classifier.card, folder, NAME)


def load(folder: Path = FOLDER) -> Classifier:
    """The classifier in `folder`, checked like a checkpoint; CheckpointError says what is wrong and what to do."""
    card = read_card_of(ClassifierCard, folder / f"{NAME}.json", "classifier card")
    return Classifier(card, read_network(initialised(0), folder, NAME, card.sha256, card.command))


def initialised(seed: int, logits: int = 10) -> DigitClassifier:
    """A network before training; the random state of torch is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return DigitClassifier(logits)


def write_network(model: DigitClassifier, card: CardPart, folder: Path, name: str) -> Path:
    """Write a network and its card as NAME.safetensors and NAME.json into `folder`; returns the path of the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.safetensors"
    write_atomically({file: weights_bytes(model.state_dict()), file.with_suffix(".json"): card_bytes(card)})
    return file


def read_network(model: DigitClassifier, folder: Path, name: str, sha256: str, command: str) -> DigitClassifier:
    """`model` with the weights that `write_network` wrote, checked; CheckpointError names `command` as the remedy."""
    remedy = f"restore it from the repository or train it again: {command}"
    weights = read_weights(folder / f"{name}.safetensors", sha256, remedy)
    check_weights(weights, model.state_dict(), f"{name}.safetensors", remedy)
    model.load_state_dict(weights)
    return model.eval()


def _described(model: DigitClassifier, data: Digits, epochs: int, seed: int) -> Classifier:
    changed = {"--epochs": (epochs, EPOCHS), "--seed": (seed, 0)}
    flags = [f" {flag} {value}" for flag, (value, usual) in changed.items() if value != usual]
    card = ClassifierCard(
        data=CardData(label=data.label, sha256=data.sha256),
        command="python -m vaegan train-classifier --out pretrained/classifier" + "".join(flags),
        created=datetime.now(UTC).date().isoformat(),
        epochs=epochs,
        seed=seed,
        n=len(data.test_images),
        test_accuracy=0.0,
        versions=versions(("torch", "safetensors")),
        sha256=hashlib.sha256(weights_bytes(model.state_dict())).hexdigest(),
    )
    accuracy = Classifier(card, model).accuracy(to_pixels(data.test_images), data.test_labels)
    return Classifier(card.model_copy(update={"test_accuracy": accuracy}), model)
