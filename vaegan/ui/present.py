"""Present: the app on a projector, without navigation, its text and pictures as large as the screen allows.

It is a mode of the whole visit: a button in the navigation or `?present=1` begins it, Escape or a small button ends it.
"""

import streamlit as st

from vaegan.ui import language
from vaegan.ui.component import component
from vaegan.ui.language import say

PARAMETER = "present"  # in the address of every page
LEAVE = "Leave the presentation"
_ON, _PAGE = "presenting", "present_page"
_component = component("present", shows=False)
# Nearly all sizes are in rem, so the page grows with this; at 1920 pixels a caption of 0.875rem is then 20 pixels.
# What would still be smaller, in charts and within stages, is held up by --least-text, which stages inherit.
# How many milliseconds a frame takes is told only outside of it.
# The button that ends the mode lies in a corner, which a stage's title leaves free by --stage-corner.
STYLE = """<style>
html { font-size: clamp(16px, 1.2vw, 60px) !important; }
:root { --least-text: clamp(12px, 1.05vw, 52px); --stage-least: calc(100svh - 1vw);
  --stage-columns: minmax(0, 1fr) minmax(0, 0.48fr) minmax(0, 2.2fr); --stage-others: 12rem; --map-around: 9.8rem;
  --stage-corner: 2rem; --speed-shown: none; }
.stAppHeader { display: none; }
.stMainBlockContainer { padding: 0.5vw 0.5vw 2rem; }
.js-plotly-plot text, #js-plotly-tester text { font-size: var(--least-text) !important; }
small, .stMainBlockContainer :is(p, code) { font-size: max(1em, var(--least-text)) !important; }
@media (max-width: 640px) { /* the button has a line for itself: on a phone's width words would run under it */
  :root { --stage-least: calc(100svh - 2.6rem); }
  .stMainBlockContainer { padding-top: 2.3rem; }
}
.st-key-leave_present { position: fixed; z-index: 1000; top: 0.3rem; right: 0.3rem; width: auto; opacity: 0.55; }
.st-key-leave_present:is(:hover, :focus-within) { opacity: 1; }
.st-key-leave_present button { min-height: 0; padding: 0.2rem; background: #10151c; color: #e8edf3; }
.st-key-leave_present button p { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
</style>"""


def presenting() -> bool:
    """Whether this visit is in the mode."""
    return bool(st.session_state.get(_ON, False))


def begin(page: str) -> None:
    """Follow the address with which one has come to the page, and draw what the mode needs.

    `begin_page` calls it. Later the browser may go on sending an address that was true before a button was pressed.
    """
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        if (said := st.query_params.get(PARAMETER)) in ("0", "1"):
            st.session_state[_ON] = said == "1"
    _component(key="present_mode", data={"on": presenting()}, on_leave_change=_leave)
    if presenting():
        st.html(STYLE)
        st.button(LEAVE, key="leave_present", icon=":material/close:", on_click=_leave, help="Escape does the same.")


def switch() -> None:
    """The button that begins it."""
    st.button(
        say("page.present"),
        key="present",
        type="tertiary",
        icon=":material/slideshow:",
        on_click=_enter,
        help=say("page.present_help"),
    )


def without_mode(link: dict[str, str]) -> dict[str, str]:
    """An address without the mode and the language, which belong to no page."""
    return {name: value for name, value in link.items() if name not in (PARAMETER, language.PARAMETER)}


def _enter() -> None:
    st.session_state[_ON] = True


def _leave() -> None:
    st.session_state[_ON] = False
