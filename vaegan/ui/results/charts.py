"""Charts of the Results page: our seeds beside the paper's values, comparisons with intervals, plots of the runs."""

from collections import Counter
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from vaegan.config import Norm
from vaegan.reproduction.schema import Gain, Plot, TableRow
from vaegan.ui.charts import COLOURS, CONFIG, DASHES, GREY, NORM_TITLES, pale
from vaegan.ui.line_chart import can_draw, lines_of, place_lines
from vaegan.ui.results.shared import once_for_all
from vaegan.ui.results.written_out import written_out

NORM_NAMES = {norm: title[0].lower() + title[1:] for norm, title in NORM_TITLES.items()}  # in a sentence
NORM_COLOURS: dict[Norm, str] = {"batch": COLOURS[0], "hidden": COLOURS[2], "none": COLOURS[1]}
OUTCOMES = {  # of a comparison: mark and colour
    "gain": ("circle", "#2f9e44"),
    "no gain": ("x", "#c23b3b"),
    "loss": ("x", "#c23b3b"),
    "undecided": ("circle-open", "#8a8f98"),
}
FARTHEST = 6.0  # that a difference is drawn from 0, in multiples of what matters
NAME_LETTERS = 42  # of a comparison's name in one line: as many as a phone's width holds
SYMBOLS = ("circle", "square", "diamond", "x", "triangle-up", "cross")


def show_plots(plots: Sequence[Plot], key: str) -> None:
    """Put plots of the reproduction on the page, each under its title."""
    for index, plot in enumerate(plots):
        st.markdown(f"**{written_out(plot.title)}**")
        show_plot(plot, f"{key}_{index}")


def show_plot(plot: Plot, key: str) -> None:
    """Put one plot on the page: drawn by our own component, or by plotly if that one cannot."""
    chart, words = _plotted(plot)
    if isinstance(chart, go.Figure):
        st.plotly_chart(chart, key=key, theme="streamlit", config=CONFIG, alt=words)
    else:
        place_lines(chart, key)


@once_for_all
def _plotted(plot: Plot) -> tuple[go.Figure | dict[str, Any], str]:
    """A plot's chart, as lines where these can draw it, and the chart in words."""
    chart, words = plot_chart(plot), f"{plot.title}: {described(plot)}"
    return (lines_of(chart, words) if can_draw(chart) else chart), words


def described(plot: Plot) -> str:
    """In words, where each curve of a plot begins and ends, for people who cannot see it."""
    if plot.kind == "points":
        return f"points of {len(plot.curves)} kinds over {plot.x_title}"
    ends = [f"{written_out(curve.name)} from {curve.y[0]:.4g} to {curve.y[-1]:.4g}" for curve in plot.curves if curve.y]
    return f"{plot.y_title} over {plot.x_title}; {'; '.join(ends)}"


def table_chart(rows: Sequence[TableRow], up: str) -> go.Figure:
    """For each row its mean over seeds as a line, where one more seed would lie as a band, the paper's as diamonds."""
    chart = go.Figure()
    for row in rows:
        epochs = [cell.epoch for cell in row.cells]
        colour, name = NORM_COLOURS[row.norm], NORM_NAMES[row.norm]
        chart.add_scatter(
            x=epochs + epochs[::-1],
            y=[cell.high for cell in row.cells] + [cell.low for cell in row.cells][::-1],
            mode="lines",  # else Plotly adds markers of its own colour to fewer than 20 points
            fill="toself",
            fillcolor=pale(colour, 0.22),
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )
        chart.add_scatter(
            x=epochs,
            y=[cell.mean for cell in row.cells],
            name=f"ours, {name}",
            mode="lines",
            line={"color": colour, "width": 2.5},
            customdata=[[cell.low, cell.high] for cell in row.cells],
            hovertemplate="%{y:,.2f} (%{customdata[0]:,.2f} to %{customdata[1]:,.2f})",
        )
        chart.add_scatter(
            x=epochs,
            y=[cell.paper for cell in row.cells],
            name=f"the paper, {name}",
            mode="markers",
            marker={"symbol": "diamond-open", "size": 11, "color": colour, "line": {"width": 2}},
            hovertemplate="%{y:,.2f}",
        )
    chart.update_xaxes(dtick=1)
    return laid_out(chart, "epoch", up)


