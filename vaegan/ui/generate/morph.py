"""Morph: one digit becomes another, as the paper's Figure 15; live in the browser, as a film strip and as a GIF."""

import base64

import numpy as np
import streamlit as st

from vaegan.data.pictures import Float, gif_bytes, png_bytes, tile, to_uint8
from vaegan.studio import Studio, Way
from vaegan.ui import parcels
from vaegan.ui.catalogue import TWINS
from vaegan.ui.component import component
from vaegan.ui.controls import way_choice
from vaegan.ui.gallery import ladder, staged
from vaegan.ui.generate import slots
from vaegan.ui.generate.choices import beside, open_twins, pair_choice, picture_download
from vaegan.ui.generate.generate_state import END, PAIR, START, WAY, Offer
from vaegan.ui.glossary import explain
from vaegan.ui.percent import percent

STEPS = 11  # of the film strip, both ends included
GIF_STEPS = 24  # one way
GIF_MILLISECONDS = 70
FADE = "In pixels"
_component = component("morph")


def morph(offered: Offer) -> None:
    """Two digits, the way between them live in the browser, and as a film strip."""
    left, right = beside()
    with left:
        slots.fill_slots({START: "From", END: "To"}, "morph")
        way_choice(WAY)
        way: Way = st.session_state[WAY]
        pair = pair_choice(offered.pairs, PAIR)
    with right:
        twins = open_twins(pair)
        ends = slots.pictures(START, END)
        if ends and twins:
            _live(pair, twins, ends, way)
            strips = film(twins, ends, STEPS, way)
            levels = [percent(step / (STEPS - 1)) for step in range(STEPS)]
            st.html(staged(ladder(levels, list(strips.items()), of="of the way", twins=list(twins))))
            st.markdown(
                explain(
                    "Look at the middle. Through latent space it may be another digit or a stroke of one piece; in "
                    "pixels it is always two digits at once, one fading while the other appears."
                ),
                unsafe_allow_html=True,
            )
            _downloads(pair, twins, ends, way)


def film(twins: dict[str, Studio], ends: list[Float], steps: int, way: Way) -> dict[str, Float]:
    """By name, the pictures (steps, 28, 28) of each twin's way and of the fade in pixels, the same for all."""
    start, end = ends
    strips = {TWINS[suffix]: studio.morph(start, end, steps, way) for suffix, studio in twins.items()}
    return strips | {FADE: next(iter(twins.values())).morph(start, end, steps, "pixels")}


def film_png(strips: dict[str, Float]) -> bytes:
    """All strips on one sheet, a row each."""
    return png_bytes(tile(np.concatenate(list(strips.values())), STEPS, gap=1), scale=6)


def film_gif(strips: dict[str, Float]) -> bytes:
    """All strips beside each other, there and back."""
    forward = np.stack([tile(np.stack(frames), len(frames), gap=2) for frames in zip(*strips.values(), strict=True)])
    return gif_bytes(np.concatenate([forward, forward[-2:0:-1]]), GIF_MILLISECONDS, scale=6)


def _live(pair: str, twins: dict[str, Studio], ends: list[Float], way: Way) -> None:
    models = []
    for suffix, studio in twins.items():
        start, end = studio.encode(np.stack(ends)).mu.tolist()
        key = parcels.weights_key(f"{pair}-{suffix}")
        models.append({"key": key, "name": TWINS[suffix], "side": suffix, "start": start, "end": end})
    pixels = [base64.b64encode(to_uint8(end).tobytes()).decode() for end in ends]
    _component(key="morph", data={"models": models, "way": way, "pixels": pixels, "fade": FADE})


def _downloads(pair: str, twins: dict[str, Studio], ends: list[Float], way: Way) -> None:
    with st.container(horizontal=True):
        picture_download(
            "Film strip (PNG)",
            lambda: film_png(film(twins, ends, STEPS, way)),
            f"morph-{pair}-{way}.png",
            "The rows above: each network, and in pixels.",
        )
        picture_download(
            "Film (GIF)",
            lambda: film_gif(film(twins, ends, GIF_STEPS, way)),
            f"morph-{pair}-{way}.gif",
            "There and back again, for slides: from the left each network, and in pixels.",
        )
