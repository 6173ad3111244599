"""Which digit the reader sees in a picture, in words, and whether it is another one than in the clean digit."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from vaegan.data.pictures import Float
from vaegan.errors import CheckpointError
from vaegan.metrics.reading import Reading
from vaegan.ui import resources
from vaegan.ui.percent import percent


class Said(NamedTuple):
    """What is said of one picture; `misread` if it surely another digit than the clean one. Empty if nothing."""

    words: str = ""
    misread: bool = False


def read(pictures: Float) -> list[Reading]:
    """What each picture of (N, 28, 28) is read as; nothing if the reader cannot be opened, and `who_reads` says why."""
    try:
        return resources.reader().read(pictures)
    except CheckpointError:
        return []


def say(clean: Float, pictures: Sequence[Float]) -> list[Said]:
    """What each of the pictures (28, 28) is read as, beside the clean digit (28, 28); nothing without a reader."""
    readings = read(np.stack([clean, *pictures]))
    return [in_words(reading, readings[0]) for reading in readings[1:]] or [Said()] * len(pictures)


def in_words(reading: Reading, clean: Reading) -> Said:
    """A reading in words, beside that of the clean digit, which counts only if it is sure."""
    if not reading.sure:
        return Said(f"unsure: {reading.digit} or {reading.other}")
    if clean.sure and reading.digit != clean.digit:
        return Said(f"reads as {reading.digit}, not {clean.digit}", misread=True)
    return Said(f"reads as {reading.digit}")


def who_reads() -> None:
    """Say who reads and how well, or why nobody can."""
    try:
        reader = resources.reader()
    except CheckpointError as error:
        st.error(f"Nobody can say which digit a picture shows: {error}", icon=":material/error:")
        return
    st.caption(
        "“Reads as” is what a small network of its own sees in a picture.",
        help=f"It reads {percent(reader.accuracy, 2)} of {reader.tested:,} test digits right. It has learned on clean "
        "digits: what it reads in noise is little more than a guess. “Unsure” names the two likeliest digits.",
    )
