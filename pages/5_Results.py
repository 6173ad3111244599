"""Results: the paper's tables, figures and claims beside our own measurements, and a comparison of denoisers."""

import streamlit as st

from vaegan.reproduction.schema import FILE, Reproduction
from vaegan.ui import pages
from vaegan.ui.frame import begin_page, errors_as_sentences, folded
from vaegan.ui.glossary import say
from vaegan.ui.results import results_state
from vaegan.ui.results.claims import claims
from vaegan.ui.results.denoisers import denoisers
from vaegan.ui.results.figures import figures
from vaegan.ui.results.tables import tables


def show(reproduced: Reproduction) -> None:
    """The chosen section."""
    match results_state.section():
        case "tables":
            tables(reproduced)
        case "figures":
            figures(reproduced)
        case "claims":
            claims(reproduced)
        case _:
            denoisers()


def origin(reproduced: Reproduction) -> str:
    """In a sentence, when, by which command and on which machine and digits the results were made."""
    seeds, machine = ", ".join(map(str, reproduced.seeds)), reproduced.machine
    return (
        f"Made on {reproduced.created} by the command `{reproduced.command}` in {reproduced.seconds / 60:.0f} minutes; "
        f"seeds {seeds}; {reproduced.data.label}; {machine.cpu}, {machine.cores} cores."
    )


def downloads(reproduced: Reproduction) -> None:
    """Buttons that save the whole reproduction."""
    with st.container(horizontal=True):
        for label, file, mime in (
            ("All numbers (JSON)", FILE, "application/json"),
            ("Report (Markdown)", "report.md", "text/markdown"),
        ):
            st.download_button(
                label,
                (reproduced.folder / file).read_bytes,
                file_name=file,
                mime=mime,
                on_click="ignore",
                icon=":material/download:",
                help="Everything that was run, with settings, seeds and versions.",
            )


begin_page(pages.RESULTS)
with errors_as_sentences():
    reproduced = results_state.reproduction()
    dropped = results_state.begin(reproduced)
    st.segmented_control(
        "Section",
        list(results_state.SECTIONS),
        key=results_state.SECTION,
        format_func=results_state.SECTIONS.__getitem__,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
        help="The paper's claims, denoisers compared, and figures and tables of the paper.",
    )
    if dropped:
        st.warning(dropped, icon=":material/link_off:")
    with errors_as_sentences():
        show(reproduced)
    with folded("How these were made, and all numbers", "origin", ":material/info:") as is_open:
        if is_open:
            say(origin(reproduced))
            downloads(reproduced)
    results_state.write_link(reproduced)
