"""Where to go next: eight pictures, each a link to a page that is set to something worth seeing."""

import html
from typing import NamedTuple

import streamlit as st

from vaegan.ui import pages
from vaegan.ui.home.sketches import sketch
from vaegan.ui.pages import Page


class Door(NamedTuple):
    """Something to do: the name of its picture, what that shows, a title, a line, and the page and link it leads to."""

    sketch: str
    alt: str
    title: str
    words: str
    page: Page
    link: dict[str, str]


DOORS = (
    Door(
        "clean",
        "a 7 under noise, and the same 7 cleaned",
        "Draw and clean",
        "Both networks follow your pen.",
        pages.DENOISE,
        {},
    ),
    Door(
        "map",
        "rows of digits that pass into one another",
        "A map of all digits",
        "Two numbers say which digit it is.",
        pages.LATENT_SPACE,
        {},
    ),
    Door(
        "duel",
        "two digits and a question mark",
        "Which is real?",
        "Your eye against a network's, twenty times.",
        pages.GENERATE,
        {"section": "duel"},
    ),
    Door(
        "race",
        "two falling curves of losses",
        "Race two networks",
        "Train them here, and watch them learn.",
        pages.TRAIN,
        {"lesson": "race"},
    ),
    Door(
        "morph",
        "a 7 that becomes a 3 in eight steps",
        "Between two digits",
        "Walk from one to the other.",
        pages.GENERATE,
        {"section": "morph"},
    ),
    Door(
        "unseen",
        "a 3 under more and more noise, and what a network makes of it",
        "Unseen noise",
        "What do networks that know only clean digits make of it?",
        pages.DENOISE,
        {"pair": "paper", "kind": "gaussian", "level": "50"},
    ),
    Door(
        "watermark",
        "a 7 under a watermark, and the same 7 without it",
        "Watermarks",
        "Print over a digit, and let a network take it off.",
        pages.DENOISE,
        {"pair": "denoise", "kind": "watermark", "level": "80"},
    ),
    Door(
        "claims",
        "a table with ticks and a cross",
        "Does the paper hold?",
        "Its claims beside what we measured.",
        pages.RESULTS,
        {"section": "claims"},
    ),
)
# The whole card is the link's: what a page_link makes is stretched over it, so nothing between may be positioned.
_STYLE = """<style>
.st-key-doors { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0.9rem; }
.st-key-doors > * { display: grid; }
[class*="st-key-door_"] {
  position: relative; height: 100%; gap: 0; padding-bottom: 0.6rem; overflow: hidden;
  border: 1px solid color-mix(in srgb, currentColor 22%, transparent); border-radius: 10px;
}
[class*="st-key-door_"] :not(a) { position: static; }
[class*="st-key-door_"] img { display: block; width: 100%; aspect-ratio: 2; background: #10151c; }
[class*="st-key-door_"] a { margin: 0; padding: 0.5rem 0.75rem 0; min-height: 2.25rem; background: none; }
[class*="st-key-door_"] a { position: static; }
[class*="st-key-door_"] a::after { content: ""; position: absolute; inset: 0; border-radius: 10px; }
[class*="st-key-door_"] a p { font-weight: 600; white-space: normal; }
[class*="st-key-door_"] .line { padding: 0 0.75rem; font-size: 0.9rem; line-height: 1.35; }
[class*="st-key-door_"]:hover { border-color: #2f86d6; }
[class*="st-key-door_"]:has(a:focus-visible) { outline: 3px solid #2f86d6; outline-offset: 2px; }
[class*="st-key-door_"] a:focus-visible { outline: none; box-shadow: none; background: none !important; }
@media (max-width: 800px) { .st-key-doors { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (min-width: 1600px) {
  [class*="st-key-door_"] a p { font-size: 1.25rem; }
  [class*="st-key-door_"] .line { font-size: 1.1rem; }
}
</style>"""


def show_doors() -> None:
    """All doors, four in a row or on a phone two."""
    st.html(_STYLE)
    with st.container(key="doors"):
        for door in DOORS:
            with st.container(key=f"door_{door.sketch}"):
                st.html(f'<img src="{sketch(door.sketch)}" alt="{html.escape(door.alt)}">')
                st.page_link(door.page.path, label=door.title, query_params=door.link)
                st.html(f'<div class="line">{html.escape(door.words)}</div>')
