"""The digit that draws itself on the stage until somebody takes the pen."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from playwright.sync_api import Page

from vaegan.data.drawing import from_drawing
from vaegan.data.strokes import checked
from vaegan.metrics.reading import Reader

Run = Callable[..., Any]

# A pad that only remembers what it shows, and a clock that the test turns.
DEMO = """
const canvas = document.createElement("canvas");
const length = (strokes) => strokes.flatMap(({ points }) => points.slice(1).map(([x, y], at) =>
    Math.hypot(x - points[at][0], y - points[at][1]))).reduce((a, b) => a + b, 0);
let shown = null, woken = 0, now = 0;
performance.now = () => now;
const demo = new lib.Demo({ canvas, show: (strokes) => (shown = strokes) }, () => woken++);
const at = (milliseconds) => { now = milliseconds; demo.frame(); return Math.round(length(shown)); };
"""


def test_it_draws_on_and_begins_again_until_somebody_takes_the_pen(run: Run, blank: Page) -> None:
    blank.emulate_media(reduced_motion="no-preference")
    result = run(
        "demo",
        DEMO
        + """demo.begin();
        const first = [0, 1000, 2000, 60000].map(at), around = [];
        for (let time = 0; time < 20000; time += 100) around.push(at(time));
        const awake = woken;
        canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "Tab" }));
        const still = demo.running;
        canvas.dispatchEvent(new PointerEvent("pointerdown"));
        demo.frame();
        return { first, around, awake, still, left: [demo.running, shown.length, demo.end()] };""",
    )
    assert result["first"][:3] == [0, 130, 260], "as fast as a hand"
    whole = max(result["around"])
    assert whole > 400
    assert 0.1 < np.mean(np.array(result["around"]) == whole) < 0.9, "it rests, and begins again"
    assert result["awake"] > 200
    assert result["still"], "who passes by with Tab takes no pen"
    assert result["left"] == [False, 0, False]


def test_it_stands_still_where_less_motion_is_wanted(run: Run, blank: Page) -> None:
    blank.emulate_media(reduced_motion="reduce")
    result = run("demo", DEMO + "demo.begin(); const asked = woken; return [at(0), at(500), at(9000), woken - asked];")
    blank.emulate_media(reduced_motion="no-preference")
    *lengths, woken = result
    assert len(set(lengths)) == 1
    assert lengths[0] > 400
    assert woken == 0


def test_it_is_a_six(run: Run) -> None:
    strokes = checked(run("demo_strokes", "return lib.DEMO_STROKES"))
    picture = Image.new("RGBA", (280, 280), "black")
    for width, points in strokes:
        ImageDraw.Draw(picture).line(points, fill="white", width=width, joint="curve")
    (reading,) = Reader.open().read(from_drawing(np.asarray(picture)).digit[None])
    assert (reading.digit, reading.sure) == (6, True)
