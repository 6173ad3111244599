"""Denoisers compared on the Results page: networks and filters at each noise level, and your own digit beside them."""

import csv
import io
from collections.abc import Collection, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vaegan.config import NOISE_KINDS, SIDE, NoiseConfig, NoiseKind, Norm
from vaegan.data.pictures import Float
from vaegan.denoisers import comparison, filters, report
from vaegan.denoisers.comparison import UNCHANGED, DenoiserComparison, DenoiserScore
from vaegan.denoisers.filters import FILTERS
from vaegan.metrics import DEFINITIONS, psnr, ssim
from vaegan.studio import add_noise
from vaegan.ui import catalogue, resources, state
from vaegan.ui.charts import DASHES, GREY, MARKS
from vaegan.ui.frame import folded
from vaegan.ui.glossary import note, say
from vaegan.ui.line_chart import lines_of, place_lines
from vaegan.ui.noise_words import noise_label
from vaegan.ui.percent import percent
from vaegan.ui.results import results_state
from vaegan.ui.results.charts import NORM_COLOURS, SYMBOLS, laid_out
from vaegan.ui.results.losing import best_network_loses, table_rows
from vaegan.ui.results.results_state import AXES, title
from vaegan.ui.results.shared import once_for_all
from vaegan.ui.results.weights import quality_against_weight, quality_words

MEANINGS = {
    "psnr": DEFINITIONS["psnr"],
    "ssim": DEFINITIONS["ssim"],
    "accuracy": "share of cleaned test digits that our digit classifier reads as what they are",
}
# What was compared, by its name in the file; the rest there is for programs.
ABOUT = {
    "digits": "Digits",
    "classifier": "The digit classifier",
    "filters": "How the filters were tuned",
    "milliseconds": "The time",
}
VIOLET = MARKS[2]["color"]
OF_ONE_DIGIT = {"psnr": psnr, "ssim": ssim}


def denoisers() -> None:
    """The section: the chart of one kind of noise, where the networks lose, how it was measured, downloads."""
    kept = comparison.kept()
    say(
        "Networks against the filters people know. **Filters are told the kind and the level of the noise**, and tuned "
        "for it; networks are told nothing."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Noise",
            NOISE_KINDS,
            key=results_state.KIND,
            format_func=noise_label,
            persist_state="session",
            width=260,
            help="Each kind was tried at four levels.",
        )
        measure = st.segmented_control(
            "Measure",
            list(results_state.MEASURES),
            key=results_state.MEASURE,
            format_func=results_state.MEASURES.__getitem__,
            required=True,
            persist_state="session",
            help="; ".join(f"{results_state.MEASURES[name]}: {words}" for name, words in MEANINGS.items()),
        )
    kind = st.session_state[results_state.KIND]
    rows = [row for row in kept.rows if row.noise.kind == kind]
    if rows:
        show_kind(kept, kind, str(measure))
        quality_against_weight(kept, rows, str(measure))
    else:
        st.info("Denoisers were not compared under this noise. Choose another one.", icon=":material/info:")
    with folded("Where the networks lose", "networks_lose", ":material/trending_down:") as is_open:
        if is_open:
            show_losses(kept)
    with folded("What was compared, and how", "compared", ":material/info:") as is_open:
        if is_open:
            say("\n".join(f"- {ABOUT[name]}: {kept.about[name]}" for name in ABOUT if name in kept.about))
            times = (f"{title(name)} {ms:.2f} ms" for name, ms in kept.milliseconds.items() if name != UNCHANGED)
            note(f"Measured on {kept.created}. Time for one digit: {'; '.join(times)}.")
    downloads(kept)


def show_losses(kept: DenoiserComparison) -> None:
    """Where a filter is better than networks."""
    st.markdown("Under these noises a filter, or leaving the digit as it is, beats every network:")
    say(best_network_loses(kept.rows))
    st.markdown("And under so many of all kinds and levels it beats each single network:")
    st.table(table_rows(kept.rows))


def show_kind(kept: DenoiserComparison, kind: NoiseKind, measure: str) -> None:
    """The chart of one kind of noise with the user's digit as stars, and which denoiser is best at each level."""
    place = st.container()
    with st.expander("Which denoisers", icon=":material/checklist:"):
        names = chosen(_of_kind(kept, kind))
    with place:
        _show_levels(kept, kind, measure, names)


