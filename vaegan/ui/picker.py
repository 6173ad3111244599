"""A component that shows digits as small pictures, each a button, and tells which was clicked."""

import base64
from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from vaegan.data.pictures import png_bytes
from vaegan.web.scripts import parts

_component = st.components.v2.component("vaegan_picker", **parts("picker"))


def pick(pictures: NDArray[np.float32], labels: Sequence[int], key: str, chosen: int | None = None) -> int | None:
    """Show pictures (N, 28, 28) with their classes; returns the index of the one just clicked, else None."""
    encoded = [base64.b64encode(png_bytes(picture)).decode() for picture in pictures]
    result = _component(
        key=key,
        data={"pictures": encoded, "labels": list(labels), "chosen": chosen},
        on_pick_change=lambda: None,
    )
    index = result.get("pick")
    return index if isinstance(index, int) and 0 <= index < len(pictures) else None
