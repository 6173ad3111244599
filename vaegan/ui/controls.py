"""Widgets for models and noise, which several pages share."""

import streamlit as st

from vaegan.config import MAX_SEED, NOISE_KINDS
from vaegan.errors import CheckpointError
from vaegan.model.networks import describe
from vaegan.ui import resources, shipped, state, trained
from vaegan.ui.catalogue import layers_words
from vaegan.ui.glossary import note
from vaegan.ui.noise_words import noise_help, noise_label

WAYS = {"linear": "Straight", "spherical": "Along an arc"}


def pair_choice(pairs: list[str]) -> None:
    """A widget that chooses the twins to compare."""
    st.selectbox(
        "Networks",
        pairs,
        key=state.PAIR,
        format_func=pair_label,
        persist_state="session",
        help="Each choice is a pair of twins: same data, same order, same seed; one with BatchNorm, one without.",
    )
    note(training_words(state.pair()))


def pair_label(pair: str) -> str:
    """What a pair is called, a run with its kind of layers; and which twin there is if the other is missing."""
    try:
        config, suffixes = resources.card(_one_of(pair)).config, trained.suffixes(pair)
        if trained.run_name(pair) is not None:  # its title says which twin there is
            return f"{trained.pair_title(pair)}, {config.model.architecture} layers"
        words: list[str] = [] if pair in shipped.TITLES else [config.model.architecture]
        if len(suffixes) == 1:
            words.append("with BatchNorm alone" if suffixes == ["bn"] else "without BatchNorm alone")
        return " · ".join([trained.pair_title(pair), *filter(None, [", ".join(words)])])
    except CheckpointError:
        return pair


def training_words(pair: str) -> str:
    """In sentences, what a pair was trained to do and what its layers are.

    Empty if its card cannot be read, since opening it shows why.
    """
    try:
        card, alone = resources.card(_one_of(pair)), len(trained.suffixes(pair)) == 1
    except CheckpointError:
        return ""
    task = "to remove noise" if card.config.noise.noise_kinds else "on clean digits only: noise is new to them"
    words = f"{describe(card.config.model)}, trained {card.epochs} epochs {task}. {layers_words(_one_of(pair))}"
    return words + (" Its twin was not trained: the race on the Train page trains both." if alone else "")


def way_choice(key: str) -> None:
    """A widget that chooses how a path leads from one z to another: a key of WAYS."""
    st.segmented_control(
        "Path",
        list(WAYS),
        key=key,
        required=True,
        format_func=lambda way: WAYS[way],
        persist_state="session",
        help="Straight from z to z, or along an arc around the middle of latent space, where few digits lie if z has "
        "many dimensions.",
    )


def _one_of(pair: str) -> str:
    """One of the twins, whichever there is."""
    return f"{pair}-{trained.suffixes(pair)[0]}"


def noise_controls() -> None:
    """Widgets for kind and seed of the noise; its level is set on the stage."""
    kind = st.selectbox(
        "Kind of noise",
        NOISE_KINDS,
        key=state.KIND,
        format_func=noise_label,
        persist_state="session",
        help="How the digit is damaged before the networks see it.",
    )
    note(noise_help(kind or "gaussian"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            "Seed",
            0,
            MAX_SEED,
            key=state.SEED,
            persist_state="session",
            width=120,
            help="The same seed gives the same noise.",
        )
        st.button(
            "New noise",
            icon=":material/casino:",
            on_click=state.new_noise,
            help="Another noise of this kind and level.",
        )
