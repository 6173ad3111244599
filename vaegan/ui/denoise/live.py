"""Live drawing: the adapter of the component in which both models follow the pointer."""

import base64

import streamlit as st

from vaegan.ui import resources, state, trained
from vaegan.ui.catalogue import TWINS
from vaegan.ui.comparison import Comparison, numbers
from vaegan.ui.drawings import digit_text, drawn_in
from vaegan.ui.store import send_weights
from vaegan.web.scripts import parts

KEY = "live_drawing"
_LOADED = "live_pair"
_component = st.components.v2.component("vaegan_live_drawing", **parts("live_drawing"))


def bring_models(pair: str) -> None:
    """Send the twins' weights to the browser; outside of fragments, since one that runs again would send them again."""
    for suffix in trained.suffixes(pair):
        send_weights(f"{pair}-{suffix}")
    st.session_state[_LOADED] = pair


def has_models(pair: str) -> bool:
    """Whether the browser has been given this pair."""
    return bool(st.session_state.get(_LOADED) == pair)


def live_drawing(pair: str, comparison: Comparison | None) -> None:
    """The field, what the models see, and what each makes of it; `comparison` has the numbers of the digit at rest."""
    noise = state.noise()
    captions = [] if comparison is None else _captions(comparison)
    _component(
        key=KEY,
        data={
            "digit": digit_text(),
            "drawn": drawn_in(KEY),
            "kind": noise.kind,
            "level": round(noise.level * 100),
            "pattern": base64.b64encode(resources.noise_pattern(noise.kind, noise.seed)).decode(),
            "models": [
                {"key": resources.weights_key(f"{pair}-{suffix}"), "name": TWINS[suffix]}
                for suffix in trained.suffixes(pair)
            ],
            "captions": captions,
        },
        on_drawing_change=lambda: None,
        on_level_change=_take_level,
    )


def _captions(comparison: Comparison) -> list[str]:
    rows = (comparison.noisy, *comparison.outputs.values())
    return [numbers(rated.psnr[0], rated.ssim[0]) for rated in rows]


def _take_level() -> None:
    level = st.session_state[KEY].get("level")
    if isinstance(level, int | float) and 0 <= level <= 100:
        st.session_state[state.LEVEL] = round(level)
