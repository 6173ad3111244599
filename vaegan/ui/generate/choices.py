"""Controls that the sections of the Generate page share."""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vaegan.config import MAX_SEED
from vaegan.errors import CheckpointError
from vaegan.studio import Studio
from vaegan.ui import resources, trained
from vaegan.ui.catalogue import model_label
from vaegan.ui.controls import pair_label, training_words
from vaegan.ui.generate import generate_state
from vaegan.ui.glossary import note

CHOICE_WIDTH = 320  # pixels


def beside(results_first: bool = True) -> tuple[DeltaGenerator, DeltaGenerator]:
    """A narrow column for choices and to its right a wide one for results; on a phone the results may come first."""
    key = "results_first" if results_first else "choices_first"
    st.html("<style>@media (max-width: 640px) { .st-key-results_first { flex-wrap: wrap-reverse; } }</style>")
    with st.container(horizontal=True, gap="large", key=key):
        return st.container(width=CHOICE_WIDTH), st.container(width="stretch")


def pair_choice(pairs: Sequence[str], key: str) -> str:
    """A widget that chooses the pair of twins, folded up: most visitors are content with what is chosen."""
    with st.expander("Which networks", icon=":material/hub:"):
        st.selectbox(
            "Networks",
            pairs,
            key=key,
            format_func=pair_label,
            persist_state="session",
            help="Each choice is a pair of twins: same data, same order, same seed; one with BatchNorm, one without.",
        )
        note(training_words(str(st.session_state[key])))
    return str(st.session_state[key])


def model_choice(models: Sequence[str], key: str, help_text: str, on_change: Callable[[], None] | None = None) -> str:
    """A widget that chooses one checkpoint."""
    st.selectbox(
        "Network",
        models,
        key=key,
        format_func=model_label,
        persist_state="session",
        on_change=on_change,
        help=help_text,
    )
    return str(st.session_state[key])


def seed_choice(key: str, button: str, help_text: str, on_change: Callable[[], None] | None = None) -> int:
    """A widget for a seed, and a button that goes on to the next seed."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = seed_input(key, help_text, on_change)
        seed_button(key, button, on_change)
    return seed


def seed_input(key: str, help_text: str, on_change: Callable[[], None] | None = None) -> int:
    """A widget for a seed."""
    st.number_input(
        "Seed", 0, MAX_SEED, key=key, persist_state="session", width=120, on_change=on_change, help=help_text
    )
    return int(st.session_state[key])


def seed_button(key: str, button: str, on_change: Callable[[], None] | None = None) -> None:
    """A button that goes on to the next seed."""

    def go_on() -> None:
        generate_state.next_seed(key)
        if on_change:
            on_change()

    st.button(
        button,
        key=f"{key}_next",
        icon=":material/casino:",
        on_click=go_on,
        help="Another seed, and with it other pictures.",
    )


def open_twins(pair: str) -> dict[str, Studio]:
    """Both twins of a pair by suffix; a twin that cannot be opened is left out, and the page says why."""
    twins = {}
    for suffix in trained.suffixes(pair):
        try:
            twins[suffix] = resources.studio(f"{pair}-{suffix}")
        except CheckpointError as error:
            st.error(str(error), icon=":material/error:")
    return twins


def picture_download(label: str, make: Callable[[], bytes], file_name: str, help_text: str) -> None:
    """A button that makes a picture when pressed and saves it, as the ending of `file_name` says."""
    st.download_button(
        label,
        make,
        file_name=file_name,
        mime=f"image/{file_name.rpartition('.')[2]}",
        icon=":material/image:",
        on_click="ignore",
        help=help_text,
    )
