"""Every claim's intervals computed a second time by scipy, and how often a claim speaks where nothing differs.

Runs are pretended: each has numbers of its own, drawn by its settings, and what the seed does to all runs in common.
"""

import hashlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.conftest import present
from tests.reproduction.test_decisions import SCALE, Pretended
from vaegan.config import TrainConfig
from vaegan.reproduction import about_samples, claims, paper
from vaegan.reproduction.augmentation import WAYS
from vaegan.reproduction.experiments import Experiment
from vaegan.reproduction.samplers import SAMPLERS, SamplerComparison, SamplerScore
from vaegan.reproduction.schema import Claim, RunRecord

MEASURES = (*about_samples.QUALITY, *(f"accuracy_{way}" for way in WAYS), "held_out_loss")
WORLDS = 300
Of = Callable[[TrainConfig], bool]
Number = Callable[[RunRecord], float]


class Chance(Pretended):
    """Runs of which no setting does anything: what a seed does to all its runs, and luck of a third of that size.

    They differ by much more than what matters, so that the margins hold the rule back as little as they can.
    """

    def __init__(self, world: int) -> None:
        super().__init__(self._numbers)
        self._world = world
        self.asked: dict[str, RunRecord] = {}

    def record(self, experiment: Experiment) -> RunRecord:
        key = self.key(experiment)
        if key not in self.asked:
            self.asked[key] = super().record(experiment)
        return self.asked[key]

    def pair(self) -> SamplerComparison:
        """The convolutional pair."""
        rows = []
        for seed in range(3):
            for name in SAMPLERS:
                value = 1e4 * float(3 * self._draw("pair", seed).normal() + self._draw("pair", seed, name).normal())
                rows.append(SamplerScore(name, seed, dict.fromkeys(about_samples.QUALITY, value)))
        return SamplerComparison(created="2026-01-01", about={}, rows=tuple(rows))

    def _draw(self, *of: object) -> np.random.Generator:
        name = repr((self._world, *of)).encode()
        return np.random.default_rng(int.from_bytes(hashlib.sha256(name).digest()[:8], "big"))

    def _numbers(self, config: TrainConfig) -> tuple[list[tuple[float, float]], dict[str, float]]:
        common = 3 * self._draw(config.seed).normal()
        own = (1e4 * (common + self._draw(config.model_dump_json()).normal(size=8 + len(MEASURES)))).tolist()
        return list(zip(own[:4], own[4:8], strict=True)), dict(zip(MEASURES, own[8:], strict=True))


def decided(name: str, chance: Chance, patch: pytest.MonkeyPatch) -> Claim:
    patch.setattr(about_samples, "_convolutional", chance.pair)
    runner: Any = chance
    return claims.decide(name, SCALE, runner)


def last(record: RunRecord) -> float:
    return present(record.epochs[-1].test_loss)


def first(record: RunRecord) -> float:
    return present(record.epochs[0].test_loss)


def gap(record: RunRecord) -> float:
    return last(record) - present(record.epochs[-1].train_loss)


def measure(name: str) -> Number:
    return lambda record: record.measures[name]


def norm(name: str, **wanted: object) -> Of:
    return lambda config: config.model.norm == name and all(getattr(config, key) == wanted[key] for key in wanted)


def fakes(of: str, adv: float, *, statistics: bool = True, feature: float = 0.0, recon: float = 1.0) -> Of:
    return lambda config: (
        (config.fakes, config.prior_statistics, config.model.norm) == (of, statistics, "batch")
        and (config.weights.adv, config.weights.feature, config.weights.recon) == (adv, feature, recon)
        and (config.lr, config.train_limit, config.precision) == (0.01, None, "float32")
    )


# By the name of a claim and the place of a comparison: our runs, theirs, their number, and which way is better.
PAIRS: dict[tuple[str, int], tuple[Of, Of, Number, int]] = {
    ("overfitting", 0): (norm("batch", train_limit=500), norm("none", train_limit=500), gap, -1),
    ("overfitting", 1): (norm("batch", train_limit=None), norm("none", train_limit=None), gap, -1),
    ("adversarial", 0): (fakes("recon", 1.0), fakes("recon", 0.0), measure("frechet"), -1),
    ("adversarial", 3): (fakes("prior", 10.0), fakes("prior", 1e-6), measure("frechet"), -1),
    ("adversarial", 4): (fakes("both", 1.0), fakes("both", 1e-6), measure("frechet"), -1),
    ("adversarial", 7): (fakes("both", 10.0, statistics=False), fakes("recon", 0.0), measure("frechet"), -1),
    ("similarity", 0): (fakes("both", 1.0, feature=1.0), fakes("both", 1.0), measure("frechet"), -1),
    ("similarity", 3): (fakes("both", 1.0, feature=1.0, recon=0.0), fakes("both", 1.0), measure("psnr"), 1),
    ("schedule", 0): (norm("none", schedule="step"), norm("none", schedule="constant"), last, -1),
    ("schedule", 3): (norm("batch", schedule="cosine"), norm("batch", schedule="constant"), last, -1),
    ("placement", 0): (norm("batch"), norm("hidden"), last, -1),
    ("placement", 1): (norm("batch"), norm("hidden"), first, -1),
}


@pytest.mark.parametrize(("name", "place"), PAIRS)
def test_scipy_finds_the_same_interval_and_outcome(name: str, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From runs that are told by their settings, and from the count of comparisons that decide."""
    chance = Chance(1)
    claim = decided(name, chance, monkeypatch)
    deciding = [gain for gain in claim.gains if not gain.aside]
    ours, theirs, number, sign = PAIRS[name, place]
    sides = []
    for side in (ours, theirs):
        found = {one.config.seed: number(one) for one in chance.asked.values() if side(one.config)}
        sides.append([sign * found[seed] for seed in sorted(found)])
    gain = deciding[place]
    assert len(sides[0]) == len(sides[1]) == gain.pairs == (10 if name == "placement" else 5)
    expected = stats.ttest_rel(*sides).confidence_interval(1 - 0.05 / len(deciding))
    assert (gain.low, gain.high) == pytest.approx((expected.low, expected.high)), gain.name
    if expected.low > gain.margin:
        assert gain.outcome == "gain"
    elif expected.high < -gain.margin:
        assert gain.outcome == "loss"
    else:
        assert gain.outcome == ("no gain" if expected.high < gain.margin else "undecided")


@pytest.mark.long
@pytest.mark.parametrize("name", paper.CLAIMS)
def test_where_nothing_differs_a_claim_speaks_in_at_most_5_percent(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all its settings together: a count of settings that is too small would be noticed."""
    spoke = 0
    for world in range(WORLDS):
        deciding = [gain for gain in decided(name, Chance(world), monkeypatch).gains if not gain.aside]
        spoke += any(gain.outcome in ("gain", "loss") for gain in deciding)
    doubt = 3 * math.sqrt(0.05 * 0.95 / WORLDS)  # of the simulation itself
    assert spoke / WORLDS <= 0.05 + doubt
