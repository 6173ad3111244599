"""Every page, light and dark, held to the rules of WCAG 2.1 A and AA and the best practices that axe checks."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.driver import settle
from vaegan.ui.generate.generate_state import SECTIONS as GENERATE
from vaegan.ui.results.results_state import SECTIONS as RESULTS

PLACES = [
    *("/", "/Denoise", "/Latent_space", "/Train"),
    *(f"/Generate?section={section}" for section in GENERATE),
    "/Generate?section=repair&damage=paint",
    *(f"/Results?section={section}" for section in RESULTS),
    "/Denoise?show=filter,errors,steps,draws,ladder&ladder=Chart",
    "/Latent_space?layers=tiles,points,densities",
    "/Latent_space?pair=conv",
    *("/Class", "/Class?room=AAAAA"),
    "/Denoise?present=1",
    "/Learn",
    "/Learn?lesson=noise&step=1&a=50&done=d",
    "/Learn?lesson=noise&step=2&lang=de",
    "/Learn?lesson=noise&step=4&a=50&done=ddd",
    "/Learn?lesson=sampling",
]
OPENERS = {
    "/Denoise": ("Upload", "Pick", "Networks", "Noise", "Save and share"),
    "/Latent_space": ("What is shown", "Networks"),
}
# What is Streamlit's own, in 1.67: the rule, and parts of the nodes' HTML.
OF_STREAMLIT = {
    "presentation-role-conflict": ('data-testid="stFileUploaderDropzone"',),
    # What a button opens and what it says to the pointer stand at the end of the document, outside of landmarks.
    "region": ("data-floating-ui-portal", 'id="stFloatingOverlayPortal"'),
}


def violations(page: Page) -> list[str]:
    """What axe finds of ours, as sentences: rule, impact, and where it first stands."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    for rule in found:
        theirs = OF_STREAMLIT.get(rule["id"], ())
        rule["nodes"] = [node for node in rule["nodes"] if not any(part in node["html"] for part in theirs)]
    return [
        f"{rule['id']} ({rule['impact']}, {len(rule['nodes'])} times): {rule['nodes'][0]['target']} "
        f"{rule['nodes'][0]['html'][:160]}"
        for rule in found
        if rule["nodes"]
    ]


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing(open_page: Callable[..., Page], place: str, scheme: str) -> None:
    page = open_page(place, color_scheme=scheme)
    settle(page)
    page.wait_for_timeout(1500)  # components and charts draw themselves after the page has settled
    assert violations(page) == []


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", OPENERS)
def test_axe_finds_nothing_in_what_buttons_open(open_page: Callable[..., Page], place: str, scheme: str) -> None:
    page = open_page(place, color_scheme=scheme)
    opened = page.get_by_test_id("stPopoverBody")
    for name in OPENERS[place]:
        page.get_by_test_id("stPopover").filter(has_text=name).first.get_by_role("button").first.press("Enter")
        opened.wait_for()
        page.wait_for_timeout(1500)
        assert violations(page) == [], name
        page.keyboard.press("Escape")
        opened.wait_for(state="detached")


@pytest.mark.long
@pytest.mark.timeout(600)
def test_axe_finds_nothing_on_train_with_a_run(open_page: Callable[..., Page]) -> None:
    """With who moves whom, slow motion and the form open; and on a phone with the folded navigation opened."""
    page = open_page("/Train?few=1")
    page.get_by_role("button", name="VAE-GAN with BatchNorm", exact=True).click()
    value = page.locator(".runs .value").first
    value.filter(has_text=".").wait_for(timeout=60_000)  # an epoch has ended, and was measured
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Play", exact=True).wait_for(timeout=60_000)
    page.wait_for_function("() => location.search.includes('runs=')")
    address = page.evaluate("location.pathname + '?runs=' + new URLSearchParams(location.search).get('runs')")
    for scheme, width in (("light", 375), ("dark", 1280)):
        for section in ("moves", "slow", "own"):
            page = open_page(f"{address}&show={section}", color_scheme=scheme, width=width)
            page.locator(".curves .line").first.wait_for(state="attached", timeout=60_000)
            settle(page)
            page.wait_for_timeout(1500)
            assert violations(page) == [], (section, scheme, width)
    page = open_page(f"{address}&show=moves", width=375)
    page.locator(".curves .line").first.wait_for(state="attached", timeout=60_000)
    settle(page)
    page.locator("summary", has_text="Pages").click()
    page.get_by_role("link", name="Denoise", exact=True).wait_for()
    assert violations(page) == []


@pytest.mark.long
def test_axe_finds_what_is_wrong(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\">')")
    assert any(sentence.startswith("image-alt") for sentence in violations(page))


# Text in SVG, which axe leaves out. The contrast of two colours as WCAG 2.1 defines it.
CONTRAST = """() => {
    const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((value) => value / 255);
    const light = (colour) => channels(colour)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
    const paper = (element) => {
        const colour = getComputedStyle(element).backgroundColor;
        return colour === "rgba(0, 0, 0, 0)" ? paper(element.parentElement) : light(colour);
    };
    return [...document.querySelectorAll("[role=dialog] .js-plotly-plot text")].map((text) => {
        const behind = paper(text.closest(".js-plotly-plot"));
        const ink = light(getComputedStyle(text).fill);
        return (Math.max(ink, behind) + 0.05) / (Math.min(ink, behind) + 0.05);
    });
}"""


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_a_chart_stand_out_from_the_page(open_page: Callable[..., Page], scheme: str) -> None:
    page = open_page("/Results", color_scheme=scheme)
    page.get_by_role("button", name="The evidence").first.click()
    page.locator("[role=dialog] .annotation-text").first.wait_for(timeout=60_000)
    found = page.evaluate(CONTRAST)
    assert len(found) > 5
    assert min(found) >= 4.5
