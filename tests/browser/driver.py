"""Start the app as a user does, find a browser, and move in the Denoise page as a hand does."""

import base64
import io
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, WebSocket, expect

ROOT = Path(__file__).resolve().parents[2]
SERVER = "vaegan/ui/server.py"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
# Two pages of Chromium's own for the address bar's menu come with every page that is opened, and cost more than ours:
# 0.6 CPU seconds. The last such flag counts, so it holds what Playwright needs of its own too.
_OF_THE_ADDRESS_BAR = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "AimEnabled"]
_BY_PLAYWRIGHT = ["AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"]
_BY_PLAYWRIGHT += ["MediaRouter", "OptimizationHints", "NetworkTimeServiceQuerying", "PaintHolding"]
_BY_PLAYWRIGHT += ["ThirdPartyStoragePartitioning"]
FLAGS += [f"--disable-features={','.join(_OF_THE_ADDRESS_BAR + _BY_PLAYWRIGHT)}"]
SEVEN = [(70, 60), (200, 60), (130, 220)]


def find_chromium(own: str) -> str | None:
    """A Chromium of the machine, else Playwright's `own` download, if it is there."""
    for name in CHROMIUMS:
        if path := shutil.which(name):
            return path
    return own if Path(own).is_file() else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_healthy(port: int, process: subprocess.Popen[bytes] | subprocess.Popen[str], prefix: str = "") -> None:
    deadline = time.monotonic() + 120  # torch is imported before it answers
    while True:
        assert process.poll() is None, "the server ended by itself"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{prefix}/_stcore/health", timeout=2) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert time.monotonic() < deadline, "the server did not get healthy within 120 s"
            time.sleep(0.2)


@contextmanager
def running_app(folder: Path, script: str = SERVER, prefix: str = "", options: Sequence[str] = ()) -> Iterator[str]:
    """The app on a free port, without any MNIST but the sample, its log in `folder`; yields its address.

    It is started as `make run` does; `app.py` as the script starts the pages without our routes.
    """
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key != "VAEGAN_DATA"}
    environment |= {"XDG_CACHE_HOME": str(folder / "cache"), "VAEGAN_RUNS": str(folder / "runs")}
    place = ["--server.port", str(port), "--server.baseUrlPath", prefix]
    command = [sys.executable, "-m", "streamlit", "run", script, *place, *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=environment)
        try:
            wait_until_healthy(port, process, prefix)
            yield f"http://127.0.0.1:{port}{prefix}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def settle(page: Page) -> None:
    """Wait until the server has nothing more to say."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)


def soon(page: Page, condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether the page comes to meet the condition: how many frames that takes is up to what else the machine does."""
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        page.wait_for_timeout(50)
    return met


def pictures(page: Page) -> list[str]:
    """What the row shows, as data URLs: what the networks saw, with BatchNorm, without."""
    page.wait_for_selector(".vg-figures img[alt='cleaned without BatchNorm']", timeout=60_000)
    names = ("what the networks saw", "cleaned with BatchNorm", "cleaned without BatchNorm")
    return [page.locator(f".vg-figures img[alt='{name}']").first.get_attribute("src") or "" for name in names]


def shown(url: str) -> np.ndarray:
    """A picture of the page, by its data URL, as grey values."""
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("L")).astype(int)


def wait_for_new(page: Page, old: list[str]) -> list[str]:
    """Wait until both cleaned pictures differ from `old`, and return the new row."""
    page.wait_for_function(
        """old => ["cleaned with BatchNorm", "cleaned without BatchNorm"].every((name, index) => {
            const image = document.querySelector(`.vg-figures img[alt='${name}']`);
            return image && image.src !== old[index + 1];
        })""",
        arg=old,
        timeout=20_000,
    )
    return pictures(page)


def draw(page: Page, points: list[tuple[int, int]]) -> None:
    """One stroke on the canvas of Repair through `points`, in its pixels."""
    canvas = page.locator("canvas.upper-canvas")
    expect(canvas).to_have_count(1)  # a cleared one may still be leaving
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + points[0][0], box["y"] + points[0][1])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=6)
    page.mouse.up()


class Traffic:
    """What a page says to the server and hears from it, from now on."""

    def __init__(self, page: Page) -> None:
        self.sent: list[int] = []
        self.received: list[int] = []
        self.requests: list[str] = []
        page.on("websocket", self._listen)
        page.on("request", lambda request: self.requests.append(request.url))

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self.sent.append(len(payload)))
        socket.on("framereceived", lambda payload: self.received.append(len(payload)))

    def clear(self) -> None:
        self.sent.clear()
        self.received.clear()
        self.requests.clear()

    @property
    def silent(self) -> bool:
        return not (self.sent or self.received or self.requests)

    def wait_for_silence(self, page: Page) -> None:
        """Wait until nothing has been said for half a second, which on a busy machine may take a while."""
        deadline = time.monotonic() + 30
        while True:
            self.clear()
            page.wait_for_timeout(500)
            if self.silent:
                return
            assert time.monotonic() < deadline, "the page and the server never stop talking"


# Counts the frames in which a digit was painted, and how long each frame's work took.
RECORDER = """() => {
    window.frames = [];
    let painted = 0;
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...values) {
        if (this.canvas.classList.contains("picture")) painted += 1;
        return put.apply(this, values);
    };
    const ask = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (work) => ask((time) => {
        const began = performance.now();
        painted = 0;
        work(time);
        if (painted) window.frames.push({ began, took: performance.now() - began });
    });
    window.displayRate = () => new Promise((resolve) => {
        let count = 0;
        const start = performance.now();
        const next = () => {
            count += 1;
            const passed = performance.now() - start;
            if (passed < 1000) ask(next); else resolve(1000 * count / passed);
        };
        ask(next);
    });
}"""

# Moves the pointer over an element for some seconds, as fast as a mouse reports; `pressed` draws.
WANDER = """(element, { seconds, pressed }) => new Promise((resolve) => {
    const box = element.getBoundingClientRect();
    const start = performance.now();
    const send = (kind, turn) => element.dispatchEvent(new PointerEvent(kind, {
        clientX: box.left + box.width * (0.5 + 0.3 * Math.cos(3 * turn)),
        clientY: box.top + box.height * (0.5 + 0.3 * Math.sin(4 * turn)),
        pointerId: 1, isPrimary: true, bubbles: true, button: pressed ? 0 : -1, buttons: pressed ? 1 : 0,
    }));
    if (pressed) { element.setPointerCapture = () => {}; send("pointerdown", 0); }
    const timer = setInterval(() => {
        const turn = (performance.now() - start) / 1000;
        if (turn < seconds) { send("pointermove", turn); return; }
        clearInterval(timer);
        resolve(performance.now() - start);
    }, 8);
})"""
