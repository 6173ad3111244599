"""Charts of lines and points that our own component draws.

They are described as plotly's figures, as all charts are, but plotly's own script, of more than a megabyte, does not
have to reach the browser for them. A histogram is a filled outline. Heat maps, thousands of points, intervals and what
people zoom into are left to plotly.
"""

from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go

from vaegan.ui.component import component

SHORT = "{:.4g}".format
_component = component("line_chart")


def can_draw(chart: go.Figure) -> bool:
    """Whether the component can draw a figure: no logarithms upwards, no intervals, nothing but lines and points."""
    plain = all(trace.type == "scatter" and trace.error_x.array is None for trace in chart.data)
    return chart.layout.yaxis.type != "log" and plain


def show_lines(chart: go.Figure, key: str, words: str, said: Callable[[float], str] = SHORT) -> None:
    """Put a chart on the page; `words` describe it for people who cannot see it, `said` a value of it for all."""
    place_lines(lines_of(chart, words, said), key)


def place_lines(drawn: dict[str, Any], key: str) -> None:
    """Put a chart on the page of which `lines_of` has said what is drawn."""
    _component(key=key, data=drawn)


def lines_of(chart: go.Figure, words: str, said: Callable[[float], str] = SHORT) -> dict[str, Any]:
    """All that the component draws of a figure: its lines, points, bands, marks and axes."""
    across, up = chart.layout.xaxis, chart.layout.yaxis
    level = [shape.y0 for shape in chart.layout.shapes if shape.y0 == shape.y1]
    labels = [note.text for note in chart.layout.annotations]
    ticks = zip(across.tickvals or (), across.ticktext or (), strict=True)
    return {
        "lines": [_line(trace, said) for trace in chart.data],
        "marks": [shape.x0 for shape in chart.layout.shapes if shape.x0 == shape.x1],
        "levels": [[float(y), labels[at] if at < len(labels) else ""] for at, y in enumerate(level)],
        "across": across.title.text or "",
        "up": up.title.text or "",
        "words": words,
        "log": across.type == "log",  # of the axis across; its range is then one of powers of ten
        "xRange": list(across.range) if across.range else None,
        "yRange": list(up.range) if up.range else None,
        "ticks": [[float(value), text] for value, text in ticks],
    }


def _line(trace: go.Scatter, said: Callable[[float], str]) -> dict[str, Any]:
    shown = [at for at, y in enumerate(trace.y) if y is not None]
    x, y = ([float(values[at]) for at in shown] for values in (trace.x, trace.y))
    band = trace.fill == "toself"
    mode = trace.mode or "lines"
    texts, places = _each(trace.text, len(trace.x)), _each(trace.textposition, len(trace.x))
    return {
        "name": trace.name or "",
        "x": x,
        "y": y,
        "said": [_said(trace, at, said) for at in shown],
        "texts": [[str(texts[at] or ""), str(places[at] or "top center")] for at in shown] if "text" in mode else [],
        "colour": (trace.fillcolor if band else trace.line.color or trace.marker.color) or "",
        "dash": trace.line.dash or "solid",
        "width": (trace.line.width or 2) if "lines" in mode and not band else 0,
        "symbol": (trace.marker.symbol or "circle") if "markers" in mode else "",
        "size": trace.marker.size or 8,
        "band": band,
        "told": not band and trace.hoverinfo != "skip",
        "listed": trace.showlegend is not False,
    }


def _each(values: Sequence[Any] | str | None, count: int) -> Sequence[Any]:
    """A property of each point, of a trace that may have one for all."""
    return values if isinstance(values, list | tuple) else [values] * count


def _said(trace: go.Scatter, at: int, said: Callable[[float], str]) -> str:
    """What is told of a point: the line's name and the value, or what the point itself is called and what it costs."""
    own = None if trace.customdata is None else trace.customdata[at]
    if own is not None and len(_each(own, 1)) == 2:
        return f"{own[0]}: {said(float(trace.y[at]))}, {own[1]}"
    return f"{trace.name}: {said(float(trace.y[at]))}"
