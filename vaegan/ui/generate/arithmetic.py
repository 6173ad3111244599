"""Arithmetic: a + b - c in latent space, and how sure the encoder is of a digit."""

import numpy as np
import streamlit as st

from vaegan.data.pictures import Float, png_bytes, tile
from vaegan.studio import Studio
from vaegan.ui.catalogue import TWINS, in_sentence
from vaegan.ui.gallery import CaptionedPicture, FramedPicture, caption, picture_grid, picture_url, staged
from vaegan.ui.generate import slots
from vaegan.ui.generate.choices import beside, open_twins, pair_choice, picture_download, seed_button, seed_input
from vaegan.ui.generate.extremes import extremes
from vaegan.ui.generate.generate_state import DRAWS_SEED, PAIR, A, B, C, Offer
from vaegan.ui.glossary import note, term

DRAWS = 7  # shown for each twin
MOST_SPREAD = 0.5  # standard deviation of a pixel that is black in half of the draws and white in the others
WIDTH = "max(26rem, (100svh - 20rem) * 2.4)"
_LEAD = (
    "A sum of digits, a + b − c: what b has and c has not is added to a. <b>A 7, plus a slanted 1, minus an upright 1, "
    f"leans</b>. The sum is made of their {term('z')}, number by number, and the {term('decoder')} draws it."
)


def arithmetic(offered: Offer) -> None:
    """The section: three digits, the result a + b - c, and draws from q(z|a)."""
    _recipes()
    left, right = beside()
    with left:
        slots.fill_slots({A: "a", B: "b", C: "c"}, "sum")
        pair = pair_choice(offered.pairs, PAIR)
    with right:
        twins = open_twins(pair)
        digits = slots.pictures(A, B, C)
        if digits and twins:
            _sum(pair, twins, digits)
            st.header(
                "How sure is each network of a?",
                help="The encoder answers with a cloud of points, q(z|a). Its draws show what it holds possible.",
            )
            _draws(pair, twins, digits[0])


def _recipes() -> None:
    picks = extremes()
    recipes = {
        "Make a 7 lean": (picks.seven, picks.slanted, picks.upright),
        "Make a 7 bold": (picks.thin_seven, picks.bold, picks.thin),
        "Add nothing": (picks.seven, picks.thin, picks.thin),
    }
    with st.container(horizontal=True):
        for label, numbers in recipes.items():
            st.button(
                label,
                on_click=_fill,
                args=(numbers,),
                help="a, b and c of this example; then put other digits in their places.",
            )


def _fill(numbers: tuple[int, int, int]) -> None:
    for slot, number in zip((A, B, C), numbers, strict=True):
        st.session_state[slot] = number


def _sum(pair: str, twins: dict[str, Studio], digits: list[Float]) -> None:
    a, b, c = digits
    results = {suffix: studio.arithmetic(a, b, c) for suffix, studio in twins.items()}
    signs = {A: "a", B: "+ b", C: "\N{MINUS SIGN} c"}
    items: list[CaptionedPicture | FramedPicture] = [
        (picture_url(digit), f"{sign}: {slots.name(slot)}", caption(sign, slots.name(slot)))
        for (slot, sign), digit in zip(signs.items(), digits, strict=True)
    ]
    items += [
        (
            picture_url(result),
            f"the sum {in_sentence(suffix)}",
            caption(f"= {in_sentence(suffix)}", twin=suffix),
            suffix,
        )
        for suffix, result in results.items()
    ]
    st.html(staged(picture_grid(items, columns=5, width=WIDTH, narrow=3), lead=_LEAD))
    note(
        "It works as far as slant or boldness is a direction in latent space, the same for each digit. Try digits that "
        "differ in more than one way, and the sum is a blur, or another digit."
    )
    picture_download(
        "Sum (PNG)",
        lambda: png_bytes(tile(np.stack([*digits, *results.values()]), 3 + len(results), gap=2), scale=8),
        f"sum-{pair}.png",
        "a, b, c, and the result of each network.",
    )


def _draws(pair: str, twins: dict[str, Studio], digit: Float) -> None:
    seed_button(DRAWS_SEED, "New draws")
    stage = st.container()
    seed = seed_input(DRAWS_SEED, "The same seed gives the same draws.")
    sheet: list[Float] = []
    strips: list[FramedPicture] = []
    maps: list[FramedPicture] = []
    for suffix, studio in twins.items():
        draws, spread = studio.posterior_samples(digit, DRAWS, seed)
        lit = spread / MOST_SPREAD
        sheet += [*draws, lit]
        strips.append(
            (
                picture_url(tile(draws, DRAWS, gap=1)),
                f"draws {in_sentence(suffix)}",
                caption(TWINS[suffix], twin=suffix),
                suffix,
            )
        )
        words = f"spread, up to {spread.max():.2f}"
        maps.append(
            (picture_url(lit), f"spread {in_sentence(suffix)}", caption(TWINS[suffix], words, twin=suffix), suffix)
        )
    stage.html(staged(picture_grid(strips, columns=1, width=WIDTH), picture_grid(maps, columns=2, width="20rem")))
    note(
        f"Above, {DRAWS} digits that the network holds possible for a. Below, how much each pixel changes among 64 of "
        "them: black never changes, white is black as often as white. Doubt sits along the edges of strokes."
    )
    picture_download(
        "Draws (PNG)",
        lambda: png_bytes(tile(np.stack(sheet), DRAWS + 1, gap=1), scale=8),
        f"draws-{pair}-{seed}.png",
        "A row for each network: the draws, then the spread.",
    )
