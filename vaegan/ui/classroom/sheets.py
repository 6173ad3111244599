"""The code to join, how a class has answered, and its names, as HTML for the stage. All that others typed is text."""

import html
from collections.abc import Mapping

from vaegan.classroom.room import Room
from vaegan.ui.addresses import Addresses, code_picture
from vaegan.ui.class_dock import join_address
from vaegan.ui.gallery import staged

_STYLE = """<style>
.vg-join { display: flex; flex-wrap: wrap; gap: clamp(0.75rem, 2cqi, 2.5rem); align-items: center; }
.vg-join img { display: block; width: clamp(8rem, 26cqi, 30rem); height: auto; border-radius: 8px; }
.vg-join .vg-code { font-size: clamp(2.2rem, 7cqi, 8rem); line-height: 1.1; font-weight: 700; letter-spacing: 0.12em; }
.vg-join { font-size: clamp(1rem, 2cqi, 2.2rem); overflow-wrap: anywhere; }
.vg-join.vg-small { font-size: 1rem; gap: 1rem; }
.vg-join.vg-small img { width: 6.5rem; }
.vg-join.vg-small .vg-code { font-size: 2.2rem; }
.vg-names { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.vg-staged ul.vg-names { padding: 0; }
.vg-staged .vg-names li { margin: 0; padding: 0.15rem 0.6rem; border: 1px solid #4a5765; border-radius: 1rem; }
.vg-names { font-size: clamp(0.9rem, 1.4cqi, 1.6rem); }
.vg-names .vg-away { color: #aebac6; border-style: dashed; }
.vg-asked { font-size: clamp(1.2rem, 3cqi, 3.2rem); font-weight: 600; margin: 0 0 0.8rem; overflow-wrap: anywhere; }
.vg-bars { display: grid; gap: 0.5rem; }
.vg-bars div {
  padding: 0.4rem 0.8rem; border-radius: 8px; font-size: clamp(1rem, 2.2cqi, 2.4rem); overflow-wrap: anywhere;
  background: linear-gradient(90deg, #1f4f7d var(--share), #1a212b var(--share)); }
</style>"""


def join_sheet(room: Room, where: Addresses, *, small: bool = False) -> str:
    """The code as a picture and as letters, and both addresses; `small` on a page that has more to show."""
    number, name = (html.escape(each.partition("://")[2]) for each in where[:2])
    picture = code_picture(join_address(room))
    lines = f"<div>Point the camera at the picture, or open <b>{number}/Class</b></div><div>or {name}/Class</div>"
    code = f'<div class="vg-code">{room.code}</div>'
    size = " vg-small" if small else ""
    return staged(f'{_STYLE}<div class="vg-join{size}"><img src="{picture}" alt="The address as a code for a camera">'
                  f"<div>{code}{lines}</div></div>", names_list(room))  # fmt: skip


def names_list(room: Room) -> str:
    """All who are in the class; a dashed frame for a phone that sleeps."""
    items = "".join(
        f"<li>{html.escape(student.name)}</li>"
        if room.is_here(student)
        else f'<li class="vg-away" title="asleep">{html.escape(student.name)} (asleep)</li>'
        for student in room.students()
    )
    return f'{_STYLE}<ul class="vg-names">{items}</ul>' if items else ""


def question_sheet(room: Room) -> str:
    """What is asked; how many have answered, or once it is revealed, how."""
    question = room.question
    if question is None:
        return ""
    asked = f'{_STYLE}<div class="vg-asked">{html.escape(question.text)}</div>'
    if room.answers.is_revealed(question.step):
        return staged(asked, bars(room.tally()))
    choices = "".join(f'<div style="--share:0%">{html.escape(choice)}</div>' for choice in question.choices)
    return staged(asked, f'<div class="vg-bars">{choices}</div>', f'<p class="vg-lead">{answered(room)}</p>')


def ended_sheet() -> str:
    """What a projector shows when the class is over."""
    return staged(f'{_STYLE}<div class="vg-asked">The class has ended.</div>')


def answered(room: Room) -> str:
    """How many have answered what is asked."""
    count = room.answers.count(room.question.step) if room.question else 0
    return f"{count} of {len(room.students())} have answered."


def bars(counts: Mapping[str, int]) -> str:
    """A histogram: each answer with how many gave it."""
    everything = max(1, sum(counts.values()))
    rows = (
        f'<div style="--share:{100 * count / everything:.0f}%">{html.escape(answer)}: {count} '
        f"({100 * count / everything:.0f} %)</div>"
        for answer, count in counts.items()
    )
    return f'{_STYLE}<div class="vg-bars">{"".join(rows)}</div>'
