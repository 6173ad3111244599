"""The time machine: one slider moves the curves, pictures and maps of all runs to an epoch, by hand or playing."""

import base64
from collections.abc import Sequence

import streamlit as st

from vaegan.lab.queue import View
from vaegan.ui.frame import errors_as_sentences
from vaegan.ui.gallery import caption, picture_grid
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.epoch_map import show_maps
from vaegan.ui.train.previews import show_pictures
from vaegan.ui.train.run_names import names_of
from vaegan.ui.train.view import charted_runs, show_losses, show_more, views_of

MAP_WORDS = (
    "What the decoder makes of each place, and where real test digits lie, each as its numeral: see the classes come "
    "apart. With more than two dimensions it is the plane of the first two principal components of mu after the last "
    "epoch."
)


def time_machine(run_ids: list[str]) -> None:
    """Runs that have ended, at the chosen epoch; while the time machine plays, they are drawn again for each epoch."""
    every = _every()

    @st.fragment(run_every=every)
    def at_an_epoch() -> None:
        with errors_as_sentences():
            views = views_of(run_ids)
            if not views:
                return
            last = max((view.epoch for view in views), default=0)
            epoch = lab_state.epoch(last)
            if _every() != every:
                st.rerun()  # of the whole page, which starts or stops the timer
            names = names_of([view.plan for view in views])
            st.header("Time machine", help="Every epoch is kept: curves, pictures and map move together.")
            if last:
                _controls(last)
            runs = charted_runs(views)
            show_losses(runs, epoch)
            # One run has its map beside its pictures, a race each map under its own.
            pictures, maps = st.columns(2, gap="large") if len(views) == 1 else (st.container(), st.container())
            with pictures:
                show_pictures(views, names, epoch, columns=len(views))
            with maps:
                words = "Map of latent space"
                if last and st.toggle(words, key=lab_state.MAP, persist_state="session", help=MAP_WORDS):
                    show_maps(views, names, epoch)
            show_more(runs, epoch)
        lab_state.write_link("epoch")

    at_an_epoch()


def _every() -> float | None:
    return 1 / lab_state.speed() if lab_state.playing() else None


def _controls(last: int) -> None:
    """Play or pause, how fast, and the scrubber."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if lab_state.playing():
            st.button("Pause", key="lab_hold", icon=":material/pause:", on_click=lab_state.pause, help="Stay here.")
        else:
            st.button(
                "Play",
                key="lab_play",
                icon=":material/play_arrow:",
                on_click=lab_state.play,
                args=(last,),
                help="Let the epochs go by.",
            )
        st.segmented_control(
            "Speed",
            lab_state.SPEEDS,
            key=lab_state.SPEED,
            format_func=lambda speed: f"{speed} epochs/s" if speed > 1 else "1 epoch/s",
            required=True,
            persist_state="session",
            on_change=lab_state.keep_playing,
            help="How fast epochs go by, here and in the film.",
        )
        st.slider(
            "Epoch",
            0,
            last,
            key=lab_state.EPOCH,
            persist_state="session",
            on_change=lab_state.keep_playing,
            help="0 is before the first step.",
        )


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
