"""Home in a real browser: what its first screens hold, the digit that draws itself, and the doors."""

import numpy as np
from playwright.sync_api import Page

from tests.browser.driver import settle
from tests.conftest import present
from vaegan.ui.home.doors import DOORS

SIZES = [(375, 812), (1280, 800), (1920, 1080)]


def field(page: Page) -> np.ndarray:
    """The ink on the field, at a tenth of its size: (28, 28)."""
    ink = page.locator("canvas.pad").evaluate(
        """pad => {
            const small = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
            const context = small.getContext("2d");
            context.drawImage(pad, 0, 0, 28, 28);
            return Array.from(context.getImageData(0, 0, 28, 28).data).filter((_, index) => index % 4 === 0);
        }"""
    )
    return np.array(ink).reshape(28, 28)


def moves(page: Page) -> bool:
    """Whether the field changes within four seconds; it rests for two and a half between two drawings."""
    before = field(page)
    for _ in range(20):
        page.wait_for_timeout(200)
        if not np.array_equal(field(page), before):
            return True
    return False


def test_first_screens_hold_field_level_and_results_and_the_digit_draws_itself_until_somebody_does(open_page):
    page = open_page("/", width=1280, height=800)
    page.locator(".pictures .numbers").first.wait_for()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(500)
        first = ["canvas.pad", "input.level", ".pictures canvas >> nth=0", ".pictures canvas >> nth=1"]
        if width >= 1280:
            first += [".vg-ideas p >> nth=0", ".vg-ideas p >> nth=2"]
        for part in first:
            box = present(page.locator(part).bounding_box())
            assert box["y"] >= 0, (part, width)
            assert box["y"] + box["height"] <= height, (part, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 800})
    assert moves(page)

    box = present(page.locator("canvas.pad").bounding_box())
    x, y, side = box["x"], box["y"], box["width"]
    page.mouse.move(x + 0.5 * side, y + 0.15 * side)
    page.mouse.down()
    page.mouse.move(x + 0.5 * side, y + 0.85 * side, steps=8)
    page.mouse.up()
    drawn = field(page)
    assert not moves(page)
    assert drawn[6:22, 13:15].all()
    assert not drawn[:, :11].any()  # nothing is left of the digit that drew itself
    assert not drawn[:, 17:].any()
    settle(page)
    page.get_by_role("link", name="Go on with it in Denoise").click()
    page.wait_for_url("**/Denoise?*digit=*")
    page.locator("canvas.pad").wait_for()
    settle(page)
    page.wait_for_timeout(500)
    assert np.abs(field(page) - drawn).max() < 64  # the field has another size there


def test_nothing_moves_where_less_motion_is_wanted(open_page):
    page = open_page("/", reduced_motion="reduce")
    page.locator(".pictures .numbers").first.wait_for()
    page.wait_for_timeout(500)
    assert field(page).any()
    assert not moves(page)


def test_doors_open_by_keyboard_in_their_order_and_anywhere_on_them_by_mouse(open_page):
    page = open_page("/", reduced_motion="reduce")
    page.locator(".st-key-doors img").last.wait_for()
    page.get_by_role("link", name="Go on with it in Denoise").focus()
    reached = []
    for _ in DOORS:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText.trim()"))
    assert reached == [door.title for door in DOORS]
    page.get_by_role("link", name="Which is real?").press("Enter")
    page.wait_for_url("**/Generate?section=duel*")
    page.get_by_text("Pair 1 of 20").wait_for()
    page.get_by_role("link", name="Home").first.click()
    claims = page.locator(".st-key-door_claims img")
    claims.scroll_into_view_if_needed()
    box = present(claims.bounding_box())
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # the link lies over the picture
    page.wait_for_url("**/Results?section=claims*")
