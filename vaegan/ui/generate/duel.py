"""Be the discriminator: twenty pairs of a real and a generated digit, and the machine's own answers to compare."""

import base64
import math
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.random import RandomState

from vaegan.config import Prior
from vaegan.data.pictures import Float, png_bytes, tile
from vaegan.studio import Studio
from vaegan.ui import catalogue, resources
from vaegan.ui.gallery import caption, picture_grid, picture_url
from vaegan.ui.generate import generate_state
from vaegan.ui.generate.choices import beside, model_choice, picture_download, seed_choice
from vaegan.ui.generate.generate_state import ANSWERS, DUEL_SEED, FORGER, PAIRS, Offer
from vaegan.ui.generate.quality import Sampler, best_prior, quality, ranked
from vaegan.ui.percent import percent
from vaegan.web.scripts import parts

WIDTH = "60rem"
_KEY = "duel"
_component = st.components.v2.component("vaegan_duel", **parts("duel"))


class Pairs(NamedTuple):
    """Real and generated digits, (20, 28, 28) each, and for each pair the side of the real one, L or R."""

    real: Float
    generated: Float
    sides: str


def duel(offered: Offer) -> None:
    """The section: the pairs one after the other, then the result."""
    st.markdown(
        f"{PAIRS} pairs: one digit was written by a person, the other made up by the network from random numbers. "
        "**Click on the one you think is real.** At the end you see how a trained discriminator fared."
    )
    _take_answer()
    left, right = beside()
    with left:
        name = _controls(offered)
        prior = best_prior(name)
        st.caption(_opponent_in_words(Sampler(name, prior)))
    with right:
        studio = resources.studio(name)
        pairs = deal(studio, resources.gallery().pictures, st.session_state[DUEL_SEED], prior)
        if len(answers := st.session_state[ANSWERS]) < PAIRS:
            _ask(pairs, len(answers))
        else:
            _result(name, pairs, answers)


def deal(studio: Studio, pictures: Float, seed: int, prior: Prior = "standard") -> Pairs:
    """Draw the pairs from real pictures (N, 28, 28) and the model; the same seed gives the same pairs."""
    chance = RandomState(seed)
    real = pictures[chance.choice(len(pictures), PAIRS, replace=False)]
    sides = "".join("LR"[side] for side in chance.randint(2, size=PAIRS))
    return Pairs(real, studio.sample(PAIRS, seed, prior=prior), sides)


def by_chance(right: int) -> float:
    """The probability that somebody who flips a coin gets `right` or more of the pairs right."""
    ways = sum(math.comb(PAIRS, count) for count in range(right, PAIRS + 1))
    return float(ways / 2**PAIRS)


def _controls(offered: Offer) -> str:
    name = model_choice(
        offered.models,
        FORGER,
        "The model whose decoder makes the digits up. If it has a discriminator, you play against that.",
        on_change=generate_state.restart_duel,
    )
    seed_choice(DUEL_SEED, "Other pairs", "The same seed gives the same pairs.", on_change=generate_state.restart_duel)
    return name


def _opponent_in_words(sampler: Sampler) -> str:
    words = f"Its digits are drawn from its {catalogue.PRIORS[sampler.prior]}."
    number = quality(sampler)
    if number is None:
        return words
    best = ", the lowest that we have" if ranked(catalogue.shipped())[:1] == [sampler] else ""
    return (
        f"{words} Their Fréchet distance from real digits is {number.frechet:.1f}{best}; other real digits reach "
        f"{number.floor:.1f}."
    )


def referee(name: str) -> str | None:
    """The model whose discriminator answers too: the chosen one, else Sample's VAE-GAN; None if neither has one."""
    known = [name, *catalogue.rivals()]
    return next((each for each in known if catalogue.has_discriminator(each)), None)


def _take_answer() -> None:
    """Note what was clicked since the last run. It comes from a browser, so it is checked."""
    choice = st.session_state.get(_KEY, {}).get("choice")
    if isinstance(choice, dict) and isinstance(choice.get("asked"), int | float):
        generate_state.answer(int(choice["asked"]), str(choice.get("side")))


def _ask(pairs: Pairs, asked: int) -> None:
    two = [pairs.real[asked], pairs.generated[asked]]
    if pairs.sides[asked] == "R":
        two.reverse()
    _component(
        key=_KEY,
        data={
            "asked": asked,
            "words": f"Pair {asked + 1} of {PAIRS}: which one is real?",
            "pictures": [base64.b64encode(png_bytes(picture)).decode() for picture in two],
        },
        on_choice_change=lambda: None,
    )


def _result(name: str, pairs: Pairs, answers: str) -> None:
    wrong = [number for number, (answer, side) in enumerate(zip(answers, pairs.sides, strict=True)) if answer != side]
    yours = PAIRS - len(wrong)
    scores = [("You", yours), ("Chance", PAIRS // 2)]
    machine = referee(name)
    if machine is not None:
        judge = resources.studio(machine)
        right = int((judge.realness(pairs.real) > judge.realness(pairs.generated)).sum())
        scores.insert(1, ("The network", right))
    with st.container(horizontal=True, gap="medium"):
        for label, correct in scores:
            st.metric(label, f"{correct} / {PAIRS}", width="content")
    st.markdown(f"Somebody who flips a coin gets {yours} or more right in {percent(by_chance(yours), 1)} of games.")
    if machine is None:
        st.caption("This model was trained without a discriminator, so no network played.")
    elif machine != name:
        st.caption(f"This model was trained without a discriminator; that of **{machine}** played in its place.")
    st.button("Play again", icon=":material/replay:", on_click=generate_state.next_duel, help="Twenty other pairs.")
    if wrong:
        st.header("Where you were wrong")
        items = []
        for number in wrong:
            items.append((picture_url(pairs.real[number]), "real", caption("Real", f"pair {number + 1}")))
            items.append((picture_url(pairs.generated[number]), "made up", caption("Made up", "you took it for real")))
        st.html(picture_grid(items, columns=6, width=WIDTH, narrow=4))
    picture_download(
        "All pairs (PNG)",
        lambda: png_bytes(tile(np.concatenate([pairs.real, pairs.generated]), PAIRS, gap=2), scale=4),
        f"pairs-{name}-{st.session_state[DUEL_SEED]}.png",
        "Above the real digits, below the made-up ones.",
    )
