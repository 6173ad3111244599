"""Which loss moves which network, in words."""

import numpy as np

from vaegan.training.dissection import Influence
from vaegan.training.routing import NETWORKS
from vaegan.ui.percent import percent

TERM_WORDS = {
    "recon": "the loss on pixels",
    "kl": "the KL",
    "adv": "the GAN's loss",
    "feature": "the learned similarity",
    "disc_real": "its loss on real digits",
    "disc_fake": "its loss on fakes",
    "disc_r1": "the R1 penalty",
}
SIDEWAYS = 0.1  # a term with a cosine up to this size pulls neither with the whole gradient nor against it
CANCELLED = 0.5  # of the terms' summed norms; if less is left of the whole, the terms cancel
ALIKE = 1.5  # norms within this factor are "about equally hard"


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
            sentences.append(f"{_begin(' and '.join(against))} pulls the {network} back from where the others move it.")
        left = influence.whole[column] / influence.applied[:, column].sum()
        if left < CANCELLED:
            sentences.append(f"The {network}'s losses pull against each other: {percent(left)} of their force is left.")
    return sentences


def _begin(words: str) -> str:
    return words[0].upper() + words[1:]
