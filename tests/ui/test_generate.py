"""The Generate page alone, by link, and with broken things around it; and what its sections compute."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from PIL.GifImagePlugin import GifImageFile
from streamlit.testing.v1 import AppTest

from tests.ui.generate.pages import GENERATE, clean, generate, marked, press
from tests.ui.opened import damage_bn, markup, open_page
from vaegan.checkpoint.card import Card
from vaegan.checkpoint.files import available, read_card
from vaegan.data.pictures import gif_bytes, pack
from vaegan.errors import ImageError
from vaegan.studio import Studio
from vaegan.ui import catalogue, resources
from vaegan.ui.generate import morph
from vaegan.ui.generate.extremes import extremes, slant
from vaegan.ui.generate.generate_state import PAIRS, SECTIONS

SHOWN = {
    "sample": "25 digits by tiny-bn",
    "morph": "In pixels, from 0 % to 100 % of the way",
    "arithmetic": "the sum with BatchNorm",
    "repair": "repaired with BatchNorm, 10 passes",
    "anomaly": "what the network makes of it",
    "duel": "",
}


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    """The page over two small checkpoints."""
    monkeypatch.setattr(resources, "FOLDER", twins)


def sent(test: AppTest) -> str:
    """What the page's own components were given."""
    return " ".join(element.proto.json for element in test.get("bidi_component"))


def sources(test: AppTest) -> list[str]:
    return re.findall(r'src="([^"]+)"', markup(test))


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_is_complete_by_link_and_its_link_shows_the_same_again(section):
    test = generate(section)
    assert clean(test)
    assert SHOWN[section] in markup(test)
    assert test.query_params["section"] == section
    again = open_page(GENERATE, **dict(test.query_params))
    assert clean(again)
    assert dict(again.query_params) == dict(test.query_params)
    assert sources(again) == sources(test)


def test_the_page_begins_with_samples_and_keeps_what_each_section_was_set_to():
    test = open_page(GENERATE)
    assert SHOWN["sample"] in markup(test)
    press(test, "New sample")
    for section in SECTIONS:
        test.segmented_control(key="generate_section").set_value(section).run()
        assert clean(test)
        assert SHOWN[section] in markup(test)
    test.segmented_control(key="generate_section").set_value("sample").run()
    assert test.number_input(key="sample_seed").value == 1
    assert test.query_params["seed"] == "1"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("../../etc", "seed", "0"),
        ("sample", "models", "tiny-bn,../tiny-plain"),
        ("sample", "models", "tiny-bn,tiny-bn"),
        ("sample", "temperature", "1e9"),
        ("sample", "seed", "-1"),
        ("morph", "pair", "<script>alert(1)</script>"),
        ("morph", "from", "200"),
        ("morph", "to", "-1"),
        ("morph", "way", "pixels"),
        ("arithmetic", "b", "9" * 4000),
        ("repair", "damage", "__class__"),
        ("repair", "size", "0"),
        ("repair", "passes", "31"),
        ("repair", "digit", "%00"),
        ("anomaly", "model", "/etc/passwd"),
        ("anomaly", "letter", "AB"),
        ("anomaly", "percentile", "100"),
        ("duel", "beat", "-1"),
        ("duel", "beat", str(PAIRS + 1)),
    ],
)
def test_what_a_link_may_not_say_is_named_and_dropped(section, name, value):
    test = generate(section, **{name: value})
    assert not [*test.exception, *test.error]
    assert test.warning
    assert test.query_params.get(name) != [value]
    assert SHOWN[section if section in SECTIONS else "sample"] in markup(test)


def test_a_click_is_not_undone_by_an_address_that_the_browser_still_had():
    test = generate("sample")
    before = dict(test.query_params)
    test.segmented_control(key="generate_section").set_value("morph").run()
    test.query_params.clear()
    for name, values in before.items():
        test.query_params[name] = values
    test.segmented_control(key="generate_section").set_value("repair").run()
    assert test.query_params["section"] == "repair"
    assert SHOWN["repair"] in markup(test)


