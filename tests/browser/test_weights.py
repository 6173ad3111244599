"""How weights reach the browser: once over HTTP, and through the websocket where that is not to be had."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import test_live as live
from tests.browser.driver import Traffic, running_app, settle

WEIGHTS = "/weights/"
# Says for each fetch of weights whether the page showed its controls when it began.
FETCHES = """() => {
    window.fetches = [];
    const fetch = window.fetch;
    window.fetch = (address, ...rest) => {
        const controls = document.querySelectorAll("[data-testid=stPopover], [data-testid=stButtonGroup]");
        const waiting = document.querySelectorAll("[data-testid=stSkeleton]");
        if (String(address).includes("/weights/")) window.fetches.push(controls.length > 2 && !waiting.length);
        return fetch(address, ...rest);
    };
}"""


class Answers:
    """What a page was answered under /weights/, and how much of it came over the network."""

    def __init__(self, page: Page) -> None:
        self.headers: list[dict[str, Any]] = []
        self.from_cache: list[bool] = []
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.on("Network.responseReceived", self._note)

    def _note(self, event: dict[str, Any]) -> None:
        answer = event["response"]
        if WEIGHTS in answer["url"]:
            self.headers.append({name.lower(): value for name, value in answer["headers"].items()})
            self.from_cache.append(answer["fromDiskCache"])


def kept(page: Page) -> float:
    """Megabytes of weights in the tab."""
    sizes = page.evaluate(
        """[...globalThis.vaeganTab.kept].filter(([key]) => key.startsWith("weights/"))
            .map(([, bytes]) => bytes.length)"""
    )
    return 1e-6 * float(sum(sizes))


def elsewhere_and_back(page: Page) -> None:
    page.get_by_role("link", name="Home").click()
    page.get_by_text("squeezes a digit into a few numbers").wait_for()
    page.get_by_role("link", name="Denoise").first.click()
    expect(page.locator("h1")).to_have_text("Denoise")  # Home has such a field too
    live.ready(page)
    settle(page)
    expect(page.locator(live.PICTURES)).to_have_count(3)


@pytest.fixture
def context(browser) -> Iterator[BrowserContext]:
    """One visitor, with one cache."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def plain_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("plain"), script="app.py") as address:
        yield address


def test_weights_come_over_http_once_a_browser_and_after_the_controls(server, context):
    page = context.new_page()
    page.add_init_script(f"({FETCHES})()")
    answers, traffic = Answers(page), Traffic(page)
    page.goto(server + live.LIVE)
    live.ready(page)
    settle(page)
    assert page.evaluate("window.fetches") == [True, True]
    assert answers.from_cache == [False, False]
    assert all(headers["content-encoding"] == "gzip" for headers in answers.headers)
    assert sum(traffic.received) < 1e6
    pictures = live.painted(page)
    elsewhere_and_back(page)
    assert len(answers.headers) == 2, "the tab has them"
    assert all((one == other).all() for one, other in zip(pictures, live.painted(page), strict=True))

    other_tab = context.new_page()
    answers = Answers(other_tab)
    other_tab.goto(server + live.LIVE)
    live.ready(other_tab)
    assert answers.from_cache == [True, True]


def test_a_bar_says_how_much_is_here_while_the_controls_can_be_used(server, context):
    page = context.new_page()
    session = context.new_cdp_session(page)
    page.goto(f"{server}/Results")  # which has no networks
    settle(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 40, "downloadThroughput": 2e5, "uploadThroughput": 2e5}
    session.send("Network.emulateNetworkConditions", slow)
    page.get_by_role("link", name="Denoise").first.click()
    expect(page.locator(".arrival")).to_have_text(re.compile(r"Networks: 0\.\d of \d+\.\d MB"), timeout=20_000)
    page.locator(".undo").click(timeout=1000)
    expect(page.get_by_role("progressbar", name="Networks on their way")).to_be_visible()
    page.wait_for_function(
        """() => {
            const find = (root) => [...root.querySelectorAll("*")].flatMap((one) =>
                one.matches("progress") ? [one] : one.shadowRoot ? find(one.shadowRoot) : []);
            return find(document).some((bar) => 0.05 < bar.position && bar.position < 0.9);
        }"""
    )
    page.close()


@pytest.mark.long
def test_without_our_routes_they_come_through_the_websocket_once_a_tab(plain_server, context):
    page = context.new_page()
    traffic = Traffic(page)
    page.goto(plain_server + live.LIVE)
    live.ready(page)
    settle(page)
    megabytes = 1e-6 * sum(traffic.received)
    assert kept(page) > 0.1
    assert kept(page) < megabytes < kept(page) + 2, "each once"
    pictures = live.painted(page)
    traffic.clear()
    elsewhere_and_back(page)
    assert all((one == other).all() for one, other in zip(pictures, live.painted(page), strict=True))
    assert sum(traffic.received) < 1e6
    assert not [url for url in traffic.requests if WEIGHTS in url]
    page.evaluate("globalThis.vaeganTab.kept.clear()")
    elsewhere_and_back(page)
    keys = page.evaluate("[...globalThis.vaeganTab.kept.keys()]")
    assert len([key for key in keys if key.startswith("weights/")]) == 2
    assert not [url for url in traffic.requests if WEIGHTS in url], "it knows by now"


@pytest.mark.parametrize("problem", ["blocked", "unknown", "cut off"])
def test_what_http_does_not_bring_comes_through_the_websocket(server, context, problem):
    page = context.new_page()
    page.route(
        f"**{WEIGHTS}*",
        lambda route: (
            route.abort()
            if problem == "blocked"
            else route.fulfill(status=404, body="There is nothing.")
            if problem == "unknown"
            else route.fulfill(
                body="short", headers={"Content-Type": "application/octet-stream", "X-Uncompressed-Length": "7000"}
            )
        ),
    )
    traffic = Traffic(page)
    page.goto(server + live.LIVE)
    live.ready(page)
    assert sum(traffic.received) > 1e6 * kept(page) > 0
    assert page.evaluate("globalThis.vaeganTab.overSocket") == (problem != "unknown")


@pytest.mark.long
def test_an_app_below_a_path_of_its_host_serves_them_there(context, tmp_path):
    with running_app(tmp_path, prefix="/playground") as address:
        page = context.new_page()
        answers = Answers(page)
        page.goto(address + live.LIVE)
        live.ready(page)
        assert len(answers.headers) == 2
        assert {headers["content-type"] for headers in answers.headers} == {"application/octet-stream"}
