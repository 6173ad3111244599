"""The Generate page in a real browser: a walk without the server, its film, and a game to the end."""

import base64
import io
import re
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image
from PIL.GifImagePlugin import GifImageFile
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.driver import Traffic, draw, settle, shown, soon
from tests.conftest import present
from vaegan.data.pictures import pack_mask
from vaegan.studio import Studio
from vaegan.ui import resources
from vaegan.ui.generate.duel import deal, prior_of

MORPH = "/Generate?section=morph"
TWINS = ("With BatchNorm", "Without BatchNorm")
SAYS = {
    "Sample": "Nobody wrote these digits",
    "Arithmetic": "A sum of digits, a + b − c",
    "Repair": "Hide a part of a digit",
    "Is this a digit?": "A VAE has seen nothing but digits",
    "Be the discriminator": "Pair 1 of 20",
}


def live(page: Page, name: str) -> np.ndarray:
    """What the component shows now, (28, 28)."""
    rgba = page.locator(f"canvas[aria-label='{name}']").evaluate(
        "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, 28, 28).data)"
    )
    return np.array(rgba).reshape(28, 28, 4)[..., 0]


def strip(page: Page, name: str) -> list[np.ndarray]:
    """The server's film strip, as pictures (28, 28)."""
    source = page.locator(f".vg-ladder img[alt^='{name}']").get_attribute("src") or ""
    with Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as sheet:
        pixels = np.asarray(sheet).astype(int)
    return [pixels[:, start : start + 28] for start in range(0, pixels.shape[1], 28)]


def ready(page: Page) -> None:
    settle(page)
    page.wait_for_function("() => globalThis.vaeganTab?.kept.size >= 2")  # both networks
    page.locator(".message").wait_for(state="hidden", timeout=30_000)
    page.locator(".arrival").wait_for(state="detached", timeout=30_000)


def arrived(page: Page, name: str, value: str) -> None:
    """Wait until the address says so, and the page with it."""
    page.wait_for_function(f"() => new URL(location).searchParams.get('{name}') === '{value}'")
    settle(page)
    page.wait_for_timeout(200)


def choose(page: Page, menu: str, name: str) -> None:
    """Choose from a menu by typing; one that closes because the page still moves is opened again."""
    option = page.get_by_role("option", name=name, exact=True)
    for patience in (2000, 2000, 30_000):
        page.locator(menu).click()
        page.locator(menu).press_sequentially(name[:6])
        with suppress(TimeoutError):
            option.click(timeout=patience)
            return
        page.keyboard.press("Escape")
    raise AssertionError(f"{name} is not offered")


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return int(abs(one - other).max()) <= 2


def test_a_drag_decodes_in_the_browser_and_says_nothing_to_the_server(open_page):
    page = open_page(MORPH)
    traffic = Traffic(page)
    page.reload()  # the websocket is seen from its opening
    ready(page)
    assert traffic.received, "nobody listens to the socket"
    traffic.wait_for_silence(page)
    slider = page.locator(".along")
    box = slider.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    seen = set()
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + box["width"] * (0.5 - 0.05 * step), y)
        page.wait_for_timeout(30)
        seen.add(tuple(live(page, name).tobytes() for name in TWINS))
    page.mouse.up()
    page.wait_for_timeout(300)
    assert traffic.silent, (traffic.sent, traffic.received, traffic.requests)
    assert len(seen) >= 8
    for name in (*TWINS, "In pixels"):
        assert same(live(page, name), strip(page, name)[0])


@pytest.mark.long
def test_keys_walk_as_the_film_strip_does_on_either_way_and_between_other_digits_and_twins(open_page):
    page = open_page(MORPH, height=1500)  # all of it in sight: a menu closes when the page scrolls
    ready(page)
    slider = page.locator(".along")

    def agrees() -> bool:
        found = []
        for key, at in (("Home", 0), ("End", 10)):
            slider.press(key)
            page.wait_for_timeout(100)
            found += [same(live(page, name), strip(page, name)[at]) for name in (*TWINS, "In pixels")]
        slider.evaluate("slider => { slider.value = 30; slider.oninput(); }")
        page.wait_for_timeout(100)
        return all([*found, *(same(live(page, name), strip(page, name)[3]) for name in TWINS)])

    assert agrees()
    straight = live(page, TWINS[0])
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "31 % of the way"
    assert slider.input_value() == "30.5"
    page.get_by_role("radio", name="Along an arc").click()
    arrived(page, "way", "spherical")
    assert agrees()
    assert not same(live(page, TWINS[0]), straight)
    page.locator(".digits button").nth(2).click()
    page.wait_for_function("() => new URL(location).searchParams.get('from') !== '26'")
    settle(page)
    assert agrees()
    page.get_by_text("Which networks").click()
    choose(page, ".st-key-generate_pair input", "Two numbers for the map")
    page.wait_for_function("() => [...vaeganTab.kept.keys()].filter((key) => key.startsWith('weights/')).length === 4")
    arrived(page, "pair", "latent2")
    ready(page)
    assert agrees()


