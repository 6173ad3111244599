"""The dimensions of z one by one: how much each tells about a digit, and a slider that changes it."""

from collections.abc import Mapping

import streamlit as st

from vaegan.ui import parcels, resources
from vaegan.ui.catalogue import TWINS
from vaegan.ui.component import component
from vaegan.ui.glossary import explain
from vaegan.ui.latent_space import map_state
from vaegan.ui.latent_space.places import Place

_component = component("dimensions")


def dimensions(pair: str, suffixes: list[str], placed: Mapping[str, Place]) -> None:
    """For each twin its dimensions in order of KL; active ones have a slider, which starts at the digit in force."""
    st.header(
        "Dimension by dimension",
        help="The bar says how much a dimension tells about a digit: its KL divergence from the prior, the mean over "
        "the test digits, in nats (1.44 bits each). Where digits hardly differ (the variance of mu is at most 0.01), a "
        "dimension is dead: the decoder does without it.",
    )
    for column, suffix in zip(st.columns(len(suffixes), gap="large"), suffixes, strict=True):
        with column:
            _one(f"{pair}-{suffix}", suffix, placed.get(suffix))


def _one(name: str, suffix: str, place: Place | None) -> None:
    atlas = resources.atlas(name)
    active, count = int(atlas.active.sum()), len(atlas.active)
    told = f"{active} of {count} numbers of z tell something about a digit: {float(atlas.kl.sum()):.1f} nats in all"
    st.markdown(explain(f"**{TWINS[suffix]}**: {told}"), unsafe_allow_html=True)
    mu = [0.0] * count if place is None else place.mu.tolist()
    key = f"dimensions_{suffix}"
    _component(
        key=key,
        data={
            "name": TWINS[suffix],
            "weights": parcels.weights_key(name),
            "mu": [round(value, 4) for value in mu],
            "kl": [round(float(value), 3) for value in atlas.kl],
            "active": atlas.active.tolist(),
            "moved": {str(dimension): value for dimension, value in map_state.moved(suffix).items()},
        },
        on_moved_change=lambda: map_state.keep_moved(suffix, st.session_state[key].get("moved")),
    )
