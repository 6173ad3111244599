"""All epochs of a run as a film, on the page and as a file."""

import base64
from collections.abc import Sequence

import streamlit as st

from vaegan.lab.queue import View
from vaegan.ui.gallery import caption, picture_grid
from vaegan.ui.train import lab, lab_state


def show_film(views: Sequence[View], names: Sequence[str]) -> None:
    """The epochs of each run as a film: its reconstructions above, its samples below."""
    for column, view, name in zip(st.columns(max(2, len(views)), gap="large"), views, names, strict=False):
        with column:
            frames = len(lab.jobs().lab.run(view.run_id).epoch_previews())
            data = lab.film(view.run_id, frames, 1000 // lab_state.speed())
            url = f"data:image/gif;base64,{base64.b64encode(data).decode()}"
            st.html(picture_grid([(url, f"{name}: the run as a film", caption(name))], columns=1, width="30rem"))
            st.download_button(
                "Film (GIF)",
                data,
                file_name=f"{view.plan.name}.gif",
                mime="image/gif",
                key=f"film_{view.run_id}",
                on_click="ignore",
                icon=":material/movie:",
                help="The film as a file.",
            )
