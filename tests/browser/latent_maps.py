"""What tests of the map of latent space share: places on it, its card, its part of the address."""

import re
from typing import NamedTuple

import numpy as np
from playwright.sync_api import Locator, Page

MAP = "/Latent_space"
LOOKS = re.compile("looks like an? [0-9]")


def ready(page: Page) -> None:
    """Wait until a card says what its digit looks like."""
    page.locator(".own .looks", has_text=LOOKS).first.wait_for(timeout=60_000)


def decoded(page: Page) -> list[np.ndarray]:
    rows = page.locator(".own canvas").evaluate_all(
        "all => all.map((one) => [...one.getContext('2d').getImageData(0, 0, 28, 28).data])"
    )
    return [np.array(row).reshape(28, 28, 4)[..., 0].astype(int) for row in rows]


def place(page: Page, x: float, y: float, panel: int = 0) -> tuple[float, float]:
    """A place on the map, from 0 to 1 both ways, as it is on the screen."""
    over = page.locator(".over").nth(panel)
    over.scroll_into_view_if_needed()
    left, top, right, bottom = box(over)
    return left + x * (right - left), top + (1 - y) * (bottom - top)


class Box(NamedTuple):
    """Where an element is on the screen."""

    left: float
    top: float
    right: float
    bottom: float


def box(element: Locator) -> Box:
    found = element.bounding_box()
    assert found is not None
    return Box(found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"])


def settled_card(page: Page, panel: int = 0) -> Box:
    """The card on a map, once it has followed."""
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    return box(page.locator(".card").nth(panel))
