"""The lessons on the bundled sample: those that are to go wrong do, and the page says so."""

from pathlib import Path
from typing import Any

import pytest

from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.lab.alarms import curve_alarms, sample_alarms
from vaegan.lab.documents import Control, Status, make_plan
from vaegan.lab.run import Run
from vaegan.lab.worker import work
from vaegan.metrics import classifier
from vaegan.metrics.samples import coverage, prior_samples
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
