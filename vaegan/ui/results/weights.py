"""Quality against weight on the Results page: how good each denoiser is, beside its bytes or its time for one digit."""

import math
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import plotly.graph_objects as go
import streamlit as st

from vaegan.config import NoiseConfig
from vaegan.denoisers.comparison import UNCHANGED, DenoiserComparison, DenoiserScore
from vaegan.denoisers.filters import FILTERS
from vaegan.ui import shipped
from vaegan.ui.charts import GREY, MARKS
from vaegan.ui.frame import folded
from vaegan.ui.glossary import note, say
from vaegan.ui.line_chart import lines_of, place_lines
from vaegan.ui.percent import percent
from vaegan.ui.results import results_state
from vaegan.ui.results.charts import laid_out
from vaegan.ui.results.results_state import AXES, title
from vaegan.ui.results.shared import once_for_all

ACROSS = {"bytes": "room of the network (bytes)", "milliseconds": "time for one digit (milliseconds)"}
UNITS = ((1e6, "MB"), (1e3, "kB"), (1, "bytes"))
# Where the names of the best networks stand, so that they do not cover each other; the table has the others'.
PLACES = ("top center", "bottom center", "top center")
LEFT = 0.4  # how far left of the lightest network those stand that weigh nothing, which a logarithmic axis cannot show
GROUPS = ("with BatchNorm", "without BatchNorm", "other networks", "classical filters")


class Point(NamedTuple):
    """One denoiser: its name, how much it weighs or takes, and how good it is."""

    name: str
    weight: float
    quality: float

    @property
    def group(self) -> str:
        """One of GROUPS."""
        if self.name in FILTERS:
            return GROUPS[3]
        endings = {"-bn": GROUPS[0], "-plain": GROUPS[1]}
        return next((group for ending, group in endings.items() if self.name.endswith(ending)), GROUPS[2])

    @property
    def stem(self) -> str:
        """The name without what tells twins apart."""
        return self.name.removesuffix("-bn").removesuffix("-plain")


def quality_against_weight(kept: DenoiserComparison, rows: Sequence[DenoiserScore], measure: str) -> None:
    """The section: at one level, all denoisers as points; which of all pay for their weight; the numbers."""
    st.header(
        "Quality against cost",
        help="What encoder and decoder take: the discriminator does not clean. Filters take no room. "
        f"Milliseconds: {kept.about.get('milliseconds', 'of one digit alone, on one thread')}.",
    )
    say(
        "A dense network joins every pixel with every unit. A convolutional one moves small filters over the picture, "
        "so that few weights serve all places: **it is small, but not free**, since each weight is used many times."
    )
    levels = sorted({row.noise.level for row in rows})
    if st.session_state[results_state.LEVEL] not in levels:  # the kept comparison may be of fewer
        st.session_state[results_state.LEVEL] = levels[-1]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Level",
            levels,
            key=results_state.LEVEL,
            format_func=percent,
            required=True,
            persist_state="session",
            help="The level of the noise chosen above.",
        )
        across = st.segmented_control(
            "Cost",
            list(ACROSS),
            key=results_state.ACROSS,
            format_func=str.capitalize,
            required=True,
            persist_state="session",
            help="What a network costs: room, or time for one digit on one thread of a processor.",
        )
    level = st.session_state[results_state.LEVEL]
    drawn = _drawn(kept, NoiseConfig(kind=rows[0].noise.kind, level=level), measure, str(across))
    place_lines(drawn.chart, "weight_chart")
    say(drawn.worth)
    with folded("The numbers", "weight_numbers", ":material/table:") as is_open:
        if not is_open:
            return
        st.dataframe(drawn.numbers, hide_index=True)
        note(
            "Multiply-adds are those of one digit's way through encoder and decoder; a filter's work is not counted in "
            "them. Times are as fast as that machine was then."
        )


class Drawn(NamedTuple):
    """What is shown at one level: the lines of the chart, what is worth its weight, the numbers."""

    chart: dict[str, Any]
    worth: str
    numbers: list[dict[str, object]]


@once_for_all
def _drawn(kept: DenoiserComparison, noise: NoiseConfig, measure: str, across: str) -> Drawn:
    rows = [row for row in kept.rows if row.noise == noise]
    points = points_of(kept, rows, measure, across)
    given = next((getattr(row, measure) for row in rows if row.denoiser == UNCHANGED), None)
    words = f"{results_state.MEASURES[measure]} of each denoiser over its {across}"
    chart = lines_of(weight_chart(points, measure, across, given), words, partial(quality_words, measure=measure))
    return Drawn(chart, worth_words(points, measure, across), table_rows(kept, rows))


def points_of(kept: DenoiserComparison, rows: Iterable[DenoiserScore], measure: str, across: str) -> list[Point]:
    """A point for each denoiser with a known weight, but none for doing nothing."""
    weights: dict[str, float] = dict.fromkeys(FILTERS, 0.0)
    weights |= {name: float(weight.bytes) for name, weight in kept.weights.items()}
    known = kept.milliseconds if across == "milliseconds" else weights
    named = [row for row in rows if row.denoiser != UNCHANGED and row.denoiser in known]
    return [Point(row.denoiser, known[row.denoiser], getattr(row, measure)) for row in named]


