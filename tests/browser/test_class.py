"""A class as it goes: one teacher with a projector, three phones; with our routes and without them.

Phones open a name that the browser maps to this machine: unlike 127.0.0.1 it is no secure place, as a phone's is none.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect, sync_playwright

from tests.browser.conftest import Watched
from tests.browser.driver import FLAGS, SERVER, find_chromium, running_app, settle
from tests.browser.test_accessibility import violations

PHONE, PASSCODE, PATIENCE = "phone.test", "open sesame", 30_000
NAME = ".bar.student .who"


@pytest.fixture(scope="module")
def own_browser() -> Iterator[Browser]:
    """Another browser than that of other tests, since how it finds names is set when it starts."""
    with sync_playwright() as playwright:
        yield from started(playwright)


def started(playwright: Playwright) -> Iterator[Browser]:
    path = find_chromium(playwright.chromium.executable_path)
    if path is None:
        pytest.skip("there is no Chromium")
    browser = playwright.chromium.launch(
        executable_path=path, args=[*FLAGS, f"--host-resolver-rules=MAP {PHONE} 127.0.0.1"]
    )
    yield browser
    browser.close()


def at_rest(page: Page) -> list[str]:
    """What axe finds: Streamlit fades what it runs again for a moment, and then contrasts are lower."""
    for _ in range(5):
        if not (found := violations(page)):
            break
        page.wait_for_timeout(700)
    return found


class Visitors:
    """Pages of several browsers, all watched."""

    def __init__(self) -> None:
        self.watched: list[Watched] = []

    def page(self, context: BrowserContext, address: str) -> Page:
        page = context.new_page()
        self.watched.append(Watched(page))
        page.goto(address)
        settle(page)
        return page

    def check(self) -> None:
        for each in self.watched:
            assert each.errors == []
            assert [url for url in each.outside if f"//{PHONE}:" not in url] == []


def draw_seven(page: Page) -> None:
    field = page.locator(".wall-field")
    expect(field).to_be_visible(timeout=PATIENCE)
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 70, box["y"] + 60)
    page.mouse.down()
    for x, y in ((200, 60), (130, 220)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=6)
    page.mouse.up()


def section(page: Page, name: str) -> None:
    page.bring_to_front()
    page.get_by_role("radio", name=name, exact=True).click()


def choices(page: Page) -> Locator:
    return page.locator(".question .choices button")


@pytest.mark.long
@pytest.mark.parametrize("script", [SERVER, "app.py"], ids=["routes", "without"])
def test_one_teacher_and_three_phones(
    own_browser: Browser, tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAEGAN_PASSCODE", PASSCODE)
    visitors = Visitors()
    with running_app(tmp_path, script) as address:
        teachers = own_browser.new_context(viewport={"width": 1280, "height": 800})
        teacher = visitors.page(teachers, f"{address}/Class#{PASSCODE.replace(' ', '%20')}")
        teacher.wait_for_function("() => !location.hash", timeout=PATIENCE)
        begin = teacher.get_by_role("button", name="Begin a class")
        expect(begin).to_be_visible(timeout=PATIENCE)
        expect(teacher.get_by_label("Passcode", exact=True)).to_have_count(0, timeout=PATIENCE)
        begin.click()
        code = teacher.locator(".vg-code").first.inner_text(timeout=PATIENCE)

        outside = address.replace("127.0.0.1", PHONE)
        phones = []
        for _ in range(3):
            context = own_browser.new_context(viewport={"width": 375, "height": 812}, has_touch=True, is_mobile=True)
            phone = visitors.page(context, f"{outside}/Class?room={code}")
            assert not phone.evaluate("isSecureContext")
            assert at_rest(phone) == []
            phone.get_by_role("button", name="Join", exact=True).click()
            expect(phone.locator(NAME)).not_to_have_text("", timeout=PATIENCE)
            phones.append(phone)
        assert len({phone.locator(NAME).inner_text() for phone in phones}) == 3

        projected = visitors.page(teachers, f"{address}/Denoise?present=1&level=70")
        expect(projected.locator(".badge .code")).to_have_text(code, timeout=PATIENCE)
        phones[2].bring_to_front()
        for phone in phones:
            phone.bring_to_front()
            phone.wait_for_url("**/Denoise?*level=70*", timeout=PATIENCE)

        teacher.bring_to_front()
        teacher.get_by_role("textbox", name="Question", exact=True).fill("Which makes less of it?")
        teacher.get_by_role("textbox", name="Answers, with commas between").fill("with, without, <i>both</i>")
        teacher.get_by_role("button", name="Ask", exact=True).click()
        for index, phone in enumerate(phones):
            phone.bring_to_front()
            expect(choices(phone)).to_have_text(["with", "without", "<i>both</i>"], timeout=PATIENCE)
            choices(phone).nth(min(index, 1)).click()
            expect(choices(phone).nth(min(index, 1))).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
        assert at_rest(phones[2]) == []
        teacher.bring_to_front()
        teacher.get_by_role("button", name="Reveal", exact=True).click()
        for phone in phones:
            phone.bring_to_front()
            expect(choices(phone).nth(1)).to_have_text("without: 2 (67 %)", timeout=PATIENCE)
        projected.bring_to_front()
        projected.goto(f"{address}/Class?present=1")
        expect(projected.locator(".vg-bars").first).to_contain_text("without: 2 (67 %)", timeout=PATIENCE)
        expect(projected.get_by_role("button", name="Ask", exact=True)).to_have_count(0)
        assert at_rest(projected) == []

        teacher.bring_to_front()
        teacher.get_by_role("button", name="Take the question away").click()
        section(teacher, "Wall")
        teacher.get_by_text("Collect digits", exact=True).click()
        for phone in phones:
            phone.bring_to_front()
            draw_seven(phone)
            phone.locator(".labels button").nth(7).click()
            phone.locator(".give").click()
            expect(phone.locator(".given")).to_contain_text("1 of yours", timeout=PATIENCE)
        projected.bring_to_front()
        expect(projected.get_by_alt_text("a digit of the class, meant to be 7")).to_have_count(3, timeout=PATIENCE)
        teacher.bring_to_front()
        expect(teacher.get_by_alt_text("a digit of the class, meant to be 7")).to_have_count(3, timeout=PATIENCE)
        with teacher.expect_download() as download:
            teacher.get_by_role("button", name="Take the digits home (NPZ)").click()
        with np.load(download.value.path()) as kept:
            assert (kept["images"].shape, kept["labels"].tolist()) == ((3, 28, 28), [7, 7, 7])
        assert at_rest(teacher) == []

        first = phones[0]
        first.bring_to_front()
        name = first.locator(NAME).inner_text()
        first.reload()
        settle(first)
        expect(first.locator(NAME)).to_have_text(name, timeout=PATIENCE)
        teacher.bring_to_front()
        teacher.get_by_text("Phones paused", exact=True).click()
        first.bring_to_front()
        expect(first.locator(".pause-cover")).to_be_visible(timeout=PATIENCE)
        teacher.bring_to_front()
        teacher.get_by_role("button", name="End the class").click()
        first.bring_to_front()
        expect(first.locator(".bar.student .state")).to_contain_text("ended", timeout=PATIENCE)
        visitors.check()
        for context in own_browser.contexts:
            context.close()
