"""All lessons as cards, and for teachers how long each takes, what is right and what learners usually answer."""

from urllib.parse import urlencode

import streamlit as st

from vaegan.lessons import shelf
from vaegan.lessons.progress import DONE
from vaegan.lessons.schema import Lesson
from vaegan.ui import pages
from vaegan.ui.frame import folded
from vaegan.ui.glossary import explain
from vaegan.ui.language import language, language_choice, numbers, say
from vaegan.ui.learn import learn_state


def show_shelf() -> None:
    """A card for each lesson; pressing it begins the lesson or goes on with it."""
    with st.container(horizontal=True, vertical_alignment="center", key="bar"):
        st.markdown(say("shelf.words"), width="stretch")
        language_choice()
    with st.container(key="shelf"):
        for name in shelf.names():
            with st.container(border=True, key=f"lesson_card_{name}"):
                _card(name, shelf.lesson(name, language()))
    with folded(say("teacher.open"), "teachers_notes", ":material/co_present:") as is_open:
        for name in shelf.names() if is_open else []:
            _notes(name, shelf.lesson(name, language()))


def _card(name: str, lesson: Lesson) -> None:
    now = learn_state.kept(name)
    begun = any(now.answers) or DONE in now.marks
    st.header(lesson.title, anchor=False)
    st.markdown(explain(lesson.summary), unsafe_allow_html=True)
    done = f" · {now.marks.count(DONE)}/{len(now.marks)} {say('step.done').lower()}" if begun else ""
    st.caption(say("shelf.minutes", minutes=lesson.minutes, predictions=lesson.predictions) + done)
    st.button(
        say("shelf.go_on" if begun else "shelf.begin"),
        key=f"open_{name}",
        type="primary",
        on_click=learn_state.open_lesson,
        args=(name,),
        help=lesson.title,
    )


def _notes(name: str, lesson: Lesson) -> None:
    """For teachers: times, right answers, typical ones, and links."""
    st.subheader(f"{lesson.title} · {lesson.minutes} min", anchor=False)
    st.markdown(lesson.teacher)
    shortest = min(lesson.steps, key=lambda step: (step.ask is None, "run" in step.setup.page, step.minutes))
    times = [say("teacher.five", title=shortest.title), say("teacher.twenty"), say("teacher.fortyfive")]
    st.markdown("\n".join(f"- {line}" for line in times))
    rows = []
    for number, step in enumerate(lesson.steps, start=1):
        minutes = numbers(f"{step.minutes:g}")
        link = f"Learn?{urlencode({'lesson': name, 'step': number} | _spoken())}"
        right = "" if step.ask is None else say("teacher.expected", answer=step.ask.in_words(step.ask.truth))
        rows.append(
            f"{number}. **{step.title}** ({minutes} min; [{say('teacher.link')}]({link}))  \n"
            + "  \n".join(filter(None, [right, f"{say('teacher.typical')}: {step.typical}" if step.typical else ""]))
        )
    st.markdown("\n".join(rows))
    st.page_link(
        pages.LEARN.path,
        label=say("teacher.student"),
        icon=":material/visibility:",
        query_params={"lesson": name, "step": "1"} | _spoken(),
        help=say("teacher.student_help"),
    )


def _spoken() -> dict[str, str]:
    return {} if language() == "en" else {"lang": language()}
