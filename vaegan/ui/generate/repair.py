"""Repair: hide a part of a digit and let both twins fill it in, again and again."""

import numpy as np
import streamlit as st

from vaegan.config import SIDE
from vaegan.data.pictures import Float, Pictures, png_bytes, tile
from vaegan.errors import ImageError
from vaegan.ui.catalogue import TWINS, in_sentence
from vaegan.ui.gallery import CaptionedPicture, FramedPicture, caption, ladder, picture_grid, picture_url, staged
from vaegan.ui.generate import generate_state, slots
from vaegan.ui.generate.choices import beside, open_twins, pair_choice, picture_download, seed_choice
from vaegan.ui.generate.damage import DAMAGES, PAINT, PARTIAL, Damage
from vaegan.ui.generate.generate_state import (
    DAMAGE,
    DAMAGE_SEED,
    LEFT,
    LEVEL,
    MAX_PASSES,
    PAINT_AS,
    PAINTED,
    PASSES,
    REPAIRED,
    SIZE,
    TOP,
    Offer,
)
from vaegan.ui.generate.painting import paint_field
from vaegan.ui.generate.passes import OTHERS, average, fill_in, judged, passes_chart, psnr_over_passes
from vaegan.ui.glossary import explain
from vaegan.ui.line_chart import show_lines
from vaegan.ui.percent import percent

LITTLE_KNOWN = 0.8  # share hidden above which a digit can hardly be told from the rest
NOTHING_HIDDEN = "Nothing is hidden: raise the level."
NOTHING_PAINTED = (
    "Nothing is painted yet: paint over a part of the digit. A pixel of the 28 × 28 counts if at least half of it is "
    "painted, so a very thin line hides nothing."
)
WIDTH = "max(20rem, (100svh - 24rem) * 4)"
STRIP = (1, 2, 3, 5, 10, 20, 30)  # passes whose pictures stand in a row
SIZES = {"block": 8, "stripes": 2}
_LEAD = (
    "Hide a part of a digit: a network that knows digits fills it in. Its picture goes into the hole, and all of it "
    "through the network again, <b>pass after pass</b>."
)
AVERAGES = "repair_averages"  # session key: whether the chart shows averages


def repair(offered: Offer) -> None:
    """The section: the digit, what is left of it, and how each twin fills the hole."""
    left, right = beside()
    with left:
        hiding = st.container()  # filled below: a click into the gallery changes the digit to paint on
        pair = pair_choice(offered.pairs, generate_state.REPAIR_PAIR)
        slots.fill_slots({REPAIRED: "the digit"}, "repair")
    with hiding:
        _damage_controls(slots.picture(REPAIRED))
    with right:
        passes = st.slider(
            "Passes",
            1,
            MAX_PASSES,
            key=PASSES,
            persist_state="session",
            help="How often the picture goes through the network, the known pixels put back after each.",
        )
        digits = slots.pictures(REPAIRED)
        if digits:
            _show(pair, digits[0], passes)


def _damage_controls(digit: Float | None) -> None:
    damage = st.selectbox(
        "Hide",
        list(DAMAGES),
        key=DAMAGE,
        format_func=DAMAGES.__getitem__,
        persist_state="session",
        on_change=_fit_size,
        help="What is taken from the digit before the networks see it. Paint it by hand, or choose one of the others: "
        "they need no more than the keyboard.",
    )
    if damage == PAINT and digit is not None:
        _paint(digit)
    elif damage in PARTIAL:
        words = "How opaque the mark is." if damage == "watermark" else "The share of the picture that it hides."
        st.slider("Level", 0, 100, key=LEVEL, format="%d %%", persist_state="session", help=words)
        seed_choice(DAMAGE_SEED, "Elsewhere", "The same seed puts it in the same place.")
    elif damage in ("block", "stripes"):
        words = "How high and wide it is" if damage == "block" else "How high each stripe is"
        st.slider("Size", 1, SIDE, key=SIZE, persist_state="session", help=f"{words}, in pixels of 28.")
        st.slider("Row", 0, SIDE - 1, key=TOP, persist_state="session", help="How far from the top it begins.")
    if damage == "block":
        st.slider("Column", 0, SIDE - 1, key=LEFT, persist_state="session", help="How far from the left it begins.")


def _fit_size() -> None:
    """A size that suits a block is not one that suits stripes."""
    st.session_state[SIZE] = SIZES.get(st.session_state[DAMAGE], st.session_state[SIZE])


