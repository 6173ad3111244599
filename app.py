"""Home: what the app is, a digit cleaned by both networks, and links to what one can do on the pages."""

from typing import NamedTuple

import streamlit as st

from vaegan.config import NoiseConfig
from vaegan.ui import pages, resources
from vaegan.ui.comparison import compare, show_row
from vaegan.ui.frame import begin_page, errors_as_sentences
from vaegan.ui.pages import Page
from vaegan.ui.train import lab


class Door(NamedTuple):
    """Something to do in the app: a title, a sentence, and the page and link that lead to it."""

    title: str
    words: str
    page: Page
    link: dict[str, str]


DOORS = (
    Door(
        "Draw and clean",
        "Draw a digit with mouse or finger: both networks run in your browser and follow your hand.",
        pages.DENOISE,
        {"live": "1"},
    ),
    Door(
        "Unseen noise",
        "The paper's own models learned clean digits only. What do they make of noise?",
        pages.DENOISE,
        {"pair": "paper", "kind": "gaussian", "level": "50"},
    ),
    Door(
        "Watermarks",
        "Print over a digit and let the networks take it off again.",
        pages.DENOISE,
        {"pair": "denoise", "kind": "watermark", "level": "80"},
    ),
    Door(
        "A map of all digits",
        "Two numbers say which digit it is. Move over the map and watch the decoder draw each place.",
        pages.LATENT_SPACE,
        {},
    ),
    Door(
        "Between two digits",
        "Walk from one digit to another through latent space.",
        pages.GENERATE,
        {"section": "morph"},
    ),
    Door(
        "Be the discriminator",
        "Which of two digits is real? Twenty pairs, your eye against the network's.",
        pages.GENERATE,
        {"section": "duel"},
    ),
    Door(
        "Race two networks",
        "Train them here, in lockstep, one with BatchNorm and one without: losses fall, digits appear.",
        pages.TRAIN,
        {"lesson": "race"},
    ),
    Door(
        "Does the paper hold?",
        "Its tables, figures and claims beside what we measured.",
        pages.RESULTS,
        {"section": "claims"},
    ),
)
DOORS_A_ROW = 4

begin_page(pages.HOME)
with errors_as_sentences():
    gallery = resources.gallery()
    comparison = compare(resources.pairs()[0], gallery.pictures[7], NoiseConfig(kind="gaussian", level=0.5, seed=7))
    if comparison is not None:
        show_row(comparison)
        st.caption(f"A real digit under Gaussian noise of 50 %, cleaned just now by both; from {gallery.origin}.")

for row in range(0, len(DOORS), DOORS_A_ROW):
    for column, door in zip(st.columns(DOORS_A_ROW), DOORS[row:], strict=False):
        with column.container(border=True, height="stretch"):
            icon = ":material/arrow_forward:"
            st.page_link(door.page.path, label=f"**{door.title}**", icon=icon, query_params=door.link)
            st.markdown(door.words)

lab.open_early()  # last, so that nothing on the page waits for it