@pytest.mark.long
def test_play_walks_by_itself_until_the_pause_or_the_hand_and_the_film_can_be_kept(open_page):
    page = open_page(MORPH, accept_downloads=True)
    ready(page)
    slider = page.locator(".along")
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(400)
    first = slider.input_value()
    assert soon(page, lambda: slider.input_value() != first)
    page.get_by_role("button", name="Pause").click()
    rest = slider.input_value()
    page.wait_for_timeout(200)
    assert slider.input_value() == rest
    page.get_by_role("button", name="Play").click()
    slider.press("ArrowRight")
    page.get_by_role("button", name="Play").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Film (GIF)").click()
    with Image.open(download.value.path()) as gif:
        assert gif.format == "GIF"
        assert isinstance(gif, GifImageFile)
        assert gif.n_frames == 2 * 24 - 2
        assert gif.info["loop"] == 0


@pytest.mark.long
def test_a_duel_says_right_or_wrong_at_once_and_its_link_is_a_challenge(open_page):
    """Pressed by mouse and by keys; a double click answers once, a reload goes on, and the link has no answers."""
    name = "conv-sampler-gan"
    sides = deal(Studio.open(name), resources.gallery().pictures, 2, prior_of(name)).sides
    answers = "".join("LR"[(side == "L") == (number in (1, 4, 5))] for number, side in enumerate(sides))  # three wrong
    page = open_page(f"/Generate?section=duel&model={name}&seed=2")
    question, verdict = page.locator(".asked"), page.locator(".verdict")
    in_a_row = 0
    for number, (answer, side) in enumerate(zip(answers, sides, strict=True)):
        expect(question).to_contain_text(f"Pair {number + 1} of 20")
        picture = page.locator(".side").nth("LR".index(answer))
        if number == 0:
            picture.dblclick()
        elif number % 2:
            picture.press("ArrowLeft" if answer == "L" else "ArrowRight")
        else:
            picture.click()
        in_a_row = in_a_row + 1 if answer == side else 0
        expect(verdict).to_contain_text("Right" if answer == side else "Wrong")
        expect(verdict).to_contain_text(f"A person wrote the {'left' if side == 'L' else 'right'} one")
        expect(page.locator(".row-now")).to_have_text(re.compile(rf"^{in_a_row}\b"))
        if number == 9:
            settle(page)
            page.reload()  # goes on with the eleventh
            expect(question).to_contain_text("Pair 11 of 20")
        elif number % 3:
            page.locator(".next").click()
        else:
            page.keyboard.press("ArrowRight")
    expect(verdict).to_contain_text("17 of 20 right")
    expect(verdict).to_contain_text("row of right answers: 14")
    expect(page.locator("img[alt='made up']")).to_have_count(3)
    page.wait_for_function("() => new URL(location).searchParams.get('beat') === '17'")
    other = open_page(page.evaluate("location.pathname + location.search"))
    expect(other.locator(".asked")).to_contain_text("Pair 1 of 20")
    expect(other.locator(".beat")).to_have_text("17 of 20")
    same_pairs = other.locator(".side img").first.get_attribute("src")
    page.get_by_role("button", name="The same again").click()
    expect(page.locator(".side img").first).to_have_attribute("src", same_pairs or "")
    assert other.evaluate("[...new URL(location).searchParams.keys()].sort().join()") == "beat,model,section,seed"


def painted(page: Page) -> np.ndarray:
    """Which pixels of the field have paint."""
    rgba = page.locator("canvas.dc-canvas.lower-canvas").evaluate(
        "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, 280, 280).data)"
    )
    return np.array(rgba).reshape(280, 280, 4)[..., 3] > 95


