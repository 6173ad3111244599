"""The Class page on a projector: the code, then what is asked, or the wall. No notes, no buttons, nobody's answer."""

import streamlit as st

from vaegan.classroom.room import Room
from vaegan.ui.addresses import addresses
from vaegan.ui.classroom import gathered
from vaegan.ui.classroom.sheets import join_sheet, question_sheet

SECONDS = 1.0


@st.fragment(run_every=SECONDS)
def project(room: Room) -> None:
    """What all should look at now."""
    if room.question is not None:
        st.html(question_sheet(room))
    elif room.wall.is_projected:
        gathered.show_wall(room, room.wall.view)
    else:
        st.html(join_sheet(room, addresses()))
