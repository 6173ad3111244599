"""The map of latent space in a real browser: hover, pins, keys, fingers, a digit on it."""

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.driver import SEVEN, settle, soon
from tests.browser.latent_maps import MAP, decoded, place, ready, settled_card
from tests.browser.test_live import stroke
from vaegan.studio import Studio


def param(page: Page, name: str) -> str | None:
    value: str | None = page.evaluate("(name) => new URL(location).searchParams.get(name)", name)
    return value


def wait_for_param(page: Page, name: str, expression: str = "value") -> str:
    page.wait_for_function(
        f"(name) => {{ const value = new URL(location).searchParams.get(name); return {expression}; }}", arg=name
    )
    return param(page, name) or ""


@pytest.mark.long
def test_pins_make_a_path_that_is_dragged_and_shared(open_page):
    page = open_page(MAP)
    ready(page)
    assert not page.locator(".path").is_visible()
    page.mouse.click(*place(page, 0.3, 0.4))
    wait_for_param(page, "pins")
    page.mouse.click(*place(page, 0.7, 0.6))
    pins = wait_for_param(page, "pins", "value && value.split(',').length === 4")
    a, b = np.array(pins.split(","), float).reshape(2, 2)
    slider = page.locator("input.along")
    slider.focus()
    slider.press("End")
    decode = Studio.open("conv-latent2-plain").decode

    def shows(z: np.ndarray) -> bool:
        expected = 255 * decode(z[None].astype(np.float32))[0]
        return bool(np.abs(decoded(page)[1] - expected).max() <= 3)  # the link rounds the pins to four figures

    assert soon(page, lambda: shows(b))
    slider.press("Home")
    assert soon(page, lambda: shows(a))
    page.locator(".play").click()
    before = decoded(page)[0]
    page.wait_for_timeout(600)
    assert not np.array_equal(decoded(page)[0], before)
    page.locator(".play").click()
    settle(page)
    shared = open_page(page.url[page.url.index(MAP) :])
    ready(shared)
    assert shared.locator(".path").is_visible()
    assert param(shared, "pins") == pins
    page.locator(".unpin").click()
    wait_for_param(page, "pins", "!value")
    assert not page.locator(".path").is_visible()


