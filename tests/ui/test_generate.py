"""The Generate page alone, by link, and with broken things around it; and what its sections compute."""

import base64
import io
import json
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.GifImagePlugin import GifImageFile
from streamlit.testing.v1 import AppTest

from tests.ui.test_pages import damage_bn, markup, open_page
from vaegan.checkpoint.card import Card
from vaegan.checkpoint.files import PRETRAINED, available, read_card
from vaegan.config import NoiseConfig
from vaegan.data.pictures import gif_bytes, pack, pack_mask, png_bytes
from vaegan.errors import ImageError
from vaegan.studio import Studio
from vaegan.ui import catalogue, resources
from vaegan.ui.charts import score_chart
from vaegan.ui.generate import damage, morph, probes
from vaegan.ui.generate.anomaly import verdict
from vaegan.ui.generate.duel import by_chance, deal
from vaegan.ui.generate.extremes import extremes, slant
from vaegan.ui.generate.generate_state import PAIRS, SECTIONS, TRIES
from vaegan.ui.generate.passes import judged
from vaegan.ui.percent import percent

GENERATE = "pages/3_Generate.py"
SHOWN = {
    "sample": "25 digits by tiny-bn",
    "morph": "In pixels, from 0 % to 100 % of the way",
    "arithmetic": "the sum with BatchNorm",
    "repair": "repaired with BatchNorm, 10 passes",
    "anomaly": "what the model makes of it",
    "duel": "",
}


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    """The page over two small checkpoints."""
    monkeypatch.setattr(resources, "FOLDER", twins)


def generate(section: str, **query: str) -> AppTest:
    return open_page(GENERATE, section=section, **query)


def sent(test: AppTest) -> str:
    """What the page's own components were given."""
    return " ".join(element.proto.json for element in test.get("bidi_component"))


