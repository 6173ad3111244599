"""Every page alone, by link, and with broken things around it; no browser."""

import ast
import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.ui.opened import DENOISE, NUMBERS, ROOT, SEVEN, damage_bn, draw, markup, on_stage, open_page, seven
from vaegan.config import NOISE_KINDS
from vaegan.data.drawing import from_drawing
from vaegan.data.pictures import pack, to_uint8, unpack
from vaegan.data.strokes import pack_strokes
from vaegan.errors import RunError
from vaegan.ui import pages, resources
from vaegan.ui.frame import HIDDEN
from vaegan.ui.glossary import explain
from vaegan.ui.train import lab


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    """The pages over two small checkpoints."""
    monkeypatch.setattr(resources, "FOLDER", twins)


@pytest.fixture(autouse=True)
def openings(monkeypatch) -> list[str]:
    """Each time the lab would be opened: no test here needs its processes."""
    opened: list[str] = []
    monkeypatch.setattr(lab, "jobs", lambda: opened.append("lab"))
    return opened


def test_the_table_has_every_page_and_nobody_else_spells_its_path():
    paths = [page.path for page in sorted(pages.PAGES, key=lambda page: page.path)]
    files = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
    assert [ROOT / path for path in paths] == files
    spelled = {}
    for file in [*files, *(ROOT / "vaegan").rglob("*.py")]:
        texts = {node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant)}
        if inside := texts & {path for path in paths if path.startswith("pages/")}:
            spelled[file.relative_to(ROOT).as_posix()] = inside
    assert spelled == {"vaegan/ui/pages.py": set(paths[1:])}


@pytest.mark.parametrize("page", [pages.HOME, pages.DENOISE], ids=lambda page: page.name)
def test_a_page_begins_with_its_name_its_sentences_and_links_to_all(page):
    test = open_page(page.path)
    name = "VAE-GAN playground" if page == pages.HOME else page.name
    assert markup(test).count("<h1") == 1
    assert f'<h1 style="{HIDDEN}">{name}</h1>' in markup(test), "it is hidden before the page's styles are there"
    assert explain(page.words) in [text.value for text in test.markdown]
    links = [link.proto.label for link in test.get("page_link")][: len(pages.PAGES) - 1]
    assert links == [other.label for other in pages.PAGES if other != page]
    assert f'<span class="here" aria-current="page">{page.label}</span>' in markup(test)
    assert not test.sidebar.children


@pytest.mark.parametrize("path", ["app.py", DENOISE])
def test_each_page_is_complete_on_its_own(path):
    test = open_page(path)
    assert not test.exception
    assert not test.error
    assert [model["name"] for model in on_stage(test)["models"]] == ["With BatchNorm", "Without BatchNorm"]


def test_home_opens_the_lab_after_all_that_can_be_seen_and_keeps_its_troubles_to_itself(openings, monkeypatch):
    assert markup(open_page("app.py"))
    assert openings == ["lab"]
    assert on_stage(open_page(DENOISE))
    assert openings == ["lab"]

    def refuse():
        raise RunError("VAEGAN_WORKERS is 'many'")

    monkeypatch.setattr(lab, "jobs", refuse)
    test = open_page("app.py")
    assert not test.exception
    assert not test.error


def test_a_drawing_becomes_the_digit_in_force_and_goes_into_the_address_with_its_strokes():
    test = draw(open_page(DENOISE), seven())
    expected = from_drawing(np.asarray(seven())).digit
    assert test.query_params["digit"] == f"{pack(expected)}~{pack_strokes(SEVEN)}"
    sent = on_stage(test)
    assert base64.b64decode(sent["digit"]) == to_uint8(expected).tobytes()
    assert sent["strokes"] == [{"width": 20, "points": [[70, 60], [200, 60], [130, 220]]}]
    assert sent["drawn"], "the field has it already"
    shared = on_stage(open_page(DENOISE, digit=test.query_params["digit"]))
    assert (shared["strokes"], shared["digit"], shared["drawn"]) == (sent["strokes"], sent["digit"], False)


