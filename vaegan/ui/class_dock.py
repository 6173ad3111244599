"""What a browser that is in a class has on each page; see class_dock.js. Others have nothing of it.

News comes by server-sent events where `class_routes` are served. Elsewhere the page brings it every 1.5 seconds.
"""

from typing import Any

import streamlit as st

from vaegan.classroom.room import Room
from vaegan.errors import VaeganError
from vaegan.ui import attendance, class_routes, link, pages, present, visitor
from vaegan.ui.addresses import addresses, code_picture
from vaegan.ui.component import component
from vaegan.ui.pages import Page
from vaegan.ui.reach import prefix

SECONDS = 1.5  # between two looks where there are no routes
_ARRIVED, _PROBLEM, _FOLLOW = "class_arrived", "class_problem", "class_follow"  # session keys
KEY = "class_dock"
_dock = component("class_dock")


def class_dock(page: Page) -> None:
    """Draw it, if this browser is in a class. `begin_page` calls this."""
    found = attendance.attended(visitor.token())
    if found is None:
        return
    room, role = found

    @st.fragment(run_every=None if class_routes.are_served() else SECONDS)
    def dock() -> None:
        _dock(
            key=KEY,
            data=_data(room, role, page),
            on_follow_change=_note_follow,
            on_act_change=lambda: _act(room),
        )
        if st.session_state.pop(_FOLLOW, False):
            _go_along(room)

    dock()


def join_address(room: Room) -> str:
    """What a phone opens to join, without the rest of the address."""
    return f"{addresses().number}/Class?room={room.code}"


def _data(room: Room, role: str, page: Page) -> dict[str, Any]:
    badge = None
    if role == "teacher" and present.presenting() and page != pages.CLASS:
        shown = f"{addresses().number.partition('://')[2]}/Class"
        badge = {"picture": code_picture(join_address(room)), "address": shown}
    return {
        "code": room.code,
        "prefix": prefix(),
        "live": class_routes.are_served(),
        "role": role,
        "view": attendance.view(room, visitor.token()),
        "arrived": st.session_state.get(_ARRIVED, {}).get(room.code, 0),
        "problem": st.session_state.get(_PROBLEM),
        "bar": role == "student" or not present.presenting(),  # a projected page has no buttons of the teacher's
        "badge": badge,
    }


def _note_follow() -> None:
    st.session_state[_FOLLOW] = True


def _go_along(room: Room) -> None:
    """Open what the teacher shows, from the first setting to the last."""
    shown = room.shown
    target = {page.address: page for page in pages.PAGES if page != pages.CLASS}.get(shown.page)
    if target is None or room.student(visitor.token()) is None or not shown.number:
        return
    st.session_state[_ARRIVED] = {room.code: shown.number}
    link.come_anew()
    st.switch_page(target.path, query_params=dict(shown.query))


def _act(room: Room) -> None:
    """What a browser asks for where there are no routes."""
    wish = st.session_state[KEY].get("act")
    if not isinstance(wish, dict) or not isinstance(wish.get("payload"), dict):
        return
    try:
        attendance.grant(room, visitor.token(), str(wish.get("kind")), wish["payload"])
        st.session_state[_PROBLEM] = None
    except VaeganError as error:
        words = str(error)
        st.session_state[_PROBLEM] = {"number": wish.get("number"), "words": f"{words[:1].upper()}{words[1:]}."}
