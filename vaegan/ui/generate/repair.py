"""Repair: hide a part of a digit and let both twins fill it in, again and again."""

import numpy as np
import streamlit as st

from vaegan.config import SIDE, NoiseConfig, NoiseKind
from vaegan.data.pictures import Float, Mask, png_bytes, tile
from vaegan.studio import Studio, add_noise
from vaegan.ui.catalogue import TWINS, in_sentence
from vaegan.ui.gallery import caption, picture_grid, picture_url
from vaegan.ui.generate import generate_state, slots
from vaegan.ui.generate.choices import beside, open_twins, pair_choice, picture_download, seed_choice
from vaegan.ui.generate.generate_state import (
    DAMAGE,
    DAMAGE_SEED,
    DAMAGES,
    LEFT,
    LEVEL,
    PASSES,
    REPAIRED,
    SIZE,
    TOP,
    Offer,
)

GREY = 0.5  # of hidden pixels: neither paper nor ink
PARTIAL: dict[str, NoiseKind] = {"occlusion": "occlusion", "watermark": "watermark"}  # noises that cover a part
WIDTH = "46rem"


def repair(offered: Offer) -> None:
    """The section: the digit, what is left of it, and how each twin fills the hole."""
    st.markdown(
        "Hide a part of a digit. A network that knows what digits look like fills it in: its output goes into the "
        "hole, the known pixels are put back, and the result is given to it again."
    )
    left, right = beside()
    with left:
        _damage_controls()
        pair = pair_choice(offered.pairs, generate_state.REPAIR_PAIR)
        slots.fill_slots({REPAIRED: "the digit"}, "repair")
    with right:
        passes = st.slider(
            "Passes",
            1,
            generate_state.MAX_PASSES,
            key=PASSES,
            persist_state="session",
            help="How often the picture goes through the network, the known pixels put back after each.",
        )
        digits, twins = slots.pictures(REPAIRED), open_twins(pair)
        if digits and twins:
            _show(pair, twins, digits[0], passes)


def cover(digit: Float, noise: NoiseConfig) -> tuple[Float, Mask]:
    """The digit (28, 28) under a noise that covers a part of it, and the mask of that part."""
    return add_noise(digit, noise), add_noise(np.zeros_like(digit), noise) > 0


def hole(damage: str, top: int, left: int, size: int) -> Mask:
    """The mask (28, 28) of the pixels that a block, a half or stripes hide."""
    row, column = np.mgrid[:SIDE, :SIDE]
    masks: dict[str, Mask] = {
        "block": (row >= top) & (row < top + size) & (column >= left) & (column < left + size),
        "left": column < SIDE // 2,
        "right": column >= SIDE // 2,
        "top": row < SIDE // 2,
        "bottom": row >= SIDE // 2,
        "stripes": (row + top) % (2 * size) < size,
    }
    return masks[damage]


def psnr_inside(picture: Float, digit: Float, hidden: Mask) -> float:
    """PSNR in dB of the hidden pixels alone, at most 100."""
    error = np.square(picture - digit, dtype=np.float64)[hidden].mean()
    return float(-10 * np.log10(max(error, 1e-10)))


def _damage_controls() -> None:
    damage = st.selectbox(
        "Hide",
        list(DAMAGES),
        key=DAMAGE,
        format_func=DAMAGES.__getitem__,
        persist_state="session",
        help="What is taken from the digit before the networks see it.",
    )
    if damage in PARTIAL:
        words = "How opaque the mark is." if damage == "watermark" else "The share of the picture that it hides."
        st.slider("Level", 0, 100, key=LEVEL, format="%d %%", persist_state="session", help=words)
        seed_choice(DAMAGE_SEED, "Elsewhere", "The same seed puts it in the same place.")
        return
    if damage in ("block", "stripes"):
        words = "How high and wide it is" if damage == "block" else "How high each stripe is"
        st.slider("Size", 1, SIDE, key=SIZE, persist_state="session", help=f"{words}, in pixels of 28.")
        st.slider("Row", 0, SIDE - 1, key=TOP, persist_state="session", help="How far from the top it begins.")
    if damage == "block":
        st.slider("Column", 0, SIDE - 1, key=LEFT, persist_state="session", help="How far from the left it begins.")


def _chosen(digit: Float) -> tuple[Float, Mask]:
    state = st.session_state
    damage = state[DAMAGE]
    if damage in PARTIAL:
        return cover(digit, NoiseConfig(kind=PARTIAL[damage], level=state[LEVEL] / 100, seed=state[DAMAGE_SEED]))
    hidden = hole(damage, state[TOP], state[LEFT], state[SIZE])
    return np.where(hidden, np.float32(GREY), digit), hidden


def _show(pair: str, twins: dict[str, Studio], digit: Float, passes: int) -> None:
    damaged, hidden = _chosen(digit)
    if not hidden.any():
        st.info("Nothing is hidden: raise the level.", icon=":material/visibility:")
        return
    before = [
        (picture_url(digit), "the digit", caption("The digit", slots.name(REPAIRED))),
        (picture_url(damaged), "what the models saw", caption("What both saw", f"{hidden.mean():.0%} hidden")),
    ]
    sheet, after = [digit, damaged], []
    for suffix, studio in twins.items():
        pictures = studio.repair(damaged, ~hidden, passes)
        for count, picture in ((1, pictures[0]), (passes, pictures[-1])):
            words = f"{count} pass{'es' if count > 1 else ''}"
            numbers = f"{words}\nin the hole {psnr_inside(picture, digit, hidden):.1f} dB"
            name = f"repaired {in_sentence(suffix)}, {words}"
            after.append((picture_url(picture), name, caption(TWINS[suffix], numbers)))
            sheet.append(picture)
    st.html(picture_grid(before, columns=4, width=WIDTH, narrow=2))
    st.html(picture_grid(after, columns=4, width=WIDTH, narrow=2))
    st.caption(
        "The numbers are PSNR against the digit, over the hidden pixels alone. More passes draw the hole towards "
        "*a* digit that fits, not towards *the* digit: hide enough, and a wrong guess grows only more certain."
    )
    picture_download(
        "Pictures (PNG)",
        lambda: png_bytes(tile(np.stack(sheet), len(sheet), gap=2), scale=8),
        f"repair-{pair}-{st.session_state[DAMAGE]}-{passes}.png",
        "The digit, what both saw, then for each network one pass and all of them.",
    )
