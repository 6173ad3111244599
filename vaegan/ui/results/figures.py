"""The paper's figures on the Results page, redrawn from our runs."""

from functools import partial
from pathlib import Path

import streamlit as st

from vaegan.reproduction.schema import Figure, Picture, Reproduction
from vaegan.ui.charts import NORM_TITLES
from vaegan.ui.glossary import note, say
from vaegan.ui.results import results_state
from vaegan.ui.results.charts import NORM_NAMES, show_plots
from vaegan.ui.results.written_out import written_out


def figures(reproduced: Reproduction) -> None:
    """The section: the chosen figure with its title, its pictures and its plots."""
    if not reproduced.figures:
        st.info("The results that came with the app have no figures.")
        return
    number = st.segmented_control(
        "Figure of the paper",
        [figure.number for figure in reproduced.figures],
        key=results_state.FIGURE,
        required=True,
        persist_state="session",
        help="By the paper's numbers.",
    )
    figure = reproduced.figure(int(number or reproduced.figures[0].number))
    st.header(f"Figure {figure.number}: {figure.title}")
    say(f"{_begun(written_out(figure.shows))}.")
    show_pictures(figure, reproduced.folder)
    show_plots(figure.plots, f"figure_{figure.number}")
    note(f"Our setting: {written_out(figure.setting)}")
    files = {picture.file: picture.caption for picture in figure.pictures}
    files |= {plot.file: plot.title for plot in figure.plots}
    with st.container(horizontal=True):
        for file, words in files.items():
            st.download_button(
                f"{_begun(written_out(words))} (PNG)",
                partial((reproduced.folder / file).read_bytes),
                file_name=Path(file).name,
                mime="image/png",
                key=f"picture_{file}",
                on_click="ignore",
                icon=":material/image:",
                help="The picture as a file.",
            )


def show_pictures(figure: Figure, folder: Path) -> None:
    """Pictures of a figure, two a row: with BatchNorm beside without."""
    for start in range(0, len(figure.pictures), 2):
        for column, picture in zip(st.columns(2, gap="large"), figure.pictures[start : start + 2], strict=False):
            with column:
                _show(picture, folder, figure.title)


def _show(picture: Picture, folder: Path, title: str) -> None:
    words = written_out(picture.caption)
    if picture.norm is not None:
        say(f"**{NORM_TITLES[picture.norm]}**")
    st.image(str(folder / picture.file), width="stretch", alt=f"{title}: {words}")
    said_above = "" if picture.norm is None else f"{NORM_NAMES[picture.norm]}, "
    note(_begun(words.removeprefix(said_above)))


def _begun(words: str) -> str:
    """Words as the beginning of a sentence."""
    return f"{words[:1].upper()}{words[1:]}"
