"""A lesson, step by step: a question, the page's own part to try it on, what happens, and why."""

import html
from collections.abc import Mapping

import streamlit as st

from vaegan.errors import VaeganError
from vaegan.lessons import progress, shelf
from vaegan.lessons.schema import Step
from vaegan.ui import attendance, pages
from vaegan.ui.component import component
from vaegan.ui.frame import errors_as_sentences
from vaegan.ui.glossary import explain
from vaegan.ui.language import language, language_choice, lent_words, numbers, say
from vaegan.ui.learn import learn_state
from vaegan.ui.learn.asking import ask_question
from vaegan.ui.learn.charts import chart
from vaegan.ui.learn.sheet import lab_sheet
from vaegan.ui.lesson_part import Part
from vaegan.ui.present import presenting

# On these pages nothing gives an answer away before it is guessed: they are shown from the beginning, but still locked.
SHOWN_BEFORE = ("Denoise", "Latent space")
_guide = component("guide", shows=False)


def show_lesson(parts: Mapping[str, Part]) -> None:
    """The step that is shown, or the end of the lesson."""
    _bar()
    step = learn_state.step()
    with st.container(key="lesson", gap=None):
        if step is None:
            with st.container(key="card"):
                _end()
            _lead("end", locked=False)
        else:
            _show_step(step, parts[step.setup.page])


def _bar() -> None:
    """The lesson's title, a mark for each step, and the way back to all lessons."""
    lesson, now = learn_state.lesson(), learn_state.now()
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            say("shelf.all"),
            key="to_shelf",
            icon=":material/apps:",
            type="tertiary",
            on_click=learn_state.open_lesson,
            args=(None,),
        )
        st.html(f"<b>{html.escape(lesson.title)}</b>", width="content")
        st.html(_dots(now), width="stretch")
        if not presenting():  # there the way out stands in its place
            language_choice()


def _dots(now: progress.Progress) -> str:
    """A dot for each step, filled when done; what is said of them is for those who hear the page."""
    kinds = {progress.DONE: "done", progress.SKIPPED: "skipped", progress.OPEN: ""}
    dots = []
    for number, mark in enumerate(now.marks, start=1):
        here = " here" if number == now.step else ""
        words = f" ({say(f'step.{kinds[mark]}').lower()})" if kinds[mark] else ""
        place = say("step.place", step=number, count=len(now.marks))
        dots.append(f'<i class="{kinds[mark]}{here}" title="{html.escape(place + words)}"></i>')
    shown = min(now.step, len(now.marks))
    label = say("step.place", step=shown, count=len(now.marks))
    return f'<span class="learn-dots" role="img" aria-label="{html.escape(label)}">{"".join(dots)}</span>'


def _show_step(step: Step, part: Part) -> None:
    number = learn_state.now().step
    answered = step.ask is None or bool(learn_state.answer_of(number))
    try:
        if learn_state.needs_setting_up():
            part.set_up(step.setup.query)
        if answered and not learn_state.is_done(number) and _is_over(step, part):
            learn_state.mark_done(number)
    except VaeganError as error:
        st.error(say("step.not_here", error=error), icon=":material/error:")
        _turn(number)
        return
    done = learn_state.is_done(number) and answered
    is_place = step.ask is not None and step.ask.kind == "place"
    with st.container(key="card", gap="small"):
        _heading(step, number)
        with st.container(key="question", gap="small"):
            placeholder = st.container()
            if answered:
                with placeholder:
                    _answered(step, number, done=done)
    if answered or step.setup.page in SHOWN_BEFORE:
        with st.container(key="part"), errors_as_sentences():
            part.show(lambda: _look(step, part, number))
    if not answered and step.ask is not None:
        with placeholder:
            ask_question(step.ask, number, part)
    if done:
        with st.container(key="reveal", gap="small"):
            _reveal(step, number)
    _turn(number)
    state = "reveal" if done else "do" if answered else "ask"
    _lead(f"{learn_state.name()}-{number}-{state}", locked=not answered and not is_place)


def _heading(step: Step, number: int) -> None:
    count = len(learn_state.lesson().steps)
    place, minutes = (
        say("step.place", step=number, count=count),
        say("step.minutes", minutes=numbers(f"{step.minutes:g}")),
    )
    st.html(f'<h2 tabindex="-1" data-lead="ask">{html.escape(step.title)}</h2>')
    st.caption(f"{place} · {minutes} · {say('step.goal')}: {step.goal}")


def _answered(step: Step, number: int, *, done: bool) -> None:
    """What was answered, and what there is to do."""
    if step.ask is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            words = html.escape(numbers(step.ask.in_words(learn_state.answer_of(number))))
            st.markdown(f"{say('step.your_guess')}: **{words}**", width="content")
            if not done:
                st.button(
                    say("step.changed"),
                    key="take_back",
                    type="tertiary",
                    on_click=learn_state.take_back,
                    args=(number,),
                )
    if step.do:
        st.html(f'<h3 tabindex="-1" data-lead="do">{html.escape(say("step.do"))}</h3>')
        st.markdown(explain(step.do), unsafe_allow_html=True)
        if not done:
            st.caption(say("step.waiting"))