def gain_chart(gains: Sequence[Gain]) -> go.Figure:
    """Each comparison with its interval, in multiples of the smallest difference that matters; above 0 is better.

    Beyond the dotted line at 1 a difference matters. What decides nothing is pale; what lies beyond FARTHEST is an
    arrow at the edge. Names stand above the intervals, so that a phone has its whole width for these.
    """
    chart = go.Figure()
    drawn = [each for each in map(_interval, gains) if each]
    ends: list[float] = [-1, 2]
    for place, (gain, *numbers) in enumerate(drawn):
        mean, low, high = (max(-FARTHEST, min(number / gain.margin, FARTHEST)) for number in numbers)
        symbol, colour = OUTCOMES[gain.outcome]
        if abs(mean) == FARTHEST:
            symbol = "triangle-right" if mean > 0 else "triangle-left"
        name = f"{written_out(gain.name)}: {_signed(numbers[0], gain.unit)}"
        chart.add_scatter(
            x=[mean],
            y=[-place],
            error_x={"type": "data", "array": [high - mean], "arrayminus": [mean - low], "thickness": 3, "width": 7},
            mode="markers",
            marker={"size": 12, "symbol": symbol, "color": pale(GREY, 0.55) if gain.aside else colour},
            name=name,
            showlegend=False,
            hovertemplate=f"{gain_words(gain)}<extra></extra>",
        )
        chart.add_annotation(
            text="<br>".join(wrap(name, NAME_LETTERS)),
            **{"x": 0, "xref": "paper", "xanchor": "left", "y": -place, "yanchor": "bottom", "yshift": 8},
            **{"align": "left", "font": {"size": 14}, "showarrow": False},
        )
        ends += [low, high]
    chart.add_vline(x=0, line={"color": GREY, "width": 1})
    chart.add_vline(x=1, line={"color": GREY, "dash": "dot"})
    laid_out(chart, "difference, 1 is the smallest that matters", "", hovermode="closest")
    chart.update_layout(height=100 + 66 * len(drawn))
    chart.update_xaxes(range=[min(ends) - 0.5, max(ends) + 0.5])
    chart.update_yaxes(visible=False, range=[0.7 - len(drawn), 0.9])
    return chart


def gain_words(gain: Gain) -> str:
    """A comparison in a line: the difference, its interval, and from where on it matters."""
    name = written_out(gain.name)
    if not (numbers := _interval(gain)):
        return f"{name}: no interval, since a run diverged or there are too few"
    _, mean, low, high = numbers
    inner = f"interval {low:+.2f} to {high:+.2f}; {gain.margin:g} or more matters"
    return f"{name}: {_signed(mean, gain.unit)} ({inner})"


def _signed(number: float, unit: str) -> str:
    return f"{number:+.2f} {unit}".strip()


def _interval(gain: Gain) -> tuple[Gain, float, float, float] | None:
    """A comparison with its mean and its interval, if it has one."""
    if gain.mean is None or gain.low is None or gain.high is None:
        return None
    return gain, gain.mean, gain.low, gain.high


def plot_chart(plot: Plot) -> go.Figure:
    """A plot of the reproduction: lines that differ in colour, dash and mark, or points that differ in colour.

    A line with BatchNorm is blue and one without orange, here as everywhere; further lines of the same colour differ in
    their dashes. Thin dotted lines are what the plot says is beside the matter, such as the paper's values.
    """
    chart = go.Figure()
    drawn: Counter[str] = Counter()
    for index, curve in enumerate(plot.curves):
        norm = norm_of(curve.name)
        colour = NORM_COLOURS[norm] if norm else _COLOURS[index % len(_COLOURS)]
        symbol = SYMBOLS[index % len(SYMBOLS)]
        dash = "dot" if curve.dashed else DASHES[drawn[colour] % len(DASHES)]
        drawn[colour] += not curve.dashed
        few = len(curve.x) <= 30
        if plot.kind == "points":
            chart.add_scattergl(
                x=curve.x,
                y=curve.y,
                name=written_out(curve.name),
                mode="markers",
                marker={"color": colour, "size": 5, "opacity": 0.7},
            )
        else:
            chart.add_scatter(
                x=curve.x,
                y=curve.y,
                name=written_out(curve.name),
                mode="lines+markers" if few else "lines",
                line={"color": colour, "dash": dash, "width": 1.5 if curve.dashed else 2.5},
                marker={"symbol": symbol, "size": 7},
            )
    if plot.log_y:
        chart.update_yaxes(type="log")
    return laid_out(chart, plot.x_title, plot.y_title, "closest" if plot.kind == "points" else "x unified")


def laid_out(chart: go.Figure, across: str, up: str, hovermode: str = "x unified") -> go.Figure:
    """Give a chart the look that all charts of the page share."""
    chart.update_layout(
        height=400,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        xaxis={"title": across},
        yaxis={"title": up},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode=hovermode,
        uirevision="results",
    )
    return chart


def norm_of(name: str) -> Norm | None:
    """The norm of which a curve's name speaks; None if of none."""
    return next((norm for start, norm in _STARTS.items() if name.startswith(start)), None)


# How names of curves begin; the longer ones first.
_STARTS: dict[str, Norm] = {"no BatchNorm": "none", "BatchNorm in hidden": "hidden", "BatchNorm": "batch"}
_COLOURS = (*COLOURS, "#6f5bd0", "#c23b3b", "#3aa7b8", "#7a7f87", "#b58b5a")  # ten digits at most
