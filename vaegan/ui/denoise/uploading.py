"""Upload a picture: what is read in it, what went wrong, and how to put that right.

A file stays in the widget until it is taken away, and the page runs again at every press. So what was read is kept, and
with it what to say about it, which stands below the file as long as the file is there.
"""

import base64
import hashlib
import io
import math
from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from vaegan.data.decoding import NAMES
from vaegan.data.drawing import Prepared
from vaegan.data.helper import read_beside, start_helper
from vaegan.data.upload import MAX_UPLOAD_BYTES, Corrections, Upload
from vaegan.errors import CheckpointError, EmptyImageError, ImageError
from vaegan.metrics.doubt import LIMIT
from vaegan.ui import resources, state
from vaegan.ui.component import component
from vaegan.ui.picker import pick, picked
from vaegan.ui.readings import read
from vaegan.ui.state import Origin

WIDGET, PICKER = "upload", "uploaded_digits"
QUARTERS, SWAPPED, ACROSS, DOWN = "upload_quarters", "upload_swapped", "upload_across", "upload_down"
FRAME = "upload_frame"
SHOWN = 320  # pixels of the picture on which a frame is dragged; it is sent at every stroke, so it is small
LIMIT_MB = MAX_UPLOAD_BYTES // 2**20
_READ = "upload_read"
_WHOLE = "upload_whole"
_photo, _cutting = component("photo"), component("cutting")


class _Result(NamedTuple):
    """What a file with these corrections gave: digits, or what was wrong with it."""

    file: bytes  # its hash
    corrections: Corrections
    upload: Upload | None
    problem: str
    legible: bool = True  # a picture at least, even if nothing is on it


def upload() -> None:
    """A widget for a picture, whose most central digit is then in force, with all that can be said and changed."""
    file = st.file_uploader(
        "A picture of a digit",
        key=WIDGET,
        max_upload_size=LIMIT_MB,
        help="Any colours, on paper, on a board or on a screen. Large photos are made smaller before they are sent.",
    )
    st.caption(f"Up to {LIMIT_MB} MB: {NAMES}.")
    _photo(key="photo", data={"limit": MAX_UPLOAD_BYTES})
    start_helper()
    if file is None:
        st.session_state.pop(_READ, None)
        st.session_state.pop(_WHOLE, None)
        state.is_new("Upload", None)
        return
    data = file.getvalue()
    digest = hashlib.sha256(data).digest()
    kept: _Result | None = st.session_state.get(_READ)
    if kept is None or kept.file != digest:
        _forget_corrections()
    result = _result(data, digest, _corrections())
    if result.upload is None:
        state.is_new("Upload", None)
        st.error(f"{file.name}: {result.problem} The digit before stays.", icon=":material/error:")
    else:
        _take(result, result.upload)
    if result.legible:
        _offer_corrections()


def _result(data: bytes, digest: bytes, corrections: Corrections) -> _Result:
    kept: _Result | None = st.session_state.get(_READ)
    if kept is None or (kept.file, kept.corrections) != (digest, corrections):
        try:
            kept = _Result(digest, corrections, read_beside(data, corrections), "")
        except ImageError as error:
            kept = _Result(digest, corrections, None, str(error), isinstance(error, EmptyImageError))
        st.session_state[_READ] = kept
        if corrections == Corrections() and kept.upload is not None:
            st.session_state[_WHOLE] = kept.upload.taken.stages[0].picture
    return kept


def _take(result: _Result, found: Upload) -> None:
    """Make a digit of the picture the one in force, once, and let another be chosen where there are several."""
    number = picked(PICKER) if len(found.digits) > 1 else None
    index = found.main if number is None or not 0 <= number < len(found.digits) else number
    fingerprint = (result.file, result.corrections)
    if state.is_new("Upload", fingerprint) or number is not None:
        state.use_digit(found.digits[index], Origin("Your picture", "upload"))
    in_force = [at for at, digit in enumerate(found.digits) if digit is state.digit()]
    if len(found.digits) > 1:
        st.markdown(
            f"**{len(found.digits)} digits** are in this picture. The most central one is taken; press another."
        )
        pictures = np.stack([digit.digit for digit in found.digits])
        labels = [reading.digit for reading in read(pictures)] or [0] * len(pictures)
        pick(pictures, labels, key=PICKER, chosen=in_force[0] if in_force else None)
    if in_force:
        _say_doubt(found.digits[in_force[0]])


def _say_doubt(prepared: Prepared) -> None:
    try:
        doubt = float(resources.doubter().doubts(prepared.digit[None])[0])
    except CheckpointError:
        return  # what the page says of its networks is enough
    if doubt > LIMIT:
        st.warning(
            "This does not look like a digit. The networks know nothing but digits, so they will make one of it.",
            icon=":material/help:",
        )


def _corrections() -> Corrections:
    left, right = st.session_state.get(ACROSS, (0, 100))
    top, bottom = st.session_state.get(DOWN, (0, 100))
    return Corrections(
        quarters=st.session_state.get(QUARTERS, 0),
        part=(left / 100, top / 100, right / 100, bottom / 100),
        swapped=st.session_state.get(SWAPPED, False),
    )


def _forget_corrections() -> None:
    for key in (QUARTERS, SWAPPED, ACROSS, DOWN, _WHOLE):
        st.session_state.pop(key, None)


def _offer_corrections() -> None:
    st.caption("Not what you meant? “Steps to 28 × 28” below shows what was taken for ink. Put it right here.")
    if (whole := st.session_state.get(_WHOLE)) is not None:
        st.caption("Drag a frame around the digit; a press takes all of the picture again.")
        turned = Image.fromarray(np.rot90(whole, -st.session_state.get(QUARTERS, 0)))
        turned.thumbnail((SHOWN, SHOWN))
        picture = base64.b64encode(_jpeg(turned)).decode()
        _cutting(key=FRAME, data={"picture": picture, "part": _corrections().part}, on_part_change=_cut)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Turn", icon=":material/rotate_right:", on_click=_turn, help="A quarter to the right.")
        st.toggle("Swap ink and paper", key=SWAPPED, help="Take for ink what was taken for paper.")
    st.slider(
        "Cut, left to right", 0, 100, (0, 100), key=ACROSS, format="%d %%", help="The part of the picture to read."
    )
    st.slider("Cut, top to bottom", 0, 100, (0, 100), key=DOWN, format="%d %%", help="The part of the picture to read.")


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


def _turn() -> None:
    """A quarter clockwise, and the frame with it."""
    st.session_state[QUARTERS] = (st.session_state.get(QUARTERS, 0) + 1) % 4
    top, bottom = st.session_state.get(DOWN, (0, 100))
    st.session_state[DOWN] = st.session_state.get(ACROSS, (0, 100))
    st.session_state[ACROSS] = (100 - bottom, 100 - top)


def _cut() -> None:
    """Take over the frame that was just dragged, as the sliders say it. It comes from a browser, so it is checked."""
    part = st.session_state.get(FRAME, {}).get("part")
    if (
        not isinstance(part, list)
        or len(part) != 4
        or not all(isinstance(share, int | float) and math.isfinite(share) for share in part)
    ):
        return
    left, top, right, bottom = (round(100 * min(max(share, 0.0), 1.0)) for share in part)
    if left < right and top < bottom:
        st.session_state[ACROSS], st.session_state[DOWN] = (left, right), (top, bottom)
