"""Figures of plotly as our own component is told them."""

import plotly.graph_objects as go

from vaegan.ui.line_chart import can_draw, lines_of


def test_lines_bands_points_and_marks_are_taken_over() -> None:
    chart = go.Figure()
    chart.add_scatter(
        x=[1, 2, 2, 1], y=[4, 5, 3, 2], fill="toself", fillcolor="#123456", mode="lines", showlegend=False
    )
    chart.add_scatter(
        x=[1, 2],
        y=[3.0, None],
        name="ours",
        mode="lines+markers",
        line={"color": "#2f86d6", "dash": "dash", "width": 3},
    )
    chart.add_scatter(
        x=[1], y=[2.0], name="group", mode="markers+text", text=["Best"], textposition=["bottom center"],
        marker={"symbol": "star", "size": 12, "color": "#e07b2c"}, customdata=[["Dense", "3 MB"]],
    )  # fmt: skip
    chart.add_vline(x=2)
    chart.add_hline(y=1.5, annotation={"text": "Noisy digit"})
    chart.update_layout(xaxis={"title": "epoch", "range": [0, 3]}, yaxis={"title": "loss"})
    drawn = lines_of(chart, "in words", "{:.1f} dB".format)
    band, line, points = drawn["lines"]
    assert (band["band"], band["colour"], band["width"], band["listed"], band["told"]) == (
        True,
        "#123456",
        0,
        False,
        False,
    )
    assert (line["x"], line["y"], line["said"]) == ([1.0], [3.0], ["ours: 3.0 dB"]), "what has no value is left out"
    assert (line["colour"], line["dash"], line["width"], line["symbol"]) == ("#2f86d6", "dash", 3, "circle")
    assert (points["symbol"], points["size"], points["width"]) == ("star", 12, 0)
    assert points["said"] == ["Dense: 2.0 dB, 3 MB"]
    assert points["texts"] == [["Best", "bottom center"]]
    assert (drawn["marks"], drawn["levels"]) == ([2], [[1.5, "Noisy digit"]])
    assert (drawn["across"], drawn["up"], drawn["words"]) == ("epoch", "loss", "in words")
    assert (drawn["xRange"], drawn["yRange"], drawn["log"]) == ([0, 3], None, False)


def test_a_logarithmic_axis_across_keeps_its_named_places() -> None:
    chart = go.Figure(go.Scatter(x=[10, 1000], y=[1, 2]))
    chart.update_xaxes(type="log", range=[1, 3], tickvals=[10, 1000], ticktext=["0", "1 kB"])
    drawn = lines_of(chart, "")
    assert (drawn["log"], drawn["xRange"], drawn["ticks"]) == (True, [1, 3], [[10.0, "0"], [1000.0, "1 kB"]])


def test_what_the_component_cannot_draw_is_left_to_plotly() -> None:
    assert can_draw(go.Figure(go.Scatter(x=[1], y=[1])))
    assert not can_draw(go.Figure(go.Bar(x=[1], y=[1])))
    assert not can_draw(go.Figure(go.Scattergl(x=[1], y=[1])))
    assert not can_draw(go.Figure(go.Scatter(x=[1], y=[1]), {"yaxis": {"type": "log"}}))
    assert not can_draw(go.Figure(go.Scatter(x=[1], y=["a name"], error_x={"array": [0.5]})))
