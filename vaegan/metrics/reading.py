"""Which digit a picture shows, as the digit classifier reads it; numpy in, plain numbers out.

reader = Reader.open()
reader.read(pictures)[0].digit
"""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn

from vaegan.data.pictures import Pictures
from vaegan.metrics import classifier
from vaegan.metrics.classifier import Classifier

# Below this probability the classifier is unsure. Of MNIST's clean test digits these are 1.6 %; it reads 71 % of them
# right, but 99.8 % of the others. Under Gaussian noise of 0.5, cleaned by `denoise-bn`, they are 6 %, with 58 % right,
# against 97.8 % of the others. Of the two likeliest digits, one is right for 97 % and 89 % of the unsure ones.
SURE = 0.9


class Reading(NamedTuple):
    """What is read in one picture: the likeliest digit with its probability, and the next likeliest."""

    digit: int
    probability: float
    other: int

    @property
    def sure(self) -> bool:
        """Whether the digit can be relied on; if not, the picture may as well show the other one."""
        return self.probability >= SURE


class Reader:
    """The digit classifier as a reader of pictures, with the share of test digits that it reads right."""

    def __init__(self, judge: Classifier) -> None:
        self._judge = judge
        self.accuracy = judge.card.test_accuracy
        self.tested = judge.card.n  # test digits

    @property
    def weights(self) -> str:
        """The hash of the classifier's weights."""
        return self._judge.card.sha256

    def layers(self) -> list[nn.Module]:
        """The classifier's layers, for the browser."""
        return self._judge.model.layers()

    @classmethod
    def open(cls, folder: Path = classifier.FOLDER) -> "Reader":
        """The classifier in `folder`; CheckpointError says what is wrong with it."""
        return cls(classifier.load(folder))

    def read(self, pictures: Pictures) -> list[Reading]:
        """What each picture of (N, 28, 28) shows. Its pixels should lie in [0, 1], as those of all training digits."""
        x = torch.from_numpy(pictures).flatten(1)  # (N, 784)
        likeliest = self._judge.probabilities(x).topk(2, dim=1)  # (N, 2)
        rows = zip(likeliest.indices.tolist(), likeliest.values.tolist(), strict=True)
        return [Reading(digit, probability, other) for (digit, other), (probability, _) in rows]
