"""Live drawing: the Python side of the component in which both models follow the pointer."""

import base64

import streamlit as st

from vaegan.ui import parcels, resources, state, trained
from vaegan.ui.catalogue import TWINS
from vaegan.ui.comparison import Comparison, numbers
from vaegan.ui.drawings import digit_text, drawn_in
from vaegan.ui.readings import say
from vaegan.web.scripts import parts

KEY = "live_drawing"
_component = st.components.v2.component("vaegan_live_drawing", **parts("live_drawing"))


def live_drawing(pair: str, comparison: Comparison | None) -> None:
    """The field, what the models see, and what each makes of it; `comparison` has the numbers of the digit at rest."""
    noise = state.noise()
    names = {f"{pair}-{suffix}": TWINS[suffix] for suffix in trained.suffixes(pair)}
    _component(
        key=KEY,
        data={
            "digit": digit_text(),
            "drawn": drawn_in(KEY),
            "kind": noise.kind,
            "level": round(noise.level * 100),
            "pattern": base64.b64encode(resources.noise_pattern(noise.kind, noise.seed)).decode(),
            "models": [{"key": parcels.weights_key(name), "name": twin} for name, twin in names.items()],
            "captions": [] if comparison is None else _captions(comparison),
        },
        on_drawing_change=lambda: None,
        on_level_change=_take_level,
    )


def _captions(comparison: Comparison) -> list[str]:
    rows = (comparison.noisy, *comparison.outputs.values())
    pictures = [rated.pictures[0] for rated in rows]
    said = say(comparison.digit, pictures)
    return [f"{words}\n{numbers(rated.psnr[0], rated.ssim[0])}" for rated, (words, _) in zip(rows, said, strict=True)]


def _take_level() -> None:
    level = st.session_state[KEY].get("level")
    if isinstance(level, int | float) and 0 <= level <= 100:
        st.session_state[state.LEVEL] = round(level)
