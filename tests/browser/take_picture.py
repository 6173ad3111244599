"""Take the README's picture: `python -m tests.browser.take_picture FILE`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.driver import FLAGS, find_chromium, running_app, settle
from tests.browser.test_live import new_digit, parameters, read, ready, stroke

FIVE = [(190, 60), (100, 62), (92, 130), (140, 118), (185, 150), (180, 200), (130, 225), (85, 205)]


def take(file: Path) -> None:
    """Draw a five on the Denoise page and photograph it."""
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(playwright.chromium.executable_path), args=FLAGS
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}/Denoise")
        ready(page)
        read(page)
        example = parameters(page)["digit"]
        stroke(page, FIVE)
        new_digit(page, example)
        settle(page)
        page.mouse.move(640, 20)
        page.wait_for_timeout(1000)
        file.parent.mkdir(exist_ok=True)
        page.screenshot(path=file)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
