"""The network drawn on the Denoise page: what stands in its stages is what the networks compute."""

from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.driver import SEVEN
from tests.browser.test_accessibility import violations
from tests.browser.test_live import new_digit, parameters, read, ready, stroke
from vaegan.checkpoint.files import load
from vaegan.config import NoiseConfig
from vaegan.data.pictures import unpack
from vaegan.studio import Studio, add_noise

SIDES = ("bn", "plain")
STAGES = ["Noisy digit", "Encoder", "mu and sigma", "A sample z", "Decoder", "Cleaned digit", "Discriminator"]
HALF = 0.0051  # of the last decimal that is printed


def given(page: Page) -> tuple[torch.Tensor, torch.Tensor]:
    """The clean and the noisy digit of the address, (1, 784) each."""
    said = parameters(page)
    digit = unpack(said["digit"].partition("~")[0])
    noisy = add_noise(digit, NoiseConfig(kind=said["kind"], level=int(said["level"]) / 100, seed=int(said["seed"])))
    return torch.from_numpy(digit.reshape(1, -1).copy()), torch.from_numpy(noisy.reshape(1, -1).copy())


def numbers(page: Page) -> list[np.ndarray]:
    """What is printed of each network, without names and counts."""
    texts = page.locator(".inside pre:not([hidden])").all_inner_texts()
    rows = [[line.partition(":")[2] for line in text.replace("−", "-").splitlines() if ":" in line] for text in texts]
    return [np.array([float(value) for row in each for value in row.split()]) for each in rows]


def assert_printed(page: Page, expected: list[torch.Tensor]) -> None:
    """The panel comes to print these numbers, which follow a stroke some moments later."""
    for _ in range(100):
        shown = numbers(page)
        wanted = [one.detach().numpy().ravel() for one in expected]
        if [one.shape for one in shown] == [one.shape for one in wanted] and all(
            np.abs(one - two).max() <= HALF for one, two in zip(shown, wanted, strict=True)
        ):
            return
        page.wait_for_timeout(100)
    assert [one.shape for one in shown] == [one.shape for one in wanted]
    for one, two in zip(shown, wanted, strict=True):
        np.testing.assert_allclose(one, two, rtol=0, atol=HALF)


def models(pair: str) -> list[Any]:
    return [load(f"{pair}-{side}").build() for side in SIDES]


