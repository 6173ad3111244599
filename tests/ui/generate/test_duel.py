"""The game against the discriminator on the Generate page, by what a browser sends."""

import base64
import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.generate.pages import clean, generate, press
from tests.ui.opened import markup
from vaegan.data.pictures import png_bytes
from vaegan.studio import Studio
from vaegan.ui import resources
from vaegan.ui.generate.duel import by_chance, deal
from vaegan.ui.generate.generate_state import PAIRS
from vaegan.ui.percent import percent


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    """The page over two small checkpoints."""
    monkeypatch.setattr(resources, "FOLDER", twins)


def played(test: AppTest) -> dict[str, Any]:
    """What the duel was given."""
    components = [json.loads(element.proto.json) for element in test.get("bidi_component")]
    (data,) = [data for data in components if "sides" in data]
    return dict(data)


def answer(test: AppTest, game: object, answers: object) -> AppTest:
    """The page after a browser has said this of the duel."""
    test.session_state["duel"] = {"played": {"game": game, "answers": answers}}
    return test.run()


def test_a_duel_by_link_to_its_result_and_to_other_pairs(twins):
    studio = Studio.open("tiny-bn", twins)
    pairs = deal(studio, resources.gallery().pictures, 3)
    assert set(pairs.sides) == {"L", "R"}
    test = generate("duel", model="tiny-bn", seed="3", beat="12")
    data = played(test)
    assert data["sides"] == pairs.sides
    for (left, right), real, side in zip(data["pairs"], pairs.real, pairs.sides, strict=True):
        assert (left, right)["LR".index(side)] == base64.b64encode(png_bytes(real)).decode()
    assert (data["answers"], data["beat"]) == ("", 12)
    right = studio.realness(pairs.real) > studio.realness(pairs.generated)
    assert [mine == side for mine, side in zip(data["machine"], pairs.sides, strict=True)] == right.tolist()

    wrong = pairs.sides[:-1] + "LR"[pairs.sides[-1] == "L"]
    answer(test, data["game"], wrong[:5])
    assert played(test)["answers"] == wrong[:5]
    answer(test, data["game"], wrong[:3])
    assert played(test)["answers"] == wrong[:5], "an answer stands"
    answer(test, data["game"], wrong)
    assert clean(test)
    assert markup(test).count("you took it for real") == 1
    assert percent(by_chance(PAIRS - 1), 1) in " ".join(each.value for each in test.markdown)
    assert dict(test.query_params) == {"section": "duel", "model": "tiny-bn", "seed": "3", "beat": str(PAIRS - 1)}

    press(test, "The same again")
    again = played(test)
    assert (again["sides"], again["answers"], again["beat"]) == (pairs.sides, "", PAIRS - 1)
    assert again["game"] != data["game"], "answers of before do not count"
    test.button(key="duel_seed_next").click().run()
    assert played(test)["sides"] != pairs.sides
    assert (test.number_input(key="duel_seed").value, played(test)["beat"]) == (4, None)
    assert "beat" not in test.query_params


@pytest.mark.slow
@pytest.mark.parametrize("answers", ["X", "L" * (PAIRS + 1), None, ["L"], 3])
def test_what_a_browser_says_of_the_duel_is_checked(answers):
    test = generate("duel")
    game = played(test)["game"]
    assert clean(answer(test, game, answers))
    assert clean(answer(test, f"{game}0", "L"))
    assert played(test)["answers"] == ""


def test_another_model_or_seed_begins_the_duel_again():
    test = generate("duel")
    answer(test, played(test)["game"], "LRL")
    test.selectbox(key="duel_model").set_value("tiny-plain").run()
    assert played(test)["answers"] == ""
    answer(test, played(test)["game"], "LR")
    assert played(test)["answers"] == "LR"
    test.number_input(key="duel_seed").set_value(8).run()
    assert played(test)["answers"] == ""


def test_chance():
    assert by_chance(0) == 1
    assert by_chance(20) == 2**-20
    assert by_chance(11) == pytest.approx(0.4119, abs=1e-4)
