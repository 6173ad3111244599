"""Each rule on pretended runs whose verdict is known."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from vaegan.checkpoint.card import CardData
from vaegan.config import TrainConfig
from vaegan.reproduction import claims, paper
from vaegan.reproduction.experiments import Experiment, Scale
from vaegan.reproduction.schema import Claim, Epoch, RunRecord

SCALE = Scale(epochs=2, adversarial=(1.0, 10.0), few=((500, 2), (None, 2)))
Losses = list[tuple[float, float]]  # test and training loss of each epoch
Made = Callable[[TrainConfig], tuple[Losses, dict[str, float]]]
FRECHET = {"psnr": 20.0, "coverage": 10.0}


class Pretended:
    """Answers as a Runner would; `made` gives a run's losses and measures, no losses if it diverged."""

    def __init__(self, made: Made) -> None:
        self._made = made
        self.data: Any = SimpleNamespace(train_images=range(60_000))

    def key(self, experiment: Experiment) -> str:
        return str(hash(experiment.identity))

    def record(self, experiment: Experiment) -> RunRecord:
        losses, measures = self._made(experiment.config)
        epochs = tuple(
            Epoch(epoch=place, average_loss=0.0, test_loss=test, train_loss=train)
            for place, (test, train) in enumerate(losses, 1)
        )
        return RunRecord(
            key=self.key(experiment),
            name=experiment.name,
            config=experiment.config,
            data=CardData(label="", sha256=""),
            start=None,
            epochs=epochs,
            measures=measures,
            measured=(),
            seconds=0.0,
            failure=None if losses else "diverged",
        )


def decided(name: str, made: Made) -> Claim:
    runner: Any = Pretended(made)
    return claims.decide(name, SCALE, runner)


def bn(config: TrainConfig) -> bool:
    return config.model.norm == "batch"


def flat(loss: float, seed: int = 0) -> Losses:
    """Two epochs of one loss, a little higher with each seed."""
    return [(loss + seed / 10, loss)] * 2


CASES: dict[str, tuple[str, Made, str]] = {
    "BatchNorm is there after one of two epochs": (
        "convergence",
        lambda config: ([(90, 0), (80, 0)] if bn(config) else [(120, 0), (100, 0)], {}),
        "holds",
    ),
    "at a small learning rate it is not": (
        "convergence",
        lambda config: ([(110 if config.lr < 0.01 else 90, 0), (80, 0)] if bn(config) else [(120, 0), (100, 0)], {}),
        "partly",
    ),
    "it never is": (
        "convergence",
        lambda config: ([(130, 0), (120, 0)] if bn(config) else [(120, 0), (100, 0)], {}),
        "does not hold",
    ),
    "the other has diverged": (
        "convergence",
        lambda config: ([(90, 0), (80, 0)] if bn(config) else [], {}),
        "does not hold",
    ),
    "half the gap": (
        "overfitting",
        lambda config: ([(100, 90), (100, 95 if bn(config) else 90)], {}),
        "holds",
    ),
    "half the gap on few digits, 95 % of it on all": (
        "overfitting",
        lambda config: ([(100, 90), (100, (95 if config.train_limit else 90.5) if bn(config) else 90)], {}),
        "partly",
    ),
    "95 % of the gap": (
        "overfitting",
        lambda config: ([(100, 90), (100, 90.5 if bn(config) else 90)], {}),
        "does not hold",
    ),
    "better samples at the paper's weight": (
        "adversarial",
        lambda config: (flat(97), FRECHET | {"frechet": 250 - 9 * (config.weights.adv == 1) + config.seed}),
        "holds",
    ),
    "better samples at another weight": (
        "adversarial",
        lambda config: (flat(97), FRECHET | {"frechet": 250 - 9 * (config.weights.adv == 10) + config.seed}),
        "partly",
    ),
    "no more than seeds differ": (
        "adversarial",
        lambda config: (flat(97), FRECHET | {"frechet": 250 - 0.5 * config.weights.adv / 10 + config.seed}),
        "does not hold",
    ),
    "better samples and more likeness": (
        "similarity",
        lambda config: (flat(97), {"frechet": 250 - 9 * config.weights.feature, "psnr": 20 + config.weights.feature}),
        "holds",
    ),
    "better samples alone": (
        "similarity",
        lambda config: (flat(97), {"frechet": 250 - 9 * config.weights.feature, "psnr": 20 - config.weights.feature}),
        "partly",
    ),
    "neither": (
        "similarity",
        lambda config: (flat(97), {"frechet": 250 + 9 * config.weights.feature, "psnr": 20 - config.weights.feature}),
        "does not hold",
    ),
    "a schedule helps both": (
        "schedule",
        lambda config: (flat(97 - (config.schedule == "cosine"), config.seed), {}),
        "holds",
    ),
    "a schedule helps without BatchNorm": (
        "schedule",
        lambda config: (flat(97 - (config.schedule == "cosine" and not bn(config)), config.seed), {}),
        "partly",
    ),
    "a schedule helps less than a seed": (
        "schedule",
        lambda config: (flat(97 - 0.05 * (config.schedule == "cosine"), config.seed), {}),
        "does not hold",
    ),
    "lower in the end": ("placement", lambda config: ([(140, 0), (97 - bn(config), 0)], {}), "holds"),
    "lower after one epoch": ("placement", lambda config: ([(140 - bn(config), 0), (97, 0)], {}), "partly"),
    "not lower": ("placement", lambda config: ([(140, 0), (97 + bn(config), 0)], {}), "does not hold"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_rule_finds_the_verdict(case: str) -> None:
    name, made, expected = CASES[case]
    assert decided(name, made).verdict == expected


def test_every_claim_is_tried_with_every_verdict() -> None:
    assert {(name, expected) for name, _, expected in CASES.values()} == {
        (name, verdict) for name in paper.CLAIMS for verdict in ("holds", "partly", "does not hold")
    }


def test_the_table_has_every_claim() -> None:
    assert list(claims.EXAMINATIONS) == list(paper.CLAIMS)


def test_a_run_that_diverged_is_named_and_counts_for_nothing() -> None:
    claim = decided("overfitting", lambda config: ([(100, 90)] * 2 if bn(config) else [], {}))
    assert claim.verdict == "does not hold"
    assert "on 500 digits diverged" in claim.sentence
    assert claim.evidence.rows[0] == (500, "no BatchNorm", *[None] * 6)


def test_the_price_of_batchnorm_is_that_of_the_full_placement() -> None:
    def made(config: TrainConfig) -> tuple[Losses, dict[str, float]]:
        shift = {"shift_0.5": 1.5 if bn(config) else 9.0} if config.model.norm != "none" else {}
        return flat(97), {"psnr": 20.0, "psnr_0.5": 12.0 if bn(config) else 15.0, "batch_of_one": 0.0, **shift}

    claim = decided("placement", made)
    assert (
        "a batch of one cannot be trained on; Gaussian noise at 50 % shifts what that layer is given by 1.50"
        in claim.sentence
    )
    assert claim.sentence.endswith("PSNR then falls by 8.0 dB, without BatchNorm by 5.0 dB.")
    assert [row[-2] for row in claim.evidence.rows] == [None, 9.0, 1.5]
