"""Lessons in a real browser: each from its link to its end, by mouse, by keyboard, on a phone, and embedded."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.driver import settle
from vaegan.lessons import shelf, words
from vaegan.lessons.asks import Sketch
from vaegan.lessons.lent import lent, words_lent
from vaegan.lessons.schema import Step

Open = Callable[..., Page]
Root = Page | FrameLocator
SOON, TRAINED = 60_000, 240_000  # milliseconds; a busy machine trains slowly
FOUR = [[(90, 50), (80, 150), (200, 150)], [(190, 60), (180, 240)]]  # whose copy through two numbers is read as a 9


# Every text that is written or spoken in what a page has lent.
LENT_TEXTS = """() => {
    const found = new Set();
    const visit = (node) => {
        if (node instanceof Text) found.add(node.data.trim().replace(/\\s+/g, " "));
        if (node instanceof Element) {
            if (node.matches("style, script, [data-testid=stIconMaterial]")) return;
            for (const name of ["aria-label", "title", "alt"]) found.add(node.getAttribute(name) ?? "");
        }
        for (const child of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]) visit(child);
    };
    visit(document.querySelector(".st-key-part"));
    return [...found];
}"""


def assert_translated(page: Page, language: str) -> None:
    """Nothing that has a translation stands there in English."""
    dictionary = words_lent(language)
    english = [text for text in page.evaluate(LENT_TEXTS) if lent(text, language) != text]
    kept = {text for text in dictionary.values() if lent(text, language) != text}  # such as Encoder
    assert [text for text in english if text not in kept] == []


def guess(page: Page, root: Root, step: Step, language: str = words.ENGLISH) -> None:
    """Answer the question of a step somehow, by mouse."""
    assert step.ask is not None
    if step.ask.kind == "choice":
        root.locator(".st-key-question [role=radiogroup] label").last.click()
    elif isinstance(step.ask, Sketch):
        root.get_by_label(step.ask.label).first.press("ArrowUp")
    elif step.ask.kind == "place":
        root.locator(".over").first.click(position={"x": 200, "y": 300})
        expect(root.get_by_text(words.say("step.pin", language, place="("))).to_be_visible(timeout=SOON)
    button = root.get_by_role("button", name=words.say("step.answer", language))
    expect(button).to_be_enabled(timeout=SOON)
    button.click()
    expect(root.get_by_text(words.say("step.your_guess", language))).to_be_visible(timeout=SOON)


def draw(page: Page, root: Root) -> None:
    pad = root.locator("canvas.pad")
    root.locator(".clear").click()
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    for (left, top), *others in FOUR:
        page.mouse.move(box["x"] + left * box["width"] / 280, box["y"] + top * box["height"] / 280)
        page.mouse.down()
        for x, y in others:
            page.mouse.move(box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280, steps=6)
        page.mouse.up()


def play(root: Root) -> None:
    """Ten pairs of the game: the left picture each time."""
    for number in range(10):
        expect(root.locator(".asked")).to_contain_text(f" {number + 1} ", timeout=SOON)
        root.locator(".side").first.click()
        root.locator(".next:not(.idle)").click()


def do(page: Page, root: Root, step: Step, language: str = words.ENGLISH) -> None:
    """Do what a step waits for."""

    def press(name: str) -> None:
        root.get_by_role("button", name=name).click()

    facts = {condition.name: condition.least for condition in step.until}
    if "draws" in facts:
        press(lent("Several draws", language))
    if "level" in facts or facts.keys() == {"misread"}:
        level = root.locator("input.level")
        level.fill(str(facts.get("level", 80)))
        level.dispatch_event("change")
    if "drawn" in facts:
        draw(page, root)
    if "map.points" in facts:
        press(lent("Real digits", language))
    if "map.densities" in facts:
        press(lent("Densities", language))
    if "sheet.seed" in facts:
        for _ in range(facts["sheet.seed"] - int(step.setup.query["seed"])):
            press(words.say("sample.again", language))
            if isinstance(root, Page):
                settle(root)
    if "duel.played" in facts:
        play(root)
    if "run.trained" in facts and root.locator(".st-key-learn_start").is_visible():
        press(words.say("train.start", language))


def walk(page: Page, root: Root, name: str, language: str = words.ENGLISH) -> None:
    """From the first step to the end."""
    for step in shelf.lesson(name, language).steps:
        expect(root.get_by_role("heading", name=step.title)).to_be_visible(timeout=SOON)
        guess(page, root, step, language)
        if isinstance(root, Page):
            settle(root)
        do(page, root, step, language)
        trains = any(condition.name.startswith("run.") for condition in step.until)
        expect(root.locator(".st-key-reveal")).to_be_visible(timeout=TRAINED if trains else SOON)
        if language != words.ENGLISH:
            page.wait_for_timeout(400)  # a component that has just appeared is translated within 250 ms
            assert_translated(page, language)
        root.locator(".st-key-turn_next button").click()
    expect(root.get_by_role("heading", name=words.say("end.title", language))).to_be_visible(timeout=SOON)
    expect(root.get_by_role("button", name="✓")).to_have_count(len(shelf.lesson(name).steps))


# What has the focus, within shadows too, and how it and what is around it look.
FOCUSED = """() => {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    const look = (element) => {
        const { outline, boxShadow, borderColor, backgroundColor, color } = getComputedStyle(element);
        return [outline, boxShadow, borderColor, backgroundColor, color].join();
    };
    const looks = (element) => [element, element.parentElement, ...(element.parentElement?.children ?? [])].map(
        (each) => (each ? look(each) : "")).join();
    const last = window.lastFocused;
    const unseen = last?.element.isConnected && last.element !== focused && looks(last.element) === last.looks;
    // While the page is drawn again, the body may have the focus for a moment: that is no stop of Tab.
    window.lastFocused = focused === document.body ? null : { element: focused, looks: looks(focused) };
    return unseen ? last.element.outerHTML.slice(0, 200) : "";
}"""
HAS_FOCUS = """(wanted) => {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement && !focused.matches(wanted)) focused = focused.shadowRoot.activeElement;
    return focused?.matches(wanted) ?? false;
}"""


class Keyboard:
    """Nothing but keys; each stop of Tab must be seen: what has the focus looks other than without it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab_to(self, selector: str) -> None:
        for _ in range(60):
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(FOCUSED) == "", "nobody sees that this has the focus"
            if self.page.evaluate(HAS_FOCUS, selector):
                return
        raise AssertionError(f"no step of Tab leads to {selector}")

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
        self.page.evaluate("() => { window.lastFocused = null; }")  # a pressed control may look otherwise

    def give_guess(self, step: int) -> None:
        button = self.page.locator(f".st-key-ask_noise_{step}_give button").first  # one with a hint stands there twice
        expect(button).to_be_enabled(timeout=SOON)
        self.tab_to(f".st-key-ask_noise_{step}_give button")
        self.press("Enter")
        expect(self.page.locator("[data-lead=do]")).to_be_focused(timeout=SOON)
        expect(self.page.locator(".st-key-part")).not_to_have_attribute("inert", "", timeout=SOON)

    def go_on(self, title: str) -> None:
        expect(self.page.locator("[data-lead=reveal]")).to_be_focused(timeout=SOON)
        self.tab_to(".st-key-turn_next button")
        self.press("Enter")
        expect(self.page.get_by_role("heading", name=title)).to_be_focused(timeout=SOON)


