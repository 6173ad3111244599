"""What every page has: its title, a sidebar with links to the others, and one place that shows errors as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

import streamlit as st
from PIL import Image, ImageDraw

from vaegan.config import SIDE
from vaegan.errors import VaeganError
from vaegan.ui import resources
from vaegan.ui.pages import HOME, PAGES, Page

# The components that bring bytes into the tab are invisible and take no room. Streamlit's own "Stop" is hidden: it
# leaves half a page, and on the Train page one could take it for the button that stops a run. Chosen values of a menu
# are white on a blue that is dark enough for it; in the dark theme's own blue they could hardly be read.
STYLE = """<style>
.stMainBlockContainer { padding: 3.5rem clamp(1rem, 3vw, 4rem); }
[data-testid="stLayoutWrapper"]:has(> .st-key-unseen) { position: absolute; pointer-events: none; }
[data-testid="stStatusWidget"] button { display: none; }
[data-tag] { background-color: #0b5fb0; color: white; }
</style>"""


def begin_page(page: Page) -> None:
    """Draw the sidebar, the title and the first sentences. Every page calls this first."""
    tab_title = "VAE-GAN playground" if page == HOME else f"{page.name} · VAE-GAN playground"
    st.set_page_config(page_title=tab_title, page_icon=_icon(), layout="wide")
    st.html(STYLE)
    with st.sidebar:
        st.markdown("**VAE-GAN playground**")
        st.caption("Two neural networks clean handwritten digits: one trained with BatchNorm, one without.")
        for other in PAGES:
            st.page_link(other.path, label=other.name, icon=other.icon)
    with suppress(VaeganError):  # if not even the sample can be read, the page says so where it needs digits
        if problem := resources.digits_problem():
            st.warning(problem, icon=":material/database_off:")
    st.title("VAE-GAN playground" if page == HOME else page.name)
    st.markdown(page.words)


@cache
def _icon() -> Image.Image:
    """A seven, half covered with noise. It is drawn here, since the browser fetches a named icon from the internet."""
    icon = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(icon).line([(7, 7), (20, 7), (12, 22)], fill=255, width=4, joint="curve")
    speckle = Image.effect_noise((14, SIDE), 220)
    icon.paste(speckle, (14, 0), speckle.point(lambda value: 255 * (value > 150)))
    return icon.resize((112, 112), Image.Resampling.NEAREST)


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Show a VaeganError as a sentence on the page; what follows the block still runs."""
    try:
        yield
    except VaeganError as error:
        st.error(str(error), icon=":material/error:")


@contextmanager
def errors_as_toast() -> Iterator[None]:
    """Show a VaeganError as a notice over the page, for what a button does: the page itself stays as it is."""
    try:
        yield
    except VaeganError as error:
        st.toast(str(error), icon=":material/error:", duration="long")
