"""Charts of training runs: each run has a colour and a dash of its own, and a chart keeps its zoom while it grows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from vaegan.training.curves import Curve, Curves
from vaegan.training.journal import EpochLine
from vaegan.ui.charts import COLOURS, DASHES, GREY, pale

LOSS_NAMES = {
    "recon": "Reconstruction (BCE)",
    "kl": "KL",
    "adv": "Adversarial (generator)",
    "feature": "Learned similarity",
    "disc_real": "Discriminator's loss on real digits",
    "disc_fake": "Discriminator's loss on fakes",
    "disc_r1": "R1 penalty",
}
CHARTED = tuple(term for term in LOSS_NAMES if term != "disc_r1")  # that is 0 at 15 of 16 steps: a comb, not a curve
NETWORK_NAMES = {"encoder": "Encoder", "decoder": "Decoder", "discriminator": "Discriminator"}
HEIGHT = 300
SHOT_UP = 20  # times the median


class ChartedRun(NamedTuple):
    """A run as the charts show it: its name, its curves over steps and its finished epochs."""

    name: str
    curves: Curves
    epochs: Sequence[EpochLine]
    kl_counts: bool = True  # in the training loss; False for a plain autoencoder, which has no posterior
    colour: str = COLOURS[0]
    dash: str = DASHES[0]

    def step_of(self, epoch: int) -> int:
        """The step at which an epoch ended; if the run did not come so far, at which its last one ended."""
        return max((line.step for line in self.epochs if line.epoch <= epoch), default=0)

    def train_loss(self, line: EpochLine) -> float | None:
        """The loss to compare the test loss with: recon + kl per image, the mean over the epoch's batches."""
        if "recon" not in line.losses:
            return None
        return line.losses["recon"] + (line.losses.get("kl", 0.0) if self.kl_counts else 0.0)


@dataclass(frozen=True)
class Quantity:
    """Something that each step measures beside the losses, and how it is drawn."""

    axis: str  # title of the vertical axis
    lines: Callable[[Curves], Mapping[str, Curve | None]]  # of one run by name; a single line needs none: ""
    scale: dict[str, Any] = field(default_factory=dict)  # of the vertical axis, as plotly has it
    level: float | None = None  # a value that is marked by a line across
    missing: str = "these runs did not measure it"  # why there may be nothing to draw


QUANTITIES = {  # each a chart of the Train page, by its title there and in links
    "Discriminator": Quantity(
        "discriminator: probability of being real",
        lambda curves: {"on real digits": curves.get("d_real"), "on fakes": curves.get("d_fake")},
        {"range": [-0.03, 1.03]},
        level=0.5,  # "I cannot tell"
        missing="no discriminator was trained",
    ),
    "Gradients": Quantity(
        "length (norm) of the gradient",
        lambda curves: {NETWORK_NAMES[network].lower(): curve for network, curve in curves.named("grad.").items()},
        {"type": "log"},
    ),
    "Speed": Quantity("digits a second", lambda curves: {"": curves.get("images_per_s")}),
    "Learning rate": Quantity("learning rate", lambda curves: {"": curves.get("lr")}, {"rangemode": "tozero"}),
}


def mark_epoch(chart: go.Figure, runs: Sequence[ChartedRun], epoch: int, by_step: bool = True) -> None:
    """Draw a vertical line where an epoch ended: the epoch that the time machine shows."""
    for place in {run.step_of(epoch) for run in runs} if by_step else {epoch}:
        chart.add_vline(x=place, line={"width": 2, "color": GREY}, layer="below")


def step_chart(runs: Sequence[ChartedRun], term: str) -> go.Figure:
    """One loss over steps: the mean of each bucket of steps as a line, its lowest and highest value as a band."""
    chart = _chart("step", LOSS_NAMES.get(term, term) + ", per digit")
    curves = [curve for run in runs if (curve := run.curves.get(f"loss.{term}")) is not None]
    for run in runs:
        curve = run.curves.get(f"loss.{term}")
        if curve is not None:
            _band(chart, run, curve)
    if any(shoots_up(curve) for curve in curves) and all(np.nanmin(curve.low) > 0 for curve in curves):
        chart.update_yaxes(type="log")  # else one batch would press all others onto the axis
    return chart