def _show_levels(kept: DenoiserComparison, kind: NoiseKind, measure: str, names: Sequence[str]) -> None:
    noise = state.noise().updated({"kind": kind}) if state.LEVEL in st.session_state else NoiseConfig(kind=kind)
    stars = own_stars(names, noise, measure) if measure != "accuracy" else None
    place_lines(_lines(kept, kind, measure, tuple(names), stars or ()), "denoiser_chart")
    if stars is not None:
        note(own_words(noise))
    say(best_words(kept, kind))


class Star(NamedTuple):
    """What a denoiser makes of the visitor's digit: the level of the noise in percent, and the quality."""

    denoiser: str
    level: float
    quality: float


@once_for_all
def _lines(
    kept: DenoiserComparison, kind: NoiseKind, measure: str, names: tuple[str, ...], stars: tuple[Star, ...]
) -> dict[str, Any]:
    chart = denoiser_chart(_of_kind(kept, kind), measure, names)
    mark(chart, stars)
    words = f"{results_state.MEASURES[measure]} of each denoiser over the level of {noise_label(kind)} noise"
    return lines_of(chart, words, partial(quality_words, measure=measure))


def _of_kind(kept: DenoiserComparison, kind: NoiseKind) -> list[DenoiserScore]:
    return [row for row in kept.rows if row.noise.kind == kind]


def chosen(rows: Sequence[DenoiserScore]) -> list[str]:
    """A widget that chooses which denoisers are drawn."""
    names = sorted(dict.fromkeys(row.denoiser for row in rows), key=_order)
    return st.multiselect(
        "Denoisers",
        names,
        key=results_state.SHOWN,
        format_func=title,
        persist_state="session",
        help="Networks, filters, and the digits as they came; the sentences below speak of all of them.",
    )


def denoiser_chart(rows: Sequence[DenoiserScore], measure: str, shown: Collection[str]) -> go.Figure:
    """One line for each denoiser over the noise level.

    Twins have their colours, blue with BatchNorm and orange without, and each pair its dashes; filters are dotted, and
    so is the noisy digit, in grey.
    """
    chart = go.Figure()
    pairs = list(dict.fromkeys(row.denoiser.rpartition("-")[0] for row in rows if norm_of_twin(row.denoiser)))
    for index, name in enumerate(sorted(dict.fromkeys(row.denoiser for row in rows), key=_order)):
        if name not in shown:
            continue
        line_rows = sorted((row for row in rows if row.denoiser == name), key=lambda row: row.noise.level)
        look = look_of(name, pairs)
        chart.add_scatter(
            x=[100 * row.noise.level for row in line_rows],
            y=[getattr(row, measure) for row in line_rows],
            customdata=[100 * getattr(row, measure) for row in line_rows],  # in percent
            name=title(name),
            mode="lines+markers",
            line=look,
            marker={"symbol": SYMBOLS[index % len(SYMBOLS)], "size": 8},
        )
    chart.update_traces(hovertemplate="%{customdata:.1f} %" if measure == "accuracy" else "%{y:.3g}")
    return laid_out(chart, "noise level (%)", AXES[measure])


def norm_of_twin(name: str) -> Norm | None:
    """The norm of a twin, by the ending of its name; None for what is no twin."""
    return next((norm for ending, norm in _ENDINGS.items() if name.endswith(ending)), None)


def look_of(name: str, pairs: Sequence[str]) -> dict[str, str]:
    """Colour and dashes of a denoiser's line."""
    if name == UNCHANGED:
        return {"color": GREY, "dash": "dot"}
    if norm := norm_of_twin(name):
        place = pairs.index(name.rpartition("-")[0]) + (norm == "none")  # of equal twins both lines are seen
        return {"color": NORM_COLOURS[norm], "dash": DASHES[place % len(DASHES)]}
    if name in FILTERS:
        return {"color": _COLOURS[list(FILTERS).index(name) % len(_COLOURS)], "dash": "dot"}
    return {"color": VIOLET, "dash": "solid"}


def own_stars(names: Sequence[str], noise: NoiseConfig, measure: str) -> tuple[Star, ...] | None:
    """What each of these denoisers makes of the visitor's digit; None if there is no digit or no noise."""
    prepared = state.digit()
    if prepared is None or noise.level == 0:
        return None
    available = catalogue.names()
    pixels = prepared.digit.astype("f4").tobytes()
    stars = []
    for name in names:
        if name in (UNCHANGED, *FILTERS, *available):
            files = resources.files_of(name) if name in available else None
            stars.append(Star(name, 100 * noise.level, _own_quality(name, files, pixels, noise, measure)))
    return tuple(stars)