def weight_chart(points: Sequence[Point], measure: str, across: str, given: float | None) -> go.Figure:
    """Each denoiser as a point, twins joined by a line; the quality of doing nothing as a dotted line."""
    chart = go.Figure()
    lightest = min((point.weight for point in points if point.weight > 0), default=1.0)
    nothing = lightest * LEFT
    for stem in dict.fromkeys(point.stem for point in points):
        twins = [point for point in points if point.stem == stem]
        if len(twins) > 1:
            chart.add_scatter(
                x=[point.weight for point in twins],
                y=[point.quality for point in twins],
                mode="lines",
                line={"color": GREY, "width": 2},
                hoverinfo="skip",
                showlegend=False,
                name=f"twins {stem}",
            )
    labels = _labels(points)
    places = dict(zip(labels, PLACES, strict=False))
    for group, mark in zip(GROUPS, (*MARKS, {"symbol": "triangle-up", "color": GREY}), strict=True):
        of_group = [point for point in points if point.group == group]
        weights = [amount(point.weight, across) for point in of_group]
        chart.add_scatter(
            x=[point.weight or nothing for point in of_group],
            y=[point.quality for point in of_group],
            name=group,
            mode="markers+text",
            marker={"symbol": mark["symbol"], "color": mark["color"], "size": 12},
            text=[labels.get(point.name, "") for point in of_group],
            textposition=[places.get(point.name, PLACES[0]) for point in of_group],
            customdata=[[title(point.name), words] for point, words in zip(of_group, weights, strict=True)],
            hovertemplate="%{customdata[0]}: %{y:.3g}, %{customdata[1]}<extra></extra>",
        )
    chart.update_traces(selector={"mode": "markers+text"}, cliponaxis=False)
    laid_out(chart, ACROSS[across], AXES[measure], hovermode="closest")
    if given is not None:
        chart.add_hline(y=given, line={"dash": "dot", "color": GREY}, annotation={"text": "Noisy digit"})
    if across == "bytes":
        heaviest = max((point.weight for point in points), default=1.0)
        steps = [step * 10**power for power in range(3, 9) for step in (1, 2, 5)]
        ticks = [step for step in steps if lightest / 1.2 <= step <= 1.6 * heaviest]
        edges = [math.log10(edge) for edge in (nothing / 1.3, 1.7 * max(heaviest, lightest))]
        chart.update_xaxes(range=edges, tickvals=[nothing, *ticks], ticktext=["0", *map(in_bytes, ticks)])
    chart.update_xaxes(type="log")
    return chart


def _labels(points: Sequence[Point]) -> dict[str, str]:
    """The words beside points, by name: of the best networks, one for both twins, and last of the best filter."""
    best_first = sorted(points, key=lambda point: point.quality, reverse=True)
    networks = [point for point in best_first if point.group != GROUPS[3]]
    named = list(dict.fromkeys(point.stem for point in networks))[: len(PLACES)]
    twins = {point.stem: point for point in networks} | {p.stem: p for p in networks if p.group == GROUPS[0]}
    labels = {twins[stem].name: shipped.title(stem) for stem in named}
    for best in [point for point in best_first if point.group == GROUPS[3]][:1]:
        labels[best.name] = title(best.name)
    return labels


def frontier(points: Iterable[Point]) -> list[Point]:
    """Those that no lighter one equals in quality, from the lightest to the best."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (point.weight, -point.quality)):
        if not kept or point.quality > kept[-1].quality:
            kept.append(point)
    return kept


def worth_words(points: Sequence[Point], measure: str, across: str) -> str:
    """In sentences, which denoisers are worth what they weigh, and whether a filter is the best of all."""
    worth = frontier(points)
    if not worth:
        return ""
    parts = [
        f"{title(point.name)} ({quality_words(point.quality, measure)}, {amount(point.weight, across)})"
        for point in worth
    ]
    word = "faster" if across == "milliseconds" else "smaller"
    sentence = f"**Nothing {word} is as good as these:** {', then '.join(parts)}."
    if worth[-1].name in FILTERS:
        sentence += " Here a filter is the best of all: no network is worth its cost."
    return sentence


def quality_words(quality: float, measure: str) -> str:
    """A quality with its unit."""
    return percent(quality, 1) if measure == "accuracy" else f"{quality:.2f}" + (" dB" if measure == "psnr" else "")


def amount(weight: float, across: str) -> str:
    """A weight with its unit."""
    return f"{weight:.2g} ms" if across == "milliseconds" else in_bytes(weight)


def in_bytes(count: float) -> str:
    """A number of bytes for people, such as 0.47 MB."""
    size, unit = next(((size, unit) for size, unit in UNITS if count >= size), UNITS[-1])
    return f"{count / size:.3g} {unit}"


def table_rows(kept: DenoiserComparison, rows: Iterable[DenoiserScore]) -> list[dict[str, object]]:
    """All numbers of one level, a row for each denoiser."""
    table: list[dict[str, object]] = []
    for row in rows:
        weight = kept.weights.get(row.denoiser)
        weightless = 0 if row.denoiser in (UNCHANGED, *FILTERS) else None
        table.append(
            {
                "denoiser": title(row.denoiser),
                "parameters": weight.parameters if weight else weightless,
                "bytes": weight.bytes if weight else weightless,
                "ms": round(kept.milliseconds[row.denoiser], 2) if row.denoiser in kept.milliseconds else None,
                "multiply-adds": weight.multiply_adds if weight else None,
                "PSNR (dB)": round(row.psnr, 2),
                "SSIM": round(row.ssim, 3),
                "digits read right (%)": round(100 * row.accuracy, 1),
            }
        )
    return table
