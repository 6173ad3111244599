"""A component that shows digits as small pictures, each a button, and tells which was clicked."""

import base64
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from vaegan.config import SIDE
from vaegan.data.pictures import png_bytes
from vaegan.ui.component import component

_component = component("picker")


def pick(
    pictures: NDArray[np.float32],
    labels: Sequence[int],
    key: str,
    chosen: int | None = None,
    numbers: Sequence[int] | None = None,
) -> int | None:
    """Show pictures (N, 28, 28) with their classes; returns the index of the one just clicked, else None.

    If the pictures have `numbers`, these take the place of the index, and `picked` tells which was clicked; `chosen` is
    the one to mark.
    """
    _component(
        key=key,
        data={
            "pictures": [_encoded(picture.tobytes()) for picture in pictures],
            "labels": list(labels),
            "numbers": list(range(len(pictures)) if numbers is None else numbers),
            "chosen": chosen,
        },
        on_pick_change=lambda: None,
    )
    index = picked(key)
    return index if index is not None and 0 <= index < len(pictures) else None


@lru_cache(maxsize=512)  # every visitor is shown the same digits, with every answer of the page
def _encoded(pixels: bytes) -> str:
    """A picture of 28 x 28 float32 as PNG in base64."""
    return base64.b64encode(png_bytes(np.frombuffer(pixels, np.float32).reshape(SIDE, SIDE))).decode()


def picked(key: str) -> int | None:
    """The number of the picture just clicked, else None.

    It comes from a browser, which may have shown other pictures than it does now, so whoever uses it checks it.
    """
    number = st.session_state.get(key, {}).get("pick")
    return number if isinstance(number, int) and not isinstance(number, bool) else None
