"""The Latent space page without a browser: what its component is given, its link, and broken things around it."""

import json
import re
import shutil
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.opened import draw, open_page, seven
from vaegan.data.drawing import from_drawing
from vaegan.data.pictures import pack
from vaegan.studio import Studio
from vaegan.ui import resources
from vaegan.ui.latent_space import map_state, places

PAGE = "pages/2_Latent_space.py"


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    monkeypatch.setattr(resources, "FOLDER", twins)


def given(test: AppTest, key: str) -> dict[str, Any]:
    """The data of the component with this key."""
    found = [json.loads(one.proto.json) for one in test.get("bidi_component") if one.proto.json]
    return next(data for data in found if key in data)


def parcels(test: AppTest) -> set[str]:
    """The keys of what is sent to the tab."""
    return {one.proto.bytes.partition(b"\n")[0].decode() for one in test.get("bidi_component") if one.proto.bytes}


def test_the_page_is_complete_on_its_own():
    test = open_page(PAGE)
    assert not test.exception
    assert not test.error
    data = given(test, "pins")
    assert [model["name"] for model in data["models"]] == ["With BatchNorm", "Without BatchNorm"]
    assert (data["axis"], data["count"], data["way"], data["layers"]) == ("z", 20, "linear", ["tiles", "points"])
    wanted = [model[part] for model in data["models"] for part in ("weights", "atlas")]
    assert parcels(test) == set(), "nobody has asked"
    test.session_state["courier"] = {"wanted": {"number": 1, "keys": wanted}}
    test.run()
    assert parcels(test) == set(wanted)
    assert given(test, "answered")["answered"] == 1
    assert sum("tell something about a digit" in element.value for element in test.markdown) == 2


def test_a_link_restores_everything():
    digit = pack(from_drawing(np.asarray(seven())).digit)
    query = {
        "pair": "tiny",
        "shown": "plain",
        "axis": "quantile",
        "grid": "12",
        "layers": "points,densities",
        "way": "spherical",
        "pins": "0.5,-1,2,0",
        "view": "0.1,0.2,0.5",
        "kind": "masking",
        "noise": "30",
        "seed": "4",
        "moved": "plain3:1.50",
        "digit": digit,
    }
    test = open_page(PAGE, **query)
    assert not test.exception
    assert not test.warning
    assert dict(test.query_params) == query
    data = given(test, "pins")
    assert [model["name"] for model in data["models"]] == ["Without BatchNorm"]
    assert (data["axis"], data["count"], data["way"]) == ("quantile", 12, "spherical")
    assert (data["pins"], data["view"]) == ([[0.5, -1], [2, 0]], {"left": 0.1, "bottom": 0.2, "size": 0.5})
    assert (data["kind"], data["level"]) == ("masking", 30)
    assert given(test, "moved")["moved"] == {"3": 1.5}
    assert any("land where" in one.value or "off it" in one.value for one in test.markdown)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pair", "../x"),
        ("shown", "bn,<b>"),
        ("shown", "none"),
        ("axis", "x"),
        ("grid", "4000"),
        ("layers", "tiles,all"),
        ("way", "x"),
        ("pins", "1"),
        ("pins", "nan,1"),
        ("pins", "1e9,0"),
        ("view", "0,0,1e400"),
        ("noise", "-1"),
        ("seed", "x"),
        ("moved", "bn-1:2"),
        ("moved", "other3:1"),
        ("moved", "bn1:inf"),
        ("digit", "%%%"),
    ],
)
def test_what_a_link_may_not_say_is_named_and_dropped(key, value):
    test = open_page(PAGE, **{key: value})
    assert not test.exception
    assert test.warning
    assert given(test, "pins")["pins"] == []


def test_a_digit_drawn_on_denoise_is_on_the_map():
    test = draw(open_page("pages/1_Denoise.py"), seven())
    drawn = test.query_params["digit"]
    test.query_params.clear()
    test.switch_page(PAGE).run()
    assert not test.exception
    assert test.query_params["digit"] == drawn


