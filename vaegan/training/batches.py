"""Which digits a training run trains on, in which order and under which noise; all of it from named random streams.

A stream is named by (seed, purpose, index). So the random numbers of step n depend on n alone, not on what was drawn
before.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt_mixture
from vaegan.data.tensors import to_pixels
from vaegan.errors import ConfigError

# Purposes of random streams. Other numbers would give other weights for the same seed.
ORDER, STEP, HOLDOUT, TEST_NOISE, PREVIEW = range(5)


class EvaluationSet(NamedTuple):
    """Digits to measure on, (N, 784) both: clean, and as the encoder sees them, with the noise of training if any."""

    clean: Tensor
    inputs: Tensor


class Batches:
    """The digits of one run: `count` batches to train on in each pass, and test and held-out digits to measure on."""

    def __init__(self, config: TrainConfig, data: Digits) -> None:
        """ConfigError if there are too few digits for what `config` asks for."""
        self._config, self._data = config, data
        rows = torch.arange(min(config.train_limit or len(data.train_images), len(data.train_images)))
        held = _held_out(config, len(rows))
        shuffled = rows[torch.randperm(len(rows), generator=stream(config.seed, HOLDOUT))]
        self._rows = shuffled[held:].sort().values
        self.test = self._evaluation_set(data.test_images)
        self.holdout = self._evaluation_set(data.train_images[shuffled[:held]]) if held else None
        full, rest = divmod(len(self._rows), config.batch_size)
        self.count = full + (rest > 1)  # BatchNorm cannot normalise a last batch of one
        if self.count == 0:
            raise ConfigError(f"{len(self._rows)} training digits do not make a batch; use at least 2")
        self._order = torch.empty(0, dtype=torch.int64)
        self._order_epoch = -1

    def clean(self, epoch: int, batch: int) -> Tensor:
        """The digits of a batch, (B, 784) in [0, 1]; their order depends on the seed and the epoch alone."""
        if self._order_epoch != epoch:
            order = torch.randperm(len(self._rows), generator=stream(self._config.seed, ORDER, epoch))
            self._order, self._order_epoch = self._rows[order], epoch
        size = self._config.batch_size
        rows = self._order[batch * size : (batch + 1) * size]
        return to_pixels(self._data.train_images.index_select(0, rows))  # copies whole rows, not byte by byte

    def _evaluation_set(self, images: Tensor) -> EvaluationSet:
        """uint8 images (N, 784) under the same noise at every measurement."""
        clean = to_pixels(images)
        noise = stream(self._config.seed, TEST_NOISE)
        return EvaluationSet(clean, corrupt_mixture(clean, self._config.noise, noise))


def stream(seed: int, purpose: int, index: int = 0) -> torch.Generator:
    """A generator at the beginning of the random stream with this name."""
    words = np.random.SeedSequence([seed, purpose, index]).generate_state(2)
    return torch.Generator().manual_seed(int(words[0]) << 31 | int(words[1]) >> 1)


def _held_out(config: TrainConfig, count: int) -> int:
    """How many of `count` training digits are held out; ConfigError if too few are left, or none to watch."""
    held = config.holdout if config.holdout is not None else count // 10 * config.watches_holdout
    if config.watches_holdout and held == 0:
        raise ConfigError(
            f"holdout of {count} training digits is 0, but early stopping and the plateau schedule watch it; "
            "use at least 10 digits and leave holdout unset, or give it"
        )
    if held > count - 2:
        raise ConfigError(f"holdout {held} leaves no training digits of {count}; lower it")
    return held
