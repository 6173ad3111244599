"""The form by which a phone joins a class, and the one by which a teacher begins one."""

import streamlit as st

from vaegan.classroom.names import MOST_NAME, read_code
from vaegan.classroom.room import Room
from vaegan.errors import VaeganError
from vaegan.ui import passcode, visitor
from vaegan.ui.attendance import rooms
from vaegan.ui.component import component

CODE, PASSCODE = "class_code", "class_passcode"  # widget keys
_HASH = "class_hash"
_PROBLEM = "class_refused"  # session key: why somebody could not come in
WHAT_IS_KEPT = (
    "You get an animal's name. Your teacher sees it with your answers; everybody sees the name, and without it the "
    "digits you give to the wall. All of it is kept in the memory of this one computer until the class ends, after "
    "eight hours at the latest; only a network that is trained on the digits keeps them, until it is deleted."
)
_hash = component("passcode", shows=False)


def join_form() -> None:
    """A field for the code, filled from the link, and a button."""
    linked = read_code(st.query_params.get("room", ""))
    if CODE not in st.session_state:
        st.session_state[CODE] = linked
    with st.container(border=True, key="join"):
        st.header("Join a class", anchor=False)
        st.text_input("Code", key=CODE, max_chars=MOST_NAME, help="Five letters and digits; your teacher shows them.")
        st.markdown(WHAT_IS_KEPT)
        st.button("Join", key="class_join", type="primary", on_click=_join, help="With a name that is made for you.")
        _say_problem("join")


def teach_form() -> None:
    """A field for the passcode, and a button that begins a class."""
    with st.container(border=True, key="teach"):
        st.header("Teach a class", anchor=False)
        if passcode.is_teacher(visitor.token()):
            st.markdown("A class lives in this computer's memory, needs no internet, and ends after eight hours.")
        else:
            passcode.announce()  # if the app was started without our server
            st.text_input(
                "Passcode",
                key=PASSCODE,
                type="password",
                max_chars=100,
                help="It is printed where the app was started; the link that stands beside it needs no typing.",
            )
        st.button("Begin a class", key="class_begin", on_click=_begin, help="You get a code that phones join by.")
        _say_problem("teach")


def take_hash() -> None:
    """Take the passcode from the teacher's link; it is out of the address before anybody can see it."""
    with st.container(key="unseen_hash"):
        _hash(key=_HASH, data={}, on_passcode_change=_take_hash)


def end(room: Room) -> None:
    """End a class, and let this browser begin anew."""
    rooms.end(room.code)
    st.session_state.pop(CODE, None)


def _join() -> None:
    try:
        typed = str(st.session_state.get(CODE) or "")
        rooms.join(typed or st.query_params.get("room", ""), visitor.token())
    except VaeganError as error:
        _refuse("join", error)


def _begin() -> None:
    try:
        if not passcode.is_teacher(visitor.token()):
            passcode.admit(visitor.token(), str(st.session_state.get(PASSCODE) or ""))
        rooms.begin(visitor.token())
    except VaeganError as error:
        _refuse("teach", error)


def _take_hash() -> None:
    try:
        passcode.admit(visitor.token(), str(st.session_state[_HASH].get("passcode") or ""))
    except VaeganError as error:
        _refuse("teach", error)


def _refuse(where: str, error: VaeganError) -> None:
    st.session_state[_PROBLEM] = where, str(error)


def _say_problem(where: str) -> None:
    place, words = st.session_state.get(_PROBLEM, ("", ""))
    if place == where:
        del st.session_state[_PROBLEM]
        st.error(f"{words[:1].upper()}{words[1:]}.", icon=":material/error:")
