"""Whether a picture shows a digit at all.

Four things are strange about what is no digit: among the classifier's features it lies far from all real digits, and
so it does among its maps, where strokes still have their places; a denoiser that has seen nothing but digits cannot
draw it again; and a network that has learned to tell digits from letters and scribbles says so. Each alone misses whole
kinds: plain strokes are easy to draw again, few letters are far away in the features, and the network knows only what
it was shown. So each is measured from what is usual (0) to what one real digit in a hundred reaches (1), and the doubt
is their sum, in which the network counts twice.

The limit was chosen on the last 10,000 training digits, which the network has not seen: 1.3 % of them are doubted. Of
MNIST's 10,000 test digits 1.4 % are, and of pictures that are none, drawn for the tests by other hands and in other
fonts than those that taught the network: 98 % of handwritten and 99 % of printed letters, and all scribbles, plots,
hands and pairs of digits. Letters are all but those that are written as a digit is, which `strangers.LIKE_DIGITS`
names. Without the network, at as many doubted digits, the other three find 63 and 80 % of the letters.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vaegan.checkpoint.files import load
from vaegan.data.pictures import Float, Pictures
from vaegan.data.tensors import to_pixels
from vaegan.metrics import classifier, sceptic
from vaegan.metrics.classifier import Classifier
from vaegan.metrics.likeness import chunks, reconstruct
from vaegan.metrics.sceptic import Sceptic
from vaegan.model.networks import VAEGAN

LIMIT = 3.5  # of the doubt; above it a picture looks like no digit
DENOISER = "denoise-bn"
KNOWN = 4000  # real digits among which the nearest are looked for


class Scale(NamedTuple):
    """What a measure is for MNIST's test digits: the median, and what one in a hundred exceeds."""

    usual: float
    rare: float


FEATURES = Scale(0.0403, 0.1647)  # mean distance from the ten nearest digits, 1 - cosine
MAPS = Scale(0.1012, 0.2814)  # distance from the nearest digit, 1 - cosine
ERROR = Scale(6.14, 20.50)  # squared, summed over pixels


class Doubter:
    """Says of pictures how much they look like no digit."""

    def __init__(self, judge: Classifier, sceptic: Sceptic, denoiser: VAEGAN, digits: Tensor) -> None:
        self._judge, self._sceptic, self._denoiser = judge, sceptic, denoiser
        known = to_pixels(digits[:KNOWN])
        self._features, self._maps = self._directions(known)

    @classmethod
    def open(cls, digits: Tensor) -> "Doubter":
        """With the shipped networks and real digits, uint8 (N, 784); CheckpointError says what is wrong with them."""
        return cls(classifier.load(), sceptic.load(), load(DENOISER).build(), digits)

    def doubts(self, pictures: Pictures) -> Float:
        """How much each picture of (N, 28, 28) looks like no digit; (N,), above LIMIT it does."""
        x = torch.from_numpy(np.ascontiguousarray(pictures, dtype=np.float32)).flatten(1)  # (N, 784)
        features, maps = self._directions(x)
        far = (1 - features @ self._features.T).topk(10, dim=1, largest=False).values.mean(dim=1)
        strange = (1 - maps @ self._maps.T).min(dim=1).values
        error = (reconstruct(self._denoiser, x) - x).square().sum(dim=1)
        said, card = self._sceptic.logits(x), self._sceptic.card
        known = Scale(card.usual, card.rare)
        parts = ((far, FEATURES), (strange, MAPS), (error, ERROR), (said, known), (said, known))
        shares = [((part - scale.usual) / (scale.rare - scale.usual)).clamp(min=0) for part, scale in parts]
        doubt: Float = torch.stack(shares).sum(dim=0).numpy()
        return doubt

    def _directions(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Where pictures (N, 784) lie among the classifier's features (N, 48) and maps (N, 1024), each of length 1."""
        model = self._judge.model
        with torch.inference_mode():
            maps = torch.cat([model.convolutions(part.view(-1, 1, 28, 28)).flatten(1) for (part,) in chunks(x)])
            features = torch.relu(model.hidden(maps))
        return _unit(features), _unit(maps)


def _unit(rows: Tensor) -> Tensor:
    """Each row at length 1."""
    unit: Tensor = rows / rows.norm(dim=1, keepdim=True).clamp(min=1e-6)
    return unit
