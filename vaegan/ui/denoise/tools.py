"""What is one press away below the stage: another digit, the networks, the noise, files to keep."""

from collections.abc import Callable, Sequence

import streamlit as st

from vaegan.ui import state, trained
from vaegan.ui.comparison import Comparison, downloads
from vaegan.ui.controls import noise_controls, pair_choice
from vaegan.ui.denoise.digit_input import gallery
from vaegan.ui.denoise.uploading import upload
from vaegan.ui.frame import errors_as_sentences


def tools(pairs: list[str], comparison: Callable[[], Comparison] | None) -> None:
    """One line of buttons that open, and the choice of details; a `comparison` is made when a file is asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        given = st.popover("Upload", icon=":material/upload:", help="Upload a picture of a digit.")
        with given, errors_as_sentences():
            upload()
        given = st.popover("Pick", icon=":material/grid_view:", help="Pick a digit that people wrote for MNIST.")
        with given, errors_as_sentences():
            gallery()
        with st.popover(f"Networks: {trained.pair_title(state.pair())}", icon=":material/hub:", key="networks"):
            pair_choice(pairs)
        with st.popover("Noise", icon=":material/casino:", help="Another pattern of the same noise."):
            noise_controls()
        with st.popover("Save and share", icon=":material/ios_share:", help="Pictures, numbers, and the link."):
            if comparison is not None:
                downloads(comparison, state.pair(), state.origin().short)
            st.caption(
                "The address of this page holds the digit, its strokes, the noise and the networks: share it to show "
                "just this."
            )


def choice_of_details(names: Sequence[str] = tuple(state.ALL_DETAILS)) -> None:
    """A line of buttons that show more below: each of these, which are names in `state.ALL_DETAILS`."""
    st.pills(
        "Show",
        names,
        key=state.DETAILS,
        selection_mode="multi",
        format_func=lambda name: state.ALL_DETAILS[name],
        label_visibility="collapsed",
        persist_state="session",
    )
