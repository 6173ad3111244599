"""Own guess, what happens and what the class said in one chart: SVG with a text that says the same."""

import base64
import html
import re
from collections.abc import Callable, Sequence

from vaegan.lessons import Together
from vaegan.lessons.asks import LETTERS, Ask, Choice, Number, Place, Sketch, written

# On the dark stage; a circle, a diamond and a square tell them apart as well.
YOU, TRUE, CLASS = "#ffd479", "#7ee0a1", "#d3b3ff"
PAPER = ("#7a4b00", "#0b6b34", "#5b3a94")  # the same on white paper
TYPE = 18  # size of the text, in units of a picture; on a projector each is a little more than a pixel
LETTER = 0.54 * TYPE  # about as wide is a letter
Say = Callable[..., str]


def chart(ask: Ask, answer: str, say: Say, *, on_paper: bool = False, together: Together | None = None) -> str:
    """The chart of a question with this answer, which may be empty; `say` finds words by key.

    With `together`, what a class has answered, also that.
    """
    ink = "#111111" if on_paper else "#e8edf3"
    drawing = _Drawing(say, PAPER if on_paper else (YOU, TRUE, CLASS), ink, answer, together)
    if isinstance(ask, Choice):
        return _choice(ask, drawing)
    if isinstance(ask, Number):
        return _number(ask, drawing)
    if isinstance(ask, Sketch):
        return _sketch(ask, drawing)
    return _place(ask, drawing)


def in_words(ask: Ask, answer: str, say: Say, together: Together | None = None) -> str:
    """What the chart shows, in sentences."""
    yours = _with_comma(ask.in_words(answer), say) if answer else "–"
    words = say(f"chart.alt_{ask.kind}", yours=yours, true=_with_comma(ask.in_words(ask.truth), say))
    return f"{words} {say('step.class')}: {together.said}." if together and together.said else words


def _with_comma(answer: str, say: Say) -> str:
    """An answer with the decimal sign of the language."""
    return re.sub(r"(?<=\d)\.(?=\d)", say("chart.decimal"), answer)


class _Drawing:
    """What all charts need: words, colours, the answer, and those of the class."""

    def __init__(
        self, say: Say, colours: tuple[str, str, str], ink: str, answer: str, together: Together | None
    ) -> None:
        self.say, self.ink, self.answer, self.together = say, ink, answer, together
        self.you, self.true, self.others = colours
        self.given = together.given if together else {}  # how many of the class gave each answer
        self.guess = together.guess if together else ""  # the class's, in the middle of all

    def svg(self, ask: Ask, width: int, height: int, body: Sequence[str], most: float = 35) -> str:
        """The picture with its text; it grows with the room there is, to a width of `most` rem."""
        alt = html.escape(in_words(ask, self.answer, self.say, self.together))
        drawn = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'font-family="sans-serif" font-size="{TYPE}" fill="{self.ink}">{"".join(body)}</svg>'
        )
        url = f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
        return f'<img src="{url}" alt="{alt}" style="width:100%;max-width:{most:g}rem;display:block">'

    def legend(self, x: float, y: float) -> str:
        """Which mark is whose."""
        marks = [("true", self.diamond)]
        marks += [("you", self.circle)] if self.answer else []
        marks += [("class", self.square)] if self.guess else []
        parts = []
        for key, mark in marks:
            parts.append(f'{mark(x, y)}<text x="{x + 14:.1f}" y="{y + 6}">{self.word(key)}</text>')
            x += 38 + LETTER * len(self.say(f"chart.{key}"))
        return "".join(parts)

    def word(self, key: str) -> str:
        """Words of the chart, as HTML."""
        return html.escape(self.say(f"chart.{key}"))

    def circle(self, x: float, y: float) -> str:
        """The mark of the guess."""
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="none" stroke="{self.you}" stroke-width="3"/>'

    def diamond(self, x: float, y: float) -> str:
        """The mark of what happens."""
        return f'<path d="M{x:.1f} {y - 8:.1f}l8 8l-8 8l-8 -8z" fill="{self.true}"/>'

    def square(self, x: float, y: float) -> str:
        """The mark of the class's guess."""
        return f'<rect x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12" fill="{self.others}"/>'