@pytest.mark.long
def test_a_pin_can_be_dragged_and_the_map_too(open_page):
    page = open_page(MAP + "?pins=0,0")
    ready(page)
    page.mouse.move(*place(page, 0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*place(page, 0.7, 0.5), steps=5)
    page.mouse.up()
    wait_for_param(page, "pins", "value && value !== '0,0'")
    x, y = (float(value) for value in (param(page, "pins") or "").split(","))
    assert x > 1
    assert abs(y) < 0.2
    page.locator(".closer").click()
    view = wait_for_param(page, "view")
    left = float(view.split(",")[0])
    page.mouse.move(*place(page, 0.2, 0.2))
    page.mouse.down()
    page.mouse.move(*place(page, 0.4, 0.2), steps=5)
    page.mouse.up()
    wait_for_param(page, "view", f"value !== '{view}'")
    assert float((param(page, "view") or "").split(",")[0]) < left
    assert param(page, "pins") == f"{x:.4g},{y:.4g}", "dragging the map is no click"


def test_a_pin_at_the_border_is_drawn_whole(open_page):
    page = open_page(MAP)
    ready(page)
    pixels = """all => all.map((one) => {
        const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
        let yellow = 0;
        for (let i = 0; i < data.length; i += 4) yellow += data[i] > 240 && data[i + 2] < 20 && data[i + 3] > 240;
        return yellow;
    })"""
    sizes = []
    for x, y in ((0.5, 0.5), (0.5, 0.999)):
        page.mouse.click(*place(page, x, y))
        page.mouse.move(*place(page, 0.3, 0.3))  # its cross would be drawn over the pin
        settled_card(page)
        sizes.append(page.locator("canvas.marks").evaluate_all(pixels))
        page.locator(".over").first.focus()
        page.keyboard.press("Escape")
    middle, border = sizes
    assert min(middle) > 100
    assert border == pytest.approx(middle, rel=0.1)


def test_keys_move_pin_and_zoom_and_the_place_is_said(open_page):
    page = open_page(MAP)
    ready(page)
    page.locator(".over").first.focus()
    before = decoded(page)
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    spoken = page.locator(".spoken", has_text=re.compile("With BatchNorm, z = .*looks like an? [0-9]"))
    spoken.wait_for(state="attached")  # said when the pointer rests and nothing is decoded any more
    assert not np.array_equal(decoded(page)[0], before[0])
    page.keyboard.press("Enter")
    wait_for_param(page, "pins")
    page.keyboard.press("+")
    assert float(wait_for_param(page, "view").split(",")[2]) == pytest.approx(0.6)
    page.keyboard.press("0")
    wait_for_param(page, "view", "value === '0,0,1'")
    page.keyboard.press("Escape")
    wait_for_param(page, "pins", "!value")


@pytest.mark.long
def test_the_wheel_scrolls_the_page_until_the_map_is_clicked(open_page):
    page = open_page(MAP, height=600)
    ready(page)
    page.mouse.move(*place(page, 0.5, 0.5))
    page.mouse.wheel(0, 60)
    page.wait_for_timeout(700)
    assert param(page, "view") is None
    page.mouse.click(*place(page, 0.5, 0.5))
    page.mouse.wheel(0, -300)
    assert float(wait_for_param(page, "view").split(",")[2]) < 1


def test_a_drawn_digit_is_put_on_the_map_and_wanders_with_the_noise(open_page):
    page = open_page(MAP)
    ready(page)
    stroke(page, SEVEN)
    wait_for_param(page, "digit")
    words = page.locator(".your").first.inner_text()
    assert "Your digit" in words
    slider = page.locator("input.level")
    slider.focus()
    for _ in range(4):
        slider.press("PageUp")
    assert soon(page, lambda: page.locator(".your").first.inner_text() != words)
    wait_for_param(page, "noise", "value !== '0'")
    page.get_by_text("The real digits nearest to yours").wait_for()
    assert page.locator(".vg-figures img[alt^='a real']").count() == 16
    settle(page)
    shared = open_page(page.url[page.url.index(MAP) :])
    ready(shared)
    assert shared.locator(".your").first.inner_text() == page.locator(".your").first.inner_text()


def test_the_point_of_a_digit_is_its_mu(open_page, sample):
    """The dot's coordinates as the page says them, against torch."""
    page = open_page(MAP)
    ready(page)
    stroke(page, SEVEN)
    wait_for_param(page, "digit")
    settle(page)
    page.wait_for_timeout(300)
    rgba = page.locator("canvas.noisy-digit").evaluate(
        "one => [...one.getContext('2d').getImageData(0, 0, 28, 28).data]"
    )
    digit = (np.array(rgba).reshape(28, 28, 4)[..., 0] / 255).astype(np.float32)
    for suffix, words in zip(("bn", "plain"), page.locator(".your").all_inner_texts(), strict=True):
        mu = Studio.open(f"conv-latent2-{suffix}").encode(digit[None]).mu[0]
        match = re.search("is at (.*), (.*), among real", words.replace("−", "-"))
        assert match
        said = [float(number) for number in match.groups()]
        assert said == pytest.approx(mu.tolist(), abs=0.011)


@pytest.mark.long
def test_a_model_of_twenty_dimensions_shows_a_plane_and_its_dimensions(open_page):
    page = open_page(MAP + "?pair=paper&shown=bn")
    ready(page)
    assert page.locator(".panel").count() == 1
    assert "on the plane" in page.locator(".where").inner_text()
    page.locator(".dimension input").first.wait_for()
    before = page.locator(".top canvas").evaluate("one => one.toDataURL()")
    slider = page.locator(".dimension input").first
    slider.focus()
    slider.press("Home")
    moved = wait_for_param(page, "moved")
    settle(page)
    after = page.locator(".top canvas").evaluate("one => one.toDataURL()")
    assert after != before
    shared = open_page(page.url[page.url.index(MAP) :])
    ready(shared)
    shared.locator(".dimension input").first.wait_for()
    assert soon(shared, lambda: shared.locator(".top canvas").evaluate("one => one.toDataURL()") == after)
    page.locator(".reset").click()
    wait_for_param(page, "moved", "!value")
    assert soon(page, lambda: page.locator(".top canvas").evaluate("one => one.toDataURL()") == before)
    assert moved.startswith("bn")


def test_the_map_can_be_saved(open_page):
    page = open_page(MAP, accept_downloads=True)
    ready(page)
    with page.expect_download() as download:
        page.locator(".save").click()
    with Image.open(download.value.path()) as picture:
        assert picture.format == "PNG"
        assert picture.height == pytest.approx(picture.width * 3 / 4, rel=0.05)  # each map, and half as high its digit
        assert np.asarray(picture.convert("L")).std() > 10
    with page.expect_download() as download:
        page.get_by_role("button", name="Pictures (PNG)").click()
    with Image.open(download.value.path()) as picture:
        assert picture.size == ((8 * 30 - 2) * 4, (3 * 30 - 2) * 4)
    with page.expect_download() as download:
        page.locator(".save-digit").first.click()
    with Image.open(download.value.path()) as picture:
        assert picture.size == (28, 28)


def test_on_a_phone_a_finger_looks_and_two_zoom(open_page):
    page = open_page(MAP, width=375, height=740, has_touch=True, is_mobile=True)
    ready(page)
    before = decoded(page)
    x, y = place(page, 0.3, 0.5)
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    fingers("touchStart", (x, y))
    for step in range(8):
        fingers("touchMove", (x + 10 * step, y))
    assert soon(page, lambda: not np.array_equal(decoded(page)[0], before[0]))
    assert settled_card(page).bottom < y - 20, "above the finger"
    fingers("touchEnd")
    assert param(page, "pins") is None
    fingers("touchStart", (x, y), (x + 40, y))
    for step in range(8):
        fingers("touchMove", (x - 4 * step, y), (x + 40 + 4 * step, y))
    fingers("touchEnd")
    assert float(wait_for_param(page, "view").split(",")[2]) < 0.8
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_when_the_browser_cancels_one_of_two_fingers_the_map_goes_on(open_page):
    page = open_page(MAP)
    ready(page)
    before = decoded(page)
    x, y = place(page, 0.3, 0.5)
    send = """(over, [type, pointerId, clientX, clientY]) => {
        over.setPointerCapture = () => {}; // it knows real pointers alone
        over.dispatchEvent(new PointerEvent(type, { pointerId, clientX, clientY, pointerType: "touch" }));
    }"""
    over = page.locator(".over").first
    for kind, finger in (("down", 1), ("down", 2), ("cancel", 1), ("move", 2), ("up", 2)):
        over.evaluate(send, [f"pointer{kind}", finger, x, y])
    page.wait_for_timeout(200)
    assert param(page, "pins") is None
    assert all(np.array_equal(*pair) for pair in zip(before, decoded(page), strict=True)), "nothing was chosen"
    over.evaluate(send, ["pointermove", 3, x, y])
    assert soon(page, lambda: not np.array_equal(decoded(page)[0], before[0]))
