"""Sample: what decoders make of random points, the same points for each checkpoint."""

import numpy as np
import streamlit as st

from vaegan.data.pictures import Float, png_bytes, tile
from vaegan.errors import CheckpointError
from vaegan.ui import resources, trained
from vaegan.ui.catalogue import model_words
from vaegan.ui.gallery import caption, picture_grid, picture_url
from vaegan.ui.generate.choices import picture_download, seed_choice
from vaegan.ui.generate.generate_state import MAX_MODELS, MODELS, SAMPLE_SEED, TEMPERATURE, TEMPERATURES, Offer

SHEET_SIDE = 5  # digits along each side of a sheet
WIDTH = "76rem"


def sampling(offered: Offer) -> None:
    """The section: a sheet of new digits for each chosen checkpoint."""
    st.markdown(
        "Nobody wrote these digits: each is what a decoder makes of a random point z of the prior N(0, I). "
        "Sheets of models of the same size start from the same points."
    )
    controls, pictures = st.container(), st.container()
    with controls:
        names, temperature, seed = _controls(offered)
    with pictures:
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
            st.info("Choose at least one model above.", icon=":material/checklist:")


def _controls(offered: Offer) -> tuple[list[str], float, int]:
    which, how, where = st.columns([4, 2, 3], gap="medium")
    with which:
        names = st.multiselect(
            "Models",
            offered.models,
            key=MODELS,
            max_selections=MAX_MODELS,
            format_func=trained.title,
            persist_state="session",
            help=f"Up to {MAX_MODELS} checkpoints, side by side.",
        )
    with how:
        temperature = st.select_slider(
            "Temperature",
            TEMPERATURES,
            key=TEMPERATURE,
            persist_state="session",
            help="Each z is multiplied by it. At 1 the z are those of the prior. Below 1 all digits come near the "
            "average one; above 1 z lies where the decoder was never trained.",
        )
    with where:
        seed = seed_choice(SAMPLE_SEED, "New sample", "The same seed gives the same points z.")
    return list(names), float(temperature), seed


def _sheet(name: str, seed: int, temperature: float) -> Float | None:
    try:
        return tile(resources.studio(name).sample(SHEET_SIDE**2, seed, temperature), SHEET_SIDE, gap=1)
    except CheckpointError as error:
        st.error(str(error), icon=":material/error:")
        return None


def _show(sheets: dict[str, Float]) -> None:
    items = [
        (picture_url(sheet), f"{SHEET_SIDE**2} digits by {name}", caption(trained.title(name), model_words(name)))
        for name, sheet in sheets.items()
    ]
    st.html(picture_grid(items, columns=max(3, len(items)), width=WIDTH, narrow=2))
    st.caption(
        "Look for strokes that end nowhere and for shapes between two digits: there the prior holds points where no "
        "real digit was encoded. Then lower the temperature, and see variety traded for tidiness."
    )
