"""Charts that several pages show, as figures of plotly. Their lines differ in colour and in dash or mark as well."""

from collections.abc import Mapping, Sequence
from importlib import import_module

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vaegan.config import Norm
from vaegan.studio import Rated

import_module("pandas")  # otherwise plotly may use it half loaded, while another session is still loading it

# Blue, orange and violet stand out on white and on black; dash and mark differ as well, for those who see no colour.
MARKS = (
    {"dash": "solid", "symbol": "circle", "color": "#2f86d6"},
    {"dash": "dash", "symbol": "square", "color": "#e07b2c"},
    {"dash": "dashdot", "symbol": "diamond", "color": "#9a78d8"},
)
GREY = "#8a94a3"
# For more than three curves: colour-blind people can tell them apart, on white and on black.
COLOURS = ("#2f86d6", "#e07b2c", "#1b9e77", "#c45a9a", "#9a8a1f")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
NORM_TITLES: dict[Norm, str] = {
    "batch": "With BatchNorm",
    "hidden": "With BatchNorm in hidden layers only",
    "none": "Without BatchNorm",
}
# For all charts: dragging zooms, a double click zooms out; more buttons would cover the legend on a phone.
CONFIG = {"displaylogo": False, "modeBarButtons": [["toImage", "resetScale2d"]]}
PASSING_BARS = 20  # of the histogram of scores, up to the threshold
SHOWN_PSNR = 40.0  # dB; a nearly clean picture runs to infinity and would flatten the rest


def ladder_chart(chosen: float, levels: Sequence[float], noisy: Rated, outputs: Mapping[str, Rated]) -> go.Figure:
    """PSNR over the noise level: the input as a dotted line, a line for each denoiser, a mark at the chosen level."""
    percent = [100 * level for level in levels]
    chart = go.Figure()
    for mark, (name, output) in zip(MARKS, outputs.items(), strict=False):
        chart.add_scatter(
            x=percent,
            y=_shown(output.psnr[1:]),
            name=name,
            mode="lines+markers",
            line={"dash": mark["dash"], "color": mark["color"]},
            marker={"symbol": mark["symbol"], "size": 8},
        )
    chart.add_scatter(
        x=percent,
        y=_shown(noisy.psnr[1:]),
        name="What both saw",
        mode="lines+markers",
        line={"dash": "dot", "color": GREY},
        marker={"symbol": "x"},
    )
    chart.add_vline(x=100 * chosen, line={"width": 1, "dash": "dot", "color": GREY})
    chart.update_layout(
        height=320,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        xaxis={"title": "noise level (%)", "range": [-3, 103], "fixedrange": True},
        yaxis={"title": "PSNR (dB), higher is closer", "fixedrange": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="x unified",
        uirevision="ladder",
    )
    chart.update_traces(hovertemplate="%{y:.1f} dB")
    return chart


def pale(colour: str, opacity: float) -> str:
    """A colour, written #rrggbb, that lets through what lies below it."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def _shown(decibels: NDArray[np.float32]) -> list[float | None]:
    return [float(value) if value <= SHOWN_PSNR else None for value in decibels]


def score_chart(scores: NDArray[np.float32], threshold: float, score: float, percentile: int) -> go.Figure:
    """The scores of real digits as a histogram, the threshold as a line, one picture's score as a mark on the axis.

    The histogram is two filled outlines, and points that are told but not drawn. A score far out is shown at the right
    edge, with an arrow: a linear axis up to it would flatten the digits.
    """
    step = threshold / PASSING_BARS  # the threshold is the edge of a bar
    edges = np.arange(0, 1.5 * max(float(scores.max()), threshold), step)
    counts, widest = np.histogram(scores, edges)[0], float(edges[-1])
    chart = go.Figure()
    for name, first, last, colour in (
        (f"real digits that pass, {percentile} %", 0, PASSING_BARS, MARKS[0]["color"]),
        ("other real digits", PASSING_BARS, len(counts), GREY),
    ):
        corners = np.repeat(edges[first : last + 1], 2)
        heights = np.concatenate([[0], np.repeat(counts[first:last], 2), [0]])
        chart.add_scatter(
            x=corners.tolist(), y=heights.tolist(), mode="lines", fill="toself", fillcolor=colour, line={"width": 0},
            name=name, hoverinfo="skip",
        )  # fmt: skip
    middles = (edges[:-1] + edges[1:]) / 2
    chart.add_scatter(
        x=middles.tolist(), y=counts.tolist(), name="real digits", mode="none", line={"color": GREY}, showlegend=False
    )
    chart.add_vline(x=threshold)
    mark = {"symbol": "triangle-right" if score > widest else "triangle-up", "size": 18, "color": MARKS[1]["color"]}
    chart.add_scatter(
        x=[min(score, widest)], y=[0.0], name=f"this picture, {score:,.0f}", mode="markers", marker=mark,
        hoverinfo="skip",
    )  # fmt: skip
    chart.update_layout(
        xaxis={"title": "score (nats): reconstruction error + KL", "range": [0, widest]},
        yaxis={"title": "real digits", "range": [0, 1.05 * float(counts.max())]},
    )
    return chart
