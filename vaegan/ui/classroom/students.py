"""Who is in the class: another name for one, or out with one."""

import streamlit as st

from vaegan.classroom.names import MOST_NAME
from vaegan.classroom.room import Room
from vaegan.ui.frame import errors_as_toast

CHOSEN, NAME = "class_student", "class_new_name"  # widget keys


def change_students(room: Room) -> None:
    """Choose a student, and rename or remove it."""
    names = room.names()
    if not names:
        st.caption("Nobody has joined yet.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Student",
            list(names),
            key=CHOSEN,
            index=None,
            placeholder="Choose one",
            format_func=lambda number: names.get(number, "left"),
            help="Whom the buttons beside this mean.",
        )
        st.text_input("Another name", key=NAME, max_chars=MOST_NAME, help="What all see from then on.")
        nobody = st.session_state.get(CHOSEN) is None
        st.button(
            "Rename",
            key="class_rename",
            on_click=_rename,
            args=(room,),
            disabled=nobody,
            help="Give the student this name.",
        )
        st.button(
            "Remove",
            key="class_remove",
            on_click=_remove,
            args=(room,),
            disabled=nobody,
            icon=":material/person_remove:",
            help="The phone is out, with its answers and digits, and cannot come back.",
        )


def _rename(room: Room) -> None:
    with errors_as_toast():
        if (number := st.session_state[CHOSEN]) is not None:
            room.rename(number, str(st.session_state[NAME] or ""))


def _remove(room: Room) -> None:
    """Take the one who is chosen out, and choose nobody: a second press would take out the next."""
    with errors_as_toast():
        if (number := st.session_state[CHOSEN]) is not None:
            st.session_state[CHOSEN] = None
            room.remove(number)
