"""Three ways to give a digit: draw it, upload a picture, pick a real one. The digit given last is in force."""

import hashlib
import html

import streamlit as st

from vaegan.data.drawing import Prepared, Stage, from_drawing
from vaegan.data.pictures import to_uint8
from vaegan.data.upload import MAX_UPLOAD_BYTES, from_upload
from vaegan.errors import EmptyImageError
from vaegan.ui import resources, state
from vaegan.ui.denoise import canvas
from vaegan.ui.gallery import beside, picture_grid, picture_url
from vaegan.ui.picker import pick
from vaegan.ui.readings import say
from vaegan.ui.state import Origin

PICKS = 20  # digits shown at once
_PAGE = "gallery_page"


def source_choice() -> None:
    """Widgets that choose how to give a digit, and switch live drawing on."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Your digit",
            state.SOURCES,
            key=state.SOURCE,
            required=True,
            persist_state="session",
            help="Draw with mouse or finger, upload a photo, or pick a digit that people wrote for MNIST.",
        )
        if state.source() == "Draw":
            st.toggle(
                "Live",
                key=state.LIVE,
                persist_state="session",
                help="Both models run in your browser and follow the pointer; nothing is sent before a stroke ends.",
            )


def digit_input() -> None:
    """Show the chosen way to give a digit, and make its result the digit in force; ImageError if it is no digit."""
    {"Draw": _draw, "Upload": _upload, "Pick": _pick}[state.source()]()


def show_digit() -> None:
    """Show the digit in force, and its steps on demand."""
    prepared, origin = state.digit(), state.origin()
    if prepared is None:
        return
    (said,) = say(prepared.digit, [prepared.digit])
    words = f"{html.escape(origin.words)}<br>28 × 28 pixels, before noise<br>{said.words}"
    st.html(beside(picture_url(prepared.digit), "the digit in force", words))
    if st.toggle("Show the steps", key="steps", help="From what you gave to the 28 × 28 pixels that the models see."):
        steps = [(picture_url(stage.picture), stage.name, stage.name) for stage in prepared.stages]
        st.html(picture_grid(steps, columns=3, width="100%"))


def _draw() -> None:
    drawing = canvas.draw()
    if drawing.picture is not None:
        if state.is_new("Draw", hashlib.sha256(drawing.picture.tobytes()).digest()):
            state.use_digit(from_drawing(drawing.picture), Origin("Your drawing", "drawing"))
    elif not drawing.begun and state.is_new("Draw", "empty") and state.origin().short == "drawing":
        state.drop_digit()


def _upload() -> None:
    file = st.file_uploader(
        "A picture of one digit",
        type=["png", "jpg", "jpeg", "webp", "bmp"],
        key="upload",
        max_upload_size=MAX_UPLOAD_BYTES // 2**20,
        help="Dark ink on white paper or white on black; PNG, JPEG, WebP or BMP.",
    )
    if file is None:
        state.is_new("Upload", None)
        return
    data = file.getvalue()
    if state.is_new("Upload", hashlib.sha256(data).digest()):
        try:
            state.use_digit(from_upload(data), Origin("Your picture", "upload"))
        except EmptyImageError:
            state.is_new("Upload", None)  # so that the sentence is shown again as long as the file stays
            raise


def _pick() -> None:
    pictures, labels, collection = resources.gallery()
    page = st.session_state.setdefault(_PAGE, 0) % (len(pictures) // PICKS)
    start = page * PICKS
    index = pick(pictures[start : start + PICKS], labels[start : start + PICKS], key="picker")
    if index is not None:
        chosen = pictures[start + index]
        stage = Stage("a digit of MNIST", to_uint8(chosen))
        state.use_digit(Prepared(chosen, (stage,)), Origin(f"A real {labels[start + index]}", "mnist"))
    st.button("More digits", icon=":material/refresh:", on_click=_turn_page, help="Show the next twenty.")
    st.caption(f"From {collection}.")


def _turn_page() -> None:
    st.session_state[_PAGE] += 1
