"""Texts of the kept reproduction as the Results page says them."""

import re

import pytest

from vaegan.reproduction import schema
from vaegan.ui.results.written_out import written_out

SHORT = re.compile(
    r"\bd = \d|\blr \d|\bno BatchNorm|\bhidden \d|\bbatch \d|unclipped"
    r"|shown clipped|fakes (?:recon|prior|both)|\badv \d|\d%"
)


@pytest.mark.parametrize(
    ("short", "words"),
    [
        ("no BatchNorm, d = 20, epoch 3", "without BatchNorm, 20 numbers in z, epoch 3"),
        ("BatchNorm, the paper", "with BatchNorm, the paper"),
        (
            "d = 20, hidden 400, batch 2000, Adam, lr 0.01",
            "20 numbers in z, 400 hidden units, 2000 digits a batch, Adam, learning rate 0.01",
        ),
        ("gaussian-unclipped 1, from scratch", "noise “Gaussian, not cut off” at 100 %, from scratch"),
        (
            "digits, under masking noise 0.5 (shown clipped)",
            "digits, under noise “Masking (pixels lost)” at 50 % (shown cut off)",
        ),
        ("fakes prior, adv 10, statistics left alone", "prior samples as fakes, GAN weight 10, statistics left alone"),
        ("BatchNorm's statistics alone: fakes both", "BatchNorm's statistics alone: both as fakes"),
        ("what needs nothing stays", "what needs nothing stays"),
    ],
)
def test_short_forms_are_written_out(short: str, words: str) -> None:
    assert written_out(short) == words
    assert written_out(words) == words, "once is enough"


def test_nothing_short_is_left_in_what_was_kept() -> None:
    reproduced = schema.load()
    texts = [text for table in reproduced.tables for text in (table.note, *(row.setting for row in table.rows))]
    texts += [text for each in reproduced.figures for text in (each.setting, *(one.caption for one in each.pictures))]
    texts += [curve.name for each in reproduced.figures for plot in each.plots for curve in plot.curves]
    if reproduced.search is not None:
        texts += [reproduced.search.gap, *(trial.setting for trial in reproduced.search.trials)]
    for claim in reproduced.claims:
        texts += [claim.sentence, claim.setting, claim.rule, *(gain.name for gain in claim.gains)]
        texts += [curve.name for plot in claim.plots for curve in plot.curves]
    assert any(map(SHORT.search, texts))
    assert [text for text in map(written_out, texts) if SHORT.search(text)] == []