@lru_cache(maxsize=512)  # until somebody draws, all visitors have the same digit; `files` tell of a network replaced
def _own_quality(name: str, files: resources.Files | None, pixels: bytes, noise: NoiseConfig, measure: str) -> float:
    digit: Float = np.frombuffer(pixels, np.float32).reshape(SIDE, SIDE).copy()  # torch wants to be able to write
    noisy = add_noise(digit, noise)[None]
    if files is not None:
        output = resources.studio(files).clean(noisy)
    else:
        output = noisy if name == UNCHANGED else filters.clean(name, noisy, noise)
    return float(OF_ONE_DIGIT[measure](output, digit[None])[0])


def mark(chart: go.Figure, stars: Sequence[Star]) -> None:
    """Add the stars of denoisers that are drawn, each in its line's colour."""
    shown = {trace.name: trace for trace in chart.data}
    for star in stars:
        if (line := shown.get(title(star.denoiser))) is None:
            continue
        chart.add_scatter(
            x=[star.level],
            y=[star.quality],
            name=f"your digit, {title(star.denoiser)}",
            mode="markers",
            marker={"symbol": "star", "size": 15, "color": line.line.color, "line": {"width": 1, "color": "#ffffff"}},
            showlegend=False,
        )


def own_words(noise: NoiseConfig) -> str:
    """In a sentence, what the stars are."""
    words = state.origin().words
    return (
        f"The stars are the digit of the Denoise page ({words[0].lower()}{words[1:]}), cleaned just now by each under "
        f"{percent(noise.level)} of this noise. It is one digit: some are easier than most."
    )


@once_for_all
def best_words(kept: DenoiserComparison, kind: NoiseKind) -> str:
    """As a list, which network and which filter is best at each level of a kind of noise."""
    parts, rows = [], _of_kind(kept, kind)
    for noise in sorted({row.noise for row in rows}, key=lambda noise: noise.level):
        at_level = [row for row in rows if row.noise == noise]
        network = max((row for row in at_level if row.denoiser not in (UNCHANGED, *FILTERS)), key=lambda row: row.psnr)
        rival = max((row for row in at_level if row.denoiser in (UNCHANGED, *FILTERS)), key=lambda row: row.psnr)
        gap = network.psnr - rival.psnr
        word = "ahead of" if gap > 0 else "behind"
        parts.append(
            f"- **{percent(noise.level)}:** {title(network.denoiser)} ({network.psnr:.2f} dB) is {abs(gap):.2f} dB "
            f"{word} {title(rival.denoiser).lower()}"
        )
    return "The best network beside the best of the others, by PSNR:\n\n" + "\n".join(parts)


def downloads(kept: DenoiserComparison) -> None:
    """Buttons that save the whole comparison."""
    with st.container(horizontal=True):
        for label, file, mime, data, words in (
            (
                "Numbers (CSV)",
                "denoisers.csv",
                "text/csv",
                lambda: rows_csv(kept.rows),
                "Every row of every kind of noise.",
            ),
            (
                "All of it (JSON)",
                "denoisers.json",
                "application/json",
                lambda: kept.model_dump_json(indent=1),
                "The same for programs.",
            ),
            (
                "Report (Markdown)",
                "denoisers.md",
                "text/markdown",
                lambda: report.report(kept.rows, kept.milliseconds, kept.weights, kept.about),
                "The same as a report to read.",
            ),
        ):
            st.download_button(
                label, data, file_name=file, mime=mime, on_click="ignore", icon=":material/download:", help=words
            )


def rows_csv(rows: Sequence[DenoiserScore]) -> str:
    """All rows as CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["denoiser", "noise", "level", "psnr", "ssim", "accuracy"])
    for row in rows:
        writer.writerow([row.denoiser, row.noise.kind, row.noise.level, row.psnr, row.ssim, row.accuracy])
    return text.getvalue()


def _order(name: str) -> tuple[bool, bool, str]:
    return name == UNCHANGED, name in FILTERS, name


_ENDINGS: dict[str, Norm] = {"-bn": "batch", "-plain": "none"}
_COLOURS = ("#1b9e77", "#c45a9a", "#9a8a1f", "#c23b3b", "#3aa7b8", "#b58b5a", "#7a7f87")  # neither blue nor orange
