"""Downloads of a run: weights and card, all its numbers, and the command that repeats it."""

from functools import partial

import streamlit as st

from vaegan.lab.queue import View
from vaegan.lab.run import Run
from vaegan.ui.train import lab

FILES = {  # by the ending of their names: what the button is called, and what the file is for
    ".safetensors": ("Trained network (safetensors)", "The weights, for the command line and for Python."),
    ".json": ("Its description (JSON)", "What the network is, how it was trained and what it reaches."),
}


def show_downloads(view: View) -> None:
    """The command that repeats a run, its numbers, and the weights and card of one that has finished."""
    run = lab.jobs().lab.run(view.run_id)
    st.caption("This command trains the same again, without the app:")
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
        for ending, (label, words) in FILES.items() if view.phase == "finished" else ():
            file = f"{view.plan.name}{ending}"
            st.download_button(
                label,
                partial(_file, run, file),
                file_name=file,
                key=f"file_{file}",
                on_click="ignore",
                icon=":material/download:",
                help=words,
            )


def _file(run: Run, file: str) -> bytes:
    return run.files()[file]
