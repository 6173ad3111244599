"""What a browser that is in a class has on each page; see class_dock.js. Others have nothing of it.

News comes by server-sent events where `class_routes` are served. Elsewhere the page brings it every 1.5 seconds.
"""

from typing import Any

import streamlit as st

from vaegan.classroom.room import ENDED, REMOVED, Room
from vaegan.errors import VaeganError
from vaegan.ui import attendance, class_routes, link, pages, present, visitor
from vaegan.ui.addresses import addresses, code_picture
from vaegan.ui.component import component
from vaegan.ui.language import language, say
from vaegan.ui.pages import Page
from vaegan.ui.reach import prefix

SECONDS = 1.5  # between two looks where there are no routes
_ARRIVED, _PROBLEM, _FOLLOW = "class_arrived", "class_problem", "class_follow"  # session keys
KEY = "class_dock"
WORDS = (  # what a student reads
    "class.leave", "class.leave_class", "class.question", "class.wall", "class.collects", "class.field", "class.meant",
    "class.which", "class.undo", "class.give", "class.consent", "class.look_up", "class.paused", "class.own_pace",
    "class.own_way", "class.following", "class.waiting", "class.stop", "class.follow", "class.so", "class.so_and_yours",
    "class.noted", "class.one_hangs", "class.hang",
)  # fmt: skip
# The line with the code on top of a projected page: what fills the screen leaves room for it.
UNDER_CODE = """<style>
:root { --stage-least: calc(100svh - 1vw - 4rem); --stage-others: 16rem; --map-around: 13.8rem; }
</style>"""
_dock = component("class_dock")


def class_dock(page: Page) -> None:
    """Draw it, if this browser is in a class. `begin_page` calls this."""
    found = attendance.attended(visitor.token())
    if found is None:
        return
    room, role = found

    if _has_badge(role, page):
        st.html(UNDER_CODE)

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


def _has_badge(role: str, page: Page) -> bool:
    return role == "teacher" and present.presenting() and page != pages.CLASS


def _data(room: Room, role: str, page: Page) -> dict[str, Any]:
    badge = None
    if _has_badge(role, page):
        number, name = (f"{each.partition('://')[2]}/Class" for each in addresses()[:2])
        badge = {"picture": code_picture(join_address(room)), "address": f"{number} or {name}"}
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
        "language": language(),
        "words": {key.partition(".")[2]: say(key) for key in WORDS},
        "over": {ENDED: say("class.ended"), REMOVED: say("class.removed")},
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