def test_sampling_controls():
    test = generate("sample")
    assert test.multiselect(key="sample_models").value == ["tiny-bn", "tiny-plain"]
    seen = {markup(test)}
    seen.add(markup(test.select_slider(key="sample_temperature").set_value(0.2).run()))
    seen.add(markup(test.number_input(key="sample_seed").set_value(9).run()))
    seen.add(markup(test.multiselect(key="sample_models").set_value(["tiny-plain"]).run()))
    assert len(seen) == 4
    assert "25 digits by tiny-bn" not in markup(test)
    test.multiselect(key="sample_models").set_value([]).run()
    assert "at least one" in test.info[0].value
    assert not test.exception


def test_twins_start_from_the_same_points(twins):
    bn, plain = (Studio.open(f"tiny-{suffix}", twins) for suffix in ("bn", "plain"))
    assert bn.latent_dim == plain.latent_dim
    assert not np.array_equal(bn.sample(4, 0), plain.sample(4, 0))
    assert np.array_equal(bn.sample(4, 0), bn.sample(25, 0)[:4])


def test_morphing_controls():
    test = generate("morph", **{"from": "5", "to": "1"})
    seen = {markup(test)}
    seen.add(markup(test.segmented_control(key="morph_way").set_value("spherical").run()))
    seen.add(markup(press(test, "Your digit")))
    assert len(seen) == 3
    assert test.query_params["from"] == "yours"
    assert "digit" in test.query_params
    test.segmented_control(key="morph_which").set_value("morph_end").run()
    test.segmented_control(key="slot_class").set_value(7).run()
    sevens = [number for number, label in enumerate(resources.gallery().labels) if label == 7]
    test.session_state["morph_picker"] = {"pick": sevens[2]}  # clicked
    test.run()
    assert marked(test) == sevens[2]
    assert test.query_params["to"] == str(sevens[2])


def test_the_film_starts_and_ends_as_the_live_walk_does_and_the_gif_goes_there_and_back(twins):
    studios = {suffix: Studio.open(f"tiny-{suffix}", twins) for suffix in ("bn", "plain")}
    ends = [resources.gallery().pictures[number] for number in (0, 1)]
    film = morph.film(studios, ends, 5, "spherical")
    assert list(film) == ["With BatchNorm", "Without BatchNorm", "In pixels"]
    assert np.array_equal(film["In pixels"][[0, -1]], np.stack(ends))
    assert np.allclose(film["With BatchNorm"][0], studios["bn"].clean(ends[0][None])[0], atol=1e-6)
    with Image.open(io.BytesIO(morph.film_gif(film))) as gif:
        assert isinstance(gif, GifImageFile)
        assert (gif.n_frames, gif.info["loop"], gif.size) == (8, 0, ((3 * 30 - 2) * 6, 28 * 6))
        frames = []
        for number in range(8):
            gif.seek(number)
            frames.append(np.asarray(gif.convert("L")))
    assert all(np.array_equal(frames[5 + k], frames[3 - k]) for k in range(3))
    with Image.open(io.BytesIO(morph.film_png(film))) as sheet:
        assert sheet.format == "PNG"


@pytest.mark.parametrize("frames", [np.zeros((0, 4, 4), np.uint8), np.zeros((4, 4), np.uint8)])
def test_a_gif_needs_frames(frames):
    with pytest.raises(ImageError, match="frames"):
        gif_bytes(frames, 50)


def test_arithmetic_recipes_and_draws():
    test = generate("arithmetic")
    seen = {markup(test)}
    seen.add(markup(press(test, "Make a 7 bold")))
    seen.add(markup(press(test, "New draws")))
    assert len(seen) == 3
    press(test, "Add nothing")
    assert test.query_params["b"] == test.query_params["c"]
    assert clean(press(test, "Make a 7 lean"))


def test_the_examples_are_what_they_are_called():
    pictures, labels, _ = resources.gallery()
    found = extremes()
    named = [found.seven, found.thin_seven, found.three, found.slanted, found.upright, found.thin, found.bold]
    assert [labels[number] for number in named] == [7, 7, 3, 1, 1, 0, 0]
    assert slant(pictures[found.slanted]) > 0.4 > 0.15 > abs(slant(pictures[found.upright]))
    assert pictures[found.bold].sum() > 1.3 * pictures[found.thin].sum()


