"""What the teacher asks, how it is revealed, and who answered what."""

import html

import streamlit as st

from vaegan import lessons
from vaegan.classroom.answers import Step, csv_text, matrix
from vaegan.classroom.room import MOST_CHOICES, MOST_TEXT, OWN_LESSON, Room
from vaegan.ui.classroom.sheets import answered, bars, question_sheet
from vaegan.ui.frame import errors_as_toast

TEXT, CHOICES, STEP = "class_question", "class_choices", "class_step"  # widget keys
_TABLE = """<style>
.vg-matrix { overflow-x: auto; }
.vg-matrix :is(th, td) { padding: 0.2rem 0.7rem; text-align: left; }
</style>"""
EXAMPLE = "With BatchNorm, without, both alike"


def ask_form(room: Room) -> None:
    """Fields for a question and its answers, and buttons that ask, reveal and take away."""
    st.text_input(
        "Question",
        key=TEXT,
        max_chars=MOST_TEXT,
        persist_state="session",
        placeholder="Which network will make less of this noise?",
        help="It appears on every phone of the class, with a button for each answer.",
    )
    st.text_input(
        "Answers, with commas between",
        key=CHOICES,
        max_chars=MOST_TEXT,
        persist_state="session",
        placeholder=EXAMPLE,
        help=f"Two to {MOST_CHOICES} to choose from.",
    )
    with st.container(horizontal=True):
        st.button("Ask", key="class_ask", type="primary", on_click=_ask, args=(room,), help="Answers stay hidden.")
        st.button("Reveal", key="class_reveal", on_click=room.reveal, help="All see how the class has answered.")
        st.button(
            "Take the question away",
            key="class_close",
            on_click=room.close_question,
            help="It leaves the phones; its answers stay below.",
        )


def show_question(room: Room) -> None:
    """What is asked now. The teacher sees how it stands before it is revealed."""
    if room.question is None:
        st.caption("Nothing is asked at the moment.")
        return
    st.html(question_sheet(room))
    step = room.question.step
    if not room.answers.is_revealed(step):
        st.caption(f"{answered(room)} For your eyes alone:")
        st.html(bars(room.tally()))


def lesson_steps(room: Room) -> None:
    """A step of a lesson that students have answered on the Learn page, and a button that shows all how."""
    steps = [step for step in room.answers.steps() if step.lesson != OWN_LESSON]
    if not steps:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "A step of a lesson",
            steps,
            key=STEP,
            format_func=lambda step: f"{_name(step)} ({room.answers.count(step)})",
            help="What students have answered on the Learn page.",
        )
        st.button("Show all", key="class_show_step", on_click=_show_step, args=(room,), help="It is revealed by that.")


def _show_step(room: Room) -> None:
    step: Step = st.session_state[STEP]
    found = lessons.gather(step.lesson, step.number, room.answers.histogram(step))
    if found is None:
        room.show_answers(step)
        return
    middle = f" In the middle, the class said {found.middle}." if found.middle else ""
    room.show_answers(step, found.question + middle, found.words)


def _name(step: Step) -> str:
    """A step by the titles of lesson and step; what no lesson has stays as it was sent."""
    if step.lesson not in lessons.names():
        return f"{step.lesson} {step.number}"
    titles = dict(enumerate(lessons.step_titles(step.lesson), start=1))
    return f"{lessons.titles()[step.lesson]}, {titles.get(step.number, step.number)}"


def _in_words(step: Step, answer: str) -> str:
    if step.lesson not in lessons.names():
        return answer
    return lessons.answer_in_words(step.lesson, step.number, answer) or answer


def show_matrix(room: Room) -> None:
    """A row for each student, a column for each step."""
    steps, rows = matrix(room.answers, room.names())
    if not steps:
        st.caption("Nobody has answered anything yet.")
        return
    heads = "".join(f"<th>{html.escape(_name(step))}</th>" for step in steps)
    told = [[name, *map(_in_words, steps, given)] for name, *given in rows]
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in told)
    table = f"<table><thead><tr><th>student</th>{heads}</tr></thead><tbody>{body}</tbody></table>"
    st.html(f'{_TABLE}<div class="vg-matrix" tabindex="0" role="region" aria-label="Answers">{table}</div>')


def matrix_file(room: Room) -> None:
    """The same as a file, made when it is asked for."""
    st.download_button(
        "Answers as CSV",
        lambda: csv_text(room.answers, room.names()).encode("utf-8-sig"),
        file_name=f"class-{room.code}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        help="A row for each student. Nothing of it is kept here once the class has ended.",
    )


def _ask(room: Room) -> None:
    text, choices = (str(st.session_state.get(key) or "") for key in (TEXT, CHOICES))
    with errors_as_toast():
        room.ask(text, choices.split(","))
