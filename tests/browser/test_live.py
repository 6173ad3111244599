"""The field of the Denoise page: both networks follow pen, finger and keyboard, and what was drawn is kept."""

import time
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driver import RECORDER, SEVEN, WANDER, Traffic, settle
from vaegan.config import NoiseConfig
from vaegan.data.pictures import to_uint8, unpack
from vaegan.metrics.likeness import psnr, ssim
from vaegan.studio import Studio, add_noise
from vaegan.ui.readings import in_words
from vaegan.ui.resources import reader

LIVE = "/Denoise"
PICTURES = ".input canvas, .pictures canvas"  # what both networks saw and what each made of it
FRAME = 16.7  # milliseconds, at 60 frames a second
ROUNDS = 15  # at most: a machine that is shared is quick for seconds at a time

# The browser's throttling does not reach Web Workers, so the networks in their scripts compute everything four times.
FOURFOLD = """() => {
    const Plain = window.Blob;
    const slow = `
        function fourfold({ encode, decode, ...others }) {
            const repeated = (work) => (...given) => [1, 2, 3, 4].map(() => work(...given))[3];
            return { ...others, encode: repeated(encode), decode: repeated(decode) };
        }`;
    window.Blob = class extends Plain {
        constructor(parts, options) {
            const [here, text] = ["= module_network;", String(parts?.[0])];
            const found = text.includes(here) && !text.includes("export default"); // which the page's scripts have
            super(found ? [text.replaceAll(here, "= fourfold(module_network);") + slow] : parts, options);
            window.slowed ||= found;
        }
    };
}"""


# Moves the pen at a moment of its own between two frames, and counts the frames until both results are painted.
FRAMES_UNTIL_PAINTED = """async (canvas) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let painted = new Set();
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...values) {
        if (this.canvas.classList.contains("framed")) painted.add(this.canvas);
        return put.apply(this, values);
    };
    canvas.setPointerCapture = () => {};
    const box = canvas.getBoundingClientRect();
    const send = (kind, turn) => canvas.dispatchEvent(new PointerEvent(kind, {
        clientX: box.left + box.width * (0.5 + 0.3 * Math.cos(turn)),
        clientY: box.top + box.height * (0.5 + 0.3 * Math.sin(turn)),
        pointerId: 1, isPrimary: true, bubbles: true, button: 0, buttons: 1,
    }));
    send("pointerdown", 0);
    const counts = [];
    for (let move = 1; move <= 40; move++) {
        for (let rest = 0; rest < 6; rest++) await frame();
        await new Promise((resolve) => setTimeout(resolve, 1));
        painted.clear();
        send("pointermove", move / 8);
        let count = 0;
        while (painted.size < 2 && count < 60) {
            await frame();
            count++;
            await new Promise((next) => setTimeout(next)); // until all that this frame does is done
        }
        counts.push(count);
    }
    send("pointerup", 5);
    CanvasRenderingContext2D.prototype.putImageData = put;
    return counts;
}"""
INK = """one => one.getContext("2d").getImageData(0, 0, one.width, one.height).data
    .filter((value, at) => at % 4 === 0 && value > 127).length"""


def ready(page: Page) -> None:
    """Wait until the networks are there and have cleaned something."""
    page.locator(".speed", has_text="Cleaned in your browser").wait_for(state="attached", timeout=60_000)


def read(page: Page) -> None:
    """Wait until the reader is there too."""
    page.locator(".reads", has_text="s").nth(1).wait_for(timeout=60_000)


def stroke(page: Page, points: list[tuple[int, int]], *, lift: bool = True) -> None:
    canvas = page.locator("canvas.pad")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    scale = box["width"] / 280
    page.mouse.move(box["x"] + points[0][0] * scale, box["y"] + points[0][1] * scale)
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(box["x"] + x * scale, box["y"] + y * scale, steps=6)
    if lift:
        page.mouse.up()


def painted(page: Page) -> list[np.ndarray]:
    """What both networks saw and what each made of it, as grey values (28, 28)."""
    rows = page.locator(PICTURES).evaluate_all(
        "all => all.map((one) => [...one.getContext('2d').getImageData(0, 0, 28, 28).data])"
    )
    return [np.array(row).reshape(28, 28, 4)[..., 0] for row in rows]


def new_digit(page: Page, before: str | None) -> str:
    """The digit of the address, once there is one and it is another than `before`."""
    page.wait_for_function(
        """before => {
            const digit = new URL(location).searchParams.get("digit");
            return digit && digit !== before;
        }""",
        arg=before,
        timeout=20_000,
    )
    return parameters(page)["digit"]


