"""All numbers of a model: computes the tables of the registry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from torch import Tensor

from vaegan.config import NoiseConfig, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.metrics import registry
from vaegan.metrics.classifier import Classifier
from vaegan.metrics.registry import Metric, S
from vaegan.metrics.subjects import Cleaning, Strangers, Subject
from vaegan.model.networks import VAEGAN
from vaegan.model.prior import FittedPrior


@dataclass(frozen=True)
class Evaluation:
    """Means over `n` digits by name: `evaluation.psnr` is `evaluation.values["psnr"]`, and so with each number."""

    n: int
    values: Mapping[str, float]

    def __getattr__(self, name: str) -> float:
        if name.startswith("_") or name == "values" or name not in self.values:
            raise AttributeError(f"there is no number {name!r}")
        return self.values[name]


def compute(metrics: Iterable[Metric[S]], subject: S) -> dict[str, float]:
    """Compute each number of a table; by name."""
    return {metric.name: metric.value(subject) for metric in metrics}


def evaluate(model: VAEGAN, images: Tensor, noise: NoiseConfig | None = None) -> Evaluation:
    """Measure `model` (eval mode) on uint8 digits (N, 784), covered with `noise` if given; the target is clean."""
    return Evaluation(len(images), compute(registry.LIKENESS, Cleaning(model, images, noise)))


def appraise(
    model: VAEGAN, config: TrainConfig, data: Digits, judge: Classifier, prior: FittedPrior | None = None
) -> dict[str, float]:
    """What `evaluate --all` adds: numbers of the clean test digits of `data`; `model` in eval mode.

    Numbers that a system does not have are left out: a plain autoencoder draws from no posterior, a plain GAN encodes
    nothing; numbers of a fitted prior need one.
    """
    metrics = registry.existing(registry.CLEAN, config, fitted=prior is not None)
    return compute(metrics, Subject(model, data, judge, prior))


def anomaly_auc(model: VAEGAN, digits: Tensor, others: Tensor) -> dict[str, float]:
    """How well losses tell `others` from `digits`, uint8 (N, 784) and (M, 784); z = mu, the target is the picture."""
    return compute(registry.ANOMALY, Strangers(model, digits, others))
