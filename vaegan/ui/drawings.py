"""Drawings that our components send, and the digit that is sent to them. What comes from a browser is not trusted."""

import base64
import binascii
import io

import numpy as np
import streamlit as st
from PIL import Image

from vaegan.data.drawing import Prepared, from_drawing
from vaegan.data.pictures import Bytes, to_uint8
from vaegan.errors import ImageError
from vaegan.ui import state
from vaegan.ui.state import Origin

FIELD_SIDE = 280  # pixels along a side of the field, as in pad.js
MAX_DRAWING = 500_000  # characters; a field full of scribble has 60,000
_PREFIX = "data:image/png;base64,"


def take_drawing(component: str) -> None:
    """Make what was drawn in the component with this key the digit in force; ImageError if it is no drawing."""
    text = st.session_state.get(component, {}).get("drawing")
    if text is None or not state.is_new(component, text):
        return
    if text:
        state.use_digit(read_drawing(text), Origin("Your drawing", f"drawn-{component}"))
    else:
        state.drop_digit()


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


def digit_text() -> str | None:
    """The digit in force as components read it: 784 bytes in base64; None if there is no digit."""
    prepared = state.digit()
    return None if prepared is None else base64.b64encode(to_uint8(prepared.digit).tobytes()).decode()