def press(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click()
    return test.run()


def clean(test: AppTest) -> bool:
    return not [*test.exception, *test.error, *test.warning]


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


def marked(test: AppTest) -> int:
    """The digit that the gallery marks."""
    (data,) = [json.loads(each.proto.json) for each in test.get("bidi_component") if '"chosen"' in each.proto.json]
    return int(data["chosen"])


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
@pytest.mark.parametrize("name", damage.DAMAGES)
def test_every_damage_is_repaired(name):
    painted = pack_mask(np.tri(28, dtype=bool))
    test = generate("repair", damage=name, painted=painted, passes="2")
    assert clean(test)
    assert "repaired without BatchNorm, 2 passes" in markup(test)
    assert "in the hole" in markup(test)


def test_repair_controls():
    test = generate("repair", of="3", damage="block")
    assert marked(test) == 3, "the gallery marks what is repaired"
    seen = {markup(test)}
    for key, value in (("repair_size", 12), ("repair_top", 2), ("repair_left", 3), ("repair_passes", 9)):
        seen.add(markup(test.slider(key=key).set_value(value).run()))
    assert len(seen) == 5
    test.selectbox(key="repair_damage").set_value("stripes").run()
    assert test.slider(key="repair_size").value == 2, "what suits a block does not suit stripes"
    test.selectbox(key="repair_damage").set_value("watermark").run()
    seen = {markup(test)}
    seen.add(markup(press(test, "Elsewhere")))
    assert len(seen) == 2
    test.slider(key="repair_level").set_value(0).run()
    assert "Nothing is hidden" in test.info[0].value


def test_the_words_of_repair_follow_from_the_curves():
    better, worse = [10.0, 11.0, 12.0], [10.0, 9.0, 8.0]
    assert "After 3 passes they are nearer" in judged({"bn": better, "plain": better}, 3)
    words = judged({"bn": better, "plain": worse}, 3)
    assert "Without BatchNorm, 3 passes lead farther away" in words
    assert "grows only more certain" in words
    assert "more passes" in judged({"bn": worse}, 1)


@pytest.mark.slow
def test_more_passes_bring_the_example_and_most_digits_nearer(monkeypatch):
    monkeypatch.setattr(resources, "FOLDER", PRETRAINED)
    test = open_page(GENERATE, section="repair")
    assert clean(test)
    assert "After 10 passes they are nearer" in " ".join(each.value for each in test.markdown)
    gains = [
        float(last) - float(first)
        for first, last in re.findall(r"1 pass: ([\d.]+) dB\nafter 10: ([\d.]+) dB", markup(test))
    ]
    assert len(gains) == 2
    assert min(gains) > 8
    stripes = damage.Damage("stripes", size=2)
    digits = resources.gallery().pictures[:40]
    damaged, hidden = (np.stack(each) for each in zip(*map(stripes.hide, digits), strict=True))
    for name in ("paper-bn", "paper-plain"):
        filled = Studio.open(name).repair_all(damaged, ~hidden, 10)
        errors = [np.where(hidden, filled[at] - digits, 0) ** 2 for at in (0, 9)]
        first, last = (each.sum(axis=(1, 2)) for each in errors)
        assert (last < first).mean() > 0.95


def test_holes_and_covers():
    assert damage.hole("block", 2, 3, 5).sum() == 25
    assert damage.hole("block", 27, 27, 28).sum() == 1
    assert np.flatnonzero(damage.hole("block", 2, 3, 5).any(axis=1)).tolist() == [2, 3, 4, 5, 6]
    assert damage.hole("left", 0, 0, 1)[:, :14].all()
    assert not (damage.hole("left", 0, 0, 1) & damage.hole("right", 0, 0, 1)).any()
    assert (damage.hole("top", 0, 0, 1) ^ damage.hole("bottom", 0, 0, 1)).all()
    assert damage.hole("stripes", 0, 0, 2)[:, 0].tolist() == [True, True, False, False] * 7
    digit = resources.gallery().pictures[0]
    covered, hidden = damage.cover(digit, NoiseConfig(kind="watermark", level=0.5, seed=1))
    assert 0 < hidden.sum() < 784
    assert np.array_equal(covered[~hidden], digit[~hidden])


def test_psnr_counts_the_hole_alone():
    digit, picture, hidden = np.zeros((28, 28), np.float32), np.ones((28, 28), np.float32), np.zeros((28, 28), bool)
    hidden[:2] = True
    picture[:2] = 0.1
    assert damage.psnr_inside(picture, digit, hidden) == pytest.approx(20, abs=1e-4)
    assert damage.psnr_inside(digit, digit, hidden) == pytest.approx(100)


@pytest.mark.slow
@pytest.mark.parametrize("kind", TRIES)
def test_everything_can_be_tried(kind):
    test = generate("anomaly", **{"try": kind})
    assert clean(test)
    assert any("says the model" in each.value for each in test.markdown)
    assert ("digit" in test.query_params) == (kind == "yours")


def test_anomaly_controls():
    test = generate("anomaly")
    seen = {markup(test)}
    seen.add(markup(test.selectbox(key="judge_letter").set_value("W").run()))
    seen.add(markup(test.selectbox(key="judge_model").set_value("tiny-plain").run()))
    test.pills(key="judge_try").set_value("scribble").run()
    seen.add(markup(press(test, "Another")))
    assert len(seen) == 4
    words = {each.value for each in test.markdown if "threshold" in each.value}
    test.slider(key="judge_percentile").set_value(90).run()
    assert words != {each.value for each in test.markdown if "threshold" in each.value}


def test_the_threshold_lets_the_chosen_share_of_real_digits_pass(twins):
    scores = resources.test_scores("tiny-bn")
    pictures = resources.gallery().pictures
    assert scores.shape == (1000,)
    assert np.allclose(scores[:200], Studio.open("tiny-bn", twins).scores(pictures).total, rtol=1e-4)
    threshold = float(np.percentile(scores, 95))
    assert (scores <= threshold).mean() == pytest.approx(0.95, abs=0.002)
    bars = [trace for trace in score_chart(scores, threshold, 1e6, 95).data if trace.type == "bar"]
    assert sum(bars[0].y) == (scores < threshold).sum()
    assert max(bars[0].x) < threshold < min(bars[1].x)


@pytest.mark.slow
def test_the_four_measures_tell_what_is_no_digit():
    test = generate("anomaly")
    assert clean(test)
    said = re.sub(r"<[^>]+>", "\n", markup(test))
    words = dict(re.findall(rf"({'|'.join(TRIES.values())})\s*doubt [\d.]+\s*(a digit|not a digit)", said))
    assert words.keys() == set(TRIES.values())
    assert words.pop("A real digit") == "a digit"
    words.pop("Your digit")
    assert set(words.values()) == {"not a digit"}
    assert any("This is no digit" in each.value for each in test.markdown)


def test_verdicts_in_words():
    scores = np.arange(100, dtype=np.float32)
    assert verdict(50.5, scores, 95).startswith("**A digit**")
    assert "49 % of real digits score higher" in verdict(50.5, scores, 95)
    assert verdict(96, scores, 95).startswith("**Not a digit**")


def test_things_to_try_are_digits_in_form_and_fixed_by_their_seed():
    pictures = resources.gallery().pictures
    made = [probes.letter("A"), probes.letter("W"), probes.scribble(0), probes.scribble(1), probes.dash()]
    made += [probes.two_digits(pictures, 0), probes.noise(0), probes.noise(1), probes.blank()]
    for picture in made:
        assert picture.shape == (28, 28)
        assert picture.dtype == np.float32
        assert 0 <= picture.min() <= picture.max() <= 1
    assert len({picture.tobytes() for picture in made}) == len(made)
    assert np.array_equal(probes.scribble(5), probes.scribble(5))
    rows = np.flatnonzero(probes.dash().any(axis=1))
    assert len(rows) <= 4


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
