"""Drawings that our components send, and the digit that is sent to them. What comes from a browser is not trusted."""

import base64
import binascii
import io
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from vaegan.config import SIDE
from vaegan.data import strokes
from vaegan.data.drawing import Prepared, Stage, from_drawing
from vaegan.data.pictures import Bytes, from_uint8, to_uint8
from vaegan.data.strokes import FIELD_SIDE
from vaegan.errors import ImageError
from vaegan.ui import state
from vaegan.ui.state import Origin

MOST_DIGIT = 1048  # characters; 784 bytes in base64
MAX_DRAWING = 500_000  # characters; a field full of scribble has 60,000
_PREFIX = "data:image/png;base64,"


def take_drawing(component: str) -> None:
    """Make what was drawn in the component with this key the digit in force; ImageError if it is no drawing.

    The field sends what `message` in pad.js makes: strokes with their picture; a digit of before that Undo has brought
    back; or neither, if it is empty.
    """
    sent = st.session_state.get(component, {}).get("drawing")
    if sent is None or not state.is_new(component, sent):
        return
    origin = Origin("Your drawing", f"drawn-{component}")
    if not isinstance(sent, dict):
        raise ImageError("The drawing did not arrive as such. Draw it again.")
    if "png" in sent:
        state.use_digit(read_drawing(sent["png"]), origin, strokes.checked(sent.get("strokes")))
    elif "digit" in sent:
        state.use_digit(read_digit(sent["digit"]), origin._replace(words="The digit of before"))
    else:
        state.drop_digit(origin.short)


def drawn_in(component: str) -> bool:
    """Whether the digit in force was drawn in the component with this key."""
    return state.origin().short == f"drawn-{component}"


def read_drawing(text: object) -> Prepared:
    """The digit in the picture of a field, a PNG as data URL; ImageError says what is wrong with it."""
    return from_drawing(field_pixels(text))


def field_pixels(text: object) -> Bytes:
    """The pixels (280, 280, 4) in the picture of a field, a PNG as data URL; ImageError says what is wrong with it."""
    if not isinstance(text, str) or not text.startswith(_PREFIX) or len(text) > MAX_DRAWING:
        raise ImageError("The drawing did not arrive as a picture. Draw it again.")
    try:
        data = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            size = picture.size
            pixels = np.asarray(picture.convert("RGBA")) if size == (FIELD_SIDE, FIELD_SIDE) else None
    except (binascii.Error, OSError, SyntaxError, ValueError) as error:
        raise ImageError(f"The drawing arrived damaged ({error}). Draw it again.") from error
    if pixels is None:
        raise ImageError(
            f"The drawing has {size[0]} by {size[1]} pixels instead of {FIELD_SIDE} by {FIELD_SIDE}. Draw it again."
        )
    return pixels


def read_digit(text: object) -> Prepared:
    """The digit in 784 bytes as base64; ImageError if it is none."""
    try:
        data = base64.b64decode(str(text)[:MOST_DIGIT], validate=True)
        pixels = np.frombuffer(data, np.uint8).reshape(SIDE, SIDE)
    except (binascii.Error, ValueError) as error:
        raise ImageError(f"The digit arrived damaged ({error}). Draw or pick another one.") from error
    return Prepared(from_uint8(pixels), (Stage("the digit of before", pixels),))


def digit_text() -> str | None:
    """The digit in force as components read it: 784 bytes in base64; None if there is no digit."""
    prepared = state.digit()
    return None if prepared is None else base64.b64encode(to_uint8(prepared.digit).tobytes()).decode()


def field_data(component: str) -> dict[str, Any]:
    """What a component with a field is told of the digit in force, as part of its data.

    The digit, its strokes, and whether it was drawn there: then the field has it already, and may be further on.
    """
    return {
        "digit": digit_text(),
        "strokes": [{"width": width, "points": points} for width, points in state.strokes()],
        "drawn": drawn_in(component),
    }
