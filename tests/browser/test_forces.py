"""Who moves whom, drawn: arrows as thick as the gradients, and networks and losses that open to their numbers."""

import json

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_accessibility import violations
from tests.ui.test_forces import forced
from vaegan.ui.train.forces import drawn
from vaegan.web.scripts import parts, script

MOUNT = """async ([code, html, css, data]) => {
    document.body.innerHTML = `<main><h1>Train</h1><div id="host">${html}</div></main>`;
    document.documentElement.lang = "en";
    document.title = "Train";
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const draw = (await import(url)).default;
    const parentElement = document.getElementById("host");
    window.draw = (data) => draw({ parentElement, data: JSON.parse(data), setStateValue() {}, setTriggerValue() {} });
    window.draw(data);
}"""
STAGE = {
    "title": "Two runs", "words": "", "up": "Loss", "said": "", "alarms": [], "runs": [], "given": "", "givenWords": "",
    "chart": {"lines": [], "epochs": 2, "log": False, "range": None}, "reached": 2, "done": 1, "active": False,
    "held": False, "resumable": False, "turn": 0, "epoch": None, "speed": 2, "map": True, "maps": None,
}  # fmt: skip
WIDTHS = "all => all.map((one) => [one.getAttribute('class'), Number(one.getAttribute('stroke-width'))])"


@pytest.mark.parametrize("width", [375, 1280])
def test_arrows_are_as_thick_as_gradients_and_everything_opens_by_keyboard(browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    both = [drawn(forced()), drawn(forced(inputs=False)) | {"name": "A GAN", "twin": ""}]
    stage = parts("training")
    page.evaluate(MOUNT, [script("training"), stage["html"], stage["css"], json.dumps(STAGE | {"forces": both})])
    run = page.locator(".forced").first
    expect(run.locator(".network-box canvas").first).to_be_visible()
    arrows = run.locator(".arrows path:not(.flow)").evaluate_all(WIDTHS)
    strong, weak = (next(wide for kind, wide in arrows if kind == way) for way in ("with", "against"))
    assert strong == pytest.approx(2 * weak), "the norms are 3 and 1.5"
    assert [kind for kind, _ in arrows].count("closed") == 4
    assert page.evaluate("getComputedStyle(document.querySelector('.flow')).animationName") == "none"

    decoder = run.get_by_role("button", name="Decoder")
    decoder.focus()
    page.keyboard.press("Enter")
    expect(decoder).to_have_attribute("aria-expanded", "true")
    rows = run.locator(".opened tbody tr")
    expect(rows).to_have_text(["pixels13with (+1.00)3", "KL0–no path–", "GAN11.5against (−0.50)1.5"])
    expect(run.locator(".arrows path.dim")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(run.locator(".opened")).to_be_hidden()
    run.get_by_role("button", name="GAN", exact=True).press("Enter")
    expect(rows).to_have_text(["Encoder10kept away2", "Decoder11.5against (−0.50)1.5", "Discriminator10kept away7"])
    expect(run.locator(".opened p")).to_contain_text("how little the discriminator is fooled")

    for each, words, count in (("digit", "the encoder is given", 28), ("z", "how unsure", 3), ("drawn", "from z", 28)):
        run.get_by_role("button", name=each, exact=True).press("Enter")
        expect(run.locator(".opened p")).to_contain_text(words)
        numbers = run.get_by_role("group", name=f"Numbers of {each}")
        assert len(numbers.inner_text().strip("\n").split("\n")) == count
    assert numbers.inner_text().strip().endswith("1.00"), "the last pixel is white"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "long lines scroll where they are"
    assert violations(page) == []
    run.get_by_role("button", name="GAN", exact=True).press("Enter")

    both[0] = both[0] | {"when": "after epoch 3"}  # what is open and focused stays so
    page.evaluate("data => window.draw(data)", json.dumps(STAGE | {"forces": both}))
    expect(run.locator("small")).to_have_text("after epoch 3")
    expect(rows.first).to_be_visible()
    expect(run.get_by_role("button", name="GAN", exact=True)).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    heights = page.locator(".forced button").evaluate_all("all => all.map((one) => one.offsetHeight)")
    assert min(heights) >= 36
    assert violations(page) == []

    slow = page.locator(".slow")
    slow.get_by_role("button", name="Slow motion").press("Enter")
    expect(slow.get_by_role("status")).to_contain_text("A digit comes in")
    digit, arrows = run.locator("[data-part=stage-0]"), run.locator(".arrows")
    expect(digit).to_be_visible()
    for hidden in (decoder, run.locator(".losses"), arrows):
        expect(hidden).to_be_hidden()
    following = slow.get_by_role("button", name="Next")
    for _ in range(3):
        following.press("Enter")
    expect(decoder).to_be_visible()
    expect(arrows).to_be_hidden()
    page.evaluate("data => window.draw(data)", json.dumps(STAGE | {"forces": both[:1]}))  # it stays where it is
    expect(arrows).to_be_hidden()
    expect(following).to_be_focused()
    for _ in range(4):
        following.press("Enter")
    expect(arrows).to_be_visible()
    expect(slow.get_by_role("status")).to_contain_text("8 of 8")
    expect(slow.get_by_role("button", name="Slow motion")).to_be_focused()
    page.evaluate("data => window.draw(data)", json.dumps(STAGE | {"forces": None}))
    expect(run).to_be_hidden()
    assert errors == []
    page.close()
