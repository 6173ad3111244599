"""Chooses the parameters of the classical filters by PSNR on training digits, and writes `filters.json`.

The digits come from the training part of the bundled sample. So no test digit is used, and every machine chooses the
same parameters.
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
from vaegan.denoisers import filters
from vaegan.files import write_atomically
from vaegan.metrics.likeness import psnr

DIGITS = 50
SEED = 1  # the comparison of denoisers uses seed 0

Best = tuple[filters.Parameters, float]  # parameters and the PSNR that they reach, dB


def conditions() -> list[NoiseConfig]:
    """Every kind of noise at every level that filters are tuned for."""
    return [NoiseConfig(kind=kind, level=level, seed=SEED) for kind in NOISE_KINDS for level in filters.LEVELS]


def tune(images: Tensor, noise: NoiseConfig) -> Iterator[tuple[str, filters.Parameters, float]]:
    """For each filter its best parameters on uint8 digits (N, 784) under `noise`, and the PSNR they reach, dB."""
    x = to_pixels(images)
    clean, noisy = (to_pictures(pictures) for pictures in (x, corrupt(x, noise)))
    for name in filters.FILTERS:
        candidates = filters.combinations(name)
        decibels = [float(psnr(filters.apply(name, noisy, values), clean).mean()) for values in candidates]
        best = int(torch.tensor(decibels).argmax())
        yield name, candidates[best], decibels[best]


def save(best: dict[NoiseConfig, dict[str, Best]], data: Digits, count: int, file: Path) -> None:
    """Write the parameters, the PSNR they reach, and the digits they were chosen on, as JSON."""
    parameters: dict[str, dict[str, Any]] = {}
    psnr_by_kind: dict[str, dict[str, Any]] = {}
    for noise, by_name in best.items():
        level = f"{noise.level:g}"
        parameters.setdefault(noise.kind, {})[level] = {name: values for name, (values, _) in by_name.items()}
        psnr_by_kind.setdefault(noise.kind, {})[level] = {
            name: round(decibels, 2) for name, (_, decibels) in by_name.items()
        }
    content = {
        "command": filters.TUNE,
        "criterion": f"mean PSNR over the first {count} training digits, noise seed {SEED}",
        "data": {"label": data.label, "sha256": data.sha256},
        "parameters": parameters,
        "psnr": psnr_by_kind,
    }
    write_atomically({file: (json.dumps(content, indent=1) + "\n").encode()})
