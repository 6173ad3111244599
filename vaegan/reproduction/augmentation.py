"""Whether made-up digits help a classifier that learns from few real ones: the same classifier, trained five ways.

All five take as many steps on as many pictures, from the same weights. A picture that the VAE makes of a real digit
keeps that digit's label. The VAE itself has seen all training digits, but no label.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from vaegan.config import NoiseConfig
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt
from vaegan.data.tensors import to_pixels
from vaegan.metrics.classifier import CHUNK, DigitClassifier, shifted
from vaegan.model.networks import VAEGAN, sample

FEW = 500  # real digits
STEPS, BATCH = 600, 100
DIGITS_PER_STEP = 100  # that the VAE has seen: fewer steps on a sample, where only the way counts
NOISE_LEVEL = 0.5
WAYS = ("real", "samples", "cleaned", "noisy", "shifted")

Picture = Callable[[Tensor, torch.Generator], Tensor]  # digits (N, 784) and random numbers -> (N, 784)


def accuracies(model: VAEGAN, data: Digits, seed: int, steps: int | None = None) -> dict[str, float]:
    """The share of test digits read right after learning from few digits, in percent, by way; `model` in eval mode.

    "real" sees the real digits alone, each other way half of them and half made of them: draws of q(z|x) decoded,
    the digit cleaned after noise, the noise alone, or the digit moved by up to two pixels.
    """
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randperm(len(data.train_images), generator=generator)[:FEW]
    steps = min(STEPS, len(data.train_images) // DIGITS_PER_STEP) if steps is None else steps
    digits, labels = to_pixels(data.train_images[rows]), data.train_labels[rows]
    test = to_pixels(data.test_images)
    found = {}
    for way, made in _ways(model).items():
        reader = _trained(digits, labels, made, seed, steps)
        with torch.inference_mode():
            read = torch.cat([reader(part).argmax(dim=1) for part in test.split(CHUNK)])
        found[f"accuracy_{way}"] = 100 * float((read == data.test_labels).float().mean())
    return found


def _ways(model: VAEGAN) -> dict[str, Picture]:
    """What each way makes of digits (N, 784)."""

    def noisy(x: Tensor, generator: torch.Generator) -> Tensor:
        seed = int(torch.randint(2**31 - 1, (), generator=generator))
        return corrupt(x, NoiseConfig(kind="gaussian", level=NOISE_LEVEL, seed=seed))

    made: tuple[Picture, ...] = (
        lambda x, _: x,
        lambda x, generator: model.decode(sample(model.encode(x), generator)),
        lambda x, generator: model.decode(model.encode(noisy(x, generator)).mu),
        noisy,
        shifted,
    )
    return dict(zip(WAYS, made, strict=True))


def _trained(digits: Tensor, labels: Tensor, made: Picture, seed: int, steps: int) -> DigitClassifier:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        reader = DigitClassifier()
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(reader.parameters())
    for _ in range(steps):
        rows = torch.randint(len(digits), (BATCH,), generator=generator)
        x = digits[rows]
        with torch.no_grad():
            x = torch.cat([x[: BATCH // 2], made(x[BATCH // 2 :], generator)])
        loss = F.cross_entropy(reader(x), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return reader.eval()