def _paint(digit: Float) -> None:
    try:
        paint_field(digit)
    except ImageError as error:
        st.error(str(error), icon=":material/error:")


def _chosen() -> Damage:
    keys = (DAMAGE, TOP, LEFT, SIZE, LEVEL, DAMAGE_SEED, PAINTED, PAINT_AS)
    return Damage(*(st.session_state[key] for key in keys))


def _show(pair: str, digit: Float, passes: int) -> None:
    damage = _chosen()
    damaged, hidden = damage.hide(digit)
    if not hidden.any():
        st.info(NOTHING_PAINTED if damage.name == PAINT else NOTHING_HIDDEN, icon=":material/visibility:")
        return
    if hidden.all():
        st.info("Everything is hidden: leave a part of the digit to go by.", icon=":material/visibility_off:")
        return
    if hidden.mean() > LITTLE_KNOWN:
        st.info(
            f"{percent(hidden.mean())} is hidden: what is left may belong to several digits, and any of them may come.",
            icon=":material/visibility_off:",
        )
    pictures = {suffix: fill_in(f"{pair}-{suffix}", damaged, hidden) for suffix in open_twins(pair)}
    if not pictures:
        return
    curves = {suffix: psnr_over_passes(filled, digit, hidden) for suffix, filled in pictures.items()}
    items: list[CaptionedPicture | FramedPicture] = [
        (picture_url(digit), "the digit", caption("The digit", slots.name(REPAIRED))),
        (picture_url(damaged), "what the networks saw", caption("What both saw", f"{percent(hidden.mean())} hidden")),
    ]
    for suffix, filled in pictures.items():
        words = f"{passes} pass{'es' if passes > 1 else ''}"
        name, numbers = f"repaired {in_sentence(suffix)}, {words}", _closeness(curves[suffix], passes)
        items.append((picture_url(filled[passes - 1]), name, caption(TWINS[suffix], numbers, twin=suffix), suffix))
    shown = [count for count in STRIP if count <= MAX_PASSES]
    rows = [(TWINS[suffix], filled[[count - 1 for count in shown]]) for suffix, filled in pictures.items()]
    film = ladder([f"{count}" for count in shown], rows, of="passes", twins=list(pictures))
    st.html(staged(picture_grid(items, columns=4, width=WIDTH, narrow=2), lead=_LEAD))
    st.markdown(explain(judged(curves, passes)), unsafe_allow_html=True)
    st.html(staged(film, lead="After so many passes:"))
    _show_passes(pair, damage, curves, passes)
    picture_download(
        "Pictures (PNG)",
        lambda: _sheet(digit, damaged, pictures, passes),
        f"repair-{pair}-{damage.name}-{passes}.png",
        "The digit, what both saw, then for each network one pass and all of them.",
    )


def _closeness(curve: list[float], passes: int) -> str:
    after = f"after {passes}: {curve[passes - 1]:.1f} dB" if passes > 1 else ""
    return "\n".join(filter(None, ["in the hole", f"after 1 pass: {curve[0]:.1f} dB", after]))


def _sheet(digit: Float, damaged: Float, pictures: dict[str, Pictures], passes: int) -> bytes:
    sheet = [digit, damaged, *(filled[count - 1] for filled in pictures.values() for count in (1, passes))]
    return png_bytes(tile(np.stack(sheet), len(sheet), gap=2), scale=8)


def _show_passes(pair: str, damage: Damage, curves: dict[str, list[float]], passes: int) -> None:
    """Show whether more passes help: for this digit, and if asked for on average."""
    st.header("Do more passes help?")
    wanted = st.toggle(
        f"Average of {OTHERS} digits",
        key=AVERAGES,
        persist_state="session",
        help="The same is hidden in fifty other digits, and each is filled in.",
    )
    averages = {suffix: average(f"{pair}-{suffix}", damage) for suffix in curves} if wanted else {}
    ends = "; ".join(f"{in_sentence(each)} {curve[0]:.1f} dB, then {curve[-1]:.1f}" for each, curve in curves.items())
    words = f"PSNR in the hole after 1 and after {MAX_PASSES} passes: {ends}"
    show_lines(passes_chart(curves, averages, passes), "repair_chart", words, "{:.1f} dB".format)
    for suffix, of_many in averages.items():
        st.markdown(
            f"{TWINS[suffix]}, {of_many.improved(passes)} of {OTHERS} digits are closer after {passes} passes than "
            f"after one: {of_many.mean[0]:.1f} dB become {of_many.mean[passes - 1]:.1f} dB on average."
        )