def test_a_lesson_by_mouse_and_its_bookmark_in_a_fresh_browser(open_page: Open):
    page = open_page("/Learn?lesson=noise")
    settle(page)
    expect(page.locator(".st-key-part")).to_have_attribute("inert", "")
    walk(page, page, "noise")
    expect(page.get_by_role("button", name="Lab sheet")).to_be_visible()
    link = page.evaluate("location.pathname + location.search")
    assert "step=4" in link
    assert "done=ddd" in link
    again = open_page(link.replace("step=4", "step=1") + "&lang=de")
    expect(again.get_by_text("Du hast gesagt")).to_be_visible(timeout=SOON)
    expect(again.locator(".learn-verdict")).to_be_visible()
    expect(again.locator("html")).to_have_attribute("lang", "de")
    again.get_by_text("English", exact=True).click()
    expect(again.get_by_text("You said")).to_be_visible(timeout=SOON)
    again.wait_for_function("() => !new URL(location).searchParams.has('lang')")
    expect(again.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in shelf.names() if name != "noise"])
def test_every_lesson_from_its_link_to_its_end_in_german(open_page: Open, name: str):
    """By its German names, so that whatever must be pressed is translated; others are walked in English."""
    page = open_page(f"/Learn?lesson={name}&lang=de")
    walk(page, page, name, "de")


@pytest.mark.long
def test_a_lesson_by_keyboard_alone(open_page: Open):
    page = open_page("/Learn?lesson=noise")
    keys = Keyboard(page)
    titles = [step.title for step in shelf.lesson("noise").steps]
    expect(page.get_by_role("heading", name=titles[0])).to_be_visible(timeout=SOON)
    settle(page)

    keys.tab_to(".st-key-question input")
    keys.press("ArrowRight", 4)
    keys.give_guess(1)
    keys.tab_to(".level")
    keys.press("ArrowRight", 45)  # 85 %, or less: the reveal takes the focus as soon as another digit is read
    keys.go_on(titles[1])

    keys.tab_to("[type=range]")
    keys.press("ArrowUp")
    keys.give_guess(2)
    keys.tab_to(".level")
    keys.press("End")
    keys.go_on(titles[2])

    keys.tab_to(".st-key-question input")
    keys.press("Space")
    keys.press("ArrowDown", 2)
    keys.give_guess(3)
    expect(page.get_by_text("Digits, but different ones among them")).to_be_visible()
    keys.tab_to(".level")
    keys.press("End")
    settle(page)
    keys.tab_to(".st-key-part [data-testid=stButtonGroup] button")
    keys.press("Enter")
    keys.go_on("That was it.")
    keys.tab_to(".st-key-end_next button")


@pytest.mark.long
def test_a_lesson_on_a_phone(open_page: Open):
    page = open_page("/Learn?lesson=rivals", width=375, height=812)
    walk(page, page, "rivals")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(page.url.partition("?")[0] + "?lesson=squeeze")
    give = page.get_by_role("button", name="That is my guess")
    expect(give).to_be_visible(timeout=SOON)
    box, stage = give.bounding_box(), page.locator(".st-key-part").bounding_box()
    assert box is not None
    assert stage is not None
    assert box["y"] + box["height"] < 812, "the question fits the first screen"
    assert stage["y"] < 812, "and the stage begins there"


@pytest.mark.long
def test_a_lesson_embedded_in_a_course_page(open_page: Open):
    page = open_page("/Learn?lesson=sampling&embed=true")
    source = page.url
    page.set_content(f"<iframe title='lesson' style='border:0' src='{source}' width='1180' height='820'></iframe>")
    walk(page, page.frame_locator("iframe"), "sampling")
