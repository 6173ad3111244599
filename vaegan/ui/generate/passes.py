"""Whether more passes through a network help: how close each gets to what was hidden, for one digit and for many."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vaegan.config import SIDE
from vaegan.data.pictures import Float, Mask, Pictures
from vaegan.ui import resources
from vaegan.ui.catalogue import in_sentence
from vaegan.ui.charts import GREY, MARKS
from vaegan.ui.generate.damage import Damage, psnr_inside
from vaegan.ui.generate.generate_state import MAX_PASSES
from vaegan.ui.resources import Files

OTHERS = 50  # digits over which the average is taken


class Average(NamedTuple):
    """PSNR in dB of what was hidden of many digits, and after how many passes each of them is at its closest."""

    mean: list[float]  # after each pass
    of_each: Float  # (digits, passes)

    def improved(self, passes: int) -> int:
        """How many digits are closer after so many passes than after one."""
        return int((self.of_each[:, passes - 1] > self.of_each[:, 0]).sum())


def fill_in(name: str, damaged: Float, hidden: Mask) -> Pictures:
    """What a checkpoint makes of a damaged digit (28, 28) after each of MAX_PASSES passes, (passes, 28, 28)."""
    return _fill_in(resources.files_of(name), damaged.tobytes(), hidden.tobytes())


@lru_cache(maxsize=64)  # asked for again whenever the number of passes changes; an entry takes 94 KB
def _fill_in(files: Files, damaged: bytes, hidden: bytes) -> Pictures:
    digit = np.frombuffer(damaged, np.float32).reshape(SIDE, SIDE).copy()  # torch wants to be able to write
    known = ~np.frombuffer(hidden, np.bool_).reshape(SIDE, SIDE)
    return resources.studio(files).repair(digit, known, MAX_PASSES)


def average(name: str, damage: Damage) -> Average:
    """What passes do to the first digits of the gallery, each damaged in the same way."""
    return _average(resources.files_of(name), damage)


@st.cache_resource(max_entries=32, show_spinner="Filling in fifty digits …")
def _average(files: Files, damage: Damage) -> Average:
    digits = resources.gallery().pictures[:OTHERS]
    both = [damage.hide(digit) for digit in digits]
    damaged, hidden = np.stack([one for one, _ in both]), np.stack([mask for _, mask in both])
    pictures = resources.studio(files).repair_all(damaged, ~hidden, MAX_PASSES)  # (passes, N, 28, 28)
    of_each = np.array([psnr_over_passes(pictures[:, at], digits[at], hidden[at]) for at in range(len(digits))])
    return Average(of_each.mean(axis=0).tolist(), of_each)


def psnr_over_passes(pictures: Pictures, digit: Float, hidden: Mask) -> list[float]:
    """PSNR in dB of the hidden pixels after each pass; `pictures` are (passes, 28, 28)."""
    return [psnr_inside(picture, digit, hidden) for picture in pictures]


def judged(curves: dict[str, list[float]], passes: int) -> str:
    """In sentences, whether the passes brought each twin nearer to what was hidden, and why not if they did not.

    `curves` have the PSNR after each pass, by a twin's suffix.
    """
    nearer = [suffix for suffix, curve in curves.items() if curve[passes - 1] > curve[0]]
    words = "The numbers are the PSNR of the hidden pixels: how near they are to the digit. "
    if passes == 1:
        return words + "Give it more passes: each begins with what the last one made."
    if len(nearer) == len(curves):
        return words + f"**After {passes} passes they are nearer than after one**: each begins with what the last made."
    farther = " and ".join(in_sentence(suffix) for suffix in curves if suffix not in nearer)
    return words + (
        f"**{farther[0].upper()}{farther[1:]}, {passes} passes lead farther away than one**: they draw the hole "
        "towards *a* digit that fits, not towards *the* digit, and a wrong guess grows only more certain."
    )


def passes_chart(curves: dict[str, list[float]], averages: dict[str, Average], passes: int) -> go.Figure:
    """PSNR in the hole over passes, by a twin's suffix: a line for this digit, a dotted one for the average."""
    chart = go.Figure()
    marks = {"bn": MARKS[0], "plain": MARKS[1]}
    steps = list(range(1, MAX_PASSES + 1))
    for suffix, curve in curves.items():
        line = {"dash": marks[suffix]["dash"], "color": marks[suffix]["color"]}
        chart.add_scatter(x=steps, y=curve, name=f"this digit, {in_sentence(suffix)}", mode="lines", line=line)
    for suffix, average_of in averages.items():
        name = f"average, {in_sentence(suffix)}"
        line = {"dash": "dot", "color": marks[suffix]["color"]}
        chart.add_scatter(x=steps, y=average_of.mean, name=name, mode="lines", line=line)
    chart.add_vline(x=passes, line={"width": 1, "dash": "dot", "color": GREY})
    chart.update_layout(
        height=280,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        xaxis={"title": "passes", "range": [0.5, MAX_PASSES + 0.5], "fixedrange": True},
        yaxis={"title": "PSNR in the hole (dB)", "fixedrange": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="x unified",
        uirevision="passes",
    )
    chart.update_traces(hovertemplate="%{y:.1f} dB")
    return chart
