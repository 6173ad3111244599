"""What lessons reveal about training is what happens: their runs are trained on the sample, some seconds each."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest

from tests.lessons.test_truths import number_of, right_text
from vaegan.data.mnist import Digits
from vaegan.training.events import EpochEvent, PreviewEvent, StepEvent
from vaegan.training.loop import train
from vaegan.ui.train.lessons import LESSONS

pytestmark = pytest.mark.long


class Trained(NamedTuple):
    """What a run was: its epochs, its steps, and its last pictures."""

    epochs: list[EpochEvent]
    steps: list[StepEvent]
    last: PreviewEvent

    @property
    def losses(self) -> list[float]:
        return [epoch.test_loss for epoch in self.epochs if epoch.test_loss is not None]


def trained(lesson: str, sample: Digits) -> Iterator[Trained]:
    """Each run of a lesson of the Train page, trained as that does."""
    for _, config in LESSONS[lesson].configs(len(sample.train_images)):
        events = list(train(config, sample))
        yield Trained(
            [event for event in events if isinstance(event, EpochEvent)],
            [event for event in events if isinstance(event, StepEvent)],
            [event for event in events if isinstance(event, PreviewEvent)][-1],
        )


def variety(pictures: np.ndarray) -> float:
    """How much pictures (N, 28, 28) of uint8 differ: the mean standard deviation of a pixel."""
    return float((pictures / 255).std(axis=0).mean())


def test_prior_no_price_copies_best_and_a_high_price_says_nothing(sample: Digits):
    free, usual, dear = trained("kl", sample)
    recon = [run.epochs[-1].losses["recon"] for run in (free, usual, dear)]
    assert recon == sorted(recon)
    assert right_text("prior", 1) == "The one with weight 0"
    kl = [run.epochs[-1].losses["kl"] for run in (free, usual, dear)]
    assert kl[1] == pytest.approx(9, abs=1)
    assert kl[2] < 0.5
    assert dear.last.reconstructions is not None
    assert variety(dear.last.reconstructions) < variety(dear.last.originals) / 3
    assert right_text("prior", 2) == "z says nearly nothing, so the decoder draws the average of all digits"


def test_game_both_lines_stay_near_one_half(sample: Digits):
    (run,) = trained("gan", sample)
    real = np.mean([step.d_real for step in run.steps[-20:] if step.d_real is not None])
    fake = np.mean([step.d_fake for step in run.steps[-20:] if step.d_fake is not None])
    assert 0.25 < fake < real < 0.75
    assert right_text("game", 2) == "Both near one half, real ones a little above"


def test_game_a_quick_forger_has_one_trick(sample: Digits):
    (run,) = trained("collapse", sample)
    config = LESSONS["collapse"].configs(4000)[0][1]
    assert config.lr / (config.disc_lr or config.lr) == pytest.approx(50)
    assert variety(run.last.samples) < 0.1 * variety(run.last.originals)
    assert right_text("game", 3) == "Ten times nearly the same picture"


def test_batchnorm_bears_large_steps(sample: Digits):
    with_norm, without = trained("hot", sample)
    assert with_norm.losses[-1] < with_norm.losses[0] - 20
    assert without.losses[-1] > 200
    assert max(step.losses["recon"] + step.losses["kl"] for step in without.steps) > 2000
    assert right_text("batchnorm", 1) == "The one with BatchNorm learns, the other does not"


def test_batchnorm_is_there_after_three_epochs(sample: Digits):
    with_norm, without = trained("race", sample)
    epoch = next(number for number, loss in enumerate(with_norm.losses, start=1) if loss <= without.losses[-1])
    assert epoch == number_of("batchnorm", 2).true


def test_evidence_the_test_loss_turns(sample: Digits):
    _, without = trained("overfit", sample)
    lowest = min(without.losses)
    at = without.losses.index(lowest)
    assert 5 < at < len(without.losses) - 5
    assert np.mean(without.losses[-5:]) > lowest + 1
    average = [epoch.average_loss for epoch in without.epochs if epoch.average_loss is not None]
    assert average[-1] < average[at]
    assert right_text("evidence", 1) == "It falls, then turns and rises again"
