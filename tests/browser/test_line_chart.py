"""Our own chart: lines where their numbers say, what lies under the pointer told, all within its frame."""

import plotly.graph_objects as go
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_accessibility import violations
from tests.conftest import present
from vaegan.ui.line_chart import lines_of
from vaegan.web.scripts import parts, script

MOUNT = """async ([code, html, css, data]) => {
    document.body.innerHTML = `<main><h1>Chart</h1><div id="host">${html}</div></main>`;
    document.documentElement.lang = "en";
    document.title = "Chart";
    document.documentElement.style.cssText = "--st-text-color: #111; --st-secondary-background-color: #fff";
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const draw = (await import(url)).default;
    draw({ parentElement: document.getElementById("host"), data, setStateValue() {}, setTriggerValue() {} });
}"""
NUMBERS = "path => path.getAttribute('d').match(/[\\d.]+/g).map(Number)"


def figure() -> go.Figure:
    chart = go.Figure()
    chart.add_scatter(x=[1, 2, 3], y=[10, 20, 15], name="With", mode="lines+markers", line={"color": "#2f86d6"})
    chart.add_scatter(x=[1, 3], y=[12, 11], name="Without", mode="lines", line={"color": "#e07b2c", "dash": "dash"})
    chart.add_scatter(x=[3], y=[18], mode="markers+text", text=["A name that is long"], showlegend=False, name="One")
    chart.update_layout(xaxis={"title": "epoch"}, yaxis={"title": "loss"})
    return chart


@pytest.mark.parametrize("width", [375, 1280])
def test_a_chart_is_drawn_where_its_numbers_say_and_tells_them(browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    chart = parts("line_chart")
    data = lines_of(figure(), "Two runs", "{:.1f}".format)
    page.evaluate(MOUNT, [script("line_chart"), chart["html"], chart["css"], data])
    plot = page.get_by_role("img", name="Two runs")
    line = plot.locator(".line").first
    line.wait_for(state="attached")
    x1, y1, x2, y2, x3, y3 = line.evaluate(NUMBERS)
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2)
    assert (y1 - y2) / (y1 - y3) == pytest.approx(10 / 5, rel=0.02), "20 lies twice as far above 10 as 15 does"
    assert page.locator(".legend li").all_inner_texts() == ["With", "Without"]

    box = present(plot.bounding_box())
    page.mouse.move(box["x"] + x3 - 3, box["y"] + box["height"] / 2)
    tip = page.locator(".tip")
    expect(tip).to_be_visible()
    assert tip.inner_text().split("\n") == ["epoch: 3", "One: 18.0", "With: 15.0", "Without: 11.0"]
    page.mouse.move(box["x"] + x2 + 3, box["y"] + box["height"] / 2)
    expect(tip).to_have_text("epoch: 2With: 20.0")
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    for text in plot.locator("text").all():
        inside = present(text.bounding_box())
        assert inside["x"] >= box["x"]
        assert inside["x"] + inside["width"] <= box["x"] + box["width"] + 1
    assert violations(page) == []
    assert errors == []
    page.close()
