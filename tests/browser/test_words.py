"""Every term of the glossary that a page uses is explained where it first stands there."""

import pytest

from tests.browser.driver import settle
from tests.browser.words import unexplained

STAGES = ["/", "/Denoise?show=filter,errors,steps,draws,ladder", "/Latent_space?layers=tiles,points,densities"]


@pytest.mark.parametrize("place", STAGES)
def test_a_page_with_a_stage_explains_its_terms(open_page, place):
    page = open_page(place)
    page.locator(".pictures .numbers:not([hidden]), .card:not([hidden])").first.wait_for()
    settle(page)
    assert unexplained(page) == []


def test_what_is_not_explained_is_noticed(open_page):
    page = open_page("/Latent_space")
    text = "<p>the perplexing KL, and a KL again; <code>PSNR</code></p>"
    page.locator(".stMarkdown").first.evaluate("(element, html) => { element.innerHTML = html; }", text)
    assert ("KL", "the perplexing KL, and a KL again;") in unexplained(page)
