"""What happens in a training run: steps, epochs, previews and the end, with states from which it can go on."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vaegan.checkpoint.state import TrainState


@dataclass(frozen=True)
class StepEvent:
    """One batch: losses per image by name, and the gradient's norm by network.

    `d_real` and `d_fake` are the discriminator's mean probabilities for real and fake pictures, None if the run has no
    discriminator. `done` is the share of the run's steps that are done, 0 to 1.
    """

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
    """One pass over the training digits.

    Two losses are the paper's: `average_loss` is recon + kl summed over a batch, averaged over batches; `test_loss` is
    the mean over test digits with z = mu. Both are None if the system encodes nothing.
    """

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
    """The same ten digits and ten latent vectors each time; all (10, 28, 28) uint8.

    `reconstructions` are None if the system encodes nothing.
    """

    step: int
    epoch: int
    originals: NDArray[np.uint8]
    inputs: NDArray[np.uint8]
    reconstructions: NDArray[np.uint8] | None
    samples: NDArray[np.uint8]


@dataclass(frozen=True)
class EndEvent:
    """The end, and why: "finished", "stopped" by `should_stop`, so that it can be resumed, or "early stopping"."""

    reason: Literal["finished", "stopped", "early stopping"]
    state: TrainState


Event = StepEvent | EpochEvent | PreviewEvent | EndEvent