def _is_over(step: Step, part: Part) -> bool:
    """Whether the app's state is what the step waits for."""
    facts = part.facts() if step.until else {}
    return all(condition.holds(facts) for condition in step.until)


def _look(step: Step, part: Part, number: int) -> None:
    """See, after something on the part has changed, whether the page has to follow."""
    answered = step.ask is None or bool(learn_state.answer_of(number))
    if answered and not learn_state.is_done(number) and _is_over(step, part):
        st.rerun()
    if not answered and step.ask is not None and step.ask.kind == "place":
        pin = part.place()
        if st.session_state.get("learn_pin") != pin:
            st.session_state["learn_pin"] = pin
            st.rerun()


def _reveal(step: Step, number: int) -> None:
    st.html(f'<h3 tabindex="-1" data-lead="reveal">{html.escape(say("step.reveal"))}</h3>')
    answer = learn_state.answer_of(number)
    together = attendance.told_together(str(learn_state.name()), number, language())
    if step.ask is not None and answer:
        right = step.ask.is_right(answer)
        words = say("step.right" if right and step.ask.kind == "choice" else "step.near" if right else "step.wrong")
        kind, sign = ("right", "✓") if right else ("wrong", "✗")
        comment = html.escape(step.ask.comment(answer))
        said = f'<p class="learn-verdict {kind}">{sign} {html.escape(words)}</p>'
        st.html(f"{said}<p>{comment}</p>" if comment else said)
        st.html(f'<div class="learn-chart">{chart(step.ask, answer, say, together=together)}</div>')
    if together and together.said and (together.middle or not answer):  # the chart of a choice has all in words
        st.html(f"<p>{html.escape(say('step.class'))}: <b>{html.escape(together.said)}</b></p>")
    st.markdown(explain(step.reveal), unsafe_allow_html=True)
    st.markdown(f"**{say('step.because')}:** {explain(step.because)}", unsafe_allow_html=True)


def _turn(number: int) -> None:
    """The way on and back. One goes on when the step is done, or skips it."""
    with st.container(key="turn", horizontal=True, gap="small"):
        if number > 1:
            st.button(
                say("step.back"), key="turn_back", on_click=learn_state.go_to, args=(number - 1,), type="tertiary"
            )
        last = number == len(learn_state.lesson().steps)
        if learn_state.now().furthest > number or learn_state.is_done(number):
            st.button(
                say("step.end" if last else "step.next"),
                key="turn_next",
                type="primary",
                icon=":material/arrow_forward:",
                on_click=learn_state.go_to,
                args=(number + 1,),
            )
        else:
            st.button(say("step.skip"), key="turn_skip", on_click=learn_state.skip, args=(number,), type="tertiary")
        step = learn_state.lesson().steps[number - 1]
        if learn_state.is_done(number):
            page = next(page for page in pages.PAGES if page.name == step.setup.page)
            link = step.setup.link()
            st.page_link(
                page.path, label=say("step.watch"), icon=page.icon, query_params=link, help=say("step.watch_help")
            )


def _end() -> None:
    """What came of the lesson, what was skipped, and where to go on."""
    lesson, now, name = learn_state.lesson(), learn_state.now(), str(learn_state.name())
    st.html(f'<h2 tabindex="-1" data-lead="ask">{html.escape(say("end.title"))}</h2>')
    asked = [(step.ask, answer) for step, answer in zip(lesson.steps, now.answers, strict=True) if step.ask and answer]
    right = sum(ask.is_right(answer) for ask, answer in asked)
    st.markdown(say("end.score", right=right, asked=len(asked)) if asked else say("end.none"))
    for number, (step, mark) in enumerate(zip(lesson.steps, now.marks, strict=True), start=1):
        sign = {progress.DONE: "✓", progress.SKIPPED: "–", progress.OPEN: "–"}[mark]
        st.button(
            f"{sign} {say('end.row', step=number, title=step.title)}",
            key=f"end_{number}",
            type="tertiary",
            on_click=learn_state.go_to,
            args=(number,),
        )
    with st.container(horizontal=True):
        names = shelf.names()
        following = names[(names.index(name) + 1) % len(names)]
        st.button(
            say("end.next", title=shelf.lesson(following, language()).title),
            key="end_next",
            type="primary",
            on_click=learn_state.open_lesson,
            args=(following, 1),
        )
        st.download_button(
            say("end.sheet"),
            lambda: lab_sheet(lesson, now, language()),
            file_name=f"{name}.html",
            mime="text/html",
            icon=":material/print:",
            on_click="ignore",
            help=say("end.sheet_help"),
        )
        st.button(
            say("end.again"),
            key="end_again",
            type="tertiary",
            on_click=learn_state.open_lesson,
            args=(name, 1),
            kwargs={"afresh": True},
        )


def _lead(state: str, *, locked: bool) -> None:
    """Lead who uses a keyboard or hears the page to what is new, and keep a part locked until the guess is made.

    What a page lends is said in the lesson's language.
    """
    words = dict(lent_words())
    _guide(key="guide", data={"state": state, "lead": state.rpartition("-")[2], "locked": locked, "words": words})
