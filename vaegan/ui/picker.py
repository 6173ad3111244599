"""A component that shows digits as small pictures, each a button, and tells which was clicked."""

import base64
from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from vaegan.data.pictures import png_bytes

_CSS = """
.digits { display: grid; grid-template-columns: repeat(auto-fill, minmax(52px, 1fr)); gap: 6px; }
button { padding: 0; border: 2px solid transparent; border-radius: 6px; background: #000; cursor: pointer; }
button:hover, button:focus-visible { border-color: var(--st-primary-color); outline: none; }
button[aria-pressed="true"] { border-color: var(--st-primary-color); }
img { width: 100%; display: block; image-rendering: pixelated; border-radius: 4px; }
"""
_JS = """
export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector(".digits");
  grid.replaceChildren(...data.pictures.map((picture, index) => {
    const button = document.createElement("button");
    const image = document.createElement("img");
    image.src = "data:image/png;base64," + picture;
    image.alt = "a handwritten " + data.labels[index];
    button.type = "button";
    button.setAttribute("aria-pressed", String(index === data.chosen));
    button.append(image);
    button.onclick = () => setTriggerValue("pick", index);
    return button;
  }));
}
"""
_component = st.components.v2.component("vaegan_picker", html='<div class="digits"></div>', css=_CSS, js=_JS)


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
