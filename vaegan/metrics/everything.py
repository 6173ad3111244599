"""Every number of a model beside those of `metrics.evaluate`, in one call: what `evaluate --all` adds."""

from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.data.tensors import to_pixels
from vaegan.metrics import bounds, samples
from vaegan.metrics.bounds import binarised, elbo, importance_bound
from vaegan.metrics.classifier import Classifier
from vaegan.metrics.likeness import EXTRA_DEFINITIONS, knn_accuracy, posteriors
from vaegan.metrics.samples import measure_samples
from vaegan.model.latent import active_units
from vaegan.model.networks import VAEGAN

DEFINITIONS: dict[str, str] = {
    **bounds.DEFINITIONS,
    "active_units": "latent dimensions in which mu has a variance above 0.01 over test digits; Burda et al. 2016",
    "knn_accuracy": EXTRA_DEFINITIONS["knn_accuracy"],
    **samples.DEFINITIONS,
}


def appraise(model: VAEGAN, config: TrainConfig, data: Digits, classifier: Classifier) -> dict[str, float]:
    """The values that `DEFINITIONS` defines, means over the clean test digits of `data`; `model` in eval mode.

    Without those that the system has not: a plain autoencoder has no posterior to draw from, a plain GAN no encoder.
    """
    values: dict[str, float] = {}
    if config.uses_encoder:
        clean = to_pixels(data.test_images)
        if config.sample_latent:
            black_white = binarised(clean)
            values["elbo"] = float(elbo(model, clean).mean())
            values["elbo_binarised"] = float(elbo(model, black_white).mean())
            values["iwae_100"] = float(importance_bound(model, black_white).mean())
        values["active_units"] = int(active_units(posteriors(model, clean).mu).sum())
        training, test = (data.train_images, data.train_labels), (data.test_images, data.test_labels)
        values["knn_accuracy"] = knn_accuracy(model, *training, *test)
    return values | measure_samples(model, classifier, data)
