"""Short forms in the texts of the kept reproduction, such as "d = 20" or "lr 0.01", written out as pages say them."""

import re
from functools import partial

from vaegan.config import NOISE_KINDS
from vaegan.ui.noise_words import noise_label
from vaegan.ui.percent import percent

_SHORT = (
    (re.compile(r"\bno BatchNorm\b"), "without BatchNorm"),
    (re.compile(r"^BatchNorm(?=,|$)"), "with BatchNorm"),
    (re.compile(r"\bd = ([\d,]*\d)"), r"\1 numbers in z"),
    (re.compile(r"d² hidden units"), "d² hidden units (d is how many numbers z has)"),
    (re.compile(r"\bhidden (\d+)"), r"\1 hidden units"),
    (re.compile(r"\bbatch (\d+)"), r"\1 digits a batch"),
    (re.compile(r"\blr ([\d.]*\d)"), r"learning rate \1"),
    (re.compile(r"\bfakes recon\b"), "reconstructions as fakes"),
    (re.compile(r"\bfakes prior\b"), "prior samples as fakes"),
    (re.compile(r"\bfakes both\b"), "both as fakes"),
    (re.compile(r"\badv ([\d.]*\d)"), r"GAN weight \1"),
    (re.compile(r"\bshown clipped\b"), "shown cut off"),
    (re.compile(r"(\d)%"), r"\1 %"),
)
_NOISES = {kind: re.compile(rf"(?<![\w-]){kind}(?: noise)? (\d\.?\d*)") for kind in NOISE_KINDS}


def written_out(text: str) -> str:
    """A caption, a setting or the name of a curve without its short forms."""
    for kind, noise in _NOISES.items():
        words = f"noise “{noise_label(kind)}” at"
        text = noise.sub(partial(_with_level, words), text)
    for short, words in _SHORT:
        text = short.sub(words, text)
    return text


def _with_level(words: str, match: re.Match[str]) -> str:
    return f"{words} {percent(float(match[1]))}"