def _choice(ask: Choice, drawing: _Drawing) -> str:
    """A row for each option, as HTML, since texts of any length have to wrap."""
    rows = []
    for letter, option in zip(LETTERS, ask.options, strict=False):
        marks = []
        if letter == ask.right_letter:
            marks.append(f'<b style="color:{drawing.true}">◆ {drawing.word("true")}</b>')
        if letter == drawing.answer:
            marks.append(f'<b style="color:{drawing.you}">○ {drawing.word("you")}</b>')
        if drawing.given:
            words = f"■ {drawing.word('class')}: {drawing.given[letter]}"
            marks.append(f'<b style="color:{drawing.others};white-space:nowrap">{words}</b>')
        edge = drawing.true if letter == ask.right_letter else drawing.you if letter == drawing.answer else "#4a5765"
        rows.append(
            f'<li style="border-left:5px solid {edge};padding:0.15rem 0 0.15rem 0.6rem;margin:0.3rem 0">'
            f"{html.escape(option.text)} {' '.join(marks)}{_share(drawing, letter)}</li>"
        )
    label = html.escape(drawing.say("step.truth"))
    return f'<ul aria-label="{label}" style="list-style:none;padding:0;margin:0">{"".join(rows)}</ul>'


def _share(drawing: _Drawing, letter: str) -> str:
    """A line below an option, as long as the share of the class that took it."""
    everybody = sum(drawing.given.values())
    if not everybody:
        return ""
    share = 100 * drawing.given[letter] / everybody
    return f'<div style="height:4px;width:{share:.0f}%;background:{drawing.others};border-radius:2px"></div>'


def _number(ask: Number, drawing: _Drawing) -> str:
    width, left, right = 420, 24, 396
    y = 112 if drawing.given else 66  # the class's answers stand above the line

    def x(value: float) -> float:
        return left + (right - left) * (value - ask.least) / (ask.most - ask.least)

    low, high = x(max(ask.least, ask.true - ask.within)), x(min(ask.most, ask.true + ask.within))
    body = [
        drawing.legend(12, 14),
        f'<line x1="{left}" x2="{right}" y1="{y}" y2="{y}" stroke="{drawing.ink}" stroke-width="2"/>',
        f'<rect x="{low:.1f}" y="{y - 5}" width="{max(high - low, 2):.1f}" height="10" fill="{drawing.true}" '
        'opacity="0.35"/>',
    ]
    for value in (ask.least, (ask.least + ask.most) / 2, ask.most):
        body.append(
            f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{y - 5}" y2="{y + 5}" stroke="{drawing.ink}"/>'
            f'<text x="{x(value):.1f}" y="{y + 26}" text-anchor="middle">{written(value)}</text>'
        )
    most = max(drawing.given.values(), default=1)
    for given, count in drawing.given.items():  # a column for each number, above the line and what is written on it
        at, height = x(float(given)), 36 * count / most
        body.append(
            f'<rect x="{at - 3:.1f}" y="{y - 34 - height:.1f}" width="6" height="{height:.1f}" '
            f'fill="{drawing.others}" opacity="0.6"/>'
        )
    if drawing.guess:
        body.append(drawing.square(x(float(drawing.guess)), y))
    words = _with_comma(ask.in_words(ask.truth), drawing.say)
    half = len(words) * LETTER / 2
    middle = min(max(x(ask.true), half), width - half)
    body.append(drawing.diamond(x(ask.true), y))
    body.append(f'<text x="{middle:.1f}" y="{y - 14}" text-anchor="middle">{html.escape(words)}</text>')
    if drawing.answer:
        body.append(drawing.circle(x(float(drawing.answer)), y))
    return drawing.svg(ask, width, y + 34, body)