def test_slant_of_known_lines():
    upright, diagonal = np.zeros((28, 28), np.float32), np.zeros((28, 28), np.float32)
    upright[4:24, 13:15] = 1
    diagonal[range(4, 24), range(23, 3, -1)] = 1  # a slash, "/"
    assert slant(upright) == pytest.approx(0)
    assert slant(diagonal) == pytest.approx(1)
    assert slant(diagonal[:, ::-1]) == pytest.approx(-1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("section", "damage"),
    [*((name, "flipped byte") for name in SECTIONS), ("sample", "broken card"), ("duel", "broken card")],
)
def test_a_damaged_checkpoint_is_a_sentence_and_the_page_goes_on(section, damage, twins, tmp_path, monkeypatch):
    damage_bn(twins, tmp_path, damage)
    monkeypatch.setattr(resources, "FOLDER", tmp_path)
    test = generate(section)
    assert not test.exception
    assert "tiny-bn" in test.error[0].value
    if section in ("morph", "arithmetic", "repair"):
        assert "Without BatchNorm" in markup(test) or "without BatchNorm" in markup(test)
    if section in ("anomaly", "duel"):
        key = "judge_model" if section == "anomaly" else "duel_model"
        test.selectbox(key=key).set_value("tiny-plain").run()
        assert not [*test.exception, *test.error]


def test_a_model_that_is_taken_away_is_no_longer_asked_for(monkeypatch):
    test = generate("anomaly", model="tiny-bn")
    monkeypatch.setattr(catalogue, "names", lambda: ["tiny-plain"])
    assert clean(test.run())
    assert test.query_params["model"] == "tiny-plain"


def test_without_any_checkpoint_the_page_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "FOLDER", tmp_path)
    test = open_page(GENERATE)
    assert not test.exception
    assert "restore" in test.error[0].value


@pytest.mark.parametrize("section", ["morph", "arithmetic", "repair", "anomaly"])
def test_without_a_digit_of_yours_the_page_says_what_to_do(section):
    slots = {"morph": "from", "arithmetic": "a", "repair": "of", "anomaly": "of"}
    test = generate(section, **{slots[section]: "yours", "try": "yours"})
    assert clean(test)
    given = test.session_state["digit_in_force"]
    test.session_state["digit_in_force"] = given._replace(prepared=None)
    test.run()
    assert not [*test.exception, *test.error]
    assert "Your digit is gone" in test.info[0].value


def test_your_digit_comes_with_the_link():
    digit = pack(resources.gallery().pictures[11])
    test = generate("repair", of="yours", digit=digit)
    assert test.query_params["digit"] == digit
    assert "the digit of the link" in markup(test)


def card(twins, **changes: object) -> Card:
    own = read_card(twins / "tiny-bn.json")
    return own.model_copy(update={"config": own.config.updated(changes)})


def test_cards_say_what_a_checkpoint_is(twins, tmp_path, monkeypatch):
    cards = {
        "one": card(twins, seed=5),
        "two": card(twins, weights={"adv": 0}, seed=6),
    }
    for name, own in cards.items():
        (tmp_path / f"{name}.json").write_text(own.model_dump_json())
    (tmp_path / "broken.json").write_text("{")
    monkeypatch.setattr(resources, "FOLDER", tmp_path)
    assert "VAE-GAN with BatchNorm" in catalogue.model_words("one")
    assert catalogue.model_words("two").startswith("VAE with BatchNorm")
    assert not catalogue.has_discriminator("two")
    assert catalogue.model_label("broken") == "broken"


def test_a_plain_gan_is_offered_for_samples_only(twins, tmp_path, monkeypatch):
    gan = card(twins, weights={"recon": 0, "kl": 0}, fakes="prior")
    (tmp_path / "gan.json").write_text(gan.model_dump_json())
    monkeypatch.setattr(resources, "FOLDER", tmp_path)
    assert available(tmp_path) == ["gan"]
    assert not catalogue.encodes("gan")
    assert catalogue.model_words("gan").startswith("GAN with BatchNorm")
