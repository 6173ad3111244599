"""Sample: what decoders make of random points, the same points for each checkpoint."""

import numpy as np
import streamlit as st

from vaegan.data.pictures import Float, png_bytes, tile
from vaegan.errors import CheckpointError
from vaegan.ui import catalogue, resources, trained
from vaegan.ui.catalogue import model_words
from vaegan.ui.gallery import caption, picture_grid, picture_url, staged
from vaegan.ui.generate.choices import picture_download, seed_button, seed_input
from vaegan.ui.generate.generate_state import (
    MAX_MODELS,
    MODELS,
    SAMPLE_SEED,
    TEMPERATURE,
    TEMPERATURES,
    VIEW,
    VIEWS,
    Offer,
)
from vaegan.ui.generate.rival_sheets import NOBODY, rival_sheets
from vaegan.ui.glossary import explain

SHEET_SIDE = 5  # digits along each side of a sheet
WIDTH = "max(20rem, (100svh - 22rem) * 2)"
# On a phone the controls would fill the first screen.
_SHEETS_FIRST = """<style>@media (max-width: 640px) {
[data-testid="stLayoutWrapper"]:has(> .st-key-sample_controls) { order: 1; }
[data-testid="stLayoutWrapper"]:has(> .st-key-sample_settings) { order: 2; }
}</style>"""


def sampling(offered: Offer) -> None:
    """The section: a VAE against a VAE-GAN, or a sheet of new digits for each chosen checkpoint."""
    st.html(_SHEETS_FIRST)
    with st.container(key="sampling"):
        controls = st.container(key="sample_controls", horizontal=True, vertical_alignment="center")
        results, settings = st.container(), st.container(key="sample_settings", horizontal=True)
    with controls:
        view = _view()
        seed_button(SAMPLE_SEED, "New sample")
    with settings:
        temperature = _temperature()
        seed = seed_input(
            SAMPLE_SEED, "The same seed gives the same points z; networks with as many numbers in z share them."
        )
    with results:
        if view == "models":
            _chosen_models(offered, seed, temperature)
        elif rivals := catalogue.rivals():
            gan, vae = rivals
            rival_sheets(gan, vae, seed, temperature)
        else:
            st.info(
                "There is no VAE-GAN here with a VAE to compare it with: show any networks.", icon=":material/block:"
            )


def _view() -> str:
    st.segmented_control(
        "Show",
        list(VIEWS),
        key=VIEW,
        format_func=VIEWS.__getitem__,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
        help="Two networks that differ in the GAN, each with two priors; or networks of your choice, side by side.",
    )
    return str(st.session_state[VIEW])


def _temperature() -> float:
    st.select_slider(
        "Temperature",
        TEMPERATURES,
        key=TEMPERATURE,
        width=320,
        persist_state="session",
        help="How far each z lies from the middle: from 0, or for a fitted prior from the middle of one of its "
        "Gaussians. At 1 the z are those of the prior. Below 1 digits are tidier and more alike; above 1 z lies where "
        "the decoder was never trained.",
    )
    return float(st.session_state[TEMPERATURE])


def _chosen_models(offered: Offer, seed: int, temperature: float) -> None:
    """A sheet for each chosen checkpoint, from the standard prior."""
    names = st.multiselect(
        "Networks",
        offered.models,
        key=MODELS,
        max_selections=MAX_MODELS,
        format_func=trained.title,
        persist_state="session",
        help=f"Up to {MAX_MODELS} networks, side by side, sampled from N(0, I).",
    )
    sheets = {name: sheet for name in names if (sheet := _sheet(name, seed, temperature)) is not None}
    if sheets:
        _show(sheets)
        picture_download(
            "Pictures (PNG)",
            lambda: png_bytes(tile(np.stack(list(sheets.values())), len(sheets), gap=8), scale=4),
            f"samples-{'-'.join(sheets)}-{temperature}-{seed}.png",
            "All sheets side by side, in the order above.",
        )
    elif not names:
        st.info("Choose at least one network above.", icon=":material/checklist:")


def _sheet(name: str, seed: int, temperature: float) -> Float | None:
    try:
        return tile(resources.studio(name).sample(SHEET_SIDE**2, seed, temperature), SHEET_SIDE, gap=1)
    except CheckpointError as error:
        st.error(str(error), icon=":material/error:")
        return None


def _show(sheets: dict[str, Float]) -> None:
    items = [
        (picture_url(sheet), f"{SHEET_SIDE**2} digits by {title}", caption(title, model_words(name)))
        for name, sheet in sheets.items()
        if (title := trained.title(name))
    ]
    st.html(staged(picture_grid(items, columns=max(2, len(items)), width=WIDTH, narrow=2), lead=explain(NOBODY)))
    st.markdown(
        explain(
            "Look for strokes that end nowhere and for shapes between two digits: there the prior holds points where "
            "no real digit was encoded. Then lower the temperature, and see variety traded for tidiness."
        ),
        unsafe_allow_html=True,
    )
