import csv
import io

import numpy as np
import pytest

from tests.conftest import present
from vaegan.training.curves import POINTS, downsampled, table
from vaegan.training.journal import EpochLine


def columns(count: int) -> dict:
    step = np.arange(1.0, count + 1)
    values = np.random.default_rng(0).standard_normal(count)
    return {
        "step": step,
        "epoch": np.ones(count),
        "loss.recon": values,
        "grad.encoder": values**2,
        "d_real": np.full(count, np.nan),
        "d_fake": values,
        "lr": np.full(count, 1e-3),
        "images_per_s": step,
    }


@pytest.mark.parametrize("count", [1, 2, 199, 200, 201, 1000, 4690, 18_750])
def test_a_curve_has_at_most_200_points_and_keeps_mean_and_extremes(count: int) -> None:
    given = columns(count)
    found = downsampled(given)
    assert len(found.step) <= POINTS
    assert found.step[-1] == count
    width = int(found.step[0])
    buckets = [given["loss.recon"][i : i + width] for i in range(0, count, width)]
    curve = present(found.get("loss.recon"))
    assert curve.mean == pytest.approx([bucket.mean() for bucket in buckets])
    assert curve.low == pytest.approx([bucket.min() for bucket in buckets])
    assert curve.high == pytest.approx([bucket.max() for bucket in buckets])
    assert found.get("d_real") is None
    assert found.get("d_fake") is not None
    assert set(found.named("grad.")) == {"encoder"}
    assert len(present(found.get("lr")).mean) == len(present(found.get("images_per_s")).mean) == len(found.step)


def test_the_past_of_a_growing_curve_does_not_flicker() -> None:
    changes = 0
    before = downsampled(columns(1000))
    for count in range(1001, 3000, 7):
        after = downsampled(columns(count))
        full = len(before.step) - 1
        changes += not np.array_equal(before.step[:full], after.step[:full])
        before = after
    assert changes == 2  # 10 steps a bucket from 1,001, 20 from 2,001


def test_nothing_yet_is_an_empty_curve() -> None:
    found = downsampled({})
    assert len(found.step) == 0
    assert found.named("loss.") == {}
    assert found.get("lr") is None


def test_the_table_has_every_step_and_epoch() -> None:
    line = EpochLine(3, 1, {"recon": 0.5}, 9.0, None, None, 1e-3, 10.0)
    rows = list(csv.DictReader(io.StringIO(table(columns(3), [line]))))
    assert [row["kind"] for row in rows] == ["step"] * 3 + ["epoch"]
    assert [row["step"] for row in rows] == ["1", "2", "3", "3"]
    assert [float(row["loss.recon"]) for row in rows[:3]] == columns(3)["loss.recon"].tolist()
    assert rows[0]["d_real"] == rows[0]["average_loss"] == rows[3]["test_loss"] == ""
    assert (rows[3]["average_loss"], rows[3]["loss.recon"]) == ("9.0", "0.5")
