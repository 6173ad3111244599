"""Class: phones join by a code, follow the teacher, answer, and give their own digits to a wall."""

import streamlit as st

from vaegan.classroom.room import Room
from vaegan.ui import attendance, pages, passcode, present, visitor
from vaegan.ui.classroom.joining import join_form, take_hash, teach_form
from vaegan.ui.classroom.projected import project
from vaegan.ui.classroom.teaching import teach
from vaegan.ui.frame import begin_page, errors_as_sentences, page_words
from vaegan.ui.train import lab


def enter() -> None:
    """For who is in no class: join one, or teach one. A phone that comes by the code of a class wants to join."""
    page_words(pages.CLASS)
    take_hash()
    if "room" in st.query_params:
        join_form()
    elif passcode.is_teacher(visitor.token()):
        teach_form()
        join_form()
    else:
        join_form()
        teach_form()


def attend(room: Room) -> None:
    """For a student."""
    student = room.student(visitor.token())
    name = student.name if student else "nobody"
    st.markdown(
        f"**You are {name}.** Keep this tab open: it goes where your teacher goes, unless you stop following. The line "
        "above is on every page."
    )
    st.page_link(pages.DENOISE.path, label="Draw a digit meanwhile", icon=pages.DENOISE.icon)


def teach_or_project(room: Room) -> None:
    """For the teacher: the page with all buttons, or what a projector shows of it."""
    if present.presenting():
        project(room)
    else:
        teach(room, lab.jobs, room.public_names())


begin_page(pages.CLASS, words=False)  # a projected page has none
with errors_as_sentences():
    match attendance.attended(visitor.token()):
        case (room, "teacher"):
            teach_or_project(room)
        case (room, _):
            attend(room)
        case _:
            enter()