def receiver() -> None:
    import streamlit as st

    from vaegan.ui.latent_space import map_state

    map_state.begin(["tiny"])
    name, value = st.session_state.get("sent", (None, None))
    if name == "moved":
        map_state.keep_moved("bn", value)
    elif name:
        map_state.keep(name, value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("pins", [[1.0, 2.0]], [(1, 2)]),
        ("pins", [], []),
        ("view", [0.1, 0.2, 0.5], (0.1, 0.2, 0.5)),
        ("noise", 30, 30),
        ("moved", {"3": 1.5}, {"bn": {3: 1.5}}),
        ("moved", {}, {"bn": {}}),
    ],
)
def test_what_a_component_sends_is_kept(name, value, expected):
    test = AppTest.from_function(receiver)
    test.session_state["sent"] = (name, value)
    test.run()
    assert test.session_state[map_state._fields([])[name].key] == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"),
    [("pins", value) for value in ([[1e9, 0]], "x", [[1]], {"a": 1}, [["a", "b"]], [[float("nan"), 0]], 7)]
    + [("view", value) for value in ([1, 2], [0, 0, 2e9], "x")]
    + [("noise", value) for value in (-1, 101, "x", None)]
    + [("moved", value) for value in ({"x": 1}, {"3": "y"}, {"3": float("inf")}, [1], "x", {"-1": 0})],
)
def test_what_a_component_may_not_send_changes_nothing(name, value):
    test = AppTest.from_function(receiver)
    test.run()
    key = map_state._fields([])[name].key
    before = test.session_state[key]
    test.session_state["sent"] = (name, value)
    test.run()
    assert not test.exception
    assert test.session_state[key] == before


def test_a_twin_that_is_switched_off_is_gone_and_one_always_stays():
    test = open_page(PAGE)
    for shown, names in (
        ("bn", ["With BatchNorm"]),
        ("plain", ["Without BatchNorm"]),
        ("bn,plain", ["With BatchNorm", "Without BatchNorm"]),
    ):
        test.segmented_control(key=map_state.SHOWN).set_value(shown).run()
        assert not test.exception
        assert [model["name"] for model in given(test, "pins")["models"]] == names
        assert test.query_params["shown"] == shown, "the address says what the page shows"
    test.segmented_control(key=map_state.SHOWN).set_value(None).run()  # what no visitor can do
    assert not test.exception
    assert len(given(test, "pins")["models"]) == 2


def test_the_address_says_that_no_layer_is_shown():
    test = open_page(PAGE)
    test.button_group(key=map_state.LAYERS).set_value([]).run()
    assert given(test, "pins")["layers"] == []
    shared = open_page(PAGE, layers=test.query_params["layers"])
    assert not shared.warning
    assert given(shared, "pins")["layers"] == []


def test_a_pair_says_what_its_layers_are():
    test = open_page(PAGE)
    assert any("join every input with every output" in one.value for one in test.caption)


@pytest.mark.parametrize("damage", ["weights", "card"])
def test_a_damaged_checkpoint_is_a_sentence(damage, twins, tmp_path, monkeypatch):
    shutil.copytree(twins, tmp_path, dirs_exist_ok=True)
    file = tmp_path / ("tiny-bn.safetensors" if damage == "weights" else "tiny-bn.json")
    file.write_bytes(file.read_bytes()[:-3])
    monkeypatch.setattr(resources, "FOLDER", tmp_path)
    test = open_page(PAGE)
    assert not test.exception
    assert "tiny-bn" in test.error[0].value


def test_a_cleared_field_leaves_the_map_without_a_digit():
    test = open_page(PAGE)
    test.session_state["latent_map"] = {"drawing": {"number": 1}}
    test.run()
    assert not test.exception
    assert given(test, "pins")["digit"] is None


@pytest.mark.parametrize("drawing", ["x", "data:image/png;base64,AAAA", 7, "data:image/png;base64,%%%"])
def test_a_drawing_that_is_none_is_a_sentence(drawing):
    test = open_page(PAGE)
    before = given(test, "pins")["digit"]
    test.session_state["latent_map"] = {"drawing": drawing}
    test.run()
    assert not test.exception
    assert "Draw it again" in test.error[0].value
    assert given(test, "pins")["digit"] == before


def test_the_nearest_real_digits_are_those_with_the_nearest_mu_and_are_searched_for_once(monkeypatch):
    test = draw(open_page("pages/1_Denoise.py"), seven())
    test.switch_page(PAGE).run()
    digit = from_drawing(np.asarray(seven())).digit
    studio = resources.studio("tiny-bn")
    mu = studio.encode(digit[None]).mu[0]
    near = np.linalg.norm(resources.atlas("tiny-bn").mu - mu, axis=1).argsort()[: places.NEIGHBOURS]
    shown = next(one.proto.body for one in test.get("html") if "a real " in one.proto.body)
    assert [int(label) for label in re.findall(r'alt="a real (\d)"', shown)] == [
        resources.test_digit(index)[1] for index in near
    ]
    assert given(test, "kl")["mu"] == pytest.approx(mu.tolist(), abs=1e-4)
    monkeypatch.setattr(Studio, "encode", None)  # would fail if it were called
    assert not test.run().exception
