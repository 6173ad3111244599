"""The lab sheet: a lesson to print, with each question, the own guess, what happens and why. One file, no script."""

import html
from functools import partial

from vaegan.lessons.asks import LETTERS, Ask, Choice
from vaegan.lessons.progress import Progress
from vaegan.lessons.schema import Lesson, Step
from vaegan.lessons.words import say
from vaegan.ui.learn.charts import chart

_STYLE = """
body { font: 12pt/1.45 Georgia, serif; color: #111; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0.2rem; } h2 { font-size: 1.2rem; margin: 0 0 0.3rem; }
.who { display: flex; gap: 2rem; margin: 1rem 0; } .who span { flex: 1; border-bottom: 1px solid #111; }
section { border-top: 2px solid #111; padding: 0.8rem 0; break-inside: avoid; }
.lines { border-bottom: 1px solid #999; height: 1.6rem; } ol { list-style: upper-alpha; }
img { max-height: 15rem; } footer { font-size: 0.8rem; color: #444; }
@media print { body { margin: 0; max-width: none; } }
"""


def lab_sheet(lesson: Lesson, now: Progress, language: str) -> str:
    """The sheet as HTML."""
    words = partial(say, language=language)
    steps = [
        _step(number, step, answer, language)
        for number, (step, answer) in enumerate(zip(lesson.steps, now.answers, strict=True), start=1)
    ]
    title = html.escape(lesson.title)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><main><p>{words('print.title')}</p><h1>{title}</h1>"
        f"<p>{html.escape(lesson.summary)}</p>"
        f'<p class="who"><span>{words("print.name")}</span><span>{words("print.date")}</span></p>'
        f"{''.join(steps)}</main><footer>{words('print.made')}</footer></body></html>"
    )


def _step(number: int, step: Step, answer: str, language: str) -> str:
    words = partial(say, language=language)
    head = f"<section><h2>{number}. {html.escape(step.title)}</h2><p><i>{html.escape(step.goal)}</i></p>"
    asked = "" if step.ask is None else _ask(step.ask, answer, language)
    do = f"<p><b>{words('step.do')}:</b> {html.escape(step.do)}</p>" if step.do else ""
    found = f'<p><b>{words("print.found")}</b></p><div class="lines"></div><div class="lines"></div>'
    return (
        f"{head}{asked}{do}{found}<p><b>{words('print.truth')}:</b> {html.escape(step.reveal)}</p>"
        f"{'' if step.ask is None else chart(step.ask, answer, words, on_paper=True)}"
        f"<p><b>{words('print.why')}:</b> {html.escape(step.because)}</p></section>"
    )


def _ask(ask: Ask, answer: str, language: str) -> str:
    options = ""
    if isinstance(ask, Choice):
        items = "".join(f"<li>{html.escape(option.text)}</li>" for option in ask.options)
        options = f"<ol>{items}</ol>"
    shown = f"{answer.upper()}: {ask.in_words(answer)}" if answer in (*LETTERS,) and answer else ""
    guess = html.escape(shown or (ask.in_words(answer) if answer else ""))
    line = f"<b>{say('print.my_guess', language)}:</b> {guess}"
    return f"<p>{html.escape(ask.question)}</p>{options}<p>{line}</p>" + ("" if answer else '<div class="lines"></div>')
