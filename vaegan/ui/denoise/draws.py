"""What else the noisy digit could have been: several draws z of each network's posterior, decoded and read."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import streamlit as st

from vaegan.config import SIDE
from vaegan.data.pictures import Float
from vaegan.metrics.reading import Reading
from vaegan.ui import resources
from vaegan.ui.catalogue import TWINS, in_sentence
from vaegan.ui.comparison import Comparison
from vaegan.ui.gallery import caption, picture_grid, picture_url
from vaegan.ui.glossary import explain
from vaegan.ui.language import lent
from vaegan.ui.readings import read
from vaegan.ui.resources import Files

DRAWS = 12
COLUMNS = 6
WIDTH = 460  # pixels, of one network's draws; where there is room, both stand side by side
KEPT = 256  # sets of draws, 38 KB each


def draws(pair: str, comparison: Comparison) -> None:
    """The section: for each network a row of draws with what each reads as, and how often."""
    st.header(
        lent("What else could it have been?"),
        help=lent(
            "The encoder of a VAE does not answer with one point z but with a cloud of them, q(z|x). The pictures "
            "above decode its centre. The seed of the noise fixes these draws too."
        ),
    )
    words = (
        f"Each picture decodes another point z, drawn at random from what the network deems possible, {DRAWS} in all. "
        "The more the noise hides, the more they differ; they may become other digits."
    )
    st.caption(explain(lent(words)), unsafe_allow_html=True)
    with st.container(horizontal=True, gap="large"):
        for suffix in comparison.outputs:
            with st.container(width=WIDTH):
                _show_draws(f"{pair}-{suffix}", suffix, comparison)


def _show_draws(name: str, suffix: str, comparison: Comparison) -> None:
    if not resources.card(name).config.sample_latent:
        words = lent("trained as a plain autoencoder, it knows one point z and no others.")
        st.markdown(f"**{lent(TWINS[suffix])}**: {words}")
        return
    noisy = np.ascontiguousarray(comparison.noisy.pictures[0])
    pictures = _drawn(resources.files_of(name), noisy.tobytes(), comparison.noise.seed)
    readings = read(pictures)
    st.markdown(f"**{lent(TWINS[suffix])}**" + (f": {lent(tally(readings))}" if readings else ""))
    st.html(_row(pictures, [short(reading) for reading in readings] or [""] * DRAWS, in_sentence(suffix)))


def tally(readings: Sequence[Reading]) -> str:
    """In words, how many draws are read as which digit, the most frequent first; those that are unsure come last."""
    counts = Counter(reading.digit for reading in readings if reading.sure)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    unsure = len(readings) - counts.total()
    parts = [(f"reads as {digit}" if not at else str(digit), count) for at, (digit, count) in enumerate(ordered)]
    parts += [("unsure", unsure)] if unsure else []
    if len(parts) == 1:
        return f"{parts[0][0]} in all {len(readings)} draws"
    (words, count), *others = parts
    first = f"{words} in {count} draw{'s' * (count > 1)}"
    return ", ".join([first, *(f"{words} in {count}" for words, count in others)])


def short(reading: Reading) -> str:
    """The digit, or both of which it may be one."""
    return str(reading.digit) if reading.sure else f"{reading.digit} or {reading.other}"


def _row(pictures: Float, words: Sequence[str], whose: str) -> str:
    items = []
    for number, (picture, read_as) in enumerate(zip(pictures, words, strict=True), start=1):
        alt = f"draw {number} {whose}" + (f", reads as {read_as}" if read_as else "")
        items.append((picture_url(picture), alt, caption(read_as)))
    return picture_grid(items, columns=COLUMNS, width="100%")


@lru_cache(maxsize=KEPT)
def _drawn(files: Files, noisy: bytes, seed: int) -> Float:
    """One network's draws for a noisy picture, (DRAWS, 28, 28); kept, since every widget runs the page again."""
    picture = np.frombuffer(noisy, np.float32).reshape(SIDE, SIDE).copy()
    pictures, _ = resources.studio(files).posterior_samples(picture, DRAWS, seed)
    return pictures.copy()  # without the further draws that the spread is taken over