@pytest.mark.long
def test_what_is_painted_over_a_digit_is_filled_in_and_outlives_page_and_reload(open_page):
    page = open_page("/Generate?section=repair&damage=paint&of=26")
    tool = page.get_by_role("combobox", name="Paint with")
    tool.fill("Rectangle")
    tool.press("Enter")
    page.get_by_text("Press in one corner").wait_for()  # the toolbar knows of it, so the canvas does too
    undo, redo, clear = (page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo", "Clear"))
    draw(page, [(81, 101), (118, 139)])  # with the line around it: pixels 8 to 11 across and 10 to 13 down
    mask = np.zeros((28, 28), bool)
    mask[10:14, 8:12] = True
    arrived(page, "painted", pack_mask(mask))
    settle(page)
    digit, damaged, repaired = (
        shown(page.locator(f".vg-figures img[alt='{name}']").get_attribute("src") or "")
        for name in ("the digit", "what the networks saw", "repaired with BatchNorm, 10 passes")
    )
    assert (damaged[mask] == 128).all()
    assert (repaired[~mask] == digit[~mask]).all()
    assert abs(repaired - digit)[mask].mean() < abs(damaged - digit)[mask].mean() / 2
    assert painted(page)[102:138, 83:117].all()
    for name in (
        "Edit",
        "Bring forward",
        "Send backward",
        "Reset canvas & history",
        "Update the app with this drawing",
    ):
        expect(page.get_by_role("button", name=name)).to_have_count(0)  # the package's own names

    undo.click()
    page.wait_for_function("() => !new URL(location).searchParams.has('painted')")
    page.get_by_text("Nothing is painted yet").wait_for()
    redo.click()
    arrived(page, "painted", pack_mask(mask))
    settle(page)  # the canvas is drawn anew by what the server answers
    page.get_by_role("button", name="Move").click()
    page.get_by_text("Press Move again").wait_for()
    page.get_by_role("button", name="Move").click()

    page.get_by_role("link", name="Draw one").click()
    page.wait_for_url("**/Denoise*")
    page.get_by_role("link", name="Generate").first.click()
    for _ in range(2):
        clear.wait_for()
        arrived(page, "painted", pack_mask(mask))
        settle(page)
        assert painted(page)[105:135, 85:115].all()
        assert not painted(page)[:95].any()
        page.reload()
    clear.click()
    page.get_by_text("Nothing is painted yet").wait_for()
    page.wait_for_function("() => !new URL(location).searchParams.has('painted')")


@pytest.mark.long
def test_on_a_phone_a_finger_walks_and_no_section_runs_off_the_screen(open_page):
    page = open_page(MORPH, width=375, height=740, has_touch=True, is_mobile=True)
    ready(page)
    slider = page.locator(".along")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    before = live(page, TWINS[0])
    y = box["y"] + box["height"] / 2
    for kind, share in (
        ("touchStart", 0.5),
        *(("touchMove", 0.5 + 0.04 * k) for k in range(1, 10)),
        ("touchEnd", None),
    ):
        points = [] if share is None else [{"x": box["x"] + box["width"] * share, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert soon(page, lambda: float(slider.input_value()) > 75 and not same(live(page, TWINS[0]), before))
    for section in ("Sample", "Arithmetic", "Repair", "Is this a digit?", "Be the discriminator"):
        page.get_by_role("radio", name=section).click()
        page.get_by_text(SAYS[section]).wait_for()
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_sheets_stand_side_by_side_and_on_a_phone_the_best_first_and_above_the_controls(open_page):
    page = open_page("/Generate?section=sample", width=375, height=812)
    sheets = page.locator(".vg-rivals figure")
    sheets.first.wait_for()
    settle(page)
    boxes = [present(sheet.bounding_box()) for sheet in sheets.all()]
    assert len(boxes) == 4
    tops = [box["y"] for box in boxes]
    assert len(set(tops)) == 4
    assert "vg-best" in sheets.nth(tops.index(min(tops))).inner_html()
    controls = page.locator(".st-key-sample_controls")
    assert present(controls.bounding_box())["y"] > max(tops)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_timeout(500)
    tops = [present(sheet.bounding_box())["y"] for sheet in sheets.all()]
    assert tops[0] == tops[1] < tops[2] == tops[3]
    assert present(controls.bounding_box())["y"] < tops[0]
