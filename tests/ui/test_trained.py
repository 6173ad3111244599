"""Finished runs as models: their names, their twins, and what is looked at twice. Nobody trains here."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vaegan.config import TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import CheckpointError
from vaegan.lab.documents import Origin, Phase, Plan, Status, make_plan
from vaegan.lab.run import Run
from vaegan.lab.runs import ENVIRONMENT
from vaegan.presets import preset
from vaegan.ui import finished, trained
from vaegan.ui.run_names import own_name
from vaegan.ui.trained import RunName, run_name

Put = Callable[..., Run]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: Digits) -> Put:
    """Put a run into the lab's folder, finished unless said otherwise; the last one put is the newest."""
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    few = sample.subset(200, 20)
    count = iter(range(60))

    def put(
        base: str = "vaegan-bn",
        phase: Phase = "finished",
        *,
        changes: dict[str, Any] | None = None,
        run_id: str | None = None,
        **plan_changes: Any,
    ) -> Run:
        plan = make_plan(preset(base).updated(changes or {}), few, base)
        plan = plan.model_copy(update={"created": f"2026-01-01T00:00:{next(count):02}+00:00"} | plan_changes)
        run = Run(tmp_path / (run_id or plan.run_id))
        run.folder.mkdir()
        run.write(plan)
        run.write(Status(phase=phase))
        return run

    return put


def names_of(*runs: Run) -> list[str]:
    return [f"run-{run.run_id}" for run in runs]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("run-0123456789ab", RunName("0123456789ab")),
        ("run-0123456789ab-bn", RunName("0123456789ab", "bn")),
        ("run-0123456789ab-plain", RunName("0123456789ab", "plain")),
        ("run-0123456789ab-", None),
        ("run-0123456789ab-hidden", None),
        ("run-0123456789AB", None),
        ("run-0123456789", None),
        ("run-../../../etc", None),
        ("paper-bn", None),
        ("", None),
    ],
)
def test_a_text_names_a_run_or_does_not(text: str, name: RunName | None) -> None:
    assert run_name(text) == name
    assert name is None or str(name) == text


def test_twins_count_once_under_the_one_with_batchnorm(put: Put) -> None:
    plain, with_norm = put("vaegan"), put("vaegan-bn")
    alone = put("vaegan", changes={"lr": 0.5})
    gan = put("gan")
    assert trained.names() == names_of(gan, alone, with_norm, plain)
    assert trained.pairs() == names_of(alone, with_norm)
    (pair,) = names_of(with_norm)
    assert trained.pair_of(plain.run_id) == trained.pair_of(with_norm.run_id) == pair
    for either in names_of(with_norm, plain):
        assert trained.suffixes(either) == ["bn", "plain"]
        assert trained.place(f"{either}-bn") == (with_norm.folder, with_norm.plan.name)
        assert trained.place(f"{either}-plain") == (plain.folder, plain.plan.name)
    assert trained.suffixes(f"run-{alone.run_id}") == ["plain"]
    with pytest.raises(CheckpointError, match="has no twin"):
        trained.place(f"run-{alone.run_id}-bn")


