"""Cards measured when a run ends, and again without training."""

from dataclasses import replace

import pytest

from vaegan.checkpoint import Card, CardData, Checkpoint
from vaegan.config import ModelConfig, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import DataError
from vaegan.metrics import appraise, evaluate, registry
from vaegan.metrics.cards import CARD_NOISES, digits_of, measured, refreshed
from vaegan.metrics.classifier import Classifier
from vaegan.metrics.registry import Metric
from vaegan.metrics.subjects import Subject
from vaegan.model.networks import build


@pytest.fixture(scope="module")
def few(sample: Digits) -> Digits:
    """What the twins were trained on."""
    return sample.subset(1000, 100)


@pytest.fixture(scope="module")
def full(tiny: Checkpoint, few: Digits, judge: Classifier) -> Checkpoint:
    """With every number."""
    return replace(tiny, card=refreshed(tiny, [few], judge, everything=True))


def with_value(card: Card, name: str, value: float) -> Card:
    """A card whose first measurement says something else of a number."""
    first, *others = card.metrics
    first = first.model_copy(update={"values": first.values | {name: value}})
    return card.model_copy(update={"metrics": (first, *others)})


def test_measurements_name_their_noise_and_digits(few: Digits) -> None:
    data = few.subset(100, 30)
    found = measured(build(ModelConfig(latent_dim=3, hidden_dim=8), 0).eval(), TrainConfig(), [data])
    assert [one.noise for one in found] == list(CARD_NOISES)
    assert all(one.n == 30 and one.data == CardData(label=data.label, sha256=data.sha256) for one in found)
    assert found[0].values["psnr_noisy"] == 100
    assert found[1].values["psnr_noisy"] > found[2].values["psnr_noisy"] > found[3].values["psnr_noisy"]


def test_a_card_measured_again_is_the_same(tiny: Checkpoint, few: Digits, digits: Digits, judge: Classifier) -> None:
    again = refreshed(tiny, [digits, few], judge)
    assert again.model_copy(update={"metrics": ()}) == tiny.card.model_copy(update={"metrics": ()})
    for one, before in zip(again.metrics, tiny.card.metrics, strict=True):
        assert one.model_copy(update={"values": {}}) == before.model_copy(update={"values": {}})
        assert one.values == pytest.approx(before.values, rel=1e-6)


def test_a_wrong_number_is_put_right(tiny: Checkpoint, few: Digits, judge: Classifier) -> None:
    wrong = replace(tiny, card=with_value(tiny.card, "psnr", 99.0))
    right = evaluate(tiny.build(), few.test_images).psnr
    assert refreshed(wrong, [few], judge).metrics[0].values["psnr"] == pytest.approx(right, rel=1e-6)
    assert refreshed(wrong, [few], judge, missing=True).metrics[0].values["psnr"] == 99, "it is not missing"


def test_everything_is_added_where_it_is_asked_for(
    tiny: Checkpoint, full: Checkpoint, few: Digits, judge: Classifier
) -> None:
    assert full.card.classifier_sha256 == judge.card.sha256
    added = {n: v for n, v in full.card.metrics[0].values.items() if n not in tiny.card.metrics[0].values}
    assert added == pytest.approx(appraise(tiny.build(), tiny.card.config, few, judge, tiny.prior))
    assert full.card.metrics[1:] == tiny.card.metrics[1:]
    assert set(refreshed(full, [few], judge).metrics[0].values) == set(full.card.metrics[0].values), "it stays"


def test_a_number_that_the_registry_has_no_more_leaves_the_card(
    tiny: Checkpoint, few: Digits, judge: Classifier
) -> None:
    old = replace(tiny, card=with_value(tiny.card, "retired", 1.0))
    assert refreshed(old, [few], judge, missing=True) == tiny.card


def test_only_what_is_missing_is_measured(
    full: Checkpoint, few: Digits, judge: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new number, one that means something else now, and the card's own, which would be wrong if measured again."""
    monkeypatch.setattr(
        registry,
        "CLEAN",
        (
            *(replace(one, value=lambda _: -1.0) for one in registry.CLEAN if one.name != "share_9"),
            Metric[Subject]("share_9", "something else", lambda _: -2.0),
            Metric[Subject]("labels", "labels there are", lambda x: len(x.data.test_labels.unique())),
        ),
    )
    found = refreshed(full, [few], judge, missing=True)
    expected = full.card.metrics[0].values | {"share_9": -2, "labels": 10}
    assert len(set(few.test_labels.tolist())) == 10
    assert found.metrics[0].values == expected
    assert found.metrics[1:] == full.card.metrics[1:]
    assert (found.definitions["share_9"], found.definitions["labels"]) == ("something else", "labels there are")


def test_what_another_classifier_has_judged_is_missing(full: Checkpoint, few: Digits, judge: Classifier) -> None:
    card = with_value(with_value(full.card, "frechet", 1.0), "elbo", 1.0)
    other = replace(full, card=card.model_copy(update={"classifier_sha256": "other"}))
    found = refreshed(other, [few], judge, missing=True)
    assert found.classifier_sha256 == judge.card.sha256
    assert found.metrics[0].values["frechet"] == pytest.approx(full.card.metrics[0].values["frechet"])
    assert found.metrics[0].values["elbo"] == 1, "no classifier has a part in it"


def test_digits_that_are_not_here_are_named(few: Digits, digits: Digits) -> None:
    wanted = CardData(label="MNIST", sha256="a" * 64)
    message = r"mine was measured on MNIST \(sha256 aaaaaaaaaaaa\), which is not here \(here: a .*; a .*\); give its"
    with pytest.raises(DataError, match=message):
        digits_of(wanted, [few, digits], "mine")
    with pytest.raises(DataError) as error:
        digits_of(wanted, [few, few], "mine")
    assert str(error.value).count(few.label) == 1
