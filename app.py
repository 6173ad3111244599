"""Home: what this is, a digit already cleaned, doors to the pages."""

import streamlit as st

from vaegan.config import NoiseConfig
from vaegan.ui import resources
from vaegan.ui.comparison import compare, show_row
from vaegan.ui.frame import errors_as_sentences, setup_page
from vaegan.ui.train import lab

DENOISE, MAP, GENERATE = "pages/1_Denoise.py", "pages/2_Latent_space.py", "pages/3_Generate.py"
TRAIN, RESULTS = "pages/4_Train.py", "pages/5_Results.py"
DOORS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    (
        "Draw and clean",
        "Draw a digit with mouse or finger: both networks run in your browser and follow your hand.",
        DENOISE,
        {"live": "1"},
    ),
    (
        "Unseen noise",
        "The paper's own models learned clean digits only. What do they make of noise?",
        DENOISE,
        {"pair": "paper", "kind": "gaussian", "level": "50"},
    ),
    (
        "Watermarks",
        "Print over a digit and let the networks take it off again.",
        DENOISE,
        {"pair": "denoise", "kind": "watermark", "level": "80"},
    ),
    (
        "A map of all digits",
        "Two numbers say which digit it is. Move over the map and watch the decoder draw each place.",
        MAP,
        {},
    ),
    ("Between two digits", "Walk from one digit to another through latent space.", GENERATE, {"section": "morph"}),
    (
        "Be the discriminator",
        "Which of two digits is real? Twenty pairs, your eye against the network's.",
        GENERATE,
        {"section": "duel"},
    ),
    (
        "Race two networks",
        "Train them here, in lockstep, one with BatchNorm and one without: losses fall, digits appear.",
        TRAIN,
        {"lesson": "race"},
    ),
    ("Does the paper hold?", "Its tables, figures and claims beside what we measured.", RESULTS, {"section": "claims"}),
)
DOORS_A_ROW = 4

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

for row in range(0, len(DOORS), DOORS_A_ROW):
    for column, (title, text, page, params) in zip(st.columns(DOORS_A_ROW), DOORS[row:], strict=False):
        with column.container(border=True, height="stretch"):
            st.page_link(page, label=f"**{title}**", icon=":material/arrow_forward:", query_params=params)
            st.markdown(text)

lab.open_early()  # last, when everything can be seen
