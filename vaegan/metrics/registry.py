"""Every number, as one entry: its name, its definition, and the function that computes it.

All code that measures, prints, explains or keeps numbers goes through these tables. To add a number, add an entry, then
run `python -m vaegan refresh-cards --missing`, which adds it to the cards of the shipped checkpoints.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from vaegan.config import TrainConfig
from vaegan.metrics.bounds import elbo, importance_bound
from vaegan.metrics.likeness import knn_accuracy, psnr, ssim
from vaegan.metrics.samples import frechet_distance
from vaegan.metrics.subjects import Cleaning, Strangers, Subject
from vaegan.model.latent import active_units

S = TypeVar("S", Cleaning, Subject, Strangers)


def _any(_: TrainConfig) -> bool:
    """Every system can be sampled from."""
    return True


def _encodes(config: TrainConfig) -> bool:
    """A plain GAN encodes nothing."""
    return config.uses_encoder


def _draws(config: TrainConfig) -> bool:
    """A plain autoencoder has no posterior to draw z from."""
    return config.uses_encoder and config.sample_latent


@dataclass(frozen=True)
class Metric(Generic[S]):
    """One number. `head` and `form` are its column in the second table of pretrained/README.md, if it has one."""

    name: str
    definition: str
    value: Callable[[S], float]
    exists: Callable[[TrainConfig], bool] = _any  # whether a system has this number
    fitted: bool = False  # whether only a checkpoint with a fitted prior has it
    judged: bool = False  # whether the classifier decides it: then it is comparable only with the same classifier
    head: str = ""
    form: str = ""


def _share(digit: int) -> Metric[Subject]:
    return Metric(
        f"share_{digit}",
        f"share of samples that the classifier reads as a {digit}",
        lambda x: x.coverage.shares[digit],
        judged=True,
    )


# Numbers of digits under each noise of the cards.
LIKENESS: tuple[Metric[Cleaning], ...] = (
    Metric(
        "test_loss",
        "recon_bce + kl; the paper's test set loss (z = mu, so lower than the negative ELBO)",
        lambda x: float((x.losses[0] + x.losses[1]).mean()),
        _encodes,
    ),
    Metric(
        "recon_bce",
        "binary cross entropy of the clean digit under the output, summed over 784 pixels, nats, z = mu",
        lambda x: float(x.losses[0].mean()),
        _encodes,
    ),
    Metric("kl", "KL(q(z|x) || N(0, I)) in nats", lambda x: float(x.losses[1].mean()), _encodes),
    Metric(
        "psnr",
        "peak signal-to-noise ratio of the output against the clean digit, dB, peak 1, at most 100",
        lambda x: x.mean_score(psnr, x.output),
        _encodes,
    ),
    Metric(
        "ssim",
        "structural similarity of the output and the clean digit, scikit-image's default 7x7 window",
        lambda x: x.mean_score(ssim, x.output),
        _encodes,
    ),
    Metric(
        "psnr_noisy",
        "PSNR of what the model was given against the clean digit, dB",
        lambda x: x.mean_score(psnr, x.noisy),
        _encodes,
    ),
    Metric(
        "ssim_noisy",
        "SSIM of what the model was given and the clean digit",
        lambda x: x.mean_score(ssim, x.noisy),
        _encodes,
    ),
)

BOUNDS: tuple[Metric[Subject], ...] = (
    Metric(
        "elbo",
        "evidence lower bound, nats: -(BCE summed over pixels + KL) of grey digits, z drawn once from q(z|x) (seed 0); "
        "as a rule several nats worse than -test_loss, which decodes z = mu: the decoder rebuilds the middle of q(z|x) "
        "better than the draws around it",
        lambda x: float(elbo(x.model, x.clean).mean()),
        _draws,
        head="ELBO",
        form=".2f",
    ),
    Metric(
        "elbo_binarised",
        "the same on binarised digits: each pixel once 1 with its grey level as probability, else 0 (seed 0; "
        "Salakhutdinov & Murray 2008)",
        lambda x: float(elbo(x.model, x.black_white).mean()),
        _draws,
        head="ELBO, binarised",
        form=".2f",
    ),
    Metric(
        "iwae_100",
        "importance-weighted bound on log p(x), k = 100 draws of z (seed 0), nats, on the binarised digits of "
        "elbo_binarised; Burda et al. 2016",
        lambda x: float(importance_bound(x.model, x.black_white).mean()),
        _draws,
        head="IWAE, k = 100",
        form=".2f",
    ),
)

LATENT: tuple[Metric[Subject], ...] = (
    Metric(
        "active_units",
        "latent dimensions in which mu has a variance above 0.01 over test digits; Burda et al. 2016",
        lambda x: int(active_units(x.posterior.mu).sum()),
        _encodes,
        head="active units",
        form=".0f",
    ),
    Metric(
        "knn_accuracy",
        "share of clean test digits that the labels of their 5 nearest training digits name, by mu",
        lambda x: knn_accuracy(
            x.model, x.data.train_images, x.data.train_labels, x.data.test_images, x.data.test_labels
        ),
        _encodes,
        head="kNN on mu",
        form=".2%",
    ),
)

SAMPLES: tuple[Metric[Subject], ...] = (
    Metric(
        "samples",
        "decoded samples of the prior N(0, I) (seed 0) that the numbers below judge, as many as test digits",
        lambda x: len(x.clean),
    ),
    Metric(
        "frechet",
        "Fréchet distance of Gaussians fitted to the classifier's 48 features of samples and of test digits; Heusel et "
        "al. 2017, with our classifier for Inception: comparable only with the same classifier_sha256 and count",
        lambda x: frechet_distance(x.sample_features, x.test_features),
        judged=True,
        head="Fréchet",
        form=".1f",
    ),
    Metric(
        "frechet_floor",
        "the same of the first training digits, as many, for samples: what real digits reach",
        lambda x: frechet_distance(x.training_features, x.test_features),
        judged=True,
        head="its floor",
        form=".1f",
    ),
    Metric(
        "precision",
        "share of samples that lie as near to a test digit as its 3rd nearest test digit, in these features: how many "
        "samples look real; Kynkäänniemi et al. 2019",
        lambda x: x.precision_recall.precision,
        judged=True,
        head="precision",
        form=".3f",
    ),
    Metric(
        "recall",
        "share of test digits that lie as near to a sample as its 3rd nearest sample: how much of what is real is "
        "sampled; Kynkäänniemi et al. 2019",
        lambda x: x.precision_recall.recall,
        judged=True,
        head="recall",
        form=".3f",
    ),
    Metric(
        "coverage",
        "digits, of ten, that the classifier reads in at least 1 % of the samples each",
        lambda x: x.coverage.classes,
        judged=True,
        head="coverage",
        form=".0f",
    ),
    Metric(
        "coverage_entropy",
        "entropy of the classes read in samples, nats; ln 10 = 2.303 if all are equally frequent",
        lambda x: x.coverage.entropy,
        judged=True,
    ),
    *map(_share, range(10)),
)

# The same of samples of the fitted prior, and of what no prior can better.
FITTED: tuple[Metric[Subject], ...] = (
    Metric(
        "frechet_fitted",
        "frechet with samples of the fitted prior (seed 0), a Gaussian mixture fitted to draws z ~ q(z|x) of training "
        "digits, in place of N(0, I)",
        lambda x: frechet_distance(x.fitted_features, x.test_features),
        fitted=True,
        judged=True,
        head="Fréchet, fitted prior",
        form=".1f",
    ),
    Metric(
        "precision_fitted",
        "precision with samples of the fitted prior",
        lambda x: x.fitted_precision_recall.precision,
        fitted=True,
        judged=True,
        head="precision, fitted prior",
        form=".3f",
    ),
    Metric(
        "recall_fitted",
        "recall with samples of the fitted prior",
        lambda x: x.fitted_precision_recall.recall,
        fitted=True,
        judged=True,
        head="recall, fitted prior",
        form=".3f",
    ),
    Metric(
        "frechet_posterior",
        "frechet with one draw z ~ q(z|x) for each test digit (seed 0) in place of samples: what the best prior would "
        "reach with this decoder",
        lambda x: frechet_distance(x.drawn_features, x.test_features),
        _draws,
        fitted=True,
        judged=True,
        head="Fréchet, encoded digits",
        form=".1f",
    ),
)

# Numbers of clean digits, measured once: what `evaluate --all` adds.
CLEAN: tuple[Metric[Subject], ...] = (*BOUNDS, *LATENT, *SAMPLES, *FITTED)

# Numbers of digits beside other pictures; no card has them.
ANOMALY: tuple[Metric[Strangers], ...] = (
    Metric(
        "anomaly_auc",
        "area under the ROC curve of recon_bce + kl (picture itself as target) telling others from digits",
        lambda x: x.auc(x.losses[0] + x.losses[1]),
        _encodes,
    ),
    Metric("anomaly_auc_recon", "the same of recon_bce alone", lambda x: x.auc(x.losses[0]), _encodes),
    Metric("anomaly_auc_kl", "the same of kl alone", lambda x: x.auc(x.losses[1]), _encodes),
)


def definitions(*tables: Sequence[Metric[Any]]) -> dict[str, str]:
    """What each number of these tables means, by its name."""
    return {metric.name: metric.definition for table in tables for metric in table}


def existing(metrics: Sequence[Metric[S]], config: TrainConfig, fitted: bool) -> Iterator[Metric[S]]:
    """The numbers of a table that a system has, with a fitted prior or without."""
    return (metric for metric in metrics if metric.exists(config) and (fitted or not metric.fitted))


def card_metrics() -> tuple[Metric[Any], ...]:
    """All numbers that a card can have."""
    return (*LIKENESS, *CLEAN)
