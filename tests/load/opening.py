"""Thirty phones open the app at the same moment: `python -m tests.load.opening`.

One is a real browser, whose first paint is timed; the others fetch the same files and open the page's websocket. All of
it runs on one machine, so that what is printed is an upper bound.
"""

import argparse
import asyncio
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser.driver import FLAGS, find_chromium, running_app
from tests.load.client import Session
from tests.load.gestures import PAGES

MOST_SECONDS = 5.0  # until the first paint
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; returns 1 if a first paint took longer than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.opening", description=__doc__)
    parser.add_argument("--phones", type=int, default=30, help="the browser counts as one of them")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as address:
        seconds = asyncio.run(_measure(address, wanted.phones))
    return int(max(seconds) > MOST_SECONDS)


async def _measure(address: str, phones: int) -> list[float]:
    """Print a row for each page; returns the seconds until the first paints."""
    print(f"{phones} phones open a page at the same moment; seconds in one real browser with an empty cache:\n")
    print("| page | first paint | page complete | first paint alone |")
    print("| --- | --- | --- | --- |")
    painted = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(playwright.chromium.executable_path), args=FLAGS
        )
        for page, (name, _, _) in PAGES.items():
            alone, _, files = await _look(browser, f"{address}/{page}")
            others = [_phone(address, page, files) for _ in range(phones - 1)]
            seen = asyncio.create_task(_look(browser, f"{address}/{page}"))
            await asyncio.gather(*others)
            paint, complete, _ = await seen
            print(f"| {name} | {paint:.1f} | {complete:.1f} | {alone:.1f} |", flush=True)
            painted.append(paint)
        await browser.close()
    return painted


async def _look(browser: Browser, address: str) -> tuple[float, float, list[str]]:
    """Open a page in an empty browser; returns when it was painted first and complete, and the files it fetched."""
    context = await browser.new_context(viewport={"width": 375, "height": 812})
    page = await context.new_page()
    files: list[str] = []
    page.on("requestfinished", lambda request: files.append(request.url))
    loop = asyncio.get_running_loop()
    began = loop.time()
    await page.goto(address, timeout=120_000)
    await page.locator(READY).wait_for(state="attached", timeout=120_000)
    complete = loop.time() - began
    await page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length", timeout=60_000)
    milliseconds = await page.evaluate(FIRST_PAINT)
    await context.close()
    return milliseconds / 1000, complete, [file for file in files if file.startswith("http")]


async def _phone(address: str, page: str, files: Sequence[str]) -> None:
    """What another phone asks of the server."""

    async def open_page() -> None:
        async with Session(address, page):
            await asyncio.sleep(1)

    await asyncio.gather(asyncio.to_thread(_fetch, files), open_page())


def _fetch(files: Sequence[str]) -> None:
    for file in files:
        request = urllib.request.Request(file, headers={"Accept-Encoding": "gzip"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                answer.read()
        except urllib.error.HTTPError:
            continue  # a browser meets it as well


if __name__ == "__main__":
    sys.exit(main())
