"""Every number by its name, against each computed by itself."""

import pickle
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.conftest import present
from tests.metrics.test_likeness import NOISE, by_hand
from vaegan import checkpoint
from vaegan.config import NoiseConfig, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.metrics import DEFINITIONS, anomaly_auc, appraise, classifier, evaluate, likeness, registry
from vaegan.metrics.bounds import binarised, elbo, importance_bound
from vaegan.metrics.likeness import PSNR_LIMIT, knn_accuracy, vae_losses
from vaegan.metrics.registry import Metric
from vaegan.metrics.samples import frechet_distance, precision_recall, prior_samples
from vaegan.metrics.subjects import Cleaning, Subject
from vaegan.model.networks import VAEGAN


@pytest.mark.parametrize("noise", [None, NOISE], ids=["clean", "noisy"])
def test_evaluate_is_the_mean_over_pictures(model: VAEGAN, images: Tensor, noise: NoiseConfig | None) -> None:
    found = evaluate(model, images, noise)
    assert found.n == len(images)
    assert found.values == pytest.approx(by_hand(model, images, noise), rel=1e-5, abs=1e-5)


def test_without_noise_the_model_is_given_the_clean_digits(model: VAEGAN, images: Tensor) -> None:
    found = evaluate(model, images)
    assert found.psnr_noisy == PSNR_LIMIT
    assert found.ssim_noisy == pytest.approx(1)


def test_evaluating_twice_gives_the_same_numbers(model: VAEGAN, images: Tensor) -> None:
    assert evaluate(model, images, NOISE) == evaluate(model, images, NOISE)


def test_evaluating_changes_neither_model_nor_digits(model: VAEGAN, images: Tensor) -> None:
    weights, pixels = {name: value.clone() for name, value in model.state_dict().items()}, images.clone()
    evaluate(model, images, NOISE)
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    assert torch.equal(images, pixels)


@pytest.mark.parametrize("chunk", [1, 5, 12])
def test_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch, model: VAEGAN, images: Tensor, chunk: int) -> None:
    whole = evaluate(model, images, NOISE)
    monkeypatch.setattr(likeness, "CHUNK", chunk)
    assert evaluate(model, images, NOISE).values == pytest.approx(whole.values, rel=1e-5)


def test_anomaly_auc_is_the_share_of_pairs_in_order(model: VAEGAN, images: Tensor, sample: Digits) -> None:
    others = sample.test_images[20:60].roll(120, dims=1) // 2  # too dim and too low, with a seam: strange, but not very
    scores = {}
    for name, pictures in (("digits", images), ("others", others)):
        recon, kl = vae_losses(model, pictures.float() / 255, pictures.float() / 255)
        scores[name] = recon + kl, recon, kl
    values = list(anomaly_auc(model, images, others).values())
    for found, low, high in zip(values, scores["digits"], scores["others"], strict=True):
        above, equal = high[:, None] > low, high[:, None] == low
        expected = (above.double() + 0.5 * equal).mean().item()
        assert found == pytest.approx(expected)
        assert 0.02 < expected < 0.98
    assert len(set(values)) == 3


def test_digits_against_themselves_are_a_coin(model: VAEGAN, images: Tensor) -> None:
    assert list(anomaly_auc(model, images, images).values()) == pytest.approx([0.5, 0.5, 0.5])


def tiny(twins: Path, name: str = "tiny-bn") -> tuple[VAEGAN, TrainConfig]:
    found = checkpoint.load(name, twins)
    return found.build(), found.card.config


