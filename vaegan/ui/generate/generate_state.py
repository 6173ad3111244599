"""What the Generate page is set to: its section, the values of each section, and the link that holds them."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import streamlit as st

from vaegan.config import MAX_SEED, SIDE
from vaegan.data.pictures import pack_mask, unpack_mask
from vaegan.studio import WAYS
from vaegan.ui import catalogue, link, resources, state
from vaegan.ui.generate.damage import DAMAGES, HOLE, INK, PAINT
from vaegan.ui.generate.extremes import extremes
from vaegan.ui.link import Field
from vaegan.ui.shipped import first_of

SECTIONS = {
    "sample": "Sample",
    "morph": "Morph",
    "arithmetic": "Arithmetic",
    "repair": "Repair",
    "anomaly": "Is this a digit?",
    "duel": "Be the discriminator",
}
VIEWS = {"rivals": "VAE against VAE-GAN", "models": "Any networks"}  # of the section Sample
TRIES = {
    "yours": "Your digit",
    "real": "A real digit",
    "letter": "A letter",
    "scribble": "A scribble",
    "dash": "One stroke",
    "two": "Two digits",
    "noise": "Noise",
    "blank": "Nothing",
}
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # without I, O and S, which are digits too
TEMPERATURES = tuple(step / 10 for step in range(2, 21))
MAX_MODELS, MAX_PASSES, PAIRS = 4, 30, 20
YOURS = -1  # in a slot: the digit in force instead of one of the gallery

# Session keys. A slot holds the gallery's number of a digit, or YOURS.
SECTION = "generate_section"
VIEW, MODELS = "sample_view", "sample_models"
SAMPLE_SEED, TEMPERATURE = "sample_seed", "sample_temperature"
PAIR, START, END, WAY = "generate_pair", "morph_start", "morph_end", "morph_way"
A, B, C, DRAWS_SEED = "sum_a", "sum_b", "sum_c", "draws_seed"
REPAIR_PAIR, REPAIRED, DAMAGE, PASSES = "repair_pair", "repair_slot", "repair_damage", "repair_passes"
TOP, LEFT, SIZE, LEVEL, DAMAGE_SEED = "repair_top", "repair_left", "repair_size", "repair_level", "repair_seed"
PAINTED, PAINT_AS = "repair_painted", "repair_paint_as"  # a packed mask, and what it is: HOLE or INK
JUDGE, TRY, TRIED, LETTER, TRY_SEED = "judge_model", "judge_try", "judge_slot", "judge_letter", "judge_seed"
PERCENTILE = "judge_percentile"
FORGER, DUEL_SEED, BEAT = "duel_model", "duel_seed", "duel_beat"
ANSWERS, ROUND = "duel_answers", "duel_round"  # not in the link, which is a challenge to others

_PAGE = "Generate"
_SEEDS = link.whole(0, MAX_SEED)


class Offer(NamedTuple):
    """The checkpoints to choose from: all of them, since each decodes; those that also encode; and pairs of twins."""

    models: list[str]
    encoders: list[str]
    pairs: list[str]


def offer() -> Offer:
    """The checkpoints that are there; CheckpointError if there are no twins."""
    pairs, models = resources.pairs(), catalogue.names()
    return Offer(models, [name for name in models if catalogue.encodes(name)], pairs)


def begin(offered: Offer) -> str | None:
    """Set up the page from its link, else from this session, else from defaults.

    Returns a sentence on what was wrong with the link, if anything was.
    """
    state.begin_digit(resources.gallery().pictures[0])
    st.session_state.setdefault(SECTION, "sample")
    new = link.news(_PAGE)
    linked = new.get("section")
    if "models" in new and "view" not in new:
        st.session_state[VIEW] = "models"  # the link is from before there were two views
    problem = link.begin(_PAGE, _HEAD | _FIELDS[linked if linked in SECTIONS else section()](offered))
    _settle(_FIELDS[section()](offered))  # the address may still name the section that the visitor has just left
    return problem


def set_up(offered: Offer, texts: Mapping[str, str]) -> None:
    """Set the section that these texts of a link name as such a link would, but for the digit, which stays."""
    st.session_state[SECTION] = texts["section"]
    fields = _FIELDS[section()](offered)
    fields.pop("digit", None)
    link.set_values(fields, texts)
    restart_duel()


def write_link(offered: Offer) -> None:
    """Put the section and its values into the address."""
    fields = _HEAD | _FIELDS[section()](offered)
    if section() == "sample" and st.session_state[VIEW] == "rivals":
        del fields["models"]  # chosen, but not shown
    link.write(_PAGE, fields)


def section() -> str:
    """The chosen section's name in links."""
    return str(st.session_state[SECTION])


