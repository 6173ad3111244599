"""What pages call kinds of noise, in every language in which they are lent to a lesson."""

import pytest

from vaegan.config import NOISE_KINDS
from vaegan.lessons import words
from vaegan.lessons.lent import words_lent
from vaegan.ui.noise_words import noise_help, noise_label


def test_every_kind_has_a_name_and_a_sentence_of_its_own() -> None:
    assert len({noise_label(kind) for kind in NOISE_KINDS}) == len(NOISE_KINDS)
    assert len({noise_help(kind) for kind in NOISE_KINDS}) == len(NOISE_KINDS)
    for kind in NOISE_KINDS:
        assert "clip" not in f"{noise_label(kind)} {noise_help(kind)}".lower()


@pytest.mark.parametrize("language", [language for language in words.LANGUAGES if language != words.ENGLISH])
def test_names_and_sentences_are_translated(language: str) -> None:
    on_stage = {noise_label(kind).partition(" (")[0] for kind in NOISE_KINDS}
    assert on_stage | {noise_help(kind) for kind in NOISE_KINDS} <= set(words_lent(language))