def _sketch(ask: Sketch, drawing: _Drawing) -> str:
    width, height, left, right, top, bottom = 420, 268, 48, 406, 36, 214

    def point(at: float, value: float) -> tuple[float, float]:
        share = (at - ask.at[0]) / (ask.at[-1] - ask.at[0])
        up = (value - ask.least) / (ask.most - ask.least)
        return left + (right - left) * share, bottom - (bottom - top) * up

    def line(heights: Sequence[float], colour: str, looks: str) -> str:
        points = [point(at, value) for at, value in zip(ask.at, heights, strict=True)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        return f'<polyline points="{path}" fill="none" stroke="{colour}" {looks}/>'

    def curve(heights: Sequence[float], colour: str, dash: str, mark: Callable[[float, float], str]) -> str:
        marks = (mark(*point(at, value)) for at, value in zip(ask.at, heights, strict=True))
        return line(heights, colour, f'stroke-width="3" stroke-dasharray="{dash}"') + "".join(marks)

    body = [drawing.legend(left, 12)]
    for value in (ask.least, (ask.least + ask.most) / 2, ask.most):
        _, y = point(ask.at[0], value)
        body.append(f'<line x1="{left}" x2="{right}" y1="{y}" y2="{y}" stroke="{drawing.ink}" opacity="0.25"/>')
        body.append(f'<text x="{left - 12}" y="{y + 6}" text-anchor="end">{written(value)}</text>')
    for at in ask.at:
        x, _ = point(at, ask.least)
        body.append(f'<text x="{x:.1f}" y="{bottom + 26}" text-anchor="middle">{written(at)}</text>')
    body.append(
        f'<text x="{(left + right) / 2}" y="{height - 5}" text-anchor="middle">{html.escape(ask.at_label)}</text>'
    )
    for given in drawing.given:
        body.append(line(ask.heights(given), drawing.others, 'stroke-width="1" opacity="0.35"'))
    if drawing.guess:
        body.append(curve(ask.heights(drawing.guess), drawing.others, "2 4", drawing.square))
    body.append(curve(ask.true, drawing.true, "", drawing.diamond))
    if drawing.answer:
        body.append(curve(ask.heights(drawing.answer), drawing.you, "7 5", drawing.circle))
    return drawing.svg(ask, width, height, body)


def _place(ask: Place, drawing: _Drawing) -> str:
    side, reach, top = (364 if drawing.guess else 260), 3.5, 32

    def point(place: tuple[float, float]) -> tuple[float, float]:
        x, y = (min(max(value, -reach), reach) for value in place)
        return side * (x + reach) / (2 * reach), top + side * (reach - y) / (2 * reach)

    x, y = point(ask.true)
    middle, center = point((0, 0))
    body = [
        drawing.legend(12, 14),
        f'<rect x="1" y="{top}" width="{side - 2}" height="{side}" fill="none" stroke="{drawing.ink}" opacity="0.5"/>',
        f'<line x1="0" x2="{side}" y1="{center}" y2="{center}" stroke="{drawing.ink}" opacity="0.25"/>',
        f'<line y1="{top}" y2="{top + side}" x1="{middle}" x2="{middle}" stroke="{drawing.ink}" opacity="0.25"/>',
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{side * ask.within / (2 * reach):.1f}" fill="{drawing.true}" '
        'opacity="0.25"/>',
    ]
    for given in drawing.given:
        own_x, own_y = point(ask.place(given))
        body.append(f'<circle cx="{own_x:.1f}" cy="{own_y:.1f}" r="3" fill="{drawing.others}" opacity="0.6"/>')
    if drawing.guess:
        body.append(drawing.square(*point(ask.place(drawing.guess))))
    body.append(drawing.diamond(x, y))
    if drawing.answer:
        body.append(drawing.circle(*point(ask.place(drawing.answer))))
    return drawing.svg(ask, side, top + side, body, most=side / 15)
