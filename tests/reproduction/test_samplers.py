"""The comparison of samplers on tiny networks: what is trained once, and what goes on."""

from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from tests.conftest import end_of
from vaegan.checkpoint.files import load
from vaegan.data.mnist import Digits
from vaegan.errors import DataError
from vaegan.metrics import appraise, classifier, evaluate
from vaegan.presets import preset
from vaegan.reproduction import samplers
from vaegan.reproduction.samplers import SAMPLERS, SamplerComparison, SamplerScore
from vaegan.training.finish import RunFolder
from vaegan.training.loop import train

TINY: dict[str, Any] = {
    "model": {"channels": 2, "latent_dim": 3},
    "batch_size": 50,
    "epochs": 2,
    "adv_start": 1,
    "precision": "float32",
}


@pytest.fixture(scope="module")
def few(digits: Digits) -> Digits:
    return digits.subset(100, 60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samplers")


@pytest.fixture(scope="module")
def rows(few: Digits, folder: Path) -> list[SamplerScore]:
    return list(samplers.scores(TINY, [3], few, classifier.load(), folder))


def test_the_two_differ_in_the_adversarial_term_alone() -> None:
    vae, gan = (preset(name) for name in SAMPLERS)
    assert vae.weights.adv == 0 < gan.weights.adv
    assert vae.updated({"weights": {"adv": gan.weights.adv}}) == gan


def test_each_row_has_the_numbers_of_a_run_with_its_seed(rows: list[SamplerScore], few: Digits, folder: Path) -> None:
    assert [(row.sampler, row.seed) for row in rows] == [(name, 3) for name in SAMPLERS]
    for row in rows:
        run = load(row.sampler, folder / "seed-3")
        assert run.card.config == preset(row.sampler).updated(TINY | {"seed": 3})
        judged = appraise(run.build(), run.card.config, few, classifier.load(), run.prior)
        own = {**evaluate(run.build(), few.test_images).values, **judged}
        assert row.values == pytest.approx({name: own[name] for name in row.values})
        assert {"frechet", "precision", "recall", "psnr"} <= row.values.keys()


def test_what_has_ended_is_not_trained_again(rows: list[SamplerScore], few: Digits, folder: Path) -> None:
    said: list[str] = []
    again = list(
        samplers.scores(TINY, [3], few, classifier.load(), folder, lambda name, log: said.append(f"{name} {log.epoch}"))
    )
    assert again == rows
    assert not said


def test_a_run_of_other_settings_is_not_taken_for_it(rows: list[SamplerScore], few: Digits, folder: Path) -> None:
    assert rows
    with pytest.raises(DataError, match="other settings"):
        list(samplers.scores(TINY | {"lr": 1e-4}, [3], few, classifier.load(), folder))


def test_a_stopped_run_goes_on_where_it_was(rows: list[SamplerScore], few: Digits, tmp_path: Path) -> None:
    name = SAMPLERS[1]
    config = preset(name).updated(TINY | {"seed": 3})
    stopped = end_of(train(config, few, should_stop=lambda: True))
    RunFolder(tmp_path, name).save_state(stopped.state, [])
    run = samplers.trained(name, config, TINY | {"seed": 3}, few, tmp_path)
    assert run.card.metrics[0].values.items() <= rows[1].values.items()


def test_ratios_compare_within_a_seed() -> None:
    numbers = {("conv-sampler-vae", 0): 100.0, ("conv-sampler-gan", 0): 50.0, ("conv-sampler-gan", 1): 30.0}
    rows = tuple(SamplerScore(*key, {"frechet": value}) for key, value in numbers.items())
    rows += (SamplerScore("conv-sampler-vae", 1, {"frechet": 120.0}),)
    comparison = SamplerComparison(created="2026-01-01", about={}, rows=rows)
    assert comparison.ratios("frechet") == {0: 0.5, 1: 0.25}
    expected = stats.ttest_1samp([50.0, 90.0], 0).confidence_interval()
    assert comparison.fall("frechet") == pytest.approx((70.0, expected.low, expected.high))
    assert SamplerComparison.model_validate_json(comparison.model_dump_json()) == comparison


def test_the_table_has_a_row_for_each_run(rows: list[SamplerScore]) -> None:
    head, *lines = samplers.table(rows)
    assert head[:3] == ["sampler", "seed", "Fréchet"]
    assert lines[1][:3] == [SAMPLERS[1], "3", f"{rows[1].values['frechet']:.1f}"]
