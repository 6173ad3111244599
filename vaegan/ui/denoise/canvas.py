"""The drawing canvas: the only place that knows streamlit-drawable-canvas."""

import io
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image
from streamlit_drawable_canvas import st_canvas

FIELD_SIDE = 280  # CSS pixels: fits a phone of 320
BLACK, WHITE = "#000000", "#FFFFFF"
_ROUND = "canvas_round"  # number of the canvas: Undo and Clear make a new one, since one on the page cannot be changed
_OBJECTS = "canvas_objects"  # the strokes so far
_SEEN = "canvas_seen"  # the PNGs that the browser sent, by the number of strokes on them
_START = "canvas_start"  # the strokes that a canvas began with; they must not change while it is on the page


class Drawing(NamedTuple):
    """What is on the canvas."""

    begun: bool  # whether there are strokes
    picture: NDArray[np.uint8] | None  # of the strokes, RGBA (280, 280, 4); None until the browser has sent it


def draw() -> Drawing:
    """Show the canvas with its brush, Undo and Clear, and return what is on it."""
    st.caption("One digit, large, in white.")  # this line also makes room for the toolbar above the canvas
    area, buttons = st.container(), st.container(horizontal=True)
    brush = st.slider("Brush", 8, 40, 20, key="brush", format="%d px", help="How thick the next stroke will be.")
    key = f"canvas_{st.session_state.setdefault(_ROUND, 0)}"
    if key not in st.session_state:  # a new canvas, or one shown again: it starts from the strokes so far
        objects = st.session_state.get(_OBJECTS, [])
        st.session_state[_START] = {"objects": objects, "background": BLACK} if objects else None
    with area:
        result = st_canvas(
            stroke_width=brush,
            stroke_color=WHITE,
            background_color=BLACK,
            width=FIELD_SIDE,
            height=FIELD_SIDE,
            initial_drawing=st.session_state[_START],
            return_image_data=True,
            key=key,
        )
    objects = (result.json_data or {}).get("objects", [])
    st.session_state[_OBJECTS] = objects
    # A canvas that starts from strokes sends no picture before the next stroke. Theirs came when they were drawn.
    seen: dict[int, bytes] = st.session_state.setdefault(_SEEN, {})
    if objects and result.image_bytes:
        seen[len(objects)] = result.image_bytes
    png = seen.get(len(objects)) if objects else None
    with buttons:
        st.button(
            "Undo",
            key="undo",
            icon=":material/undo:",
            help="Take the last stroke away.",
            on_click=_keep_strokes,
            args=(-1,),
        )
        st.button(
            "Clear", key="clear", icon=":material/delete:", help="Empty the field.", on_click=_keep_strokes, args=(0,)
        )
    return Drawing(bool(objects), None if png is None else np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")))


def _keep_strokes(end: int) -> None:
    """Begin a new canvas with the strokes up to `end`, an index as in a slice."""
    st.session_state[_OBJECTS] = st.session_state.get(_OBJECTS, [])[:end]
    st.session_state[_ROUND] += 1