def test_an_appraisal_is_every_measure_by_its_name(twins: Path, digits: Digits) -> None:
    model, config = tiny(twins)
    data, judge = digits.subset(test=40), classifier.load()
    found = appraise(model, config, data, judge)
    assert list(found) == [metric.name for metric in registry.CLEAN if not metric.fitted]
    x = data.test_images / 255
    mu = model.encode(x).mu.detach()
    expected = {
        "elbo": elbo(model, x).mean().item(),
        "elbo_binarised": elbo(model, binarised(x)).mean().item(),
        "iwae_100": importance_bound(model, binarised(x), 100).mean().item(),
        "active_units": int(((mu - mu.mean(dim=0)).square().mean(dim=0) > 0.01).sum()),
        "knn_accuracy": knn_accuracy(model, data.train_images, data.train_labels, data.test_images, data.test_labels),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert found["iwae_100"] > found["elbo_binarised"]


def test_samples_are_judged_by_the_classifier(twins: Path, digits: Digits) -> None:
    model, config = tiny(twins, "tiny-plain")
    judge = classifier.load()
    found = appraise(model, config, digits, judge)
    pictures = prior_samples(model, 100), digits.test_images / 255, digits.train_images[:100] / 255
    with torch.inference_mode():
        samples, test, training = (judge.model.features(x).double().numpy() for x in pictures)
    assert found["samples"] == 100
    assert found["frechet"] == pytest.approx(frechet_distance(samples, test), rel=1e-4)
    assert found["frechet_floor"] == pytest.approx(frechet_distance(training, test), rel=1e-4)
    assert found["frechet_floor"] < found["frechet"]
    assert (found["precision"], found["recall"]) == pytest.approx(precision_recall(test, samples), abs=0.021)
    assert found["recall"] != found["precision"]
    read = judge.digits(pictures[0]).tolist()
    assert [found[f"share_{digit}"] for digit in range(10)] == pytest.approx([read.count(d) / 100 for d in range(10)])
    assert found["coverage"] == len(set(read)), "of 100 samples one is a hundredth"


def test_samples_of_the_fitted_prior_are_judged_as_those_of_the_standard_one(twins: Path, digits: Digits) -> None:
    """The number of draws from q(z|x) is held to other draws than its own."""
    loaded, judge = checkpoint.load("tiny-plain", twins), classifier.load()
    model, config = loaded.build(), loaded.card.config
    prior = present(loaded.prior)
    found = appraise(model, config, digits, judge, prior)
    without = appraise(model, config, digits, judge)
    fitted = {"frechet_fitted", "precision_fitted", "recall_fitted", "frechet_posterior"}
    assert {name: value for name, value in found.items() if name not in fitted} == without
    x = digits.test_images / 255
    with torch.inference_mode():
        mu, logvar = model.encode(x)
        draws = torch.distributions.Normal(mu, (logvar / 2).exp()).sample()
        pictures = model.decode(prior.sample(100, 0)), x, model.decode(draws)
        samples, test, drawn = (judge.model.features(picture).double().numpy() for picture in pictures)
    assert found["frechet_fitted"] == pytest.approx(frechet_distance(samples, test), rel=1e-4)
    both = found["precision_fitted"], found["recall_fitted"]
    assert both == pytest.approx(precision_recall(test, samples), abs=0.021)
    assert found["frechet_posterior"] == pytest.approx(frechet_distance(drawn, test), rel=0.15)
    assert found["frechet_floor"] < found["frechet_posterior"] < found["frechet_fitted"] < found["frechet"]
    plain = config.updated({"sample_latent": False, "weights": {"kl": 0, "adv": 0}})
    assert "frechet_posterior" not in appraise(model, plain, digits, judge, prior), "it has nothing to draw from"


def test_the_elbo_is_worse_than_the_test_loss_as_its_definition_says(sample: Digits) -> None:
    for name, least in (("paper-bn", 5), ("paper-plain", 5), ("latent2-bn", 0)):
        model = checkpoint.load(name, checkpoint.PRETRAINED).build()
        images = sample.test_images[:300]
        gap = -elbo(model, images / 255).mean().item() - evaluate(model, images).test_loss
        assert least < gap < 20


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"sample_latent": False, "weights": {"kl": 0, "adv": 0}}, {"elbo", "elbo_binarised", "iwae_100"}),
        (
            {"weights": {"recon": 0, "kl": 0}, "fakes": "prior"},
            {"elbo", "elbo_binarised", "iwae_100", "active_units", "knn_accuracy"},
        ),
    ],
    ids=["autoencoder", "gan"],
)
def test_what_a_system_has_not_is_not_measured(twins: Path, digits: Digits, changes: dict, missing: set[str]) -> None:
    model, config = tiny(twins)
    data, judge = digits.subset(test=10), classifier.load()
    found = appraise(model, config.updated(changes), data, judge)
    whole = appraise(model, config, data, judge)
    assert found == {name: value for name, value in whole.items() if name not in missing}


def test_every_definition_says_something_of_its_own() -> None:
    assert len(set(DEFINITIONS.values())) == len(DEFINITIONS)
    assert "z = mu" in DEFINITIONS["elbo"]


def test_a_number_is_one_entry(model: VAEGAN, images: Tensor, digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pretended numbers: the darkest output's mean, and how many labels there are."""
    darkest = Metric[Cleaning]("darkest", "mean of the darkest output", lambda x: float(x.output.mean(1).min()))
    labels = Metric[Subject]("labels", "labels there are", lambda x: len(x.data.test_labels.unique()))
    monkeypatch.setattr(registry, "LIKENESS", (*registry.LIKENESS, darkest))
    monkeypatch.setattr(registry, "CLEAN", (labels,))
    outputs = torch.stack([model(image[None] / 255).x_hat.mean() for image in images])
    assert evaluate(model, images).darkest == pytest.approx(outputs.min().item(), rel=1e-5)
    count = len(set(digits.test_labels.tolist()))
    assert appraise(model, TrainConfig(), digits, classifier.load()) == {"labels": count}


def test_an_evaluation_has_its_numbers_and_no_other(model: VAEGAN, images: Tensor) -> None:
    evaluation = evaluate(model, images)
    assert evaluation.psnr == evaluation.values["psnr"]
    assert pickle.loads(pickle.dumps(evaluation)) == evaluation
    with pytest.raises(AttributeError, match="'psrn'"):
        _ = evaluation.psrn


def test_the_samples_judged_are_those_of_the_seed(twins: Path, digits: Digits) -> None:
    model, config = tiny(twins, "tiny-plain")
    judge = classifier.load()
    before = torch.get_rng_state()
    assert appraise(model, config, digits, judge) == appraise(model, config, digits, judge)
    assert torch.equal(torch.get_rng_state(), before)
