"""Charts of training runs, by plotly: one colour and dash a run, one panel a quantity, zoom kept while they grow."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from vaegan.training.curves import Curve, Curves
from vaegan.training.journal import EpochLine
from vaegan.ui.charts import COLOURS, DASHES, GREY

LOSS_NAMES = {
    "recon": "Reconstruction (BCE)",
    "kl": "KL",
    "adv": "Adversarial (generator)",
    "feature": "Learned similarity",
    "disc_real": "D's loss on real digits",
    "disc_fake": "D's loss on fakes",
}
NETWORK_NAMES = {"encoder": "Encoder", "decoder": "Decoder", "discriminator": "Discriminator"}
HEIGHT = 300
SHOT_UP = 20  # times the median


class Shown(NamedTuple):
    """A run as the charts show it: its name, its step curves and its finished epochs."""

    name: str
    curves: Curves
    epochs: Sequence[EpochLine]
    kl_counts: bool = True  # in the loss by epoch; not that of a plain autoencoder, which has no posterior

    def step_of(self, epoch: int) -> int:
        """The step after which an epoch ended, or the last epoch before it."""
        return max((line.step for line in self.epochs if line.epoch <= epoch), default=0)

    def train_loss(self, line: EpochLine) -> float | None:
        """What the test loss is compared with: recon + kl per image, over the epoch's batches."""
        if "recon" not in line.losses:
            return None
        return line.losses["recon"] + (line.losses.get("kl", 0.0) if self.kl_counts else 0.0)


def mark_epoch(figure: go.Figure, runs: Sequence[Shown], epoch: int, by_step: bool = True) -> None:
    """A line down the chart where an epoch ended: the time machine stands there."""
    for place in {run.step_of(epoch) for run in runs} if by_step else {epoch}:
        figure.add_vline(x=place, line={"width": 2, "color": GREY}, layer="below")


def empty_chart() -> go.Figure:
    """Where the losses will appear; a browser that has drawn it is ready to draw them at once."""
    figure = _figure("step", "loss")
    figure.add_annotation(
        text="Press a lesson: the losses fall here", showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper"
    )
    figure.update_xaxes(range=[0, 100])
    figure.update_yaxes(range=[0, 500])
    return figure


def step_chart(runs: Sequence[Shown], term: str) -> go.Figure:
    """One loss over the steps: the mean of each bucket as a line, its lowest and highest value as a band."""
    figure = _figure("step", LOSS_NAMES.get(term, term) + ", per image")
    curves = [run.curves.losses[term] for run in runs if term in run.curves.losses]
    for index, run in enumerate(runs):
        curve = run.curves.losses.get(term)
        if curve is not None:
            _band(figure, index, run, curve)
    if any(_shoots_up(curve) for curve in curves) and all(curve.low.min() > 0 for curve in curves):
        figure.update_yaxes(type="log")  # else one batch would press all others onto the axis
    return figure


def _shoots_up(curve: Curve) -> bool:
    return bool(curve.high.max() > SHOT_UP * np.median(curve.mean))


def epoch_chart(runs: Sequence[Shown]) -> go.Figure:
    """Training and test loss after each epoch, per image, and in colour the gap that overfitting opens between them."""
    figure = _figure("epoch", "loss per image (nats)")
    for index, run in enumerate(runs):
        epochs = [line.epoch for line in run.epochs]
        train = [run.train_loss(line) for line in run.epochs]
        test = [line.test_loss for line in run.epochs]
        for values, name, symbol, width in ((test, "test", "circle", 2.5), (train, "training", "x", 1.2)):
            figure.add_scatter(
                x=epochs,
                y=values,
                name=f"{run.name}, {name}" if name == "training" else run.name,
                showlegend=name == "test",  # four lines in half a page leave no room for the chart
                mode="lines+markers",
                line={"color": COLOURS[index % 5], "dash": "solid" if name == "test" else "dot", "width": width},
                marker={"symbol": symbol, "size": 7 if len(epochs) <= 20 else 3},
                fill="tonexty" if name == "training" else None,
                fillcolor=_pale(COLOURS[index % 5]),
            )
    figure.update_xaxes(dtick=1 if max((len(run.epochs) for run in runs), default=0) <= 12 else None)
    return figure


def judgement_chart(runs: Sequence[Shown]) -> go.Figure:
    """What the discriminator believes of real digits and of fakes; 0.5 is "I cannot tell"."""
    figure = _figure("step", "probability of being real")
    figure.add_hline(y=0.5, line={"dash": "dot", "width": 1, "color": GREY})
    for index, run in enumerate(runs):
        for curve, name, dash in ((run.curves.d_real, "D(real)", "solid"), (run.curves.d_fake, "D(fake)", "dot")):
            if curve is not None:
                _line(figure, index, f"{run.name}, {name}", run.curves, curve, dash)
    figure.update_yaxes(range=[-0.03, 1.03])
    return figure


def gradient_chart(runs: Sequence[Shown]) -> go.Figure:
    """The length of the gradient that each network is given, on a logarithmic axis."""
    figure = _figure("step", "gradient norm")
    for index, run in enumerate(runs):
        for place, (network, curve) in enumerate(run.curves.grad_norm.items()):
            _line(figure, index, f"{run.name}, {NETWORK_NAMES[network].lower()}", run.curves, curve, DASHES[place])
    figure.update_yaxes(type="log")
    return figure


def speed_chart(runs: Sequence[Shown]) -> go.Figure:
    """Images a second."""
    figure = _figure("step", "images a second")
    for index, run in enumerate(runs):
        if run.curves.images_per_s is not None:
            _line(figure, index, run.name, run.curves, run.curves.images_per_s, DASHES[index % 5])
    return figure


def rate_chart(runs: Sequence[Shown]) -> go.Figure:
    """The learning rate."""
    figure = _figure("step", "learning rate")
    for index, run in enumerate(runs):
        if run.curves.lr is not None:
            _line(figure, index, run.name, run.curves, run.curves.lr, DASHES[index % 5])
    figure.update_yaxes(rangemode="tozero")
    return figure


def _band(figure: go.Figure, index: int, run: Shown, curve: Curve) -> None:
    steps = run.curves.step.tolist()
    figure.add_scatter(
        x=steps + steps[::-1],
        y=_short(curve.high) + _short(curve.low)[::-1],
        fill="toself",
        fillcolor=_pale(COLOURS[index % 5]),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    _line(figure, index, run.name, run.curves, curve, DASHES[index % 5])


def _line(figure: go.Figure, index: int, name: str, curves: Curves, curve: Curve, dash: str) -> None:
    figure.add_scatter(
        x=curves.step.tolist(),
        y=_short(curve.mean),
        name=name,
        mode="lines",
        line={"color": COLOURS[index % 5], "dash": dash, "width": 2},
    )


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.15)"


def _short(values: Iterable[float]) -> list[float]:
    """Five significant digits: no eye sees more, and the wire carries half."""
    return [float(f"{value:.5g}") for value in values]


def _figure(across: str, up: str) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        xaxis={"title": across},
        yaxis={"title": up},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="x unified",
        uirevision="run",
        transition={"duration": 0},
    )
    return figure
