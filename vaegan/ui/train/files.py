"""Downloads of a run: weights and card, all its numbers, and the command that repeats it."""

from functools import partial

import streamlit as st

from vaegan.lab.queue import View
from vaegan.lab.run import Run
from vaegan.ui.train import lab

FILES = {
    ".safetensors": "The trained network, for programs.",
    ".json": "What the network is, how it was trained and what it reaches, for programs.",
}


def show_downloads(view: View) -> None:
    """The command that repeats a run, its numbers, and the weights and card of one that has finished."""
    run = lab.jobs().lab.run(view.run_id)
    st.code(view.plan.command, language="sh", wrap_lines=True)
    with st.container(horizontal=True):
        st.download_button(
            "Numbers (CSV)",
            run.csv,
            file_name=f"{view.plan.name}.csv",
            mime="text/csv",
            key=f"csv_{view.run_id}",
            on_click="ignore",
            icon=":material/table:",
            help="Every step and every epoch.",
        )
        for ending, words in FILES.items() if view.phase == "finished" else ():
            file = f"{view.plan.name}{ending}"
            st.download_button(
                file,
                partial(_file, run, file),
                file_name=file,
                key=f"file_{file}",
                on_click="ignore",
                icon=":material/download:",
                help=words,
            )


def _file(run: Run, file: str) -> bytes:
    return run.files()[file]
