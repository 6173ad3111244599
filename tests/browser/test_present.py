"""Present, the mode for a projector; and the app inside another page, such as a slide."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driver import settle
from tests.browser.sizes import smaller_than
from tests.conftest import present
from vaegan.ui.pages import PAGES
from vaegan.ui.present import LEAVE

LEAST = 20  # pixels at 1920: what a back row can read
PROJECTOR = {"width": 1920, "height": 1080}
ON = "() => new URLSearchParams(location.search).get('present') === '1'"
OFF = "() => !new URLSearchParams(location.search).has('present')"
EMBEDDED = [(375, 640), (960, 540), (1600, 900)]


def wait_for_all(page: Page) -> None:
    """Until components and charts have drawn themselves."""
    settle(page)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.wait_for_timeout(2000)


def assert_readable(page: Page) -> None:
    wait_for_all(page)
    assert smaller_than(page, LEAST) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PROJECTOR["width"]


@pytest.mark.long
def test_the_mode_fills_the_screen_follows_to_other_pages_and_ends_by_escape(open_page):
    page = open_page("/", **PROJECTOR)
    page.locator(".pictures .numbers").first.wait_for()
    expect(page.locator(".stAppHeader button")).to_have_count(1)
    expect(page.locator("p.speed")).to_be_visible()
    page.get_by_role("button", name="Present").click()
    expect(page.locator(".st-key-navigation")).to_have_count(0)
    expect(page.locator("p.speed")).to_be_hidden()  # milliseconds are nothing for the back row
    expect(page.locator(".ideas")).to_be_visible()
    page.wait_for_function(ON)
    page.get_by_role("link", name="Go on with it in Denoise").click()
    expect(page.locator("h1")).to_have_text("Denoise")
    page.wait_for_function(ON)
    assert_readable(page)
    expect(page.locator(".st-key-navigation")).to_have_count(0)
    expect(page.locator(".stAppHeader")).to_be_hidden()
    box = present(page.locator(".stage").bounding_box())
    assert box["width"] >= 0.97 * 1920
    assert box["height"] >= 0.97 * 1080
    picture = present(page.locator(".pictures canvas").first.bounding_box())
    assert picture["width"] >= 480

    page.locator("input.level").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => new URLSearchParams(location.search).get('level') === '51'")
    assert page.evaluate(ON)
    page.reload()
    page.locator(".pictures .numbers").first.wait_for()
    expect(page.locator(".st-key-navigation")).to_have_count(0)
    term = page.locator(".pictures .term").first
    term.focus()
    page.keyboard.press("Escape")  # hides the meaning and nothing else
    page.wait_for_timeout(300)
    expect(page.locator(".st-key-navigation")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-navigation")).to_be_visible()
    page.wait_for_function(OFF)
    assert page.evaluate("new URLSearchParams(location.search).get('level')") == "51"
    settle(page)
    page.reload()
    expect(page.locator(".st-key-navigation")).to_be_visible()
    page.get_by_role("button", name="Present").click()
    page.get_by_role("button", name=LEAVE).click()
    expect(page.locator(".st-key-navigation")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_projector_every_page_can_be_read_from_the_back_row(open_page, scheme):
    page = open_page("/?present=1", color_scheme=scheme, **PROJECTOR)
    server = page.url.partition("?")[0]
    places = [name.name.replace(" ", "_") for name in PAGES[1:]] + [
        "Results?section=denoisers",
        "Generate?section=anomaly",
        "Learn?lesson=squeeze&step=3&a=a~b~70&done=ddd",
        "Learn?lesson=noise&step=2&a=70~24_22_20_17&done=dd",
        "Learn?lesson=sampling&step=1&a=-1_1&done=d",
    ]
    for place in ["", "Denoise?show=filter,errors,steps,draws,ladder&ladder=Chart", *places]:
        page.goto(f"{server}{place}{'&' if '?' in place else '?'}present=1")
        assert_readable(page)


@pytest.mark.long
def test_the_app_works_inside_a_slide(open_page):
    page = open_page("/?embed=true")
    source = page.url
    slide = "<iframe title='app' style='border:0' src='%s' width='%d' height='%d'></iframe>"
    for width, height in EMBEDDED:
        page.set_viewport_size({"width": width + 60, "height": height + 60})
        page.set_content(slide % (source, width, height))
        inside = page.frame_locator("iframe")
        inside.locator(".pictures .numbers").first.wait_for()
        expect(inside.locator(".stAppHeader button")).to_have_count(0)
        picture, level = (present(inside.locator(part).first.bounding_box()) for part in (".pictures canvas", ".level"))
        frame = present(page.locator("iframe").bounding_box())
        assert picture["width"] >= 120
        assert level["y"] + level["height"] <= frame["y"] + height
        assert page.frames[-1].evaluate("document.documentElement.scrollWidth") <= width
    inside.get_by_role("link", name="Denoise", exact=True).click()
    expect(inside.locator("h1")).to_have_text("Denoise")
    inside.locator(".pictures .numbers").first.wait_for()
    expect(inside.locator(".stAppHeader button")).to_have_count(0)
