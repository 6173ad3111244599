"""One line on top of each page with links to all others; a phone folds it into a button that opens them.

The fold is HTML and CSS alone, so it works while the page still loads: a `details` element is what one presses, and the
links, which stand beside it, are seen while it is open. The next page begins with a closed one. `keyboard.js` closes it
by Escape and by a press elsewhere.
"""

import html

import streamlit as st

from vaegan.ui import present
from vaegan.ui.glossary import term
from vaegan.ui.language import page_label, say
from vaegan.ui.pages import PAGES, Page

BRAND = "VAE-GAN"
# Streamlit's own header lies over the line: all but its buttons lets a press through. The page's own place is
# underlined, and a ring is around what has the focus. Below 60rem, 960 px, the places do not fit beside one another.
STYLE = """<style>
.stAppHeader { height: 2.75rem; min-height: 0; background: none; }
.stAppHeader, .stAppHeader * { pointer-events: none; }
.stAppHeader button, .stAppHeader button * { pointer-events: auto; }
.st-key-navigation {
  position: relative; z-index: 2; height: 2.75rem; margin-bottom: -0.5rem; padding-right: 5rem;
  border-bottom: 1px solid color-mix(in srgb, currentColor 16%, transparent);
}
.st-key-navigation .brand { font-weight: 700; margin-right: 1rem; white-space: nowrap; }
.st-key-navigation .here {
  color: #0b5fb0; color: light-dark(#0b5fb0, #5fb0f5);
  font-weight: 600; white-space: nowrap; border-bottom: 2px solid; padding: 0.1rem 0;
}
.st-key-places .here { margin: 0 0.7rem; }
.st-key-places a { min-height: 2.25rem; margin: 0; padding: 0 0.7rem; border-radius: 0.4rem; }
.st-key-places a p { font-size: 1rem; }
.st-key-places a:focus-visible, .st-key-navigation summary:focus-visible {
  outline: 3px solid currentColor; outline-offset: -3px; background: none;
}
.st-key-places .st-key-present { margin-left: 0.7rem; }
.st-key-present button { min-height: 2.25rem; padding: 0 0.5rem; }
.st-key-navigation .folded { display: flex; align-items: center; gap: 1rem; min-height: 2.75rem; }
.st-key-navigation .folded > .here, .st-key-navigation .folded > details { display: none; }
@media (max-width: 60rem) {
  .st-key-navigation { padding-right: 2.25rem; }
  .st-key-navigation > .stElementContainer { flex: 1 1 100%; width: 100%; }
  .st-key-navigation .folded > .here { display: inline; }
  .st-key-navigation .folded > details { display: block; margin-left: auto; }
  .st-key-navigation summary { padding: 0.4rem 0.7rem; border-radius: 0.4rem; cursor: pointer; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-places) { display: none; }
  .st-key-navigation:has(details[open]) > [data-testid="stLayoutWrapper"] {
    display: block; position: absolute; top: 100%; left: 0; right: 0; padding-bottom: 0.5rem;
    background: white; background: light-dark(#ffffff, #10151c); box-shadow: 0 12px 20px rgb(0 0 0 / 30%);
  }
  .st-key-places { flex-direction: column; align-items: stretch; }
  .st-key-places .stElementContainer:has(.here) { display: none; }
  .st-key-places a { min-height: 2.75rem; }
}
</style>"""


def navigation(page: Page) -> None:
    """The line on top of `page`: the brand, the page's own place, and links to the others."""
    st.html(STYLE)
    here = f'<span class="here" aria-current="page">{html.escape(page_label(page.label))}</span>'
    with st.container(key="navigation", horizontal=True, vertical_alignment="center", gap=None):
        opener = f"<details><summary>{html.escape(say('page.pages'))}</summary></details>"
        st.html(f'<div class="folded"><span class="brand">{term(BRAND)}</span>{here}{opener}</div>', width="content")
        with st.container(key="places", horizontal=True, wrap=False, vertical_alignment="center", gap=None):
            for other in PAGES:
                if other == page:
                    st.html(here, width="content")
                else:
                    st.page_link(other.path, label=page_label(other.label))
            present.switch()
