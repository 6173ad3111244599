"""Which loss moves which network, as an HTML table in the page's own colours, and in words."""

import html
from collections.abc import Sequence

import numpy as np

from vaegan.training.dissection import Influence
from vaegan.training.routing import NETWORKS
from vaegan.ui.percent import percent
from vaegan.ui.train.charts import LOSS_NAMES, NETWORK_NAMES

TERM_WORDS = {
    "recon": "the reconstruction",
    "kl": "the KL",
    "adv": "the adversarial term",
    "feature": "the learned similarity",
    "disc_real": "its loss on real digits",
    "disc_fake": "its loss on fakes",
    "disc_r1": "the R1 penalty",
}
DECADES = 3.0  # a term so many powers of ten weaker than its column's strongest one has the palest colour
SIDEWAYS = 0.1  # a term with a cosine up to this size pulls neither with the whole gradient nor against it
CANCELLED = 0.5  # of the terms' summed norms; if less is left of the whole, the terms cancel
ALIKE = 1.5  # norms within this factor are "about equally hard"

# Blue pulls with the whole, orange against it; the text is the theme's, so that it reads on white and on black.
_STYLE = """<style>
.vg-influence { display: grid; gap: 1rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); }
.vg-influence section { max-width: 40rem; min-width: 0; }
.vg-influence table { border-collapse: separate; border-spacing: 3px; width: 100%; table-layout: fixed; }
.vg-influence caption { text-align: left; font-weight: 600; padding-bottom: 0.25rem; }
.vg-influence caption span { font-weight: 400; opacity: 0.75; }
.vg-influence th { font-size: 0.8125rem; font-weight: 600; text-align: left; padding: 0.2rem 0.1rem; hyphens: auto; }
.vg-influence td { border-radius: 4px; padding: 0.3rem 0.4rem; font-variant-numeric: tabular-nums; line-height: 1.25; }
.vg-influence td small { display: block; font-size: 0.75rem; }
.vg-influence td b { font-size: 1.05rem; }
.vg-influence .vg-closed {
  font-size: 0.875rem;
  background: repeating-linear-gradient(45deg, rgba(138,148,163,0.22) 0 4px, transparent 4px 8px);
}
.vg-influence .vg-whole td { border-top: 1px solid rgba(138,148,163,0.6); border-radius: 0; }
.vg-influence ul { margin: 0.4rem 0 0; padding-left: 1.1rem; font-size: 0.9375rem; }
@media (max-width: 640px) {
  .vg-influence th { font-size: 0.6875rem; }
  .vg-influence td { padding: 0.25rem; } .vg-influence td b { font-size: 0.9375rem; }
  .vg-influence td small { font-size: 0.6875rem; }
}
</style>"""


def influence_tables(runs: Sequence[tuple[str, str, Influence]]) -> str:
    """For each run, given as (name, when, influence), a table of terms by networks with sentences below it."""
    return f'{_STYLE}<div class="vg-influence" lang="en">{"".join(_section(*run) for run in runs)}</div>'


def _section(name: str, when: str, influence: Influence) -> str:
    head = "".join(f'<th scope="col">{NETWORK_NAMES[network]}</th>' for network in NETWORKS)
    strongest = influence.applied.max(axis=0)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(LOSS_NAMES[term])}</th>'
        + "".join(_cell(influence, row, column, strongest[column]) for column in range(len(NETWORKS)))
        + "</tr>"
        for row, term in enumerate(influence.terms)
    )
    whole = "".join(f"<td>{f'<b>{short(norm)}</b>' if norm else 'rests'}</td>" for norm in influence.whole)
    words = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in in_words(influence))
    return (
        f"<section><table><caption>{html.escape(name)} <span>{html.escape(when)}</span></caption>"
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}"
        f'<tr class="vg-whole"><th scope="row">All together</th>{whole}</tr></tbody></table><ul>{words}</ul></section>'
    )


def _cell(influence: Influence, row: int, column: int, strongest: float) -> str:
    norm, raw = influence.applied[row, column], influence.raw[row, column]
    if norm > 0:
        cosine = influence.cosine[row, column]
        return (
            f'<td style="background:{_colour(cosine, norm / strongest)}">'
            f"<b>{short(norm)}</b><small>{pull(cosine)} ({signed(cosine, 2)})</small></td>"
        )
    if raw == 0:
        return '<td style="opacity:0.6">–<small>no path</small></td>'
    why = "weight 0" if influence.routed[row, column] else "blocked"
    return f'<td class="vg-closed">{why}<small>would be {short(raw)}</small></td>'


def _colour(cosine: float, share: float) -> str:
    """The colour of a cell, on a logarithmic scale, so that a term 40 times weaker can still be seen."""
    strength = float(np.clip(1 + np.log10(share) / DECADES, 0, 1))
    rgb = {"with": "47,134,214", "against": "224,123,44"}.get(pull(cosine), "138,148,163")
    return f"rgba({rgb},{0.08 + 0.52 * strength:.2f})"


def pull(cosine: float) -> str:
    """Whether a term pulls with the whole gradient, against it, or sideways."""
    return "with" if cosine > SIDEWAYS else "against" if cosine < -SIDEWAYS else "sideways"


def signed(value: float, decimals: int) -> str:
    """A number with its sign, a true minus; none where it rounds to 0."""
    text = f"{value:+.{decimals}f}".replace("-", "−")
    return text if text.strip("+−0.") else text[1:]


def short(value: float) -> str:
    """Three significant digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def in_words(influence: Influence) -> list[str]:
    """Sentences for each network: which term pulls hardest, by how much, and which pull against each other."""
    sentences = []
    for column, network in enumerate(NETWORKS):
        rows = [row for row in np.argsort(-influence.applied[:, column]) if influence.applied[row, column] > 0]
        if not rows:
            continue
        first, last = influence.terms[rows[0]], influence.terms[rows[-1]]
        ratio = influence.applied[rows[0], column] / influence.applied[rows[-1], column]
        if len(rows) == 1:
            sentences.append(f"{_begin(TERM_WORDS[first])} alone moves the {network}.")
        elif ratio < ALIKE:
            sentences.append(f"All terms pull the {network} about equally hard.")
        else:
            times = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"
            sentences.append(
                f"{_begin(TERM_WORDS[last])} moves the {network} {times} times less than {TERM_WORDS[first]}."
            )
        against = [TERM_WORDS[influence.terms[row]] for row in rows if pull(influence.cosine[row, column]) == "against"]
        if against:
            sentences.append(f"{_begin(' and '.join(against))} pulls the {network} against the whole, and loses.")
        left = influence.whole[column] / influence.applied[:, column].sum()
        if left < CANCELLED:
            sentences.append(
                f"The {network}'s terms largely cancel: together they have {percent(left)} of their summed norms."
            )
    return sentences


def _begin(words: str) -> str:
    return words[0].upper() + words[1:]
