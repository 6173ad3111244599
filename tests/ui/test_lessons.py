"""The lessons on the bundled sample: what their words promise happens, and where they are to go wrong they do."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.conftest import present
from vaegan.config import PRIORS, Prior, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.data.tensors import to_pixels
from vaegan.lab.alarms import curve_alarms, sample_alarms
from vaegan.lab.documents import Control, Status, make_plan
from vaegan.lab.run import Run
from vaegan.lab.worker import work
from vaegan.metrics import classifier
from vaegan.metrics.samples import coverage, frechet_distance, precision_recall, prior_samples
from vaegan.studio import Studio
from vaegan.ui.train.lessons import LESSONS, on_few_digits


def trained(folder: Path, digits: Digits, base: str, config: TrainConfig, **changes: Any) -> Run:
    plan = make_plan(config.updated(changes), digits, base)
    run = Run(folder / plan.run_id)
    run.folder.mkdir()
    run.write(plan)
    run.write(Control())
    run.write(Status(phase="queued"))
    assert work([str(run.folder)])[run.run_id][0] == "finished"
    return run


def alarm_titles(run: Run) -> list[str]:
    config, preview = run.plan.config, run.preview(run.previews()[-1][0])
    of_samples = sample_alarms(config, preview.step, preview.originals, preview.samples)
    return [alarm.title for alarm in (*curve_alarms(config, run.curves()), *of_samples)]


@pytest.mark.parametrize("digits", [4000, 60_000])
@pytest.mark.parametrize("key", list(LESSONS))
def test_every_lesson_is_a_valid_run_on_any_number_of_digits(key: str, digits: int) -> None:
    configs = [config for _, config in LESSONS[key].configs(digits)]
    assert len({config.seed for config in configs}) == 1, "a race shares its batches"
    assert len({config.model_dump_json() for config in configs}) == len(configs)
    assert all(on_few_digits(config).train_limit == 500 for config in configs)


@pytest.mark.slow
def test_the_gan_of_the_lesson_makes_one_picture_of_every_z(tmp_path: Path, sample: Digits) -> None:
    ((base, config),) = LESSONS["collapse"].configs(len(sample.train_images))
    run = trained(tmp_path, sample, base, config, epochs=2)
    assert "Mode collapse" in alarm_titles(run)
    seen = classifier.load().digits(prior_samples(run.checkpoint().build(), 200))
    assert coverage(seen).classes <= 2


@pytest.mark.long
def test_a_learning_rate_too_high_throws_the_loss_up_without_batchnorm_alone(tmp_path: Path, sample: Digits) -> None:
    titles = {}
    for base, config in LESSONS["hot"].configs(len(sample.train_images)):
        run = trained(tmp_path, sample, base, config, epochs=1)
        titles[config.model.norm] = "Learning rate too high" in alarm_titles(run)
    assert titles == {"batch": False, "none": True}


def final_samples(run: Run, prior: Prior = "standard") -> torch.Tensor:
    """What a finished run makes of 1,000 z, (1000, 784)."""
    return torch.from_numpy(Studio(run.checkpoint()).sample(1000, 0, prior=prior)).flatten(1)


def greyness(samples: torch.Tensor) -> float:
    """The share of grey pixels among those that are not black: real strokes are mostly white, blurred ones are not."""
    return float(((samples > 0.25) & (samples < 0.75)).sum() / (samples > 0.25).sum())


@pytest.mark.long
def test_a_stronger_opponent_makes_samples_crisp_and_then_fewer_digits_and_worse_copies(
    tmp_path: Path, sample: Digits
) -> None:
    judge = classifier.load()
    real = judge.features(to_pixels(sample.test_images)).double().numpy()
    grey, precision, loss = [], [], []
    for base, config in LESSONS["opponent"].configs(len(sample.train_images)):
        run = trained(tmp_path, sample, base, config)
        samples = final_samples(run)
        grey.append(greyness(samples))
        precision.append(precision_recall(real, judge.features(samples).double().numpy()).precision)
        loss.append(present(run.epochs()[-1].test_loss))
    assert grey[0] > grey[1] + 0.1 > grey[2] + 0.1, "0.78, 0.57 and 0.48 when the weights were chosen"
    assert precision[1] > precision[2], "0.70 and 0.63"
    assert loss[0] < loss[1] < loss[2], "112, 114 and 119"


@pytest.mark.long
def test_the_dense_network_begins_better_and_is_faster_and_the_convolutional_one_overtakes_it(
    tmp_path: Path, sample: Digits
) -> None:
    entries = LESSONS["layers"].configs(len(sample.train_images))
    dense, convolutional = (trained(tmp_path, sample, base, config) for base, config in entries)
    first, last = ([present(run.epochs()[at].test_loss) for run in (dense, convolutional)] for at in (0, -1))
    assert first[0] < first[1]
    assert last[0] > last[1]
    speeds = [run.epochs()[-1].images_per_s for run in (dense, convolutional)]
    assert speeds[0] > 1.5 * speeds[1]
    sizes = []
    for run in (dense, convolutional):
        model = run.checkpoint().build()
        parts = (model.encoder, model.decoder)
        sizes.append(sum(values.numel() for part in parts for values in part.parameters()))
    assert 8.5 < sizes[0] / sizes[1] < 9.5


@pytest.mark.long
def test_samples_of_the_fitted_prior_are_far_nearer_to_digits(tmp_path: Path, sample: Digits) -> None:
    ((base, config),) = LESSONS["fitted"].configs(len(sample.train_images))
    run = trained(tmp_path, sample, base, config)
    judge = classifier.load()
    real = judge.features(to_pixels(sample.test_images)).double().numpy()
    standard, fitted = (
        frechet_distance(real, judge.features(final_samples(run, prior)).double().numpy()) for prior in PRIORS
    )
    assert fitted < 0.5 * standard, "115 against 406 when the lesson was made"
