"""The stage to draw on: what it is told, and what it may say."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.opened import on_stage
from vaegan.config import NOISE_KINDS
from vaegan.ui import resources


@pytest.fixture(autouse=True)
def small_twins(twins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "FOLDER", twins)


def page() -> None:
    """A stage with nothing but its pictures, which moves until somebody draws."""
    import numpy as np
    import streamlit as st

    from vaegan.data.drawing import Prepared
    from vaegan.ui import stage, state

    digit = np.eye(28, dtype=np.float32)
    state.begin_digit(digit)
    if st.session_state.get("given"):
        state.use_digit(Prepared(digit, ()), state.Origin("A real 7", "mnist"))
    if "sent" in st.session_state:
        name, st.session_state["fake"] = st.session_state["sent"]
        take = stage._take_level if name == "level" else stage._take_kind
        take("fake")
    st.session_state["noise"] = state.noise()
    stage.stage("tiny", ["bn"], key="demo", parts=(), demo=True)


def opened(**session: object) -> AppTest:
    test = AppTest.from_function(page)
    for name, value in session.items():
        test.session_state[name] = value
    test.run()
    assert not test.exception
    return test


def test_without_a_page_of_settings_it_begins_with_half_the_noise_and_a_digit_that_draws_itself() -> None:
    told = on_stage(opened())
    assert (told["kind"], told["level"], told["parts"], told["demo"]) == ("gaussian", 50, [], True)
    assert [(model["name"], model["short"], model["side"]) for model in told["models"]] == [
        ("With BatchNorm", "With BatchNorm", "bn")
    ]
    assert told["reader"].startswith("reader/")


def test_what_is_drawn_of_a_network_is_what_its_card_says(monkeypatch: pytest.MonkeyPatch) -> None:
    (model,) = on_stage(opened())["models"]
    assert model["samples"] is True
    assert model["judge"].startswith("discriminator/")
    card = resources.card("tiny-bn")
    weights = card.config.weights.model_copy(update={"adv": 0.0, "feature": 0.0})
    config = card.config.model_copy(update={"weights": weights, "sample_latent": False})
    monkeypatch.setattr(resources, "card", lambda _: card.model_copy(update={"config": config}))
    (model,) = on_stage(opened())["models"]
    assert (model["judge"], model["samples"]) == (None, False)


def test_every_kind_of_noise_is_there_and_the_commonest_are_always_shown() -> None:
    kinds = on_stage(opened())["kinds"]
    assert [kind["name"] for kind in kinds] == list(NOISE_KINDS)
    assert [kind["label"] for kind in kinds if kind["common"]] == ["Gaussian", "Salt and pepper"]
    assert len({kind["label"] for kind in kinds}) == len(kinds)


def test_nothing_draws_itself_once_there_is_a_digit_of_ones_own() -> None:
    assert on_stage(opened(given=True))["demo"] is False


@pytest.mark.parametrize(
    ("sent", "kind", "level"),
    [
        (("level", {"level": 30}), "gaussian", 0.3),
        (("level", {"level": 30.4}), "gaussian", 0.3),
        (("kind", {"kind": "blur"}), "blur", 0.5),
        (("level", {"level": 101}), "gaussian", 0.5),
        (("level", {"level": float("nan")}), "gaussian", 0.5),
        (("level", {"level": "30"}), "gaussian", 0.5),
        (("level", {}), "gaussian", 0.5),
        (("kind", {"kind": "../x"}), "gaussian", 0.5),
        (("kind", {"kind": ["blur"]}), "gaussian", 0.5),
        (("kind", {}), "gaussian", 0.5),
    ],
)
def test_what_it_says_is_taken_if_it_can_be_so(sent: object, kind: str, level: float) -> None:
    noise = opened(sent=sent).session_state["noise"]
    assert (noise.kind, noise.level) == (kind, pytest.approx(level))
