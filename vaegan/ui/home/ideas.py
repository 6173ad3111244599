"""What a VAE is, what the GAN adds and what BatchNorm does, in a sentence each."""

import html

import streamlit as st

from vaegan.ui.glossary import IDEAS, TERMS

_STYLE = """<style>
.vg-ideas { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); gap: 0.5rem 2rem; }
.vg-ideas p { margin: 0; line-height: 1.4; }
.vg-ideas b { display: block; }
@media (min-width: 1600px) { .vg-ideas { font-size: 1.25rem; } }
</style>"""


def show_ideas() -> None:
    """Side by side where there is room."""
    words = "".join(f"<p><b>{html.escape(name)}</b>{html.escape(TERMS[name].sentence)}</p>" for name in IDEAS)
    st.html(f'{_STYLE}<div class="vg-ideas">{words}</div>')
