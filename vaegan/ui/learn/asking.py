"""The question of a step: a widget for each kind, and a button that makes an answer count."""

from typing import Any

import streamlit as st

from vaegan.lessons.asks import BETWEEN, LETTERS, Ask, Choice, Number, Place, Sketch, written
from vaegan.ui.component import component
from vaegan.ui.glossary import explain
from vaegan.ui.language import say
from vaegan.ui.learn import learn_state
from vaegan.ui.lesson_part import Part

_sketch = component("sketch")


def ask_question(ask: Ask, number: int, part: Part) -> None:
    """The question of step `number`, with a way to answer; what was answered before stands in it."""
    st.markdown(f"**{explain(ask.question)}**", unsafe_allow_html=True)
    key, before = f"ask_{learn_state.name()}_{number}", learn_state.before(number)
    if isinstance(ask, Choice):
        answer = _choice(ask, key, before)
    elif isinstance(ask, Number):
        answer = _number(ask, key, before)
    elif isinstance(ask, Sketch):
        answer = _curve(ask, key, before)
    else:
        answer = _place(ask, part)
    st.button(
        say("step.answer"),
        key=f"{key}_give",
        type="primary",
        disabled=answer is None,
        on_click=_give,
        args=(number, answer),
        help=say("step.choose") if answer is None else None,
    )


def _give(number: int, answer: str) -> None:
    learn_state.answer(number, answer)


def _choice(ask: Choice, key: str, before: str) -> str | None:
    chosen: str | None = st.radio(
        ask.question,
        list(LETTERS[: len(ask.options)]),
        index=LETTERS.index(before) if before else None,
        key=key,
        format_func=lambda letter: f"{letter.upper()}  {ask.options[LETTERS.index(letter)].text}",
        label_visibility="collapsed",
    )
    return chosen


def _number(ask: Number, key: str, before: str) -> str:
    middle = ask.least + ask.by * round((ask.most - ask.least) / ask.by / 2)
    value = st.slider(
        ask.question,
        float(ask.least),
        float(ask.most),
        float(before or middle),
        float(ask.by),
        key=key,
        format=f"%g {ask.unit.replace('%', '%%')}".strip(),
        label_visibility="collapsed",
    )
    return written(value)


def _curve(ask: Sketch, key: str, before: str) -> str | None:
    kept: Any = st.session_state.get(key, {}).get("curve")
    given = BETWEEN.join(written(value) for value in kept) if _numbers(kept) else before
    _sketch(
        key=key,
        data={
            "at": [written(at) for at in ask.at],
            "places": list(ask.at),
            "atLabel": ask.at_label,
            "label": ask.label,
            "least": ask.least,
            "most": ask.most,
            "by": ask.by,
            "curve": list(ask.heights(given)) if given and ask.checked(given) else None,
            "help": say("chart.sketch_help"),
            "names": [say("chart.slider", label=ask.label, at=f"{written(at)} {ask.at_label}") for at in ask.at],
        },
        on_curve_change=lambda: None,
    )
    return ask.checked(given) if given else None


def _place(ask: Place, part: Part) -> str | None:
    pin = part.place()
    answer = None if pin is None else ask.checked(BETWEEN.join(map(written, pin)))
    st.caption(say("step.guess_here"))
    st.markdown(say("step.no_pin") if answer is None else say("step.pin", place=ask.in_words(answer)))
    return answer


def _numbers(value: object) -> bool:
    return isinstance(value, list) and len(value) <= len(LETTERS) * 2 and all(_is_number(each) for each in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
