"""The Class page on a projector: the code, then what is asked, or the wall. No notes, no buttons, nobody's answer."""

import streamlit as st

from vaegan.classroom.room import Room
from vaegan.ui import attendance, visitor
from vaegan.ui.addresses import addresses
from vaegan.ui.classroom import gathered
from vaegan.ui.classroom.sheets import ended_sheet, join_sheet, question_sheet

SECONDS = 1.0
# One stage fills the screen, and what it says stands in the middle of it, large enough for the last row.
STYLE = """<style>
.vg-staged > .stage.stage { min-height: var(--stage-least); align-content: center; }
.vg-staged .vg-lead { font-size: clamp(1rem, 2cqi, 2.2rem) !important; margin-top: 1rem; }
</style>"""


@st.fragment(run_every=SECONDS)
def project(room: Room) -> None:
    """What all should look at now."""
    st.html(STYLE)
    if room.ended:
        if attendance.attended(visitor.token()):
            st.rerun()  # its teacher has begun another
        st.html(ended_sheet())
        return
    if room.question is not None:
        st.html(question_sheet(room))
    elif room.wall.is_projected:
        gathered.show_wall(room, room.wall.view)
    else:
        st.html(join_sheet(room, addresses()))
