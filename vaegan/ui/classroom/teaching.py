"""The teacher's page: the code, who is there, what is asked, the wall, the load, and notes that nobody else sees."""

from collections.abc import Callable

import streamlit as st

from vaegan.classroom.room import Room
from vaegan.lab.jobs import Jobs
from vaegan.ui import class_routes
from vaegan.ui.addresses import Addresses, addresses
from vaegan.ui.classroom import asking, gathered, helping, students
from vaegan.ui.classroom.joining import end
from vaegan.ui.classroom.load import Who, show_load
from vaegan.ui.classroom.sheets import join_sheet

SECTION, NOTES = "class_section", "class_notes"  # widget keys
SECTIONS = {
    "ask": "Ask",
    "wall": "Wall",
    "students": "Students",
    "load": "Load",
    "notes": "Notes",
    "help": "Cannot join?",
}
SECONDS = 1.0  # between two looks at the class
PACES = {True: "Follow me", False: "Own pace"}
SLOWER = "Started without its own routes, the app brings news to phones every 1.5 seconds. “make run” is faster."


def teach(room: Room, jobs: Callable[[], Jobs], who: Who) -> None:
    """The whole page."""
    where = addresses()
    if not where.are_open:
        st.warning(helping.ONLY_HERE, icon=":material/wifi_off:")
    _ticking(lambda: _join_sheet(room, where), "join")
    _switches(room)
    if not class_routes.are_served():
        st.caption(SLOWER)
    st.segmented_control(
        "Section",
        list(SECTIONS),
        key=SECTION,
        format_func=SECTIONS.__getitem__,
        required=True,
        default="ask",
        persist_state="session",
        label_visibility="collapsed",
        help="What you do with the class.",
    )
    match st.session_state.get(SECTION):
        case "wall":
            _wall(room)
        case "students":
            students.change_students(room)
            _ticking(lambda: asking.show_matrix(room), "matrix")
            asking.matrix_file(room)
        case "load":
            _ticking(lambda: show_load(jobs(), who), "load")
        case "notes":
            st.text_area(
                "Notes, for this page alone",
                key=NOTES,
                height=220,
                max_chars=5000,
                persist_state="session",
                help="They are kept in this tab's visit, and never shown on a projected page.",
            )
        case "help":
            helping.cannot_join(where)
            helping.network_code()
        case _:
            asking.ask_form(room)
            asking.lesson_steps(room)
            _ticking(lambda: asking.show_question(room), "question")


def _join_sheet(room: Room, where: Addresses) -> None:
    if room.ended:  # in another window, or by the clock
        st.rerun()
    st.html(join_sheet(room, where, small=True))


def _switches(room: Room) -> None:
    """How the class goes: pace, lock, pause, end."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for key, value in ((_PACE, room.follow), (_LOCKED, room.locked), (_PAUSED, room.paused)):
            st.session_state[key] = value  # another tab, or the line on top, may have changed it
        st.segmented_control(
            "Pace",
            list(PACES),
            key=_PACE,
            format_func=PACES.__getitem__,
            required=True,
            on_change=_set,
            args=(room,),
            label_visibility="collapsed",
            help="Phones show what you show on the other pages, or each student goes alone.",
        )
        st.toggle("Locked", key=_LOCKED, on_change=_set, args=(room,), help="Nobody else comes in.")
        st.toggle("Phones paused", key=_PAUSED, on_change=_set, args=(room,), help="Phones are covered: look up.")
        st.button(
            "End the class",
            key="class_end",
            icon=":material/logout:",
            on_click=end,
            args=(room,),
            help="Names, answers and the wall are forgotten. Take home first what you want to keep.",
        )


_PACE, _LOCKED, _PAUSED = "class_pace", "class_locked", "class_paused"  # widget keys


def _set(room: Room) -> None:
    session = st.session_state
    room.set_(follow=session[_PACE], locked=session[_LOCKED], paused=session[_PAUSED])


def _wall(room: Room) -> None:
    for key, value in ((_OPEN, room.wall.is_open), (_PROJECTED, room.wall.is_projected)):
        st.session_state[key] = value
    with st.container(horizontal=True):
        st.toggle(
            "Collect digits", key=_OPEN, on_change=_collect, args=(room,), help="Each phone gets a field for one."
        )
        st.toggle(
            "On the projector",
            key=_PROJECTED,
            on_change=_project,
            args=(room,),
            help="There the wall takes the place of the code, as you see it here.",
        )
    gathered.view_choice()
    room.wall.view = str(st.session_state.get(gathered.VIEW) or "sheet")
    _ticking(lambda: gathered.show_wall(room, room.wall.view), "wall")
    gathered.downloads(room)


_OPEN, _PROJECTED = "class_collects", "class_wall_projected"  # widget keys


def _collect(room: Room) -> None:
    room.collect(st.session_state[_OPEN])
    room.wall.is_projected = room.wall.is_projected or room.wall.is_open


def _project(room: Room) -> None:
    room.wall.is_projected = st.session_state[_PROJECTED]


def _ticking(show: Callable[[], object], name: str) -> None:
    """Draw something again each second, and the rest of the page not."""

    @st.fragment(run_every=SECONDS, key=f"class_tick_{name}")
    def tick() -> None:
        show()

    tick()
