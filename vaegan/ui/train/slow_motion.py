"""One batch in slow motion as the page shows it: the result of each part, and what a step changes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vaegan.config import TrainConfig
from vaegan.data.pictures import Float
from vaegan.training.dissection import DecodedBatch, EncodedBatch, JudgedBatch, SampledBatch, networks_of
from vaegan.training.routing import NETWORKS, ROUTES
from vaegan.ui.gallery import caption, error_map, picture_grid, picture_url
from vaegan.ui.glossary import note
from vaegan.ui.train.charts import LOSS_NAMES
from vaegan.ui.train.influence_words import signed

ROW_WIDTH = "52rem"
STRIP_HEIGHT = 250
MOST_TIMES = 100  # a change is amplified by at most this factor
_STYLE = """<style>
.vg-losses { border-collapse: collapse; font-variant-numeric: tabular-nums; max-width: 52rem; }
.vg-losses th, .vg-losses td { padding: 0.3rem 1rem 0.3rem 0; border-bottom: 1px solid rgba(138,148,163,0.35); }
.vg-losses td, .vg-losses thead th { text-align: right; white-space: nowrap; }
.vg-losses th { font-weight: 600; text-align: left; }
.vg-losses .vg-text { text-align: left; padding-left: 1rem; }
@media (max-width: 640px) {
  .vg-losses { font-size: 0.875rem; } .vg-losses .vg-wide { display: none; }
  .vg-losses th, .vg-losses td { padding-right: 0.6rem; }
}
</style>"""


class Batch(NamedTuple):
    """Real digits (B, 28, 28) in [0, 1], and their classes."""

    pictures: Float
    classes: list[int]


class Pass(NamedTuple):
    """What the networks make of one batch; None where a system does not have that part."""

    encoded: EncodedBatch | None
    sampled: SampledBatch
    decoded: DecodedBatch
    judged: JudgedBatch | None
    losses: dict[str, float]


class _Strip(NamedTuple):
    """Numbers (B, d) that are shown as a heat map, one row a digit."""

    name: str
    words: str
    values: Float
    rows: Sequence[str]


def show_pass(config: TrainConfig, batch: Batch, done: Sequence[str], before: Pass, after: Pass | None) -> None:
    """All parts that were asked for, the last one above; `after` is given once a network has made its step."""
    if not done:
        st.caption("A batch of test digits waits. Press the first button, then the next.")
    if "losses" in done:
        _show_losses(config, done, before, after)
    _show_pictures(batch, done, before, after)
    _show_numbers(after or before, done, batch.classes)


def _show_losses(config: TrainConfig, done: Sequence[str], before: Pass, after: Pass | None) -> None:
    steps = [network for network in done if network in NETWORKS]
    moved = f", before and after the step of the {' and the '.join(steps)}" if steps else ""
    st.markdown(f"**Losses**, the mean over the digits{moved}")
    st.html(_loss_table(config, before, after))
    if steps:
        note(
            "The same digits, noise and eps. Adam begins afresh here: its first step moves every weight by about the "
            f"learning rate, {config.lr:g}, so a few digits change more than they would in the run."
        )


def _loss_table(config: TrainConfig, before: Pass, after: Pass | None) -> str:
    """Each loss, and for each network the weighted sum that moves it; a phone shows the numbers only."""
    weights, routes = config.weights.model_dump(), ROUTES[config.routing]
    networks = networks_of(config)
    values = ("before", "after", "change") if after else ("now",)
    head = "".join(f'<th scope="col">{value}</th>' for value in values)
    body = ""
    for term in before.losses:
        weight = weights.get(term, 1.0)
        moves = [network for network in networks if network in routes[term] and weight > 0]
        cells = f'<td class="vg-wide">{weight:g}</td><td class="vg-wide vg-text">{", ".join(moves) or "nobody"}</td>'
        body += f'<tr><th scope="row">{LOSS_NAMES[term]}</th>{_change({term: 1.0}, before, after)}{cells}</tr>'
    for network in networks:
        counts = {term: weights.get(term, 1.0) for term in before.losses if network in routes[term]}
        wide = '<td class="vg-wide"></td><td class="vg-wide"></td>'
        body += f'<tr><th scope="row">All that moves the {network}</th>{_change(counts, before, after)}{wide}</tr>'
    wide = '<th scope="col" class="vg-wide">weight</th><th scope="col" class="vg-wide vg-text">moves</th>'
    return (
        f'{_STYLE}<table class="vg-losses"><thead><tr><td></td>{head}{wide}</tr></thead><tbody>{body}</tbody></table>'
    )


def _change(counts: Mapping[str, float], before: Pass, after: Pass | None) -> str:
    """Table cells with the weighted sum of some losses; `counts` has the weight of each."""
    old, new = (
        sum(weight * result.losses[term] for term, weight in counts.items()) for result in (before, after or before)
    )
    texts = [f"{old:.3f}", f"{new:.3f}", signed(new - old, 3)] if after else [f"{old:.3f}"]
    return "".join(f"<td>{text}</td>" for text in texts)


def _show_pictures(batch: Batch, done: Sequence[str], before: Pass, after: Pass | None) -> None:
    """Digits, what the encoder is given, what is decoded, and how real each looks to the discriminator."""
    judged, new = (before.judged, after.judged if after else None) if "discriminate" in done else (None, None)
    if judged is not None:
        st.markdown(_belief(judged, new))
    names = [str(label) for label in batch.classes]
    _row("Real digits", batch.pictures, names, _of(judged, "real"), _of(new, "real"))
    if "encode" in done and before.encoded is not None and not np.array_equal(before.encoded.inputs, batch.pictures):
        _row("Given to the encoder", before.encoded.inputs, names, None, None)
    if "decode" not in done:
        return
    for kind, words in (("rebuilt", "Rebuilt"), ("generated", "Decoded from the prior")):
        old = getattr(before.decoded, kind)
        if old is None:
            continue
        labels = names if kind == "rebuilt" else [""] * len(old)
        now = old if after is None else getattr(after.decoded, kind)
        if np.array_equal(now, old):
            _row(words, old, labels, _of(judged, kind), _of(new, kind))
        else:
            _row(words, old, labels, _of(judged, kind), None)
            _row(f"{words}, after the step", now, labels, _of(new, kind), None)
            _difference(now, old)


def _of(judged: JudgedBatch | None, kind: str) -> Float | None:
    beliefs: Float | None = None if judged is None else getattr(judged, kind)
    return beliefs


def _belief(judged: JudgedBatch, new: JudgedBatch | None) -> str:
    """In a sentence, what the discriminator believes on average."""
    words = []
    for kind, name in (("real", "real digits"), ("rebuilt", "rebuilt ones"), ("generated", "draws of the prior")):
        belief, now = _of(judged, kind), _of(new, kind)
        if belief is not None:
            # Equal means are shown once.
            means = dict.fromkeys(f"{values.mean():.2f}" for values in (belief, now) if values is not None)
            words.append(f"{name} {' → '.join(means)}")
    return f"**D**, the probability of being real that the discriminator gives, on average: {', '.join(words)}"


def _row(title: str, pictures: Float, names: Sequence[str], belief: Float | None, now: Float | None) -> None:
    items = []
    for index, (picture, name) in enumerate(zip(pictures, names, strict=True)):
        numbers = "" if belief is None else f"D {belief[index]:.2f}"
        if belief is not None and now is not None and not np.allclose(now, belief, atol=5e-3):
            numbers += f"\n→ {now[index]:.2f}"
        items.append((picture_url(picture), f"{title} {name}".strip(), caption("", numbers)))
    st.caption(title)
    st.html(picture_grid(items, columns=10, width=ROW_WIDTH, narrow=5))


def _difference(now: Float, old: Float) -> None:
    """Where pictures became brighter (orange) or darker (blue), amplified until the eye can see it."""
    times = int(np.clip(1 / np.abs(now - old).max(), 1, MOST_TIMES))
    strength = f", {times} times as strong" if times > 1 else ""
    st.caption(f"What the step changed{strength}: orange is brighter, blue darker")
    zero = np.zeros_like(old[0])
    items = [
        (error_map(times * (new - before), zero), "what the step changed", "")
        for new, before in zip(now, old, strict=True)
    ]
    st.html(picture_grid(items, columns=10, width=ROW_WIDTH, narrow=5))


def _show_numbers(now: Pass, done: Sequence[str], classes: Sequence[int]) -> None:
    """z, mu and logvar side by side."""
    rows = [str(label) for label in classes]
    z, eps, prior = now.sampled
    strips: list[_Strip] = []
    if "sample" in done and z is not None:
        words = "mu + eps · exp(logvar / 2)" if eps is not None else "mu: nothing is drawn at random here"
        strips.append(_Strip("z", f"**z** = {words}", z, rows))
    if "sample" in done and prior is not None:
        draws = [f"draw {row + 1}" for row in range(len(prior))]
        strips.append(_Strip("prior", "**z** drawn from the prior N(0, 1)", prior, draws))
    if "encode" in done and now.encoded is not None:
        _, mu, logvar = now.encoded
        sigma = np.exp(logvar / 2)
        words = f"**mu**, where each digit lies; {np.abs(mu).mean():.2f} away from 0 on average"
        strips.append(_Strip("mu", words, mu, rows))
        words = f"**logvar**, how unsure that is; sigma = exp(logvar / 2) is {sigma.min():.2f} to {sigma.max():.2f}"
        strips.append(_Strip("logvar", words, logvar, rows))
    columns = st.columns(3 if len(strips) == 3 else 2, gap="medium", vertical_alignment="bottom")
    for place, strip in enumerate(strips):
        with columns[place % len(columns)]:
            _show_strip(strip)


def _show_strip(strip: _Strip) -> None:
    """The heat map: blue above 0, orange below, nothing at 0."""
    limit = max(float(np.abs(strip.values).max()), 1e-6)
    chart = go.Figure(
        go.Heatmap(
            z=np.round(strip.values, 3).tolist(),
            x=list(range(1, strip.values.shape[1] + 1)),
            y=list(strip.rows),
            zmin=-limit,
            zmax=limit,
            colorscale=[[0, "rgba(224,123,44,1)"], [0.5, "rgba(138,148,163,0.08)"], [1, "rgba(47,134,214,1)"]],
            colorbar={"thickness": 10, "len": 1},
            xgap=1,
            ygap=1,
            hovertemplate="%{y}, dimension %{x}: %{z:.2f}<extra></extra>",
        )
    )
    chart.update_layout(
        height=STRIP_HEIGHT,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis={"title": "dimension", "fixedrange": True, "showgrid": False},
        yaxis={"autorange": "reversed", "type": "category", "fixedrange": True, "showgrid": False},
        uirevision="slow",
    )
    st.markdown(strip.words)
    st.plotly_chart(chart, key=f"slow_strip_{strip.name}", theme="streamlit", config={"displayModeBar": False})
