"""A run's numbers as curves of at most 200 points, and as a table for spreadsheets."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from vaegan.training.journal import Columns, EpochLine, numbers_by_column

POINTS = 200
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """One line of a chart: the mean, lowest and highest value of each group of neighbouring steps; all (N,)."""

    mean: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True, eq=False)
class Curves:
    """All lines of a run over the same steps (N,), N at most 200."""

    step: Numbers  # the last of each group
    losses: dict[str, Curve]
    d_real: Curve | None
    d_fake: Curve | None
    grad_norm: dict[str, Curve]  # by network
    lr: Curve | None
    images_per_s: Curve | None


def downsampled(columns: Columns, points: int = POINTS) -> Curves:
    """Group the steps by 1, 2, 5, 10, 20, ...: as few sizes as this keep the past from flickering as a run grows."""
    count = len(columns.get("step", ()))
    starts = np.arange(0, count, _width(count, points))
    curves = {name: _curve(values, starts) for name, values in columns.items()}
    return Curves(
        step=columns["step"][np.append(starts[1:], count) - 1] if count else np.empty(0),
        losses=_named(curves, "loss."),
        d_real=_unless_empty(curves.get("d_real")),
        d_fake=_unless_empty(curves.get("d_fake")),
        grad_norm=_named(curves, "grad."),
        lr=curves.get("lr"),
        images_per_s=curves.get("images_per_s"),
    )


def table(columns: Columns, epochs: Sequence[EpochLine]) -> str:
    """Every step, then every epoch, as CSV. A cell is empty if its row has no such number."""
    rows = [numbers_by_column(asdict(line)) for line in epochs]
    names = list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["kind", *names])
    missing = np.full(len(columns.get("step", ())), np.nan)
    for numbers in zip(*(columns.get(name, missing) for name in names), strict=True):
        writer.writerow(["step", *(_cell(name, number) for name, number in zip(names, numbers, strict=True))])
    for row in rows:
        writer.writerow(["epoch", *(_cell(name, row.get(name)) for name in names)])
    return text.getvalue()


def _cell(name: str, number: float | None) -> str:
    if number is None or np.isnan(number):
        return ""
    return str(int(number)) if name in ("step", "epoch") else repr(float(number))


def _width(count: int, points: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, ... that makes at most `points` groups of `count` steps."""
    width = 1
    while -(-count // width) > points:
        width = width * 5 // 2 if str(width)[0] == "2" else width * 2
    return width


def _curve(values: Numbers, starts: NDArray[np.int64]) -> Curve:
    if not len(starts):
        return Curve(*[np.empty(0)] * 3)
    sizes = np.diff(np.append(starts, len(values)))
    return Curve(
        np.add.reduceat(values, starts) / sizes,
        np.minimum.reduceat(values, starts),
        np.maximum.reduceat(values, starts),
    )


def _named(curves: dict[str, Curve], prefix: str) -> dict[str, Curve]:
    return {name.removeprefix(prefix): curve for name, curve in curves.items() if name.startswith(prefix)}


def _unless_empty(curve: Curve | None) -> Curve | None:
    """The curve; None if it has no number, because the run has no discriminator."""
    return None if curve is None or np.isnan(curve.mean).all() else curve
