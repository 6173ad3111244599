"""What a training run tells: steps, epochs, previews, its end, and the state from which it can go on."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vaegan.checkpoint.state import TrainState


@dataclass(frozen=True)
class StepEvent:
    """One batch: losses per image by name, D's mean opinion, gradient norm per network; `done` of the run, 0 to 1."""

    step: int
    epoch: int
    done: float
    losses: dict[str, float]
    d_real: float | None
    d_fake: float | None
    grad_norm: dict[str, float]
    lr: float
    images_per_s: float


@dataclass(frozen=True)
class EpochEvent:
    """One pass. `average_loss` is the paper's: recon + kl summed over a batch, averaged over batches; `test_loss` too:
    per image, z = mu. Both are None for a system that encodes nothing."""

    step: int
    epoch: int
    losses: dict[str, float]
    average_loss: float | None
    test_loss: float | None
    holdout_loss: float | None
    lr: float
    images_per_s: float
    state: TrainState


@dataclass(frozen=True)
class PreviewEvent:
    """The same ten digits and ten latent vectors each time; all (10, 28, 28) uint8, reconstructions None for a GAN."""

    step: int
    epoch: int
    originals: NDArray[np.uint8]
    inputs: NDArray[np.uint8]
    reconstructions: NDArray[np.uint8] | None
    samples: NDArray[np.uint8]


@dataclass(frozen=True)
class EndEvent:
    """Why the run ended and where: "finished", "stopped" (by `should_stop`; can be resumed) or "early stopping"."""

    reason: Literal["finished", "stopped", "early stopping"]
    state: TrainState


Event = StepEvent | EpochEvent | PreviewEvent | EndEvent
