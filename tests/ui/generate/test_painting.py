"""What is painted over a digit: its mask against other ways to compute it, its way through page and link."""

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from tests.ui.opened import markup, open_page
from vaegan.config import SIDE
from vaegan.data.pictures import Mask, pack_mask, unpack_mask
from vaegan.data.strokes import FIELD_SIDE
from vaegan.errors import ImageError
from vaegan.ui import resources
from vaegan.ui.generate import passes
from vaegan.ui.generate.damage import DAMAGES, Damage, psnr_inside
from vaegan.ui.generate.masks import COLOUR, OPACITY, SCALE, covered, rectangles

GENERATE = "pages/3_Generate.py"
PAINT = (190, 150, 255, round(255 * OPACITY))


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    """The page over two small checkpoints."""
    monkeypatch.setattr(resources, "FOLDER", twins)


def blank() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGBA", (FIELD_SIDE, FIELD_SIDE))
    return picture, ImageDraw.Draw(picture)


def as_sent(picture: Image.Image) -> str:
    data = io.BytesIO()
    picture.save(data, "PNG")
    return f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"


def repair(**query: str) -> AppTest:
    return open_page(GENERATE, section="repair", damage="paint", **query)


def paint(test: AppTest, data: object, objects: object = ()) -> AppTest:
    """What the canvas on the page sends."""
    test.session_state[given(test)["field"]] = {"drawing": {"raw": {"objects": objects}, "data": data}}
    return test.run()


def given(test: AppTest) -> dict[str, Any]:
    """What the canvas and our tools beside it were given."""
    parts = [json.loads(element.proto.json) for element in test.get("bidi_component") if element.proto.json]
    return {
        key: value
        for part in parts
        if isinstance(part, dict) and {"initialDrawing", "field"} & set(part)
        for key, value in part.items()
    }


def test_a_pixel_is_hidden_if_at_least_half_of_it_is_painted():
    generator = np.random.default_rng(1)
    for _ in range(20):
        left, top = generator.integers(0, 200, 2)
        right, bottom = left + generator.integers(5, 80), top + generator.integers(5, 80)
        picture, pen = blank()
        pen.rectangle((left, top, right - 1, bottom - 1), fill=PAINT)  # Pillow's rectangles have their last pixel too
        edges = SCALE * np.arange(SIDE + 1)
        across = np.clip(np.minimum(edges[1:], right) - np.maximum(edges[:-1], left), 0, None)
        down = np.clip(np.minimum(edges[1:], bottom) - np.maximum(edges[:-1], top), 0, None)
        exact = np.outer(down, across) / SCALE**2 >= 0.5
        assert np.array_equal(covered(np.asarray(picture)), exact)


def test_a_circle_hides_the_pixels_whose_larger_part_lies_in_it():
    picture, pen = blank()
    pen.ellipse((60, 80, 200, 220), fill=PAINT)
    fine = (np.arange(SIDE * 40) + 0.5) / 40 * SCALE  # an independent grid, four times as fine as the field
    inside = (fine[None] - 130.5) ** 2 + (fine[:, None] - 150.5) ** 2 <= 70.5**2
    shares = inside.reshape(SIDE, 40, SIDE, 40).mean(axis=(1, 3))
    clear = abs(shares - 0.5) > 0.05  # a share of a half is decided by the soft edge
    assert clear.mean() > 0.9
    assert np.array_equal(covered(np.asarray(picture))[clear], shares[clear] >= 0.5)


