"""The version of the training code: a hash of the sources that decide the weights. It is part of every run's name."""

import hashlib
from pathlib import Path

import torch

PACKAGE = Path(__file__).parents[1]
# A test compares this list with all that `training.loop` imports; it lists the modules that do not decide weights, and
# why they do not.
DECISIVE = (
    "model/parts",
    "model/dense",
    "model/convolutional",
    "model/networks",
    "data/noise",
    "data/tensors",
    "model/losses",
    "metrics/likeness",
    "training/routing",
    "training/optimisers",
    "training/average",
    "training/batches",
    "training/loop",
)


def code_version() -> str:
    """A hash of the sources in `DECISIVE` and of torch's version."""
    digest = hashlib.sha256(torch.__version__.encode())
    for name in DECISIVE:
        digest.update((PACKAGE / f"{name}.py").read_bytes())
    return digest.hexdigest()[:12]
