"""The line on top of each page, and what the browser's Back, reload and the address make of a visit."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driver import settle
from vaegan.ui.pages import DENOISE, GENERATE, LATENT_SPACE, PAGES, RESULTS, TRAIN

SETTINGS = 10


def turn_the_noise_up(page: Page, _turn: int) -> None:
    page.get_by_role("slider", name=re.compile("level", re.IGNORECASE)).first.press("ArrowRight")


def one_of(*names: str) -> Callable[[Page, int], None]:
    """Choose one of these by turns."""
    return lambda page, turn: page.get_by_role("radio", name=names[turn % len(names)], exact=True).click()


def turn_the_axes(page: Page, turn: int) -> None:
    """In the popover, which opens once."""
    choice = page.get_by_role("radio", name=("Prior quantiles", "z")[turn % 2], exact=True)
    if not choice.is_visible():
        page.get_by_role("button", name="What is shown").click()
    choice.click()


def switch(page: Page, _turn: int) -> None:
    page.locator(".st-key-lab_few label").click()


CHANGES = {
    DENOISE: turn_the_noise_up,
    LATENT_SPACE: turn_the_axes,
    GENERATE: one_of("Arithmetic", "Morph"),
    TRAIN: switch,
    RESULTS: one_of("Tables", "Claims"),
}


def steps(page: Page) -> int:
    """How many entries the browser's history has."""
    return int(page.evaluate("history.length"))


def wait_for_address(page: Page, condition: str, old: str) -> None:
    page.wait_for_function(f"old => {condition}", arg=old, timeout=60_000)


@pytest.mark.long
def test_back_leaves_each_page_in_one_press_after_ten_settings(open_page):
    page = open_page("/")
    left = []  # addresses of the pages, as they were when one went on
    for place, change in CHANGES.items():
        before = steps(page)
        left.append(page.url)
        page.get_by_role("link", name=place.label, exact=True).click()
        expect(page.locator("h1")).to_have_text(place.name)
        settle(page)
        wait_for_address(page, "location.search.length > 1 || document.title.startsWith('Train')", "")
        for turn in range(SETTINGS):
            old = page.evaluate("location.search")
            change(page, turn)
            wait_for_address(page, "location.search !== old", old)
        settle(page)
        assert steps(page) == before + 1, f"{place.name}: a page is one step, and settings are none"
    last = page.url
    page.reload()
    settle(page)
    expect(page.locator("h1")).to_have_text(RESULTS.name)
    assert page.url == last
    for address in reversed(left):
        page.go_back()
        wait_for_address(page, "location.href === old", address)
        settle(page)
    page.go_forward()
    expect(page.locator("h1")).to_have_text(DENOISE.name)
    settle(page)
    page.wait_for_timeout(500)  # in which a page that had read another link would write that one
    assert page.url == left[1]
    for _ in range(2):  # Streamlit goes on sending the address that Forward led to
        old = page.evaluate("location.search")
        turn_the_noise_up(page, 0)
        wait_for_address(page, "location.search !== old", old)
    settle(page)
    assert page.url != left[1]


def test_how_the_app_is_embedded_stays_in_the_address(open_page):
    page = open_page("/Results?section=claims&embed=true&embed_options=show_padding#claims")
    page.get_by_role("radio", name="Tables", exact=True).click()
    page.wait_for_function("() => new URL(location).searchParams.get('section') === 'tables'")
    assert page.evaluate("location.search").endswith("&embed=true&embed_options=show_padding")
    assert page.evaluate("location.hash") == "#claims"


def outline(place: Locator) -> str:
    return str(place.evaluate("element => getComputedStyle(element).outlineStyle"))


def test_the_keyboard_sees_where_it_is_and_which_page_is_shown(open_page):
    page = open_page("/Results")
    here = page.locator(".st-key-places [aria-current=page]")
    expect(here).to_have_text("Results")
    expect(here).to_have_css("border-bottom-style", "solid")
    links = page.locator(".st-key-places a")
    expect(links).to_have_text([other.label for other in PAGES if other != RESULTS])
    links.first.focus()
    for _ in range(4):
        page.keyboard.press("Tab")
    focused = links.nth(4)
    expect(focused).to_be_focused()
    assert (outline(focused), outline(links.nth(3)), outline(here)) == ("solid", "none", "none")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(GENERATE.name)
    expect(page.locator(".st-key-places [aria-current=page]")).to_have_text("Generate")
    first = page.locator(".stMainBlockContainer p").first.bounding_box()
    assert first is not None
    assert first["y"] <= 60


def test_a_phone_unfolds_the_pages_by_finger(open_page):
    page = open_page("/", width=375, height=812, has_touch=True, is_mobile=True)
    opener = page.locator(".folded summary")
    for place in (*CHANGES, PAGES[0]):
        expect(page.locator(".st-key-places a").first).to_be_hidden()
        box = opener.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 36
        opener.tap()
        link = page.locator(".st-key-places a", has_text=place.label)
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 36
        link.tap()
        shown = page.locator(".folded [aria-current=page]")
        expect(shown).to_have_text(place.label)
        expect(shown).to_be_visible()
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, place.name
    first = page.locator(".st-key-places a").first
    opener.tap()
    expect(first).to_be_visible()
    page.locator(".stMarkdown").first.tap(position={"x": 2, "y": 2})
    expect(first).to_be_hidden()
    opener.press("Enter")
    expect(first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_focus_goes_into_what_a_button_opens_and_comes_back(open_page):
    page = open_page("/Latent_space")
    opener = page.get_by_role("button", name="What is shown")
    opener.press("Enter")
    opened = page.get_by_test_id("stPopoverBody")
    expect(opened).to_be_focused()
    page.get_by_role("radio", name="Prior quantiles", exact=True).wait_for()
    page.keyboard.press("Tab")
    expect(opened.locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(opener).to_be_focused()