@pytest.mark.long
@torch.inference_mode()
def test_every_stage_opens_by_keyboard_to_the_numbers_of_the_networks(open_page):
    page = open_page("/Denoise?pair=denoise&level=40", height=1100)
    page.set_default_timeout(60_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ready(page)
    read(page)
    assert page.locator(".part .title").all_inner_texts() == STAGES
    networks = models("denoise")
    clean, noisy = given(page)
    panel = page.locator(".inside")
    expect(panel).to_be_hidden()
    encoder = page.get_by_role("button", name="Encoder")
    encoder.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Encoder")).to_be_focused()
    expect(encoder).to_have_attribute("aria-expanded", "true")
    assert_printed(page, [network.encoder.hidden(noisy) for network in networks])
    where = panel.get_by_role("combobox", name="Numbers of")
    options = where.locator("option").all_inner_texts()
    assert options[:3] == [
        "Layer 1, 1,024 units, weighted sums of all numbers before",
        "Layer 1, 1,024 units, after BatchNorm",
        "Layer 1, 1,024 units, after ReLU (below 0 becomes 0)",
    ]
    where.select_option(options[1])
    assert_printed(page, [networks[0].encoder.hidden[:2](noisy)])
    expect(panel.locator("figure").nth(1)).to_contain_text("has no BatchNorm here")
    assert page.locator('[data-part="encoder"] .lane:nth-child(1) .normed').count() == 1
    assert page.locator('[data-part="encoder"] .lane:nth-child(2) .normed').count() == 0
    expect(encoder).to_contain_text("With BatchNorm: 1,024 units, 40 units; BatchNorm after 2 of 2 layers.")

    example = parameters(page)["digit"]
    stroke(page, SEVEN)  # the drawing follows the pen
    new_digit(page, example)
    clean, noisy = given(page)
    assert_printed(page, [networks[0].encoder.hidden[:2](noisy)])
    page.keyboard.press("Escape")  # the field takes it
    panel.locator(".close").focus()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(encoder).to_be_focused()

    posteriors = [network.encode(noisy) for network in networks]
    both = [torch.stack([mu[0], (logvar[0] / 2).exp()], dim=1) for mu, logvar in posteriors]
    page.get_by_role("button", name="mu and sigma").press("Enter")
    assert_printed(page, both)
    page.get_by_role("button", name="A sample z").press("Enter")
    expect(panel.get_by_role("button", name="Draw another z")).to_be_visible()
    expect(panel.locator("pre").first).to_contain_text("eps")
    draws = [numbers(page)]
    panel.get_by_role("button", name="Draw another z").click()
    for _ in range(100):
        if not np.array_equal(numbers(page)[0], draws[0][0]):
            break
        page.wait_for_timeout(100)
    draws.append(numbers(page))
    assert not np.array_equal(draws[0][0], draws[1][0])
    for drawn in draws:
        for table, wanted in zip(drawn, both, strict=True):
            mu, sigma, eps, z = table.reshape(-1, 4).T
            np.testing.assert_allclose(np.stack([mu, sigma], axis=1), wanted.numpy(), atol=HALF)
            np.testing.assert_allclose(z, mu + sigma * eps, atol=0.05)
    page.get_by_role("button", name="Decoder").press("Enter")
    assert_printed(
        page, [network.decoder.hidden(posterior.mu) for network, posterior in zip(networks, posteriors, strict=True)]
    )
    page.get_by_role("button", name="Cleaned digit").press("Enter")
    studios = [Studio.open(f"denoise-{side}") for side in SIDES]
    cleaned = [studio.clean(noisy.numpy().reshape(1, 28, 28)) for studio in studios]
    assert_printed(page, [torch.from_numpy(one) for one in cleaned])

    assert not any("/discriminator/" in url for url in asked), "nobody has looked at it"
    page.get_by_role("button", name="Discriminator").press("Enter")
    assert_printed(
        page, [network.features(torch.from_numpy(one)) for network, one in zip(networks, cleaned, strict=True)]
    )
    assert sum("/discriminator/" in url for url in asked) == 2
    for index, (studio, one) in enumerate(zip(studios, cleaned, strict=True)):
        real, own = (f"{100 * studio.realness(x.reshape(1, 28, 28))[0]:.0f} %" for x in (one, clean.numpy()))
        words = f"{real} sure that the cleaned digit is real, {own} sure of the one before noise."
        expect(panel.locator("figcaption").nth(index)).to_contain_text(words)
        expect(page.locator('[data-part="judge"] .lane').nth(index)).to_have_text(f"{real} real")
    assert violations(page) == []


@torch.inference_mode()
def test_maps_can_be_looked_at_one_by_one_and_a_network_without_opponent_says_so(open_page):
    page = open_page("/Denoise?pair=conv", reduced_motion="reduce")
    page.set_default_timeout(60_000)
    ready(page)
    networks = models("conv")
    _, noisy = given(page)
    page.locator('[data-part="encoder"]').click()
    panel = page.locator(".inside")
    number = panel.get_by_role("spinbutton", name="Map")
    number.fill("7")
    maps = [
        network.encoder.maps[: 4 if side == "bn" else 3](noisy) for network, side in zip(networks, SIDES, strict=True)
    ]
    assert_printed(page, [one[0, 6] for one in maps])
    number.fill("999")
    assert_printed(page, [one[0, -1] for one in maps])
    panel.get_by_role("combobox", name="Numbers of").select_option("Layer 5, 128 units, after BatchNorm")
    assert_printed(page, [torch.cat(networks[0].encode(noisy), dim=1)])
    expect(number).to_be_hidden()
    page.locator('[data-part="judge"]').click()
    expect(panel).to_contain_text("trained without an opponent, so there is no discriminator to ask")
    expect(page.locator('[data-part="judge"] .lane').first).to_have_text("none")
    moving = "one => getComputedStyle(one, '::after').animationName"
    assert page.locator(".link i").first.evaluate(moving) == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert page.locator(".link i").first.evaluate(moving) == "flow"


def test_on_a_phone_the_drawing_is_folded_and_costs_nothing_until_it_is_opened(open_page):
    page = open_page("/Denoise", width=375, height=812, has_touch=True, is_mobile=True)
    ready(page)
    page.wait_for_timeout(500)
    encoder = page.locator('[data-part="encoder"]')
    expect(encoder).to_be_hidden()
    assert encoder.locator("canvas").count() == 0
    fold = page.get_by_role("button", name="Look inside the networks")
    fold.tap()
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(encoder.locator("canvas").first).to_be_visible()
    encoder.tap()
    expect(page.locator(".inside pre").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert violations(page) == []