@pytest.mark.parametrize(
    "other",
    [
        {"code": "0" * 12},
        {"origin": Origin(run="0" * 12, epoch=1)},
        {"changes": {"seed": 1}},
        {"changes": {"model": {"norm": "hidden"}}, "base": "vaegan-bn"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_differs_in_more_than_batchnorm_is_no_twin(put: Put, other: dict[str, Any]) -> None:
    with_norm = put("vaegan-bn")
    stranger = put(**{"base": "vaegan"} | other)
    assert trained.suffixes(f"run-{with_norm.run_id}") == ["bn"]
    assert len(trained.suffixes(f"run-{stranger.run_id}")) == 1


def test_runs_are_twins_by_what_they_train_not_by_what_their_folders_are_called(put: Put) -> None:
    plain = put("vaegan", run_id="0" * 12)  # as stored when an id was made in another way
    with_norm = put("vaegan-bn")
    assert trained.pairs() == names_of(with_norm)
    assert trained.place(f"run-{with_norm.run_id}-plain") == (plain.folder, plain.plan.name)
    newer = put("vaegan")
    assert trained.place(f"run-{with_norm.run_id}-plain") == (newer.folder, newer.plan.name)


def test_a_run_that_finishes_comes_or_goes_is_noticed(put: Put) -> None:
    with_norm, plain = put("vaegan-bn"), put("vaegan", "running")
    assert trained.names() == names_of(with_norm)
    assert trained.suffixes(f"run-{with_norm.run_id}") == ["bn"]
    with pytest.raises(CheckpointError, match=r"^VAE-GAN without BatchNorm.* has not finished: wait"):
        trained.place(f"run-{plain.run_id}")
    plain.write(Status(phase="finished"))
    assert trained.names() == names_of(plain, with_norm)
    assert trained.suffixes(f"run-{with_norm.run_id}") == ["bn", "plain"]
    shutil.rmtree(plain.folder)
    assert trained.names() == names_of(with_norm)
    assert trained.suffixes(f"run-{with_norm.run_id}") == ["bn"]
    with pytest.raises(CheckpointError, match="may have been deleted"):
        trained.place(f"run-{plain.run_id}")
    again = put("vaegan")
    assert trained.names() == names_of(again, with_norm)
    shutil.rmtree(again.folder.parent)
    assert trained.names() == []


def test_a_run_that_was_deleted_and_trained_anew_is_the_newest_again(put: Put) -> None:
    first, second = put("vaegan-bn"), put("vae")
    assert trained.names() == names_of(second, first)
    shutil.rmtree(first.folder)
    time.sleep(0.05)  # the folder's clock ticks
    again = put("vaegan-bn")
    assert trained.names() == names_of(again, second)


def test_a_folder_whose_plan_comes_late_is_taken_in(put: Put, tmp_path: Path) -> None:
    run = put("vaegan-bn")
    plan = run.plan
    (run.folder / "config.json").unlink()
    time.sleep(finished.SETTLED_SECONDS + 0.05)
    assert trained.names() == []
    run.write(plan)
    assert trained.names() == names_of(run)


def test_no_config_is_checked_or_hashed_at_a_second_look(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [put(base, changes={"epochs": epochs}) for epochs in (1, 2) for base in ("vaegan-bn", "vaegan")]

    def look() -> list[list[str]]:
        return [trained.names(), trained.pairs(), *(trained.suffixes(name) for name in names_of(*runs))]

    first = look()

    def refuse(*_: object) -> None:
        raise AssertionError("looked at again")

    monkeypatch.setattr(TrainConfig, "updated", refuse)
    monkeypatch.setattr(TrainConfig, "__hash__", refuse)
    monkeypatch.setattr(Plan, "model_dump", refuse)
    assert look() == first


def test_a_run_is_called_by_what_makes_it_different_and_no_two_alike(put: Put) -> None:
    with_norm, plain = put("vaegan-bn"), put("vaegan")
    fast = put("vaegan", changes={"lr": 0.5})
    again = put("vaegan-bn", code="0" * 12)  # the same settings, trained by another version
    pair, alone = f"run-{with_norm.run_id}", f"run-{fast.run_id}"
    assert trained.title(f"{pair}-plain") == f"Run: {own_name(plain.plan)}" == "Run: VAE-GAN without BatchNorm"
    assert trained.title(pair) == trained.title(f"{pair}-bn") == "Run: VAE-GAN with BatchNorm (1)"
    assert trained.pair_title(pair) == "Run: VAE-GAN (1)"
    assert trained.title(alone) == trained.pair_title(alone) == "Run: VAE-GAN without BatchNorm, learning rate 0.5"
    labels = [trained.title(name) for name in trained.names()]
    assert len(set(labels)) == len(labels) == 4
    shutil.rmtree(again.folder)
    assert trained.title(pair) == "Run: VAE-GAN with BatchNorm"
    for name in names_of(again):
        assert trained.title(name) == f"A run that is gone ({name.removeprefix('run-')})"
