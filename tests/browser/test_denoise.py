"""The Denoise page in a real browser: the journeys of a student and a teacher."""

import io
import re

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.driver import settle
from tests.browser.test_accessibility import violations
from tests.browser.test_live import INK, assert_as_expected, new_digit, parameters, read, ready, stroke
from vaegan.ui.glossary import TERMS

SIZES = [(375, 812), (1280, 800), (1920, 1080)]


def photo_of_a_three() -> bytes:
    """Dark ink on grey paper under a shadow, as a phone would take it."""
    paper = np.linspace(150, 230, 480, dtype=np.uint8)[None].repeat(640, axis=0)
    picture = Image.fromarray(paper)
    pen = ImageDraw.Draw(picture)
    pen.arc((150, 120, 330, 320), 180, 90, fill=40, width=22)
    pen.arc((150, 300, 330, 500), 270, 180, fill=40, width=22)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def large_photo_of_a_three() -> bytes:
    """The same with 12 million pixels and a camera's noise."""
    with Image.open(io.BytesIO(photo_of_a_three())) as small:
        large = np.asarray(small.resize((3024, 4032), Image.Resampling.BILINEAR), np.int16)
    noise = np.random.default_rng(0).integers(-9, 9, large.shape)
    buffer = io.BytesIO()
    Image.fromarray((large + noise).clip(0, 255).astype(np.uint8)).convert("RGB").save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def test_home_leads_to_denoise(open_page):
    page = open_page("/")
    page.get_by_role("link", name="Denoise").first.click()
    page.wait_for_url("**/Denoise**")
    ready(page)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_first_screen_holds_field_noise_and_both_results_and_they_grow_with_it(open_page, width, height):
    page = open_page("/Denoise", width=width, height=height, has_touch=width < 500, is_mobile=width < 500)
    ready(page)
    read(page)
    assert page.evaluate("scrollY") == 0
    field = page.locator("canvas.pad").bounding_box()
    results = [page.locator(".pictures canvas").nth(at).bounding_box() for at in (0, 1)]
    words = [page.locator(".pictures figcaption").nth(at).bounding_box() for at in (0, 1)]
    seen = page.locator(".input canvas").bounding_box()
    noise = page.get_by_role("slider", name="Noise level").bounding_box()
    kinds = page.get_by_role("group", name="Kind of noise").bounding_box()
    boxes = {"field": field, "seen": seen, "noise": noise, "kinds": kinds}
    # What a VAE is, what the GAN adds and what BatchNorm does: in sentences, or on a phone a tap away.
    told = (".brand .term", ".pictures .term") if width < 500 else (".ideas",)
    boxes |= {where: page.locator(where).first.bounding_box() for where in told}
    boxes |= {f"result {at}": results[at] for at in (0, 1)} | {f"words {at}": words[at] for at in (0, 1)}
    for name, box in boxes.items():
        assert box, name
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= width, name
        assert box["y"] >= 0, name
        assert box["y"] + box["height"] <= height, f"{name} ends at {box['y'] + box['height']:.0f} of {height}"
    for one in (field, *results):
        assert one["width"] == pytest.approx(one["height"], abs=1)
    if width < 500:
        assert max(box["y"] + box["height"] for box in words) <= field["y"], "the hand would cover them"
        assert noise["y"] > field["y"] + field["height"], "under the thumb"
    else:
        assert field["x"] < seen["x"] < results[0]["x"] < results[1]["x"], "as the data goes"
        assert results[0]["width"] > 0.21 * width
    assert [words.split("\n") for words in page.locator(".ideas > div").all_inner_texts()] == [
        [name, TERMS[name].sentence] for name in ("VAE", "GAN", "BatchNorm")
    ]
    heights = page.locator(".stage button:visible").evaluate_all("all => all.map((one) => one.offsetHeight)")
    assert min(heights) >= 36


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_page(open_page, scheme):
    page = open_page("/Denoise?show=filter,errors,steps,draws,ladder", color_scheme=scheme)
    ready(page)
    read(page)
    page.wait_for_timeout(1000)
    assert violations(page) == []


@pytest.mark.long
def test_what_is_bold_is_better_as_printed(open_page):
    """PSNR and SSIM each on its own, at every level on the way."""
    page = open_page("/Denoise?kind=watermark")
    ready(page)
    read(page)
    slider = page.get_by_role("slider", name="Noise level")
    for turn in range(8):
        for _ in range(5):
            slider.press("ArrowRight")
        page.wait_for_timeout(150)
        assert slider.input_value() == str(55 + 5 * turn), "no late answer of the server moves it back"
        for measure in (".psnr", ".ssim"):
            places = page.locator(measure)
            expect(places).to_have_text([re.compile(r"\d")] * 2)
            values = [float(text.removesuffix(" dB")) for text in places.all_inner_texts()]
            bold = places.evaluate_all("all => all.map((one) => one.firstElementChild.tagName === 'B')")
            assert bold == [value == max(values) and len(set(values)) > 1 for value in values]


