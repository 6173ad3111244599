"""Slots for digits: a click puts a digit of the gallery, or the digit in force, into a slot."""

from collections.abc import Mapping

import streamlit as st

from vaegan.data.pictures import Float
from vaegan.ui import pages, readings, resources, state
from vaegan.ui.generate.generate_state import YOURS
from vaegan.ui.glossary import note
from vaegan.ui.picker import pick, picked

CLASS = "slot_class"  # which class of digits the gallery shows
_SHOWN = "slot_shown"  # the slot, and the digit in it, whose class the gallery has turned to
# Ten classes fit side by side.
_NARROW = f"""<style>
.st-key-{CLASS} [data-testid=stButtonGroup] button {{ padding: 0 min(0.6rem, 7px); min-width: 0; }}
</style>"""


def fill_slots(slots: Mapping[str, str], key: str) -> None:
    """Widgets that choose a digit for one of `slots`, session keys with their names; `key` begins the widgets' keys."""
    which = f"{key}_which"
    if len(slots) > 1:
        st.session_state.setdefault(which, next(iter(slots)))
        st.segmented_control(
            "Choose a digit for",
            list(slots),
            key=which,
            format_func=slots.__getitem__,
            required=True,
            persist_state="session",
            help="Which of the digits the next click replaces.",
        )
    chosen = _chosen(slots, which)
    _take(chosen, picked(f"{key}_picker"))  # first, so that what is picked is marked at once
    _turn_to(chosen)
    st.html(_NARROW)
    st.segmented_control(
        "Real digits",
        range(10),
        key=CLASS,
        required=True,
        persist_state="session",
        help="Digits that people wrote for MNIST. Choose which, then click on one.",
    )
    _pick(chosen, st.session_state[CLASS], key)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Your digit",
            key=f"{key}_yours",
            icon=":material/draw:",
            on_click=_use_yours,
            args=(slots, which),
            disabled=state.digit() is None,
            type="primary" if st.session_state[chosen] == YOURS else "secondary",
            help="The digit you last gave on the page Denoise, drawn, photographed or picked.",
        )
        st.page_link(pages.DENOISE.path, label="Draw one", icon=":material/arrow_forward:")


def picture(slot: str) -> Float | None:
    """The digit in a slot, (28, 28); None for your digit where there is none."""
    number: int = st.session_state[slot]
    if number != YOURS:
        real: Float = resources.gallery().pictures[number]
        return real
    prepared = state.digit()
    return None if prepared is None else prepared.digit


def pictures(*slots: str) -> list[Float] | None:
    """The digits in several slots; None if one is missing, and the page says what to do."""
    digits = [digit for slot in slots if (digit := picture(slot)) is not None]
    if len(digits) == len(slots):
        return digits
    say_missing()
    return None


def say_missing() -> None:
    """Say that the user's own digit is chosen but there is none, and what to do."""
    st.info("Your digit is gone: draw one on the page Denoise, or choose a real one here.", icon=":material/draw:")


def name(slot: str) -> str:
    """What the digit in a slot is called."""
    number = st.session_state[slot]
    if number == YOURS:
        words = state.origin().words
        return words[0].lower() + words[1:]
    return f"a real {resources.gallery().labels[number]}"


def _turn_to(slot: str) -> None:
    """Let the gallery show digits like the one in the slot, until the visitor turns to others."""
    in_slot = picture(slot)
    shown = None if in_slot is None else (slot, in_slot.tobytes())
    if in_slot is not None and st.session_state.get(_SHOWN) != shown:
        number: int = st.session_state[slot]
        read = readings.read(in_slot[None]) if number == YOURS else []
        label = read[0].digit if read else resources.gallery().labels[max(number, 0)]
        st.session_state[CLASS] = label
    st.session_state.setdefault(CLASS, 7)
    st.session_state[_SHOWN] = shown


def _take(slot: str, number: int | None) -> None:
    """Put what was clicked in the gallery into the slot; it comes from a browser, so it is checked."""
    if number is not None and 0 <= number < len(resources.gallery().pictures):
        st.session_state[slot] = number


def _pick(slot: str, wanted: int, key: str) -> None:
    everything, labels, origin = resources.gallery()
    numbers = [number for number, label in enumerate(labels) if label == wanted]
    current = st.session_state[slot]
    pick(everything[numbers], [wanted] * len(numbers), f"{key}_picker", current, numbers)
    note(f"From {origin}.")


def _chosen(slots: Mapping[str, str], which: str) -> str:
    """The slot that is chosen now; `which` is the key of the widget that chooses if there are several."""
    chosen: str = next(iter(slots)) if len(slots) == 1 else st.session_state[which]
    return chosen


def _use_yours(slots: Mapping[str, str], which: str) -> None:
    st.session_state[_chosen(slots, which)] = YOURS
