"""Settings in words: no word of the command line stands in a form, and each says there what it does."""

from typing import get_args

import pytest

from vaegan.config import TrainConfig, fields_of
from vaegan.presets import PRESETS
from vaegan.ui.settings import CHOICES, HELPS, TITLES, choice, explained, in_titles, title
from vaegan.ui.train.config_form import preset_title

FIELDS = {path[-1]: info for path, info in fields_of(TrainConfig)}


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_has_a_title_of_its_own_and_says_what_it_does(name: str) -> None:
    words = title(name)
    assert words[0].isupper()
    assert "_" not in words
    assert [other for other in FIELDS if title(other) == words] == [name]
    description = FIELDS[name].description
    assert description is not None
    assert explained(name, description).lower().startswith(HELPS.get(name, description).lower())
    assert f"`--{name.replace('_', '-')}`" in explained(name, description)


def test_an_error_about_settings_calls_them_what_the_form_calls_them() -> None:
    said = in_titles("adv_start 3: after 3 epochs the run ends; lower adv_start or raise epochs")
    assert said == (
        "“Epochs before the GAN” 3: after 3 epochs the run ends; lower “Epochs before the GAN” or raise epochs"
    )
    assert in_titles("disc_real is no setting") == "disc_real is no setting"


def test_no_title_or_choice_is_of_a_setting_that_is_not_there() -> None:
    assert set(TITLES) <= set(FIELDS)
    assert set(HELPS) <= set(FIELDS)
    for name, words in CHOICES.items():
        kinds = get_args(FIELDS[name].annotation)
        kinds = get_args(kinds[0]) if name == "noise_kinds" else kinds
        assert set(words) == set(kinds)
        assert [choice(name, kind) for kind in kinds] == [words[kind] for kind in kinds]
        assert len(set(words.values())) == len(words)


def test_a_setting_that_came_without_words_is_called_by_its_name() -> None:
    assert title("new_setting") == "New setting"
    assert choice("new_setting", "some") == "some"


def test_presets_are_called_by_what_they_train() -> None:
    titles = [preset_title(name) for name in PRESETS]
    assert len(set(titles)) == len(titles)
    assert not set(titles) & set(PRESETS)
    assert preset_title("vaegan-bn") == "VAE-GAN with BatchNorm"
    assert preset_title("gan-denoise") == "VAE-GAN with BatchNorm, to remove noise, no loss on pixels"
