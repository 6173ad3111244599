"""Be the discriminator: twenty pairs of a real and a generated digit, and the machine's own answers to compare."""

import base64
import math
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.random import RandomState

from vaegan.config import SIDE, Prior
from vaegan.data.pictures import Float, png_bytes, tile
from vaegan.studio import Studio
from vaegan.ui import catalogue, readings, resources, trained
from vaegan.ui.component import component
from vaegan.ui.gallery import caption, picture_grid, picture_url
from vaegan.ui.generate import generate_state
from vaegan.ui.generate.choices import model_choice, picture_download, seed_choice
from vaegan.ui.generate.generate_state import BEAT, DUEL_SEED, FORGER, PAIRS, Offer
from vaegan.ui.generate.quality import best_prior
from vaegan.ui.glossary import note, say
from vaegan.ui.language import lent
from vaegan.ui.percent import percent

WIDTH = "60rem"
DRAWS = 3  # for each made-up digit
_KEY = "duel"
_RULES = (
    "One digit of each pair was written by a person, the other made up by a network from random numbers. You are the "
    "**discriminator**: the part of a GAN that tells them apart, and whose answers teach the other part."
)
_CHALLENGE = (
    "**Challenge somebody:** the address of this page has these pairs and what there is to beat, but not your answers."
)
_component = component("duel")


class Pairs(NamedTuple):
    """Real and generated digits, (20, 28, 28) each, and for each pair the side of the real one, L or R."""

    real: Float
    generated: Float
    sides: str


def duel(offered: Offer, *, chosen: str | None = None) -> None:
    """The section: the pairs one after the other, each answer judged at once, then the result.

    A lesson has `chosen` who makes the digits up; there is then no choice, and no link to challenge others with.
    """
    stage = st.container()  # filled below: a checkpoint that cannot be opened leaves the choice of another
    say(lent(_RULES))
    name = chosen or _choices(offered)
    prior = prior_of(name)
    with stage:
        pairs = deal(resources.studio(name), resources.gallery().pictures, st.session_state[DUEL_SEED], prior)
        machine = referee(name)
        _take_answers()
        _play(pairs, "" if machine is None else taken_for_real(resources.studio(machine), pairs))
        if len(answers := generate_state.answers()) == PAIRS:
            _result(name, pairs, answers, machine, challenge=chosen is None)


def prior_of(name: str) -> Prior:
    """The prior to draw a checkpoint's digits from.

    Where a discriminator was trained against the standard prior, its samples are as sharp as real digits. Other ones
    are softer, and whoever has noticed that wins. CheckpointError if the card cannot be read.
    """
    config = resources.card(name).config
    return "standard" if config.uses_discriminator and config.fakes == "prior" else best_prior(name)


def deal(studio: Studio, pictures: Float, seed: int, prior: Prior = "standard") -> Pairs:
    """Draw the pairs from real pictures (N, 28, 28) and the model; the same seed gives the same pairs."""
    chance = RandomState(seed)
    real = pictures[chance.choice(len(pictures), PAIRS, replace=False)]
    sides = "".join("LR"[side] for side in chance.randint(2, size=PAIRS))
    drawn = studio.sample(DRAWS * PAIRS, seed, prior=prior)
    is_sure = np.array([reading.sure for reading in readings.read(drawn)] or [True] * len(drawn))
    first = is_sure.reshape(PAIRS, DRAWS).argmax(axis=1)  # 0 if none is read surely
    return Pairs(real, drawn.reshape(PAIRS, DRAWS, SIDE, SIDE)[np.arange(PAIRS), first], sides)


def taken_for_real(judge: Studio, pairs: Pairs) -> str:
    """The side of each pair, L or R, that a discriminator takes for real."""
    is_right = judge.realness(pairs.real) > judge.realness(pairs.generated)
    return "".join(side if right else "LR"[side == "L"] for side, right in zip(pairs.sides, is_right, strict=True))


def by_chance(right: int) -> float:
    """The probability that somebody who flips a coin gets `right` or more of the pairs right."""
    ways = sum(math.comb(PAIRS, count) for count in range(right, PAIRS + 1))
    return float(ways / 2**PAIRS)


def _choices(offered: Offer) -> str:
    """Who makes the digits up, and which pairs; folded up."""
    with st.expander("Who makes them up, and which pairs", icon=":material/tune:"):
        name = _controls(offered)
        note(
            f"Its digits are drawn from its {catalogue.PRIORS[prior_of(name)]}. Of {DRAWS} of them the first is shown "
            "that our digit classifier can read surely, since a shape that is no digit would give it away.",
            help=catalogue.PRIORS_HELP,
        )
    return name


def _controls(offered: Offer) -> str:
    name = model_choice(
        offered.models,
        FORGER,
        "The network whose decoder makes the digits up. If it has a discriminator, you play against that.",
        on_change=generate_state.new_duel,
    )
    seed_choice(DUEL_SEED, "Other pairs", "The same seed gives the same pairs.", on_change=generate_state.new_duel)
    return name


def referee(name: str) -> str | None:
    """The model whose discriminator answers too: the chosen one, else Sample's VAE-GAN; None if neither has one."""
    known = [name, *catalogue.rivals()]
    return next((each for each in known if catalogue.has_discriminator(each)), None)


def _take_answers() -> None:
    """Note what was pressed since the last run. It comes from a browser, so it is checked."""
    played = st.session_state.get(_KEY, {}).get("played")
    if isinstance(played, dict):
        generate_state.take_answers(played.get("game"), played.get("answers"))


def _play(pairs: Pairs, machine: str) -> None:
    two = [
        (real, made_up) if side == "L" else (made_up, real)
        for real, made_up, side in zip(pairs.real, pairs.generated, pairs.sides, strict=True)
    ]
    _component(
        key=_KEY,
        data={
            "game": generate_state.duel_round(),
            "name": generate_state.duel_name(),
            "pairs": [[base64.b64encode(png_bytes(picture)).decode() for picture in pair] for pair in two],
            "sides": pairs.sides,
            "machine": machine,
            "answers": generate_state.answers(),
            "beat": st.session_state[BEAT] or None,
        },
        on_played_change=lambda: None,
    )


def _result(name: str, pairs: Pairs, answers: str, machine: str | None, *, challenge: bool) -> None:
    """What the game came to, and where one was wrong; from then on the link says what there is to beat.

    With `challenge` the page says so.
    """
    wrong = [number for number, (answer, side) in enumerate(zip(answers, pairs.sides, strict=True)) if answer != side]
    yours = PAIRS - len(wrong)
    st.session_state[BEAT] = max(st.session_state[BEAT], yours)
    with st.container(horizontal=True):
        st.button(
            "Other pairs",
            key="duel_next",
            type="primary",
            icon=":material/casino:",
            on_click=generate_state.next_duel,
            help="Twenty others.",
        )
        st.button(
            "The same again", icon=":material/replay:", on_click=generate_state.restart_duel, help="From the first."
        )
    coin = f"Somebody who flips a coin gets {yours} or more right in {percent(by_chance(yours), 1)} of games."
    st.markdown(f"{lent(coin)} {_CHALLENGE}" if challenge else lent(coin))
    if machine is None:
        note("This network was trained without a discriminator, so no network played.")
    elif machine != name:
        note(
            "This network was trained without a discriminator; that of "
            f"**{trained.title(machine)}** played in its place."
        )
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
