"""Every term of the glossary that a page uses is explained where it first stands there."""

import pytest

from tests.browser.driver import settle
from tests.browser.words import unexplained
from vaegan.ui.generate.generate_state import SECTIONS as GENERATE
from vaegan.ui.results.results_state import SECTIONS as RESULTS

STAGES = ["/", "/Denoise?show=filter,errors,steps,draws,ladder", "/Latent_space?layers=tiles,points,densities"]


@pytest.mark.parametrize("place", STAGES)
def test_a_page_with_a_stage_explains_its_terms(open_page, place):
    page = open_page(place)
    page.locator(".pictures .numbers:not([hidden]), .card:not([hidden])").first.wait_for()
    settle(page)
    assert unexplained(page) == []


@pytest.mark.long
@pytest.mark.parametrize(
    "place",
    [
        "/Train",
        *(f"/Generate?section={section}" for section in GENERATE),
        *(f"/Results?section={section}" for section in RESULTS),
    ],
)
def test_every_other_page_explains_its_terms(open_page, place):
    page = open_page(place)
    settle(page)
    page.wait_for_timeout(3000)  # in which components draw themselves
    assert unexplained(page) == []


def test_what_is_not_explained_is_noticed(open_page):
    page = open_page("/Latent_space")
    text = "<p>the perplexing KL, and a KL again; <code>PSNR</code></p>"
    page.locator(".stMarkdown").first.evaluate("(element, html) => { element.innerHTML = html; }", text)
    assert ("KL", "the perplexing KL, and a KL again;") in unexplained(page)