def shoots_up(curve: Curve) -> bool:
    """Whether one batch made the loss so large that the rest of the curve would lie flat on the axis."""
    return bool(np.nanmax(curve.high) > SHOT_UP * np.nanmedian(curve.mean))  # it has none of terms that begin later


def epoch_chart(runs: Sequence[ChartedRun]) -> go.Figure:
    """Training and test loss after each epoch, per image; the area between them is coloured: overfitting opens it."""
    chart = _chart("epoch", "loss per digit (nats)")
    for run in runs:
        epochs = [line.epoch for line in run.epochs]
        train = [run.train_loss(line) for line in run.epochs]
        test = [line.test_loss for line in run.epochs]
        for values, name, symbol, width in ((test, "test", "circle", 2.5), (train, "training", "x", 1.2)):
            chart.add_scatter(
                x=epochs,
                y=values,
                name=f"{run.name}, {name}" if name == "training" else run.name,
                showlegend=name == "test",  # four lines in half a page leave no room for the chart
                mode="lines+markers",
                line={"color": run.colour, "dash": "solid" if name == "test" else "dot", "width": width},
                marker={"symbol": symbol, "size": 7 if len(epochs) <= 20 else 3, "color": run.colour},
                fill="tonexty" if name == "training" else None,
                fillcolor=pale(run.colour, 0.15),
            )
    chart.update_xaxes(dtick=1 if max((len(run.epochs) for run in runs), default=0) <= 12 else None)
    return chart


def quantity_chart(quantity: Quantity, runs: Sequence[ChartedRun]) -> go.Figure:
    """A quantity over steps; the chart has no trace if no run measured it."""
    chart = _chart("step", quantity.axis)
    for run in runs:
        lines = {name: curve for name, curve in quantity.lines(run.curves).items() if curve is not None}
        for place, (name, curve) in enumerate(lines.items()):
            dash = DASHES[place] if len(lines) > 1 else run.dash
            _line(chart, run, f"{run.name}, {name}" if name else run.name, curve, dash)
    if quantity.level is not None:
        chart.add_hline(y=quantity.level, line={"dash": "dot", "width": 1, "color": GREY})
    chart.update_yaxes(**quantity.scale)
    return chart


def _band(chart: go.Figure, run: ChartedRun, curve: Curve) -> None:
    steps = run.curves.step.tolist()
    chart.add_scatter(
        x=steps + steps[::-1],
        y=_short(curve.high) + _short(curve.low)[::-1],
        mode="lines",  # else Plotly adds markers of its own colour to fewer than 20 points
        fill="toself",
        fillcolor=pale(run.colour, 0.15),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    _line(chart, run, run.name, curve, run.dash)


def _line(chart: go.Figure, run: ChartedRun, name: str, curve: Curve, dash: str) -> None:
    chart.add_scatter(
        x=run.curves.step.tolist(),
        y=_short(curve.mean),
        name=name,
        mode="lines" if len(run.curves.step) > 1 else "lines+markers",  # one point makes no line
        line={"color": run.colour, "dash": dash, "width": 2},
        marker={"color": run.colour},
    )


def _short(values: Iterable[float]) -> list[float]:
    """Five significant digits: nobody sees more, and the message to the browser is half as long."""
    return [float(f"{value:.5g}") for value in values]


def _chart(across: str, up: str) -> go.Figure:
    chart = go.Figure()
    chart.update_layout(
        height=HEIGHT,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        xaxis={"title": across},
        yaxis={"title": up},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="x unified",
        uirevision="run",
        transition={"duration": 0},
    )
    return chart
