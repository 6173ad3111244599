"""Home: a digit cleaned by both networks, what these are, and doors to what one can do on the pages."""

import streamlit as st

from vaegan.config import NoiseConfig
from vaegan.ui import pages, resources
from vaegan.ui.comparison import compare, show_row
from vaegan.ui.frame import begin_page, errors_as_sentences, page_words
from vaegan.ui.home.doors import show_doors
from vaegan.ui.home.ideas import show_ideas
from vaegan.ui.train import lab

begin_page(pages.HOME, words=False)
with errors_as_sentences():
    gallery = resources.gallery()
    comparison = compare(resources.pairs()[0], gallery.pictures[7], NoiseConfig(kind="gaussian", level=0.5, seed=7))
    if comparison is not None:
        show_row(comparison)
        st.caption(f"A real digit under Gaussian noise of 50 %, cleaned just now by both; from {gallery.origin}.")
page_words(pages.HOME)
show_ideas()
with errors_as_sentences():
    show_doors()

lab.open_early()  # last, so that nothing on the page waits for it
