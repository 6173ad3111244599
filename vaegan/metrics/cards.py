"""The measurements that a card carries: made when a run ends, and made again without training."""

from collections.abc import Iterator, Mapping, Sequence

from vaegan.checkpoint.card import Card, CardData, Measurement
from vaegan.checkpoint.files import Checkpoint
from vaegan.config import NoiseConfig, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import DataError
from vaegan.metrics import registry
from vaegan.metrics.classifier import Classifier
from vaegan.metrics.everything import compute
from vaegan.metrics.registry import Metric, S
from vaegan.metrics.subjects import Cleaning, Subject
from vaegan.model.networks import VAEGAN
from vaegan.model.prior import FittedPrior

CARD_NOISES: tuple[NoiseConfig | None, ...] = (
    None,
    *(NoiseConfig(kind="gaussian", level=level) for level in (0.25, 0.5, 0.75)),
    NoiseConfig(kind="salt-pepper", level=0.2),
    NoiseConfig(kind="masking", level=0.5),
)
# Numbers that were measured before, by the sha256 of the digits and the noise on them.
Known = Mapping[tuple[str, NoiseConfig | None], Mapping[str, float]]


def measured(
    model: VAEGAN,
    config: TrainConfig,
    data: Sequence[Digits],
    judge: Classifier | None = None,
    known: Known | None = None,
    prior: FittedPrior | None = None,
) -> tuple[Measurement, ...]:
    """`model` (eval mode) on the test digits of each of `data` under each noise of the cards.

    With a judge, the numbers of `registry.CLEAN` are measured as well, on the clean digits of the first of `data`.
    Numbers that are `known` are not measured again. A system that encodes nothing has only the numbers of its samples,
    and numbers of a fitted prior need one.
    """
    measurements = []
    likeness = list(registry.existing(registry.LIKENESS, config, prior is not None))
    clean = list(registry.existing(registry.CLEAN, config, prior is not None))
    for digits in data:
        for noise in CARD_NOISES:
            known_values = (known or {}).get((digits.sha256, noise), {})
            values = _values(likeness, Cleaning(model, digits.test_images, noise), known_values)
            if judge is not None and digits is data[0] and noise is None:
                values |= _values(clean, Subject(model, digits, judge, prior), known_values)
            if values:
                count = len(digits.test_images)
                measurements.append(Measurement(data=card_data(digits), noise=noise, n=count, values=values))
    return tuple(measurements)


def card_definitions(measurements: Sequence[Measurement]) -> dict[str, str]:
    """The definitions of exactly the numbers that these measurements have."""
    names = {name for measurement in measurements for name in measurement.values}
    return {metric.name: metric.definition for metric in registry.card_metrics() if metric.name in names}


def refreshed(
    checkpoint: Checkpoint,
    sources: Sequence[Digits],
    judge: Classifier,
    *,
    everything: bool = False,
    missing: bool = False,
) -> Card:
    """The card of a checkpoint with its numbers measured again, on the digits that it names; `sources` must have them.

    The numbers of `registry.CLEAN` are measured if the card has had them or `everything` is asked for. `missing` keeps
    each number of the card, unless it has another definition today or was judged by another classifier.
    """
    card = checkpoint.card
    own_judge = judge if everything or card.classifier_sha256 is not None else None
    data = [digits_of(wanted, sources, card.name) for wanted in named_data(card)]
    kept = {
        (measurement.data.sha256, measurement.noise): dict(_still_valid(card, measurement, judge))
        for measurement in card.metrics
    }
    measurements = measured(
        checkpoint.build(), card.config, data, own_judge, kept if missing else None, checkpoint.prior
    )
    return card.model_copy(
        update={
            "data": card_data(data[0]),
            "metrics": measurements,
            "definitions": card_definitions(measurements),
            "classifier_sha256": own_judge.card.sha256 if own_judge is not None else None,
        }
    )


def named_data(card: Card) -> list[CardData]:
    """The digits that a card was measured on, those of its training first."""
    return list(dict.fromkeys([card.data, *(measurement.data for measurement in card.metrics)]))


def digits_of(wanted: CardData, sources: Sequence[Digits], name: str) -> Digits:
    """The data set of `sources` that is exactly the one wanted; DataError if none is."""
    for digits in sources:
        if digits.sha256 == wanted.sha256:
            return digits
    available = "; ".join(dict.fromkeys(digits.label for digits in sources))
    raise DataError(
        f"{name} was measured on {wanted.label} (sha256 {wanted.sha256[:12]}), which is not here (here: {available}); "
        "give its folder by --data or VAEGAN_DATA"
    )


def card_data(data: Digits) -> CardData:
    """How a card names digits."""
    return CardData(label=data.label, sha256=data.sha256)


def _values(metrics: Sequence[Metric[S]], subject: S, known: Mapping[str, float]) -> dict[str, float]:
    """All numbers of a table; those that are not `known` are computed."""
    computed = compute((metric for metric in metrics if metric.name not in known), subject)
    return {metric.name: known[metric.name] if metric.name in known else computed[metric.name] for metric in metrics}


def _still_valid(card: Card, measurement: Measurement, judge: Classifier) -> Iterator[tuple[str, float]]:
    """The numbers of a measurement that would mean the same if they were measured today."""
    same_judge = judge.card.sha256 == card.classifier_sha256
    for metric in registry.card_metrics():
        same_meaning = card.definitions.get(metric.name) == metric.definition
        if metric.name in measurement.values and same_meaning and (same_judge or not metric.judged):
            yield metric.name, measurement.values[metric.name]
