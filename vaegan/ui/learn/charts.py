"""Own guess and what happens in one chart, drawn as SVG with a text that says the same."""

import base64
import html
from collections.abc import Callable, Sequence

from vaegan.lessons.asks import LETTERS, Ask, Choice, Number, Place, Sketch, written

YOU, TRUE = "#ffd479", "#7ee0a1"  # on the dark stage; a circle and a diamond tell them apart as well
PAPER = ("#7a4b00", "#0b6b34")  # the same on white paper
Say = Callable[..., str]


def chart(ask: Ask, answer: str, say: Say, *, on_paper: bool = False) -> str:
    """The chart of a question with this answer, which may be empty; `say` finds words by key."""
    ink = "#111111" if on_paper else "#e8edf3"
    you, true = PAPER if on_paper else (YOU, TRUE)
    drawing = _Drawing(say, you, true, ink, answer)
    if isinstance(ask, Choice):
        return _choice(ask, drawing)
    if isinstance(ask, Number):
        return _number(ask, drawing)
    if isinstance(ask, Sketch):
        return _sketch(ask, drawing)
    return _place(ask, drawing)


def in_words(ask: Ask, answer: str, say: Say) -> str:
    """What the chart shows, as a sentence."""
    yours = ask.in_words(answer) if answer else "–"
    return say(f"chart.alt_{ask.kind}", yours=yours, true=ask.in_words(ask.truth))


class _Drawing:
    """What all charts need: words, colours, the answer."""

    def __init__(self, say: Say, you: str, true: str, ink: str, answer: str) -> None:
        self.say, self.you, self.true, self.ink, self.answer = say, you, true, ink, answer

    def svg(self, ask: Ask, width: int, height: int, body: Sequence[str]) -> str:
        """The picture with its text; it grows with the room there is."""
        alt = html.escape(in_words(ask, self.answer, self.say))
        drawn = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'font-family="sans-serif" font-size="15" fill="{self.ink}">{"".join(body)}</svg>'
        )
        url = f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
        return f'<img src="{url}" alt="{alt}" style="width:100%;max-width:{width * 1.3:.0f}px;display:block">'

    def legend(self, x: float, y: float) -> str:
        """Which mark is whose."""
        true = f'{self.diamond(x, y)}<text x="{x + 14}" y="{y + 5}">{self.word("true")}</text>'
        if not self.answer:
            return true
        left = x + 46 + 8.2 * len(self.say("chart.true"))
        return true + f'{self.circle(left, y)}<text x="{left + 14}" y="{y + 5}">{self.word("you")}</text>'

    def word(self, key: str) -> str:
        """Words of the chart, as HTML."""
        return html.escape(self.say(f"chart.{key}"))

    def circle(self, x: float, y: float) -> str:
        """The mark of the guess."""
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="none" stroke="{self.you}" stroke-width="3"/>'

    def diamond(self, x: float, y: float) -> str:
        """The mark of what happens."""
        return f'<path d="M{x:.1f} {y - 8:.1f}l8 8l-8 8l-8 -8z" fill="{self.true}"/>'


def _choice(ask: Choice, drawing: _Drawing) -> str:
    """A row for each option, as HTML, since texts of any length have to wrap."""
    rows = []
    for letter, option in zip(LETTERS, ask.options, strict=False):
        marks = []
        if letter == ask.right_letter:
            marks.append(f'<b style="color:{drawing.true}">◆ {drawing.word("true")}</b>')
        if letter == drawing.answer:
            marks.append(f'<b style="color:{drawing.you}">○ {drawing.word("you")}</b>')
        edge = drawing.true if letter == ask.right_letter else drawing.you if letter == drawing.answer else "#4a5765"
        rows.append(
            f'<li style="border-left:5px solid {edge};padding:0.15rem 0 0.15rem 0.6rem;margin:0.3rem 0">'
            f"{html.escape(option.text)} {' '.join(marks)}</li>"
        )
    label = html.escape(drawing.say("step.truth"))
    return f'<ul aria-label="{label}" style="list-style:none;padding:0;margin:0">{"".join(rows)}</ul>'


def _number(ask: Number, drawing: _Drawing) -> str:
    width, left, right, y = 420, 24, 396, 58

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
            f'<text x="{x(value):.1f}" y="{y + 24}" text-anchor="middle">{written(value)}</text>'
        )
    body.append(drawing.diamond(x(ask.true), y))
    body.append(
        f'<text x="{x(ask.true):.1f}" y="{y - 14}" text-anchor="middle">{html.escape(ask.in_words(ask.truth))}</text>'
    )
    if drawing.answer:
        body.append(drawing.circle(x(float(drawing.answer)), y))
    return drawing.svg(ask, width, 92, body)


def _sketch(ask: Sketch, drawing: _Drawing) -> str:
    width, height, left, right, top, bottom = 420, 260, 44, 408, 34, 214

    def point(at: float, value: float) -> tuple[float, float]:
        share = (at - ask.at[0]) / (ask.at[-1] - ask.at[0])
        up = (value - ask.least) / (ask.most - ask.least)
        return left + (right - left) * share, bottom - (bottom - top) * up

    def curve(heights: Sequence[float], colour: str, dash: str) -> str:
        points = [point(at, value) for at, value in zip(ask.at, heights, strict=True)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        mark = drawing.diamond if colour == drawing.true else drawing.circle
        line = f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="3" stroke-dasharray="{dash}"/>'
        return line + "".join(mark(x, y) for x, y in points)

    body = [drawing.legend(left, 12)]
    for value in (ask.least, (ask.least + ask.most) / 2, ask.most):
        _, y = point(ask.at[0], value)
        body.append(f'<line x1="{left}" x2="{right}" y1="{y}" y2="{y}" stroke="{drawing.ink}" opacity="0.25"/>')
        body.append(f'<text x="{left - 12}" y="{y + 5}" text-anchor="end">{written(value)}</text>')
    for at in ask.at:
        x, _ = point(at, ask.least)
        body.append(f'<text x="{x:.1f}" y="{bottom + 22}" text-anchor="middle">{written(at)}</text>')
    body.append(
        f'<text x="{(left + right) / 2}" y="{height - 4}" text-anchor="middle">{html.escape(ask.at_label)}</text>'
    )
    body.append(curve(ask.true, drawing.true, ""))
    if drawing.answer:
        body.append(curve(ask.heights(drawing.answer), drawing.you, "7 5"))
    return drawing.svg(ask, width, height, body)


def _place(ask: Place, drawing: _Drawing) -> str:
    side, reach, top = 260, 3.5, 30

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
        drawing.diamond(x, y),
    ]
    if drawing.answer:
        body.append(drawing.circle(*point(ask.place(drawing.answer))))
    return drawing.svg(ask, side, top + side, body)
