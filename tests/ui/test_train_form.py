"""The form of the Train page: own settings, their limits, and which of them count; no browser."""

from pathlib import Path
from typing import get_args

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.opened import open_page
from vaegan.config import Architecture, TrainConfig, fields_of
from vaegan.lab.runs import Lab
from vaegan.presets import preset
from vaegan.ui import pages
from vaegan.ui.train import lab
from vaegan.ui.train.config_form import GROUPS, NO_DISCRIMINATOR

TRAIN = pages.TRAIN.path
pytestmark = pytest.mark.usefixtures("lab_folder")


def opened(test: AppTest, group: str) -> AppTest:
    """The form with another of its tabs open."""
    test.session_state["form_vaegan-bn_tabs"] = GROUPS[group]
    return test.run()


def test_own_settings_are_trained_as_they_were_set(lab_folder: Path) -> None:
    test = open_page(TRAIN, show="own")
    boxes = {box.key for box in test.selectbox}
    assert ("form_vaegan-bn_architecture" in boxes) == (len(get_args(Architecture)) > 1), "one choice is none"
    test.selectbox(key="form_vaegan-bn_norm").set_value("none")
    opened(test, "weights").number_input(key="form_vaegan-bn_kl").set_value(0.5)
    opened(test, "").number_input(key="form_vaegan-bn_epochs").set_value(4)
    test.button(key="start_own").click().run()  # at once: the page has not been drawn since
    (run,) = Lab(lab_folder)
    assert run.plan.config == preset("vaegan-bn").updated(
        {"epochs": 4, "model": {"norm": "none"}, "weights": {"kl": 0.5}}
    )


def test_the_form_begins_within_the_limits_of_the_server(lab_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAEGAN_MAX_EPOCHS", "3")
    monkeypatch.setenv("VAEGAN_MAX_HIDDEN", "50")
    lab.jobs.clear()
    test = open_page(TRAIN, show="own")
    hidden = test.number_input(key="form_vaegan-bn_hidden_dim")
    assert (hidden.value, hidden.max) == (50, 50)
    epochs = opened(test, "").number_input(key="form_vaegan-bn_epochs")
    assert (epochs.value, epochs.max) == (3, 3)
    assert "On this server at most 3." in epochs.help
    test.button(key="start_own").click().run()
    (run,) = Lab(lab_folder)
    assert run.plan.config == preset("vaegan-bn").updated({"epochs": 3, "model": {"hidden_dim": 50}})


def shown(test: AppTest) -> set[str]:
    """The settings that have a widget in one of the tabs."""
    names: set[str] = set()
    for group in GROUPS:
        opened(test, group)
        widgets = (*test.selectbox, *test.number_input, *test.toggle, *test.multiselect)
        names |= {str(widget.key) for widget in widgets}
    return {name.removeprefix("form_vaegan-bn_") for name in names if name.startswith("form_vaegan-bn_")}


def test_only_settings_that_count_for_something_are_shown(lab_folder: Path) -> None:
    """Those of the other architecture, and of a discriminator that is not trained, would do nothing."""
    test = open_page(TRAIN, show="own")
    gan = {"fakes", "generator", "routing", "disc_lr", "adv_start", "spectral_norm", "r1"}
    everything = {path[-1] for path, _ in fields_of(TrainConfig)}
    assert shown(test) == everything - {"channels", "prior_statistics"}
    opened(test, "model").selectbox(key="form_vaegan-bn_architecture").set_value("convolutional").run()
    assert shown(test) == everything - {"hidden_dim", "prior_statistics"}
    opened(test, "discriminator").selectbox(key="form_vaegan-bn_fakes").set_value("both").run()
    assert shown(test) == everything - {"hidden_dim"}
    opened(test, "model").selectbox(key="form_vaegan-bn_norm").set_value("none").run()
    assert shown(test) == everything - {"hidden_dim", "prior_statistics"}
    assert not [each for each in opened(test, "discriminator").caption if each.value == NO_DISCRIMINATOR]
    opened(test, "weights").number_input(key="form_vaegan-bn_adv").set_value(0.0).run()
    assert shown(test) == everything - {"hidden_dim", "prior_statistics"} - gan
    assert [each for each in opened(test, "discriminator").caption if each.value == NO_DISCRIMINATOR]


def test_what_was_chosen_comes_back_with_its_setting(lab_folder: Path) -> None:
    test = open_page(TRAIN, show="own")
    test.number_input(key="form_vaegan-bn_hidden_dim").set_value(123)
    opened(test, "discriminator").number_input(key="form_vaegan-bn_r1").set_value(0.1)
    test.toggle(key="form_vaegan-bn_spectral_norm").set_value(True)
    opened(test, "model").selectbox(key="form_vaegan-bn_architecture").set_value("convolutional").run()
    test.number_input(key="form_vaegan-bn_channels").set_value(8)
    opened(test, "weights").number_input(key="form_vaegan-bn_adv").set_value(0.0).run()
    test.run()
    test.number_input(key="form_vaegan-bn_adv").set_value(2.0).run()
    opened(test, "model").selectbox(key="form_vaegan-bn_architecture").set_value("dense").run()
    assert test.number_input(key="form_vaegan-bn_hidden_dim").value == 123
    test.button(key="start_own").click().run()
    (run,) = Lab(lab_folder)
    assert run.plan.config == preset("vaegan-bn").updated(
        {"model": {"hidden_dim": 123, "spectral_norm": True}, "r1": 0.1, "weights": {"adv": 2}}
    )