def next_seed(key: str) -> None:
    """Go on to the next seed."""
    st.session_state[key] = (st.session_state[key] + 1) % (MAX_SEED + 1)


def duel_name() -> str:
    """The pairs of the duel: who makes digits up, and by which seed."""
    return f"{st.session_state[FORGER]}-{st.session_state[DUEL_SEED]}"


def duel_round() -> str:
    """The pairs, and how often they were begun again: answers to another round do not count."""
    return f"{duel_name()}-{st.session_state.setdefault(ROUND, 0)}"


def answers() -> str:
    """The sides, L or R, chosen in this round."""
    given: tuple[str, str] = st.session_state.get(ANSWERS, ("", ""))
    return given[1] if given[0] == duel_round() else ""


def take_answers(given_round: object, given: object) -> None:
    """Keep what a browser says was chosen in a round; what it did not say before of this round is all it can add."""
    if given_round != duel_round() or not isinstance(given, str) or not re.fullmatch(f"[LR]{{0,{PAIRS}}}", given):
        return
    if given.startswith(answers()):
        st.session_state[ANSWERS] = (duel_round(), given)


def restart_duel() -> None:
    """Begin the pairs again, of which none is answered yet."""
    st.session_state[ROUND] = st.session_state.setdefault(ROUND, 0) + 1


def new_duel() -> None:
    """Begin other pairs: what somebody reached with the last ones says nothing of them."""
    restart_duel()
    st.session_state[BEAT] = 0


def next_duel() -> None:
    """Go on to other pairs."""
    next_seed(DUEL_SEED)
    new_duel()


def _settle(fields: Mapping[str, Field]) -> None:
    """Give each value its default where the session has none, or names a checkpoint that is gone."""
    for name, field in fields.items():
        value = st.session_state.setdefault(field.key, field.default)
        if name not in ("digit", "painted") and field.read(field.write(value)) != value:
            st.session_state[field.key] = field.default


def _sample(offered: Offer) -> dict[str, Field]:
    return {
        "view": Field(VIEW, "rivals" if catalogue.rivals() else "models", link.one_of(VIEWS)),
        "models": Field(MODELS, first_samplers(offered), _several(offered.models), ",".join),
        "temperature": Field(TEMPERATURE, 1.0, _temperature),
        "seed": Field(SAMPLE_SEED, 0, _SEEDS),
    }


def _morph(offered: Offer) -> dict[str, Field]:
    picks = extremes()
    return {
        "pair": _pair(PAIR, "paper", offered),
        "from": _slot(START, picks.seven),
        "to": _slot(END, picks.three),
        "way": Field(WAY, "linear", link.one_of([way for way in WAYS if way != "pixels"])),
        "digit": _digit(lambda: _used(START, END)),
    }


def _arithmetic(offered: Offer) -> dict[str, Field]:
    picks = extremes()
    return {
        "pair": _pair(PAIR, "paper", offered),
        "a": _slot(A, picks.seven),
        "b": _slot(B, picks.slanted),
        "c": _slot(C, picks.upright),
        "seed": Field(DRAWS_SEED, 0, _SEEDS),
        "digit": _digit(lambda: _used(A, B, C)),
    }