STOPWATCH = """() => {
    const names = ["Error with BatchNorm", "Error without BatchNorm"];
    const shown = () => names.map(name => document.querySelector(`.vg-figures img[alt='${name}']`)?.src);
    const before = shown();
    let released;
    window.milliseconds = null;
    document.addEventListener("pointerup", () => { released = performance.now(); }, { capture: true, once: true });
    const observer = new MutationObserver(() => {
        if (shown().every((picture, index) => picture && picture !== before[index])) {
            window.milliseconds = performance.now() - released;
            observer.disconnect();
        }
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


def strokes(page: Page, count: int, left: int, top: int = 100) -> list[float]:
    """Milliseconds from the pointer's release until the server's error maps follow, by the browser's clock."""
    times = []
    for step in range(count):
        page.wait_for_timeout(300)
        page.evaluate(STOPWATCH)
        stroke(page, [(left + 9 * step, top), (left + 9 * step, top + 40)])
        page.wait_for_function("() => window.milliseconds !== null", timeout=20_000)
        times.append(page.evaluate("() => window.milliseconds"))
    return times


@pytest.mark.long
@pytest.mark.clocked
def test_the_server_answers_a_stroke_within_400_ms(open_page):
    """The 95th percentile of twenty strokes; of three rounds the best, since what else the machine does only adds."""
    best = float("inf")
    for _ in range(3):
        page = open_page("/Denoise?show=errors")
        ready(page)
        strokes(page, 2, 40)  # the first strokes open the models
        p50, p95 = np.percentile(strokes(page, 20, 70), [50, 95])
        print(f"stroke to the server's answer: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
        best = min(best, p95)
        if best <= 400:
            break
    assert best <= 400


def test_a_digit_is_uploaded_and_another_is_picked(open_page):
    page = open_page("/Denoise?level=20")
    ready(page)
    read(page)
    before = parameters(page)["digit"]
    page.get_by_role("button", name="Upload").click()
    chooser = page.locator("[data-testid=stFileUploader] input[type=file]")
    chooser.wait_for(state="attached")
    chooser.set_input_files({"name": "three.jpg", "mimeType": "image/jpeg", "buffer": photo_of_a_three()})
    three = new_digit(page, before)
    expect(page.locator(".reads").first).to_have_text(re.compile("reads as 3"))
    chooser.set_input_files({"name": "nonsense.png", "mimeType": "image/png", "buffer": b"no picture at all"})
    page.locator("[data-testid=stAlert]").wait_for()
    assert parameters(page)["digit"] == three, "the digit before stays in force"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Pick").click()
    page.locator(".digits button").nth(5).click()
    picked = new_digit(page, three)
    page.get_by_role("button", name="More digits").click()
    page.wait_for_timeout(800)
    assert parameters(page)["digit"] == picked
    page.keyboard.press("Escape")
    assert page.locator("canvas.pad").evaluate(INK) > 1000, "the field shows the digit"
    page.locator(".clear").click()
    page.wait_for_function("() => !new URL(location).searchParams.get('digit')")
    stroke(page, [(70, 60), (200, 60), (130, 220)])
    new_digit(page, None)
    settle(page)
    assert_as_expected(page)


@pytest.mark.long
def test_a_large_photo_is_made_smaller_before_it_is_sent_and_the_camera_is_one_press_away(open_page):
    page = open_page("/Denoise?level=20")
    ready(page)
    before = parameters(page)["digit"]
    page.get_by_role("button", name="Upload").click()
    camera = page.locator(".photo input")
    camera.wait_for(state="attached")
    assert camera.get_attribute("capture") == "environment"
    photo = large_photo_of_a_three()
    assert len(photo) > 2_000_000
    files = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo}
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(files)
    new_digit(page, before)
    expect(page.locator(".reads").first).to_have_text(re.compile("reads as 3"))
    shown = page.locator("[data-testid=stFileUploader]").inner_text()
    number, unit = re.findall(r"([\d.]+) ?([KM])B", shown)[0]
    assert float(number) * {"K": 1e3, "M": 1e6}[unit] < len(photo) / 2
    settle(page)
    assert_as_expected(page)


def test_a_new_noise_is_another_one(open_page):
    page = open_page("/Denoise")
    ready(page)
    page.get_by_role("button", name="Noise", exact=True).click()
    page.get_by_role("button", name="New noise").click()
    page.wait_for_function("() => new URL(location).searchParams.get('seed') === '1'")
    settle(page)
    assert_as_expected(page)


def test_downloads_deliver_pictures_and_numbers(open_page):
    page = open_page("/Denoise", accept_downloads=True)
    page.get_by_role("button", name="Save and share").click()
    with page.expect_download() as pictures_file:
        page.get_by_role("button", name="Pictures (PNG)").click()
    with Image.open(pictures_file.value.path()) as sheet:
        assert sheet.size == ((12 * 29 - 1) * 8, (3 * 29 - 1) * 8)
    with page.expect_download() as numbers_file:
        page.get_by_role("button", name="Numbers (CSV)").click()
    lines = numbers_file.value.path().read_text().splitlines()
    assert len(lines) == 13
    assert lines[0].startswith("noise,level,seed,psnr_noisy,ssim_noisy,psnr_bn,ssim_bn")


@pytest.mark.parametrize(
    "query",
    [
        "pair=../../../etc/passwd&level=99999&seed=-1&kind=%3Cscript%3Ealert(1)%3C/script%3E",
        "digit=" + "A" * 5000,
        "digit=eNpjYBgFIxsAAAMQAAE~" + "A" * 5000,
        "show=errors,%3Cscript%3E&ladder=Chart2",
        "digit=%00%ff&level=NaN",
        "level=٣&seed=99999999999999999999",
    ],
)
def test_nothing_in_a_link_is_trusted(open_page, query):
    page = open_page(f"/Denoise?{query}")
    page.locator("[data-testid=stAlert]").first.wait_for()
    ready(page)
    assert page.locator("script:text('alert(1)')").count() == 0
