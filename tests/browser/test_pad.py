"""The field to draw on, alone on a page: by pointer and by keyboard, with its history, and what is kept of a stroke."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from vaegan.data.strokes import checked

Run = Callable[..., Any]

FIELD = """
const canvas = document.createElement("canvas");
canvas.style.width = canvas.style.height = "280px";
document.body.replaceChildren(canvas);
const told = { changed: 0, ended: 0 };
const pad = new lib.Pad(canvas, { changed: () => told.changed++, ended: () => told.ended++ });
const ink = () => pad.pixels().filter((value, at) => at % 4 === 0 && value > 127).length;
const press = (...keys) => keys.forEach((key) => {
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
});
const point = (kind, x, y) => {
    const { left, top } = canvas.getBoundingClientRect();
    canvas.setPointerCapture = () => {};
    const place = { clientX: left + x, clientY: top + y };
    canvas.dispatchEvent(new PointerEvent(kind, { ...place, isPrimary: true, button: 0, pointerId: 1, bubbles: true }));
};
const drag = (...places) => {
    point("pointerdown", ...places[0]);
    places.slice(1).forEach(([x, y]) => point("pointermove", x, y));
    point("pointerup", ...places[places.length - 1]);
};
"""


def test_a_stroke_is_drawn_kept_and_taken_back(run: Run) -> None:
    drawn, after = run(
        "pad",
        FIELD
        + """drag([70, 60], [200, 60], [130, 220]);
        const drawn = { ...pad.message(), ink: ink(), empty: pad.empty, ...told };
        pad.undo();
        pad.undo(); // there is nothing left
        return [drawn, { ink: ink(), empty: pad.empty, message: pad.message(), ...told }];""",
    )
    assert drawn["strokes"] == [{"width": 20, "points": [[70, 60], [200, 60], [130, 220]]}]
    assert drawn["png"].startswith("data:image/png;base64,")
    assert drawn["ink"] > 4000
    assert (drawn["empty"], drawn["ended"]) == (False, 1)
    assert (after["ink"], after["empty"], after["ended"]) == (0, True, 2)
    assert set(after["message"]) == {"number"}


def test_undo_takes_clear_back_and_a_digit_that_was_drawn_over(run: Run) -> None:
    steps = run(
        "pad",
        FIELD
        + """const steps = [], note = () => steps.push([pad.strokes.length, Boolean(pad.digit), ink()]);
        const digit = new Float32Array(784).fill(1);
        pad.show([], digit);
        drag([70, 60], [200, 60]); note();
        drag([70, 90], [200, 90]); note();
        pad.clear(); note();
        pad.clear(); // nothing is left to clear
        pad.undo(); note();
        pad.undo(); note();
        pad.undo(); note();
        pad.clear(); note();
        pad.undo(); note();
        return [...steps, pad.message().digit === btoa(String.fromCharCode(...new Array(784).fill(255)))];""",
    )
    *steps, is_digit = steps
    one, two = steps[0], steps[1]
    assert one[:2] == [1, False]
    assert two[:2] == [2, False]
    assert two[2] > one[2] > 0
    nothing, shown = [0, False, 0], [0, True, 0]  # a digit's pixels are no ink
    assert steps[2:] == [nothing, two, one, shown, nothing, shown]
    assert is_digit, "the server is told which digit is back"


def test_strokes_that_are_shown_can_be_taken_back_one_by_one(run: Run) -> None:
    counts = run(
        "pad",
        FIELD
        + """pad.show([1, 2].map((at) => ({ width: 20, points: [[70, 60 * at], [200, 60 * at]] })));
        const counts = [pad.strokes.length, told.ended];
        pad.undo(); counts.push(pad.strokes.length);
        pad.undo(); counts.push(pad.strokes.length);
        return [...counts, told.ended];""",
    )
    assert counts == [2, 0, 1, 0, 2]


def test_the_keyboard_draws_speaks_and_takes_back(run: Run) -> None:
    result = run(
        "pad",
        FIELD
        + """const wait = () => new Promise((resolve) => setTimeout(resolve, 350));
        const spoken = async () => { await wait(); return canvas.nextSibling.textContent; };
        canvas.focus();
        const said = [];
        press("ArrowLeft", "ArrowUp"); said.push(await spoken());
        press(" "); said.push(await spoken());
        press("ArrowRight", "ArrowRight", "ArrowDown", "Enter"); said.push(await spoken());
        press(" ", "ArrowRight", "Escape");
        const strokes = structuredClone(pad.strokes);
        press("Backspace"); said.push(await spoken());
        press("ArrowDown", " ", "ArrowDown");
        canvas.blur(); // leaving the field lifts the pen
        const stop = [canvas.tabIndex, canvas.getAttribute("role"), canvas.nextSibling.getAttribute("aria-live")];
        return { strokes, said, stop, after: pad.strokes.length, drawing: pad.drawing, ended: told.ended };""",
    )
    assert result["strokes"][0]["points"] == [[135, 135], [155, 135], [155, 145]]
    assert result["strokes"][1]["points"] == [[155, 145], [165, 145]]
    where, down, up, back = result["said"]
    assert (where, down, up) == ("Row 14, column 14.", "Pen down. Row 14, column 14.", "Pen up.")
    assert back == "Taken back. Strokes: 1."
    assert (result["after"], result["drawing"], result["ended"]) == (2, False, 4)
    assert result["stop"] == [0, "application", "polite"]


def test_keys_that_are_the_browsers_are_left_to_it(run: Run) -> None:
    taken = run(
        "pad",
        FIELD
        + """const taken = (key, more = {}) => !canvas.dispatchEvent(
            new KeyboardEvent("keydown", { key, cancelable: true, ...more }));
        return [taken("Tab"), taken("Escape"), taken("a"), taken(" ", { ctrlKey: true }), taken("ArrowUp")];""",
    )
    assert taken == [False, False, False, False, True]


def test_what_is_kept_of_a_stroke_has_few_points_and_the_same_shape(run: Run) -> None:
    generator = np.random.default_rng(4)
    turns = np.linspace(0, 6, 400)
    wobble = generator.normal(0, 0.2, (400, 2))
    spiral = np.stack([140 + 20 * turns * np.cos(turns), 140 + 20 * turns * np.sin(turns)], axis=1) + wobble
    kept = run("strokes", "return lib.simplified(argument)", spiral.round().tolist())
    assert len(kept) < 60
    assert checked([{"width": 20, "points": kept}])
    ends, starts = np.array(kept[1:]), np.array(kept[:-1])
    along = ends - starts
    for point in spiral.round():
        share = np.clip(((point - starts) * along).sum(1) / (along**2).sum(1), 0, 1)[:, None]
        assert np.linalg.norm(starts + share * along - point, axis=1).min() <= 1
    assert run("strokes", "return lib.simplified(argument)", [[5, 5], [5, 5], [5, 5]]) == [[5, 5]]


@pytest.mark.parametrize("place", [(-500, 5), (5, 900)])
def test_a_stroke_may_leave_the_field_a_little(run: Run, place: tuple[int, int]) -> None:
    points = run("pad", FIELD + "drag([140, 140], argument); return pad.strokes[0].points", list(place))
    assert checked([{"width": 20, "points": points}])
    assert points[-1] == [max(-20, place[0]), min(300, place[1])]
