"""A run's numbers as curves of at most 200 points, and as a table for spreadsheets."""

import csv
import io
from collections.abc import Mapping, Sequence
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
    """Everything that a run's steps measured, over the same steps (N,), N at most 200."""

    step: Numbers  # the last of each group
    by_column: Mapping[str, Curve]  # the journal's columns: "loss.recon", "d_real", "grad.encoder", "lr", ...

    def get(self, column: str) -> Curve | None:
        """The curve of a column; None if the run has no such number, as D's opinion without a discriminator."""
        return self.by_column.get(column)

    def named(self, prefix: str) -> dict[str, Curve]:
        """The curves whose columns begin with a prefix such as "loss.", by the rest of the column's name."""
        return {name.removeprefix(prefix): curve for name, curve in self.by_column.items() if name.startswith(prefix)}


def downsampled(columns: Columns, points: int = POINTS) -> Curves:
    """Group the steps by 1, 2, 5, 10, 20, ...: with so few sizes, drawn points seldom change as a run grows."""
    count = len(columns.get("step", ()))
    starts = np.arange(0, count, _width(count, points))
    curves = {name: _curve(values, starts) for name, values in columns.items() if name != "step"}
    return Curves(
        step=columns["step"][np.append(starts[1:], count) - 1] if count else np.empty(0),
        by_column={name: curve for name, curve in curves.items() if not np.isnan(curve.mean).all()},
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
