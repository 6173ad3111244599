"""The map of latent space: the Python side of the component in which the decoder follows the pointer."""

import base64
import html
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

import numpy as np
import streamlit as st

from vaegan.config import SIDE
from vaegan.data.pictures import Float, png_bytes, tile
from vaegan.studio import add_noise
from vaegan.ui import parcels, resources, state
from vaegan.ui.catalogue import TWINS, in_sentence
from vaegan.ui.classes import CLASS_COLOURS
from vaegan.ui.component import component
from vaegan.ui.drawings import field_data
from vaegan.ui.gallery import CaptionedPicture, picture_grid, picture_url
from vaegan.ui.glossary import explain
from vaegan.ui.language import lent
from vaegan.ui.latent_space import map_state
from vaegan.ui.latent_space.places import NEIGHBOURS, Place
from vaegan.ui.percent import percent

KEY = "latent_map"
_component = component("latent_map")


def latent_map(pair: str, suffixes: list[str]) -> None:
    """A map for each twin, with one pointer for both, and the digit in force on each."""
    noise, session = map_state.noise(), st.session_state
    names = [f"{pair}-{suffix}" for suffix in suffixes]
    _component(
        key=KEY,
        data={
            "models": [
                {
                    "name": TWINS[suffix],
                    "twin": suffix,
                    "weights": parcels.weights_key(name),
                    "atlas": parcels.atlas_key(name),
                }
                for suffix, name in zip(suffixes, names, strict=True)
            ],
            "colours": CLASS_COLOURS,
            "axis": session[map_state.AXIS],
            "count": session[map_state.COUNT],
            "layers": map_state.layers(),
            "way": session[map_state.WAY],
            "pins": session[map_state.PINS],
            "view": _view(),
            **field_data(KEY),
            "whose": "The example" if state.origin().short == "example" else "Your digit",
            "words": explain(lent(_words(resources.card(names[0]).config.model.latent_dim))),
            "kind": noise.kind,
            "level": round(noise.level * 100),
            "pattern": base64.b64encode(resources.noise_pattern(noise.kind, noise.seed)).decode(),
        },
        on_pins_change=lambda: _take("pins"),
        on_view_change=lambda: _take("view"),
        on_level_change=lambda: _take("level", "noise"),
        on_drawing_change=lambda: None,
    )


def show_neighbours(pair: str, placed: Mapping[str, Place]) -> None:
    """For each twin the real digits whose mu lie nearest to that of the digit in force with its noise."""
    prepared = state.digit()
    if prepared is None:
        return
    st.header(
        "The real digits nearest to yours",
        help="Those that the encoder puts closest to your digit, with the noise as it is set now.",
    )
    for suffix, place in placed.items():
        st.caption(TWINS[suffix])
        st.html(picture_grid([_neighbour(index) for index in place.nearest], columns=NEIGHBOURS, width="36rem"))
    st.caption(explain(f"From {resources.digits_origin()}."), unsafe_allow_html=True)
    noisy = add_noise(prepared.digit, map_state.noise())
    st.download_button(
        "Pictures (PNG)",
        partial(_sheet, noisy, [index for place in placed.values() for index in place.nearest]),
        file_name=f"{pair}-nearest.png",
        mime="image/png",
        on_click="ignore",
        icon=":material/image:",
        help="The digit as the networks see it, then a row of neighbours for each twin.",
    )


@lru_cache(maxsize=2048)  # more than are looked at; to write a PNG takes longer than all else
def _neighbour(index: int) -> CaptionedPicture:
    digit, label = resources.test_digit(index)
    return picture_url(digit), f"a real {label}", html.escape(str(label))


def _sheet(noisy: Float, neighbours: Sequence[int]) -> bytes:
    """As PNG the noisy digit in a row of its own, then the neighbours."""
    blank = np.zeros((NEIGHBOURS - 1, SIDE, SIDE), np.float32)
    digits = [resources.test_digit(index)[0] for index in neighbours]
    return png_bytes(tile(np.concatenate([noisy[None], blank, digits]), NEIGHBOURS), scale=4)


def densities_in_words(pair: str, suffixes: list[str]) -> str:
    """What the two clouds are, and how many samples come from where no digit lies."""
    words = (
        "**Blue** is the prior, from which samples are drawn; **orange** is where the encoder puts real digits. "
        "Where there is only blue, the decoder has never learned what to draw."
    )
    atlases = {suffix: resources.atlas(f"{pair}-{suffix}") for suffix in suffixes}
    if len(next(iter(atlases.values())).kl) > 2:
        off = "This plane shows two directions of many: a place that looks full may still be empty off it."
        return f"{lent(words)} {lent(off)}"
    shares = " and ".join(f"{percent(atlas.uncovered, 1)} {in_sentence(suffix)}" for suffix, atlas in atlases.items())
    missed = f"Of all samples **{shares}** land where real digits are less than a tenth as frequent as samples."
    return f"{lent(words)} {lent(missed)}"


def _view() -> dict[str, float] | None:
    view = st.session_state[map_state.VIEW]
    if view is None or not 0 < view[2] <= 1:
        return None
    return {"left": view[0], "bottom": view[1], "size": view[2]}


def _words(latent_dim: int) -> str:
    words = (
        "The pink dot is where the encoder puts your digit. It is not quite sure: the rings are one and two standard "
        "deviations around the dot, and in training z is drawn from there."
    )
    if latent_dim == 2:
        return words
    return f"{words} The map is the plane through your digit in the two directions in which real digits differ most."


def _take(name: str, field: str | None = None) -> None:
    map_state.keep(field or name, st.session_state[KEY].get(name))
