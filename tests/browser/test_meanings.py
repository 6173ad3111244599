"""What a word of the glossary shows: by mouse, finger and keyboard, in a page's text and within a stage."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.driver import settle
from tests.conftest import present
from vaegan.ui.glossary import meaning


def shown(page: Page) -> Locator:
    return page.locator(".meaning")


def lies_within(page: Page, width: int, height: int) -> bool:
    box = present(shown(page).bounding_box())
    across = box["x"] >= 0 and box["x"] + box["width"] <= width
    return across and box["y"] >= 0 and box["y"] + box["height"] <= height


def test_a_meaning_shows_under_the_mouse_and_at_the_keyboards_focus_until_escape(open_page):
    page = open_page("/", width=1280, height=800)
    in_stage = page.locator(".pictures .term", has_text="PSNR").last
    in_text = page.locator(".stMarkdown .term", has_text="BatchNorm")
    in_stage.wait_for()
    settle(page)
    for word, name in ((in_stage, "PSNR"), (in_text, "BatchNorm")):
        expect(shown(page)).to_be_hidden()
        word.hover()
        expect(shown(page)).to_have_text(f"{name}: {meaning(name)}")
        assert lies_within(page, 1280, 800)
        shown(page).hover()
        page.wait_for_timeout(500)  # longer than it waits for a mouse that leaves
        expect(shown(page)).to_be_visible()
        page.mouse.move(2, 2)
        expect(shown(page)).to_be_hidden()
        word.focus()
        expect(shown(page)).to_be_visible()
        assert word.get_attribute("aria-description") == meaning(name)
        page.keyboard.press("Escape")
        expect(shown(page)).to_be_hidden()
        page.keyboard.press("Enter")
        expect(shown(page)).to_be_visible()
        page.keyboard.press("Tab")
        page.mouse.move(2, 2)
        page.keyboard.press("Escape")
    page.get_by_role("link", name="Denoise", exact=True).click()
    expect(page.locator("h1")).to_have_text("Denoise")
    page.locator(".pictures .numbers").first.wait_for()
    settle(page)  # the new page has what shows meanings
    page.locator(".pictures .term", has_text="SSIM").first.hover()
    expect(shown(page)).to_have_text(f"SSIM: {meaning('SSIM')}")


def test_a_tap_shows_a_meaning_and_a_tap_elsewhere_hides_it(open_page):
    page = open_page("/", width=375, height=812, has_touch=True, is_mobile=True)
    page.locator(".pictures .term").last.wait_for()
    settle(page)
    page.wait_for_load_state("networkidle")  # what shows meanings is a script of its own
    words = (".brand .term", ".pictures .term >> text=SSIM >> nth=-1", ".stMarkdown .term")
    for word in map(page.locator, words):
        word.tap()
        expect(shown(page)).to_be_visible()
        assert lies_within(page, 375, 812)
        shown(page).tap()
        expect(shown(page)).to_be_visible()
        page.locator(".folded .here").tap()
        expect(shown(page)).to_be_hidden()
