"""The kept result, and what is no result."""

import os
from itertools import islice
from pathlib import Path

import pytest
import torch

from tests.conftest import present
from vaegan.config import TrainConfig
from vaegan.data.mnist import ENVIRONMENT, Digits, load
from vaegan.errors import DataError
from vaegan.reproduction.schema import FILE, RESULT, RunRecord
from vaegan.reproduction.schema import load as load_result
from vaegan.training.events import EpochEvent
from vaegan.training.loop import train

MNIST = os.environ.get(ENVIRONMENT)  # before the suite takes it away


def repeated(record: RunRecord, digits: Digits, epochs: int) -> list[tuple[float | None, float | None]]:
    """The first epochs of a run, made again."""
    events = (event for event in train(record.config, digits) if isinstance(event, EpochEvent))
    return [(event.average_loss, event.test_loss) for event in islice(events, epochs)]


def same(record: RunRecord, numbers: list[tuple[float | None, float | None]], epochs: int) -> None:
    """The kept losses of so many first epochs are these."""
    kept = [(epoch.average_loss, epoch.test_loss) for epoch in record.epochs[:epochs]]
    assert len(numbers) == len(kept) == epochs > 0
    for ours, theirs in zip(numbers, kept, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-3)


@pytest.mark.slow
def test_the_kept_check_is_what_this_machine_finds(sample: Digits) -> None:
    check = load_result().check
    assert check is not None
    assert check.data.sha256 == sample.sha256
    same(check, repeated(check, sample, check.config.epochs), check.config.epochs)


@pytest.mark.skipif(not MNIST, reason=f"{ENVIRONMENT} names no MNIST")
def test_the_kept_row_of_table_1_is_what_this_machine_finds() -> None:
    result = load_result()
    digits = load(MNIST)
    record = result.run(result.table(1).rows[-1].runs[0])
    assert record.data.sha256 == digits.sha256
    before = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or 1)
    try:
        same(record, repeated(record, digits, 1), 1)
    finally:
        torch.set_num_threads(before)


def test_the_kept_result_is_complete_and_its_pictures_are_there() -> None:
    result = load_result()
    assert not result.quick
    assert [table.number for table in result.tables] == [1, 2, 3, 4]
    assert len(result.seeds) >= 3
    files = [result.folder / picture.file for figure in result.figures for picture in figure.pictures]
    assert files
    assert all(file.is_file() for file in files)
    keys = {run.key for run in result.runs}
    assert all(set(row.runs) <= keys for table in result.tables for row in table.rows)
    assert sum(file.stat().st_size for file in RESULT.rglob("*") if file.is_file()) < 2e6


def test_what_is_missing_or_wrong_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no reproduction\.json"):
        load_result(tmp_path)
    (tmp_path / FILE).write_text('{"format": 3}')
    with pytest.raises(DataError, match="no result of a reproduction: format"):
        load_result(tmp_path)


def test_numbers_must_be_finite() -> None:
    with pytest.raises(ValueError, match="finite"):
        RunRecord.model_validate(
            {
                "key": "0",
                "name": "",
                "config": TrainConfig().model_dump(),
                "data": {"label": "", "sha256": ""},
                "start": None,
                "epochs": [],
                "measures": {"psnr": float("nan")},
                "measured": [],
                "seconds": 0,
            }
        )


def test_table_1_is_the_papers_within_what_a_seed_changes() -> None:
    rows = load_result().table(1).rows
    assert {(row.norm, row.objective) for row in rows} == {
        (n, o) for n in ("none", "batch") for o in ("VAE", "VAE-GAN")
    }
    for row in rows:
        if row.norm == "batch":
            assert max(abs(cell.mean - present(cell.paper)) for cell in row.cells if cell.epoch > 1) <= 1.5
        else:
            assert row.farthest <= 3