def _repair(offered: Offer) -> dict[str, Field]:
    # Of the pairs and damages this shows best what passes do: under stripes of two rows ten passes of the paper's twins
    # bring all of 200 test digits nearer, from 10.6 to 16.8 dB with BatchNorm and from 9.5 to 15.5 dB without. The
    # denoisers come nearer with the first pass, by more passes 80 % of the digits at best.
    return {
        "pair": Field(REPAIR_PAIR, first_of(offered.pairs, "paper"), link.one_of(offered.pairs)),
        "of": _slot(REPAIRED, extremes().seven if state.is_example() else YOURS),
        "damage": Field(DAMAGE, "stripes", link.one_of(list(DAMAGES))),
        "painted": Field(PAINTED, "", _painted, lambda painted: painted if st.session_state[DAMAGE] == PAINT else ""),
        "paint": Field(PAINT_AS, HOLE, link.one_of((HOLE, INK))),
        "top": Field(TOP, 0, link.whole(0, 27)),
        "left": Field(LEFT, 10, link.whole(0, 27)),
        "size": Field(SIZE, 2, link.whole(1, SIDE)),
        "level": Field(LEVEL, 25, link.whole(0, 100)),
        "seed": Field(DAMAGE_SEED, 0, _SEEDS),
        "passes": Field(PASSES, 10, link.whole(1, MAX_PASSES)),
        "digit": _digit(lambda: _used(REPAIRED)),
    }


def _anomaly(offered: Offer) -> dict[str, Field]:
    return {
        "model": Field(JUDGE, first_of(offered.encoders, "paper-bn"), link.one_of(offered.encoders)),
        "try": Field(TRY, "letter", link.one_of(list(TRIES))),
        "of": _slot(TRIED, extremes().three),
        "letter": Field(LETTER, "A", link.one_of(list(LETTERS))),
        "seed": Field(TRY_SEED, 0, _SEEDS),
        "percentile": Field(PERCENTILE, 95, link.whole(90, 99)),
        "digit": _digit(lambda: st.session_state[TRY] == "yours"),
    }


def _duel(offered: Offer) -> dict[str, Field]:
    return {
        "model": Field(FORGER, first_of(offered.models, *catalogue.rivals(), "paper-bn"), link.one_of(offered.models)),
        "seed": Field(DUEL_SEED, 0, _SEEDS),
        "beat": Field(BEAT, 0, link.whole(0, PAIRS), lambda count: str(count) if count else ""),
    }


def first_samplers(offered: Offer) -> list[str]:
    """The paper's twins, else the first pair; and two models that differ in the adversarial term alone."""
    pair = first_of(offered.pairs, "paper")
    return [f"{pair}-bn", f"{pair}-plain", *catalogue.rivals()][:MAX_MODELS]


def _pair(key: str, wanted: str, offered: Offer) -> Field:
    return Field(key, first_of(offered.pairs, wanted), link.one_of(offered.pairs))


def _slot(key: str, default: int) -> Field:
    number = link.whole(0, len(resources.gallery().pictures) - 1)
    return Field(
        key,
        default,
        lambda text: YOURS if text == "yours" else number(text),
        lambda slot: "yours" if slot == YOURS else str(slot),
    )


def _used(*slots: str) -> bool:
    return any(st.session_state[slot] == YOURS for slot in slots)


def _digit(wanted: Callable[[], bool]) -> Field:
    """The digit in force, written only if the section shows it, to keep the address short."""
    field = state.digit_field()
    return field._replace(write=lambda digit: field.write(digit) if wanted() else "")


def _painted(text: str) -> str:
    """Read a packed mask; ImageError says what is wrong with it."""
    return pack_mask(unpack_mask(text)) if text else ""


def _several(known: list[str]) -> Callable[[str], list[str] | None]:
    def read(text: str) -> list[str] | None:
        names = text[:500].split(",") if text else []
        good = len(set(names)) == len(names) <= MAX_MODELS and all(name in known for name in names)
        return names if good else None

    return read


def _temperature(text: str) -> float | None:
    return next((value for value in TEMPERATURES if str(value) == text), None)


_HEAD = {"section": Field(SECTION, "sample", link.one_of(list(SECTIONS)))}
_FIELDS: dict[str, Callable[[Offer], dict[str, Field]]] = {
    "sample": _sample,
    "morph": _morph,
    "arithmetic": _arithmetic,
    "repair": _repair,
    "anomaly": _anomaly,
    "duel": _duel,
}
