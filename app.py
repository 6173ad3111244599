"""Home: what this is, a digit already cleaned, doors to the pages."""

import streamlit as st

from vaegan.config import NoiseConfig
from vaegan.ui import resources
from vaegan.ui.comparison import compare, show_row
from vaegan.ui.frame import errors_as_sentences, setup_page

DOORS: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "Draw and clean",
        "Draw a digit with mouse or finger, choose how it is damaged, and see both networks at work.",
        {},
    ),
    (
        "Lost pixels",
        "Masking removes every second pixel. How much of a digit is enough to know it?",
        {"pair": "denoise", "kind": "masking", "level": "50"},
    ),
    (
        "Watermarks",
        "Print over a digit and let the networks take it off again.",
        {"pair": "denoise", "kind": "watermark", "level": "80"},
    ),
    (
        "Unseen noise",
        "The paper's own models learned clean digits only. What do they make of noise?",
        {"pair": "paper", "kind": "gaussian", "level": "50"},
    ),
)

setup_page("Home")
st.title("VAE-GAN playground")
st.markdown(
    "A VAE-GAN squeezes a handwritten digit into a few numbers and draws it again from them, and leaves the noise "
    "behind. Here two of them clean the same picture side by side: **one trained with BatchNorm, one without**."
)
with errors_as_sentences():
    gallery = resources.gallery()
    comparison = compare(resources.pairs()[0], gallery.pictures[7], NoiseConfig(kind="gaussian", level=0.5, seed=7))
    if comparison is not None:
        show_row(comparison)
        st.caption(f"A real digit under Gaussian noise of 50 %, cleaned just now by both; from {gallery.origin}.")

for column, (title, text, params) in zip(st.columns(len(DOORS)), DOORS, strict=True):
    with column.container(border=True, height="stretch"):
        st.page_link("pages/1_Denoise.py", label=f"**{title}**", icon=":material/arrow_forward:", query_params=params)
        st.markdown(text)
