"""The inputs from which numbers are computed: digits, and what a model makes of them.

Each is computed once, when it is needed first.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vaegan.config import NoiseConfig
from vaegan.data.mnist import Digits
from vaegan.data.noise import corrupt
from vaegan.data.pictures import Float, Pictures
from vaegan.data.tensors import to_pictures, to_pixels
from vaegan.metrics.bounds import binarised
from vaegan.metrics.classifier import Classifier
from vaegan.metrics.likeness import chunks, posteriors, reconstruct, vae_losses
from vaegan.metrics.samples import SEED, Coverage, PrecisionRecall, coverage, decoded, precision_recall, prior_samples
from vaegan.model.networks import VAEGAN, sample
from vaegan.model.parts import Posterior
from vaegan.model.prior import FittedPrior

Score = Callable[[Pictures, Pictures], Float]  # pictures and clean digits (N, 28, 28) -> a score for each picture (N,)


class Cleaning:
    """uint8 digits (N, 784), covered with noise if any, and what a model in eval mode makes of them with z = mu."""

    def __init__(self, model: VAEGAN, images: Tensor, noise: NoiseConfig | None = None) -> None:
        self.model, self.images, self.noise = model, images, noise

    @cached_property
    def clean(self) -> Tensor:
        """The digits, float (N, 784) in [0, 1]."""
        return to_pixels(self.images)

    @cached_property
    def noisy(self) -> Tensor:
        """The digits as the model sees them, (N, 784)."""
        return corrupt(self.clean, self.noise) if self.noise else self.clean

    @cached_property
    def output(self) -> Tensor:
        """What the model makes of them, (N, 784) in [0, 1]."""
        return reconstruct(self.model, self.noisy)

    @cached_property
    def losses(self) -> tuple[Tensor, Tensor]:
        """Reconstruction loss against the clean digits and KL, (N,) each."""
        return vae_losses(self.model, self.clean, self.noisy)

    def mean_score(self, score: Score, pictures: Tensor) -> float:
        """The mean of a score that compares pictures with the clean digits."""
        parts = [score(to_pictures(a), to_pictures(b)) for a, b in chunks(pictures, self.clean)]
        return float(np.concatenate(parts).mean())


class Subject:
    """A model in eval mode, clean digits, the classifier that judges its samples, and its fitted prior if any."""

    def __init__(self, model: VAEGAN, data: Digits, judge: Classifier, prior: FittedPrior | None = None) -> None:
        self.model, self.data, self.judge, self.prior = model, data, judge, prior

    @cached_property
    def clean(self) -> Tensor:
        """The test digits, (N, 784) in [0, 1]."""
        return to_pixels(self.data.test_images)

    @cached_property
    def black_white(self) -> Tensor:
        """The test digits, binarised: every pixel is 0 or 1."""
        return binarised(self.clean)

    @cached_property
    def posterior(self) -> Posterior:
        """q(z|x) of the test digits."""
        return posteriors(self.model, self.clean)

    @cached_property
    def samples(self) -> Tensor:
        """As many decoded samples of the prior as there are test digits."""
        return prior_samples(self.model, len(self.clean))

    @cached_property
    def fitted_features(self) -> NDArray[np.float64]:
        """What the classifier sees in as many decoded samples of the fitted prior, (N, 48)."""
        assert self.prior is not None, "the registry asks for this only where there is a fitted prior"
        return self.features(decoded(self.model, self.prior.sample(len(self.clean), SEED)))

    @cached_property
    def drawn_features(self) -> NDArray[np.float64]:
        """What the classifier sees in decoded draws z ~ q(z|x), one for each test digit, (N, 48)."""
        z = sample(self.posterior, torch.Generator().manual_seed(SEED))
        return self.features(decoded(self.model, z))

    @cached_property
    def sample_features(self) -> NDArray[np.float64]:
        """What the classifier sees in the samples, (N, 48)."""
        return self.features(self.samples)

    @cached_property
    def test_features(self) -> NDArray[np.float64]:
        """What the classifier sees in the test digits, (N, 48)."""
        return self.features(self.clean)

    @cached_property
    def training_features(self) -> NDArray[np.float64]:
        """What the classifier sees in as many of the first training digits as there are test digits, (N, 48)."""
        return self.features(to_pixels(self.data.train_images[: len(self.clean)]))

    @cached_property
    def precision_recall(self) -> PrecisionRecall:
        """Precision and recall of the samples."""
        return precision_recall(self.test_features, self.sample_features)

    @cached_property
    def fitted_precision_recall(self) -> PrecisionRecall:
        """Precision and recall of the samples of the fitted prior."""
        return precision_recall(self.test_features, self.fitted_features)

    @cached_property
    def coverage(self) -> Coverage:
        """Which classes the samples show."""
        return coverage(self.judge.digits(self.samples))

    def features(self, pictures: Tensor) -> NDArray[np.float64]:
        """What the classifier sees in pictures, (N, 784) -> (N, 48)."""
        features: NDArray[np.float64] = self.judge.features(pictures).double().numpy()
        return features


class Strangers:
    """Digits and other pictures, uint8 (N, 784) and (M, 784), and how well a model's losses tell them apart."""

    def __init__(self, model: VAEGAN, digits: Tensor, others: Tensor) -> None:
        self.model, self.digits, self.others = model, digits, others

    @cached_property
    def losses(self) -> tuple[Tensor, Tensor]:
        """Reconstruction loss against the picture itself and KL, of the digits, then of the others; (N + M,) each."""
        pictures = to_pixels(torch.cat([self.digits, self.others]))
        return vae_losses(self.model, pictures, pictures)

    def auc(self, loss: Tensor) -> float:
        """Area under the ROC curve of a loss (N + M,): 0.5 if it separates nothing, 1 if all others from all digits."""
        from sklearn.metrics import roc_auc_score  # the import takes seconds, and the app never asks for this

        strange = torch.arange(len(loss)) >= len(self.digits)  # (N + M,)
        return float(roc_auc_score(strange.numpy(), loss.numpy()))
