"""Paint over a digit what Repair is to hide; the only place that knows streamlit-drawable-canvas."""

import json
from typing import Any, NamedTuple

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from vaegan.data.pictures import Float, pack_mask, png_bytes
from vaegan.data.strokes import FIELD_SIDE
from vaegan.ui.component import component
from vaegan.ui.drawings import field_pixels
from vaegan.ui.generate.damage import HOLE, INK
from vaegan.ui.generate.generate_state import PAINT_AS, PAINTED
from vaegan.ui.generate.masks import COLOUR, SCALE, covered, rectangles

TOOLS = {
    "freedraw": "Free hand",
    "line": "Line",
    "rect": "Rectangle",
    "circle": "Circle",
    "polygon": "Polygon",
    "text": "Text",
}
HOW = {
    "freedraw": "Rub over what is to go, with mouse, pen or finger.",
    "line": "Press where the line begins, and drag to its end.",
    "rect": "Press in one corner, and drag to the opposite one.",
    "circle": "Press at one side of the circle, and drag to the other side.",
    "polygon": "Press at each corner, and at last on the first one again: that closes it. Press Use after Undo.",
    "text": "Press where the text begins, type, then press beside it.",
}
MOVING = "Press on what is painted, then drag it, its corners or the handle above it. Press Move again to paint on."
BRUSHES = ("freedraw", "line")  # tools whose strokes have a width
MOST_OBJECTS = 300_000  # characters of what is on the field, as JSON; the mask of a larger painting is kept instead

TOOL, BRUSH, TEXT_SIZE = "painting_tool", "painting_brush", "painting_text_size"  # session keys
# Session keys as well. A field on the page cannot be changed from here, so Clear begins a new one, with another number.
_ROUND, _START, _KEPT = "painting_round", "painting_start", "painting_kept"

_toolbar = component("painting_tools")


class _Painting(NamedTuple):
    """What is on the field: its mask, packed, and the canvas's own objects that make it."""

    painted: str
    objects: list[Any]


def paint_field(digit: Float) -> None:
    """The field with the digit (28, 28) on it, its tools, and what paint is; what is painted becomes PAINTED."""
    _choices()
    kept: _Painting = st.session_state.get(_KEPT, _Painting("", []))
    if st.session_state[PAINTED] != kept.painted:  # the mask came by a link
        kept = st.session_state[_KEPT] = _Painting(st.session_state[PAINTED], rectangles(st.session_state[PAINTED]))
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    key = f"painting_{st.session_state.setdefault(_ROUND, 0)}"
    if key not in st.session_state:  # a new field, or one shown again
        st.session_state[_START] = {"objects": kept.objects}
    tool = st.session_state[TOOL]
    with st.container(key="painting"):  # by this key painting_tools.js finds the field
        result = st_canvas(
            drawing_mode=tool,
            stroke_width=SCALE * st.session_state[BRUSH] if tool in BRUSHES else 1,
            stroke_color=COLOUR,
            fill_color=COLOUR,
            font_size=SCALE * st.session_state[TEXT_SIZE],
            background_image=png_bytes(digit, scale=SCALE),
            width=FIELD_SIDE,
            height=FIELD_SIDE,
            initial_drawing=st.session_state[_START],
            return_image_data=True,
            key=key,
        )
        data = {"field": key, "tool": tool, "how": HOW[tool], "moving": MOVING}
        _toolbar(key="painting_tools", data=data, on_clear_change=_clear)
    _take(st.session_state.get(key), result.json_data)


def _choices() -> None:
    for key, value in ((TOOL, "freedraw"), (BRUSH, 4), (TEXT_SIZE, 14)):
        st.session_state.setdefault(key, value)
    with st.container(horizontal=True):
        st.selectbox(
            "Paint with",
            list(TOOLS),
            key=TOOL,
            format_func=TOOLS.__getitem__,
            persist_state="session",
            help="With mouse, pen or finger. Who has a keyboard alone chooses a block, a half or stripes above.",
        )
        st.selectbox(
            "Paint is",
            (HOLE, INK),
            key=PAINT_AS,
            format_func={HOLE: "a hole", INK: "white ink"}.__getitem__,
            persist_state="session",
            help="A hole is grey to the networks, neither paper nor ink. Ink is a scribble or watermark over the "
            "digit, white as the digit itself. Either way what you paint is filled in.",
        )
    tool = st.session_state[TOOL]
    if tool in BRUSHES:
        st.slider("Brush", 1, 8, key=BRUSH, persist_state="session", help="Its width, in pixels of 28.")
    elif tool == "text":
        st.slider("Height of the text", 6, 20, key=TEXT_SIZE, persist_state="session", help="In pixels of 28.")


def _take(sent: Any, drawing: Any) -> None:
    """Keep what the browser sent of the field, if it has sent anything; ImageError if that is no picture of it."""
    picture = sent.get("drawing", {}).get("data") if isinstance(sent, dict) else None
    if picture is None:
        return
    mask = covered(field_pixels(picture))
    painted = pack_mask(mask) if mask.any() else ""
    objects = drawing.get("objects") if isinstance(drawing, dict) else None
    if not isinstance(objects, list) or len(json.dumps(objects)) > MOST_OBJECTS:
        objects = rectangles(painted)
    st.session_state[PAINTED] = painted
    st.session_state[_KEPT] = _Painting(painted, objects)


def _clear() -> None:
    st.session_state[PAINTED] = ""
    st.session_state[_KEPT] = _Painting("", [])
    st.session_state[_ROUND] += 1
