"""A real server and a real browser, both started once, and pages that are watched for what must not happen."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.driver import FLAGS, find_chromium, running_app, settle
from vaegan.web.scripts import script

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs a browser is slow."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_chromium(playwright.chromium.executable_path)
        if path is None:
            message = "NO CHROMIUM FOUND: the browser tests did not run; install one and run `make test` again"
            if os.environ.get("VAEGAN_REQUIRE_BROWSER"):
                pytest.fail(message)
            pytest.skip(message)
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("server")) as address:
        yield address


class Watched:
    """What must not happen on any page: errors in the console, requests to the outside, tracebacks."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        self.outside: list[str] = []
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("response", lambda response: self._answer(response.status, response.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._note(request.url))

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):  # these come as responses, with address
            self.errors.append(text)

    def _answer(self, status: int, url: str) -> None:
        # On a deep link Streamlit first looks for its server below the page's own path.
        if status >= 400 and not url.endswith(("/_stcore/health", "/_stcore/host-config")):
            self.errors.append(f"{status} {url}")

    def _note(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.outside.append(url)


@pytest.fixture
def open_page(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Open a path of the app in a fresh browser profile; at the end no page may have erred or called outside."""
    opened: list[tuple[Page, Watched]] = []

    def open_at(path: str, width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        page = context.new_page()
        opened.append((page, Watched(page)))
        page.goto(f"{server}{path}")
        settle(page)
        return page

    yield open_at
    for page, watched in opened:
        assert page.locator("[data-testid=stException]").count() == 0
        assert watched.errors == []
        assert watched.outside == []
        page.context.close()


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    """A page with nothing on it, for our modules alone."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def run(blank: Page) -> Callable[..., Any]:
    """Call `body`, JavaScript that sees the module's exports as `lib` and the argument as `argument`."""

    def call(module: str, body: str, argument: object = None) -> Any:
        return blank.evaluate(
            """async ([code, body, argument]) => {
                const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
                const lib = await import(url);
                const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
                const floats = (text) => new Float32Array(bytes(text).buffer);
                const text = (array) => {
                    const parts = [], all = new Uint8Array(array.buffer);
                    for (let at = 0; at < all.length; at += 8190) {
                        parts.push(btoa(String.fromCharCode(...all.subarray(at, at + 8190))));
                    }
                    return parts.join("");
                };
                const AsyncFunction = (async () => {}).constructor;
                const names = ["lib", "argument", "bytes", "floats", "text"];
                return new AsyncFunction(...names, body)(lib, argument, bytes, floats, text);
            }""",
            [script(module), body, argument],
        )

    return call