def parameters(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def expected(page: Page) -> tuple[list[np.ndarray], list[str]]:
    """What the server's networks make of what the address says, as grey values, and the captions of the results."""
    said = parameters(page)
    digit = unpack(said["digit"].partition("~")[0])
    noise = NoiseConfig(kind=said["kind"], level=int(said["level"]) / 100, seed=int(said["seed"]))
    noisy = add_noise(digit, noise)
    outputs = [Studio.open(f"{said['pair']}-{suffix}").clean(noisy[None])[0] for suffix in ("bn", "plain")]
    clean, *readings = reader().read(np.stack([digit, *outputs]))
    captions = []
    for name, reading, output in zip(("With BatchNorm", "Without"), readings, outputs, strict=True):
        words = in_words(reading, clean).words
        numbers = f"PSNR {psnr(output[None], digit[None])[0]:.1f} dB SSIM {ssim(output[None], digit[None])[0]:.2f}"
        captions.append(f"{name} {words} {numbers}")
    return [to_uint8(picture).astype(int) for picture in (noisy, *outputs)], captions


def assert_as_expected(page: Page) -> None:
    """The browser's pictures and words come to be those of the server's networks."""
    pictures, captions = expected(page)
    deadline = time.monotonic() + 20
    while (said := captions_of(page)) != captions and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert said == captions
    shown = painted(page)
    assert len(shown) == 3
    for theirs, ours in zip(shown, pictures, strict=True):
        assert np.abs(theirs - ours).max() <= 1  # 1e-3 of a pixel may round to the next of 255 greys


def captions_of(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(".pictures figcaption").all_inner_texts()]


def test_what_is_seen_live_is_what_the_servers_networks_make(open_page):
    page = open_page(LIVE)
    ready(page)
    read(page)
    example = parameters(page)["digit"]
    stroke(page, SEVEN)
    new_digit(page, example)
    assert_as_expected(page)
    page.get_by_role("slider", name="Noise level").press("ArrowRight")
    page.wait_for_function("() => new URL(location).searchParams.get('level') === '51'")
    page.get_by_role("button", name="Salt and pepper").click()
    page.wait_for_function("() => new URL(location).searchParams.get('kind') === 'salt-pepper'")
    settle(page)
    assert_as_expected(page)
    page.get_by_role("button", name="Networks:").click()
    page.get_by_role("combobox", name="Networks").click()
    page.get_by_role("option", name="Two numbers for the map", exact=True).click()
    page.wait_for_function("() => new URL(location).searchParams.get('pair') === 'latent2'")
    settle(page)
    assert_as_expected(page)


@pytest.mark.long
def test_strokes_outlive_another_page_a_reload_and_a_shared_link(open_page):
    page = open_page(LIVE)
    ready(page)
    example = parameters(page)["digit"]
    stroke(page, SEVEN)
    one = new_digit(page, example)
    stroke(page, [(100, 140), (190, 140)])
    both = new_digit(page, one)
    settle(page)
    canvas = page.locator("canvas.pad")
    page.mouse.move(5, 5)
    ink, pictures = canvas.evaluate(INK), painted(page)
    assert ink > 4000

    def same(other: Page) -> None:
        ready(other)
        other.wait_for_timeout(500)
        assert other.locator("canvas.pad").evaluate(INK) == ink
        for theirs, ours in zip(painted(other), pictures, strict=True):
            np.testing.assert_array_equal(theirs, ours)

    page.reload()
    settle(page)
    same(page)
    assert parameters(page)["digit"] == both
    page.get_by_role("link", name="Home").first.click()
    page.wait_for_url(lambda url: "Denoise" not in url)
    settle(page)
    page.get_by_role("link", name="Denoise").first.click()
    page.wait_for_url("**/Denoise**")
    same(page)
    shared = open_page(page.url[page.url.index("/Denoise") :])
    same(shared)
    page.locator(".undo").click()  # what was drawn before the reload can still be taken back, stroke by stroke
    assert new_digit(page, both) == one
    page.locator(".clear").click()
    page.get_by_text("Draw one digit, large.").wait_for()
    assert painted(page)[1].max() == 0
    page.wait_for_function("() => !new URL(location).searchParams.get('digit')")
    page.locator(".undo").click()
    assert new_digit(page, None) == one, "Undo takes Clear back"


def test_the_keyboard_draws_a_seven_that_the_networks_clean(open_page):
    page = open_page(f"{LIVE}?level=30")
    ready(page)
    read(page)
    page.locator(".clear").click()
    page.get_by_text("Draw one digit, large.").wait_for()
    page.wait_for_function("() => !new URL(location).searchParams.get('digit')")
    page.locator("canvas.pad").focus()
    keys = [*["ArrowLeft"] * 7, *["ArrowUp"] * 8, "Space", *["ArrowRight"] * 12]
    keys += [*["ArrowDown", "ArrowDown", "ArrowLeft"] * 8, "Escape"]
    for key in keys:
        page.keyboard.press(key)
    new_digit(page, None)
    expect(page.locator(".reads").first).to_have_text("reads as 7")
    expect(page.locator(".reads").nth(1)).to_have_text("reads as 7")
    expect(page.locator(".stage .spoken")).to_have_text("With BatchNorm: reads as 7. Without BatchNorm: reads as 7.")
    page.keyboard.press("Backspace")
    page.get_by_text("Draw one digit, large.").wait_for()


@pytest.mark.clocked
def test_both_results_are_there_in_the_next_frame(open_page):
    """The middle of forty moves; the best of many rounds, since what else the machine does only adds."""
    page = open_page(LIVE)
    ready(page)
    read(page)
    rounds = []
    for _ in range(ROUNDS):
        counts = page.locator("canvas.pad").evaluate(FRAMES_UNTIL_PAINTED)
        rounds.append(float(np.median(counts)))
        print(f"frames from a move of the pen to both results: {sorted(counts)}")
        if rounds[-1] <= 1:
            break
    assert min(rounds) <= 1


@pytest.mark.clocked
@pytest.mark.parametrize("width", [1280, 375])
def test_drawing_holds_the_frame_rate_in_silence(open_page, width):
    """Each frame has its result. Best of many rounds, since what else the machine does only adds."""
    page = open_page(LIVE, width=width)
    ready(page)
    rounds = []
    traffic = Traffic(page)
    page.reload()  # the websocket is seen from its opening
    ready(page)
    page.evaluate(RECORDER)
    for _ in range(ROUNDS):
        rate = page.evaluate("() => window.displayRate()")
        page.evaluate("() => { window.frames = []; }")
        traffic.clear()
        passed = page.locator("canvas.pad").evaluate(WANDER, {"seconds": 3, "pressed": True})
        frames = page.evaluate("() => window.frames")
        assert traffic.silent, (traffic.sent, traffic.received, traffic.requests)
        per_second = 1000 * len(frames) / passed
        p95 = float(np.percentile([frame["took"] for frame in frames], 95))
        computed = page.locator(".speed").inner_text()
        print(f"live drawing, {width} px: {per_second:.1f} of {rate:.1f} a second, p95 {p95:.1f} ms; {computed}")
        rounds.append(per_second >= min(55, 0.95 * rate) and p95 <= FRAME)
        if rounds[-1]:
            break
        page.locator(".clear").click()
    assert any(rounds)


@pytest.mark.long
@pytest.mark.clocked
def test_on_a_slow_phone_the_pen_is_as_quick_as_ever(open_page):
    """A processor of a quarter of the speed, in the page and, by computing four times, in its Web Worker.

    Best of three rounds, since what else the machine does only adds.
    """
    page = open_page("/", width=375, height=812)
    page.add_init_script(f"({FOURFOLD})()")
    page.goto(page.url + LIVE.removeprefix("/"))
    ready(page)
    assert page.evaluate("() => window.slowed"), "the Web Worker's script has no networks to slow down"
    page.evaluate(RECORDER)
    page.evaluate("() => { const count = () => { window.shown += 1; requestAnimationFrame(count); }; count(); }")
    rounds = []
    for _ in range(3):
        rate = page.evaluate("() => window.displayRate()")
        slow = page.context.new_cdp_session(page)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.evaluate("() => { window.frames = []; window.shown = 0; }")
        passed = page.locator("canvas.pad").evaluate(WANDER, {"seconds": 3, "pressed": True})
        pen, results = page.evaluate("() => [window.shown, window.frames.length]")
        slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        pen, results = 1000 * pen / passed, 1000 * results / passed
        computed = page.locator(".speed").inner_text()
        print(f"a slow phone: pen {pen:.1f} of {rate:.1f} a second, results {results:.1f}; {computed}")
        rounds.append(pen >= min(55, 0.95 * rate) and results >= 15)
        if rounds[-1]:
            break
        page.locator(".clear").click()
    assert any(rounds)


@pytest.mark.parametrize("width", [375, 1280])
def test_a_finger_draws(open_page, width):
    page = open_page(LIVE, width=width, height=740, has_touch=True, is_mobile=width < 500)
    ready(page)
    before, example = painted(page), parameters(page)["digit"]
    canvas = page.locator("canvas.pad")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    touch = page.context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", SEVEN[:1]),
        *(("touchMove", [(x, 60)]) for x in range(80, 200, 10)),
        *(("touchMove", [(200 - i * 7, 60 + i * 16)]) for i in range(10)),
        ("touchEnd", []),
    ):
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": box["x"] + x, "y": box["y"] + y} for x, y in points]},
        )
    new_digit(page, example)
    assert not np.array_equal(painted(page)[2], before[2])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