def test_a_cleared_field_clears_any_digit_and_the_page_goes_on():
    digit = pack(from_drawing(np.asarray(seven())).digit)
    test = draw(open_page(DENOISE, digit=digit, show="errors,ladder"), None)
    assert not test.exception
    assert "digit" not in test.query_params
    assert on_stage(test)["digit"] is None
    assert "Error with BatchNorm" not in markup(test)
    assert "Error with BatchNorm" in markup(draw(test, seven()))
    assert on_stage(draw(test, None))["digit"] is None, "the same message as before, and yet another one"


def test_a_digit_that_undo_brings_back_is_in_force_again():
    test = draw(open_page(DENOISE), None)
    pixels = bytes(range(256)) * 3 + bytes(16)
    test.session_state["stage"] = {"drawing": {"number": next(NUMBERS), "digit": base64.b64encode(pixels).decode()}}
    test.run()
    assert not test.exception
    assert base64.b64decode(on_stage(test)["digit"]) == pixels


@pytest.mark.parametrize(
    "message",
    ["", "data:image/png;base64,AAAA", 7, {"png": 7}, {"digit": "AAAA"}, {"digit": "%" * 5000}, {"digit": None}],
)
def test_what_is_no_drawing_is_a_sentence_and_the_digit_stays(message):
    test = open_page(DENOISE)
    before = on_stage(test)["digit"]
    test.session_state["stage"] = {"drawing": message}
    test.run()
    assert not test.exception
    assert "again" in test.error[0].value or "another" in test.error[0].value
    assert on_stage(test)["digit"] == before


def test_several_things_that_a_link_may_not_say_are_named_in_a_sentence():
    test = open_page(DENOISE, kind="x", level="101", seed="1e3")
    assert test.warning[0].value.startswith("The link's kind, level and seed are not ones this page knows")


def test_a_link_restores_everything():
    digit = pack(from_drawing(np.asarray(seven())).digit)
    test = open_page(DENOISE, pair="tiny", kind="masking", level="30", seed="12", digit=digit)
    assert not test.warning
    assert (on_stage(test)["level"], test.number_input(key="seed").value) == (30, 12)
    assert test.selectbox(key="kind").value == "masking"
    assert test.query_params["digit"] == digit
    again = open_page(DENOISE, pair="tiny", kind="masking", level="30", seed="12", digit=digit)
    assert on_stage(again) == on_stage(test)
    assert on_stage(test)["digit"] == base64.b64encode(to_uint8(unpack(digit)).tobytes()).decode()


def test_what_is_shown_below_is_kept_in_the_link_and_over_a_visit_elsewhere():
    test = open_page(DENOISE, show="errors,ladder", ladder="Chart")
    assert not test.warning
    assert len([each for each in test.get("bidi_component") if '"xRange"' in each.proto.json]) == 1
    assert (test.query_params["show"], test.query_params["ladder"]) == ("errors,ladder", "Chart")
    test.button_group(key="details").set_value(["steps", "errors", "ladder"]).run()
    assert test.query_params["show"] == "steps,errors,ladder"
    test.query_params.clear()
    test.switch_page("app.py").run()
    test.switch_page(DENOISE).run()
    assert test.query_params["show"] == "steps,errors,ladder"
    assert "Error with BatchNorm" in markup(test)
    assert len([each for each in test.get("bidi_component") if '"xRange"' in each.proto.json]) == 1


def test_links_of_before_open_what_they_did():
    test = open_page(DENOISE, live="1", compared="1", filter="tv")
    assert not test.warning
    assert dict(test.query_params) == {"show": "filter", "filter": "tv", "pair": "tiny"} | {
        name: test.query_params[name] for name in ("kind", "level", "seed", "digit")
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("pair", "../../etc"), ("kind", "x"), ("level", "101"), ("level", "-1"), ("seed", "1e3"), ("digit", "%%%")),
        *(("digit", f"{pack(np.zeros((28, 28), np.float32))}~A"), ("show", "errors,x"), ("show", "errors,errors")),
        ("ladder", "x"),
    ],
)
def test_what_a_link_may_not_say_is_named_and_dropped(key, value):
    test = open_page(DENOISE, **{key: value})
    assert not test.exception
    assert test.warning
    assert on_stage(test)["level"] == 50
    assert on_stage(test)["digit"]