def test_paint_over_paint_counts_once_and_soft_edges_count_half():
    pixels = np.zeros((FIELD_SIDE, FIELD_SIDE, 4), np.uint8)
    pixels[:SCALE, : SCALE // 2, 3] = 240  # two strokes, half of the first pixel
    pixels[:SCALE, SCALE : 2 * SCALE, 3] = 90  # an edge, less than half of paint
    mask = covered(pixels)
    assert mask[0, 0]
    assert mask.sum() == 1


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_rectangles_cover_a_mask_and_each_pixel_once(share):
    mask: Mask = np.random.default_rng(3).random((SIDE, SIDE)) < share
    painted = np.zeros((FIELD_SIDE, FIELD_SIDE), int)
    for each in rectangles(pack_mask(mask)):
        assert each["type"] == "Rect"
        assert each["fill"] == COLOUR
        painted[each["top"] : each["top"] + each["height"], each["left"] : each["left"] + each["width"]] += 1
    assert np.array_equal(painted, np.kron(mask, np.ones((SCALE, SCALE), int)))


def test_a_mask_takes_131_characters_of_a_link_and_comes_back_exactly():
    for share in (0.0, 0.3, 1.0):
        mask = np.random.default_rng(5).random((SIDE, SIDE)) < share
        text = pack_mask(mask)
        assert len(text) == 131
        assert text.replace("-", "").replace("_", "").isalnum()
        assert np.array_equal(unpack_mask(text), mask)
    with pytest.raises(ImageError, match="28 by 28"):
        pack_mask(np.zeros((27, 28), bool))


@pytest.mark.slow
@pytest.mark.parametrize("text", ["A" * 130, "A" * 132, "A" * 130 + "=", "A" * 130 + "\n", "ü" * 131, "A" * 10**5])
def test_no_other_text_is_a_mask(text):
    with pytest.raises(ImageError, match="holds no mask"):
        unpack_mask(text)
    test = repair(painted=text)
    assert not [*test.exception, *test.error]
    assert "holds no mask" in test.warning[0].value
    assert "Nothing is painted yet" in test.info[0].value


def test_what_is_painted_is_hidden_filled_in_and_comes_back_with_page_and_link():
    test = repair(of="3")
    assert "Nothing is painted yet" in test.info[0].value
    picture, pen = blank()
    pen.rectangle((80, 100, 159, 179), fill=PAINT)
    objects = [{"type": "Rect", "left": 80, "top": 100, "width": 80, "height": 80}]
    paint(test, as_sent(picture), objects)
    mask = np.zeros((SIDE, SIDE), bool)
    mask[10:18, 8:16] = True
    assert not [*test.exception, *test.error, *test.info]
    assert test.query_params["painted"] == pack_mask(mask)
    assert "8 % hidden" in markup(test)
    assert "repaired without BatchNorm, 10 passes" in markup(test)

    block = open_page(GENERATE, section="repair", damage="block", of="3", top="10", left="8", size="8")
    assert pictures(block) == pictures(test)  # a hole is a hole, however it was made
    test.selectbox(key="repair_damage").set_value("left").run()
    assert "painted" not in test.query_params
    test.selectbox(key="repair_damage").set_value("paint").run()
    assert pictures(block) == pictures(test)
    assert given(test)["initialDrawing"]["objects"] == objects

    linked = repair(of="3", painted=pack_mask(mask))
    assert pictures(block) == pictures(linked)
    (rectangle,) = given(linked)["initialDrawing"]["objects"]
    assert [rectangle[side] for side in ("left", "top", "width", "height")] == [80, 100, 80, 80]
    linked.selectbox(key="repair_paint_as").set_value("ink").run()
    assert pictures(linked) != pictures(block)
    assert linked.query_params["paint"] == "ink"


def pictures(test: AppTest) -> list[str]:
    return [part.partition('"')[0] for part in markup(test).split('src="')[1:]]


@pytest.mark.parametrize("share", ["most", "all"])
def test_a_digit_that_is_hardly_or_not_left_gets_a_sentence(share):
    mask = np.ones((SIDE, SIDE), bool)
    mask[:2] = share == "all"
    test = repair(of="3", painted=pack_mask(mask))
    assert not [*test.exception, *test.error]
    words = {"most": "may belong to several digits", "all": "Everything is hidden"}[share]
    assert words in test.info[0].value
    assert ("repaired" in markup(test)) == (share == "most")


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    ["data:image/png;base64,AAAA", as_sent(Image.new("RGBA", (28, 28))), "no;base64,picture", 7, "x" * 10**6],
    ids=["no PNG", "another size", "no URL", "a number", "long"],
)
def test_what_is_no_picture_of_the_field_gets_a_sentence(data):
    test = paint(repair(of="3"), data)
    assert not test.exception
    assert "again" in test.error[0].value


