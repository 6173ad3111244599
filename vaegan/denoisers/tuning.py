"""The parameters of the classical filters, chosen by PSNR on training digits: what fills `filters.json`.

The digits are of the bundled sample's training part, so that neither MNIST's test digits nor the sample's are used, and
every machine finds the same parameters.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vaegan.config import NOISE_KINDS, NoiseConfig
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt
from vaegan.data.tensors import to_pictures, to_pixels
from vaegan.denoisers import filters as classical
from vaegan.files import write_atomically
from vaegan.metrics.likeness import psnr

DIGITS = 50
SEED = 1  # the comparisons use seed 0

Best = tuple[classical.Parameters, float]  # and the PSNR that they reach, dB


def conditions() -> list[NoiseConfig]:
    """Every kind of noise at every level that filters are tuned for."""
    return [NoiseConfig(kind=kind, level=level, seed=SEED) for kind in NOISE_KINDS for level in classical.LEVELS]


def tune(images: Tensor, noise: NoiseConfig) -> Iterator[tuple[str, classical.Parameters, float]]:
    """For each filter its best parameters on uint8 digits (N, 784) under `noise`, and the PSNR they reach, dB."""
    x = to_pixels(images)
    clean, noisy = (to_pictures(pictures) for pictures in (x, corrupt(x, noise)))
    for name in classical.FILTERS:
        tried = classical.combinations(name)
        reached = [float(psnr(classical.apply(name, noisy, values), clean).mean()) for values in tried]
        best = int(torch.tensor(reached).argmax())
        yield name, tried[best], reached[best]


def save(found: dict[NoiseConfig, dict[str, Best]], data: Digits, count: int, file: Path) -> None:
    """Write parameters, the PSNR they reach, and what they were found on, as JSON."""
    parameters: dict[str, dict[str, Any]] = {}
    reached: dict[str, dict[str, Any]] = {}
    for noise, filters in found.items():
        level = f"{noise.level:g}"
        parameters.setdefault(noise.kind, {})[level] = {name: values for name, (values, _) in filters.items()}
        reached.setdefault(noise.kind, {})[level] = {
            name: round(decibels, 2) for name, (_, decibels) in filters.items()
        }
    content = {
        "command": classical.TUNE,
        "criterion": f"mean PSNR over the first {count} training digits, noise seed {SEED}",
        "data": {"label": data.label, "sha256": data.sha256},
        "parameters": parameters,
        "psnr": reached,
    }
    write_atomically({file: (json.dumps(content, indent=1) + "\n").encode()})
