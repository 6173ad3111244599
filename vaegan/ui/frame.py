"""What every page has: links to the others, its title, errors as sentences, and what is sent when it is opened."""

import html
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

import streamlit as st
from PIL import Image, ImageDraw

from vaegan.config import SIDE
from vaegan.errors import VaeganError
from vaegan.ui import language, link, present, resources, visitor
from vaegan.ui.class_dock import class_dock
from vaegan.ui.component import component
from vaegan.ui.glossary import explain, meanings
from vaegan.ui.navigation import navigation
from vaegan.ui.offline import ask_nobody_outside
from vaegan.ui.pages import HOME, Page
from vaegan.ui.reach import open_to_others

PROJECT = "VAE-GAN playground"
_keyboard = component("keyboard", shows=False)
DIGITS_MISSING = (
    "MNIST is not here as it should be, so a sample of 5,000 digits takes its place. The server's log says what to do."
)

# Written into the title itself: else it would be seen for the moment until STYLE is there.
HIDDEN = "position: absolute; width: 1px; height: 1px; margin: 0; padding: 0; overflow: hidden; clip-path: inset(50%);"
# The components that bring bytes into the tab or set the address are invisible and take no room, as does the title: who
# hears the page needs it, who sees it finds the name in the navigation. Streamlit's "Stop" is hidden: it leaves half
# a page, and on the Train page one could take it for the button that stops a run. Chosen values of a menu and the first
# buttons are white on a blue that is dark enough for it; on the dark theme's own blue they could hardly be read. A
# switch's words and these values are never cut: they go to the next line. A chart's words are in the page's own colour:
# the framework's grey is too pale on white. The class's map has its own, since it is dark in both themes.
STYLE = """<style>
.stMainBlockContainer { padding: 0 clamp(0.75rem, 3vw, 4rem) 3rem; }
[data-testid="stLayoutWrapper"]:has(> .st-key-unseen) { position: absolute; pointer-events: none; }
[class*="st-key-address_"], .st-key-meanings, .st-key-present_mode, .st-key-keyboard, .st-key-visitor {
  position: absolute; pointer-events: none;
}
.term {
  cursor: help; border-radius: 3px;
  text-decoration-line: underline; text-decoration-style: dotted; text-decoration-thickness: 1px;
  text-underline-offset: 0.2em;
}
.term:focus-visible { outline: 2px solid #2f86d6; outline-offset: 2px; }
.stMain:focus-visible { outline: 2px solid #2f86d6; outline-offset: -2px; }
.stElementContainer:has(> .stHtml > h1) { position: absolute; }
[data-testid="stStatusWidget"] button { display: none; }
[data-tag] { background-color: #0b5fb0; color: white; flex-shrink: 0; }
.stApp button[kind="primary"]:enabled { background: #0b5fb0; border-color: #0b5fb0; color: white; }
.stCheckbox [data-testid="stWidgetLabel"] p { white-space: normal; }
.js-plotly-plot:not(.st-key-wall_map *) :is(.xtick text, .ytick text, .xtitle, .ytitle, .legendtext, .annotation-text) {
  fill: currentColor !important;
}
</style>"""


def begin_page(page: Page, *, words: bool = True) -> None:
    """Draw the navigation, the title and the first sentences. Every page calls this first.

    Without `words` the page itself says where its first sentences stand, by `page_words`.
    """
    ask_nobody_outside()
    tab_title = PROJECT if page == HOME else f"{page.name} · {PROJECT}"
    st.set_page_config(page_title=tab_title, page_icon=_icon(), layout="wide", initial_sidebar_state="collapsed")
    link.enter(page.name)
    st.html(STYLE)
    language.begin(page.name)
    meanings()
    _keyboard(key="keyboard", data={"language": language.language(), "translated": page.name == language.TRANSLATED})
    visitor.remember()
    present.begin(page.name)
    if not present.presenting():
        navigation(page)
    class_dock(page)
    st.html(f'<h1 style="{HIDDEN}">{html.escape(PROJECT if page == HOME else page.name)}</h1>')
    with suppress(VaeganError):  # if not even the sample can be read, the page says so where it needs digits
        if problem := resources.digits_problem():
            # Folders of the server and what to run on it are for whoever started it, not for all who open the app.
            st.warning(DIGITS_MISSING if open_to_others() else problem, icon=":material/database_off:")
    if words:
        page_words(page)


def page_words(page: Page) -> None:
    """Draw a page's first sentences."""
    st.markdown(explain(page.words), unsafe_allow_html=True)


@cache
def _icon() -> Image.Image:
    """A seven, half covered with noise. It is drawn here, since the browser fetches a named icon from the internet."""
    icon = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(icon).line([(7, 7), (20, 7), (12, 22)], fill=255, width=4, joint="curve")
    speckle = Image.effect_noise((14, SIDE), 220)
    icon.paste(speckle, (14, 0), speckle.point(lambda value: 255 * (value > 150)))
    return icon.resize((112, 112), Image.Resampling.NEAREST)


def sentence(error: VaeganError) -> str:
    """What an error says, begun and ended as a sentence; the name of a file at its beginning stays as it is."""
    text = str(error)
    first, *_ = text.split(" ", 1)
    begun = text[:1].upper() + text[1:] if first.isalpha() else text
    return begun if begun.endswith((".", "!", "?", "…")) else f"{begun}."


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Show a VaeganError as a sentence on the page; what follows the block still runs."""
    try:
        yield
    except VaeganError as error:
        st.error(sentence(error), icon=":material/error:")


@contextmanager
def errors_as_toast() -> Iterator[None]:
    """Show a VaeganError as a notice over the page, for what a button does: the page itself stays as it is."""
    try:
        yield
    except VaeganError as error:
        st.toast(sentence(error), icon=":material/error:", duration="long")


@contextmanager
def folded(label: str, key: str, icon: str) -> Iterator[bool]:
    """A line that opens when it is pressed; yields whether it is open, for what is in it is sent only then."""
    fold = st.expander(label, key=key, icon=icon, on_change="rerun")
    with fold:
        yield bool(fold.open)