def test_a_painting_too_large_to_keep_is_kept_as_its_mask():
    picture, pen = blank()
    pen.rectangle((0, 0, 99, 99), fill=PAINT)
    test = paint(repair(of="3"), as_sent(picture), [{"path": "L 1 1" * 100_000}])
    assert [each["width"] for each in test.session_state["painting_kept"].objects] == [100]


def test_ink_is_white_and_a_hole_grey():
    digit = resources.gallery().pictures[0]
    mask = np.tri(SIDE, dtype=bool)
    for name, value in (("ink", 1.0), ("hole", 0.5)):
        damaged, hidden = Damage("paint", painted=pack_mask(mask), paint=name).hide(digit)
        assert np.array_equal(hidden, mask)
        assert (damaged[mask] == value).all()
        assert np.array_equal(damaged[~mask], digit[~mask])


@pytest.mark.parametrize("name", DAMAGES)
def test_averages_are_those_of_single_digits(name, monkeypatch):
    monkeypatch.setattr(passes, "OTHERS", 3)
    damage = Damage(name, top=9, left=9, size=8, level=60, seed=2, painted=pack_mask(np.tri(SIDE, dtype=bool)))
    of_many = passes.average("tiny-bn", damage)
    singles = []
    for digit in resources.gallery().pictures[:3]:
        damaged, hidden = damage.hide(digit)
        filled = passes.fill_in("tiny-bn", damaged, hidden)
        singles.append([psnr_inside(picture, digit, hidden) for picture in filled])
    np.testing.assert_allclose(of_many.of_each, singles, atol=1e-3)
    np.testing.assert_allclose(of_many.mean, np.mean(singles, axis=0), atol=1e-3)
    assert of_many.improved(1) == 0
    assert of_many.improved(5) == sum(single[4] > single[0] for single in singles)


def test_the_page_says_for_how_many_digits_more_passes_help():
    test = open_page(GENERATE, section="repair")
    assert not [words for words in test.markdown if "on average" in words.value]
    test.toggle(key="repair_averages").set_value(True).run()
    said = [words.value for words in test.markdown if "on average" in words.value]
    assert [words.split(",")[0] for words in said] == ["With BatchNorm", "Without BatchNorm"]
    sent = [json.loads(each.proto.json) for each in test.get("bidi_component") if '"xRange"' in each.proto.json]
    assert [line["name"] for line in sent[0]["lines"]] == [
        f"{of}, {twin} BatchNorm" for of in ("this digit", "average") for twin in ("with", "without")
    ]
    assert all(len(line["x"]) == 30 for line in sent[0]["lines"])


def test_the_gallery_turns_to_digits_like_the_chosen_one():
    test = open_page(GENERATE, section="repair")
    labels = resources.gallery().labels
    assert test.segmented_control(key="slot_class").value == labels[test.session_state["repair_slot"]] == 7
    other = labels.index(4)
    test = open_page(GENERATE, section="repair", of=str(other))
    assert test.segmented_control(key="slot_class").value == 4
    test.segmented_control(key="slot_class").set_value(2).run()  # looking through others changes nothing
    assert test.segmented_control(key="slot_class").value == 2
    assert test.session_state["repair_slot"] == other
    next(button for button in test.button if button.label == "Your digit").click().run()
    (reading,) = resources.reader().read(resources.gallery().pictures[:1])
    assert test.segmented_control(key="slot_class").value == reading.digit
