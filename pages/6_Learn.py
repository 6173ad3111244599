"""Learn: lessons that ask for a guess, let one try it on the pages' own parts, and reveal what happens."""

import streamlit as st

from vaegan.ui import attendance, pages, resources, state
from vaegan.ui.denoise import lesson_part as denoise_part
from vaegan.ui.frame import begin_page, errors_as_sentences
from vaegan.ui.generate import lesson_part as generate_part
from vaegan.ui.latent_space import lesson_part as map_part
from vaegan.ui.learn import answers, learn_state
from vaegan.ui.learn.layout import STYLE
from vaegan.ui.learn.shelf_view import show_shelf
from vaegan.ui.learn.step_view import show_lesson
from vaegan.ui.results import lesson_part as results_part
from vaegan.ui.store import courier
from vaegan.ui.train import lesson_part as train_part

PARTS = {
    pages.DENOISE.name: denoise_part.PART,
    pages.LATENT_SPACE.name: map_part.PART,
    pages.GENERATE.name: generate_part.PART,
    pages.TRAIN.name: train_part.PART,
    pages.RESULTS.name: results_part.PART,
}

answers.subscribe("class", lambda given: attendance.take(*given))
begin_page(pages.LEARN, words=False)
st.html(STYLE)
courier()
with errors_as_sentences():
    state.begin_digit(resources.gallery().pictures[0])
    dropped = learn_state.begin()
    if dropped:
        st.warning(dropped, icon=":material/link_off:")
    if learn_state.name() is None:
        show_shelf()
    else:
        show_lesson(PARTS)
    learn_state.write_link()