@pytest.mark.slow
@pytest.mark.parametrize("level", [0, 100])
def test_every_noise_at_both_ends(level):
    test = open_page(DENOISE, level=str(level), show="ladder")
    seen = set()
    for kind in NOISE_KINDS:
        test.selectbox(key="kind").set_value(kind).run()
        assert not test.exception
        assert not test.error
        seen.add(markup(test))
    assert len(seen) == len(NOISE_KINDS)  # their ladders differ


def test_new_noise_changes_the_seed_and_the_picture():
    test = open_page(DENOISE)
    before = on_stage(test)["pattern"]
    next(button for button in test.button if button.label == "New noise").click()
    test.run()
    assert test.number_input(key="seed").value == 1
    assert on_stage(test)["pattern"] != before


def test_the_steps_and_error_maps_appear_on_demand():
    test = draw(open_page(DENOISE), seven())
    assert "Error with BatchNorm" not in markup(test)
    test.button_group(key="details").set_value(["errors", "steps"]).run()
    assert "Error with BatchNorm" in markup(test)
    assert "centred by mass in 28 by 28" in markup(test)


@pytest.mark.slow
@pytest.mark.parametrize("page", ["app.py", DENOISE])
@pytest.mark.parametrize("damage", ["missing weights", "flipped byte", "broken card"])
def test_a_damaged_checkpoint_is_a_sentence_and_its_twin_goes_on(page, damage, twins, tmp_path, monkeypatch):
    damage_bn(twins, tmp_path, damage)
    monkeypatch.setattr(resources, "FOLDER", tmp_path)
    test = open_page(page)
    assert not test.exception
    assert "tiny-bn" in test.error[0].value
    assert [model["name"] for model in on_stage(test)["models"]] == ["Without BatchNorm"]


@pytest.mark.parametrize("page", ["app.py", DENOISE])
def test_without_any_checkpoint_the_page_says_what_to_do(page, tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "FOLDER", tmp_path)
    test = open_page(page)
    assert not test.exception
    assert "restore" in test.error[0].value


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_a_nonsense_upload_is_a_sentence_and_the_digit_stays(content):
    test = open_page(DENOISE)
    before = on_stage(test)["digit"]
    test.file_uploader(key="upload").set_value(("x.png", content, "image/png"))
    test.run()
    assert not test.exception
    assert test.error[0].value.startswith("x.png: ")
    assert on_stage(test)["digit"] == before
    test.run()
    assert len(test.error) == 1, "the sentence stays as long as the file"
    assert on_stage(test)["digit"] == before


@pytest.mark.slow
def test_an_upload_says_what_it_shows_and_can_be_put_right():
    test = open_page(DENOISE)
    before = on_stage(test)["digit"]
    test.file_uploader(key="upload").set_value(("a.png", number_on_paper("47"), "image/png"))
    test.run()
    assert not test.exception
    assert not test.error
    assert "**2 digits**" in " ".join(each.value for each in test.markdown)
    first = on_stage(test)["digit"]
    assert first != before
    test.slider(key="upload_across").set_value((50, 100)).run()
    assert on_stage(test)["digit"] != before
    assert "2 digits" not in " ".join(each.value for each in test.markdown)
    one = on_stage(test)["digit"]
    next(button for button in test.button if button.label == "Turn").click().run()
    assert not test.exception
    assert on_stage(test)["digit"] != one


@pytest.mark.slow
def test_what_is_no_digit_is_said_and_taken_all_the_same():
    test = open_page(DENOISE)
    before = on_stage(test)["digit"]
    test.file_uploader(key="upload").set_value(("m.png", number_on_paper("M"), "image/png"))
    test.run()
    assert not test.error
    assert "not look like a digit" in " ".join(each.value for each in test.warning)
    assert on_stage(test)["digit"] != before


def number_on_paper(text: str) -> bytes:
    sheet = Image.new("L", (420, 260), 235)
    font = ImageFont.load_default(150)
    ImageDraw.Draw(sheet).text((210, 130), " ".join(text), fill=30, font=font, anchor="mm")
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()
