"""A training step taken apart on the Train page: which loss moves which network, and one batch in slow motion."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import streamlit as st

from vaegan.config import TrainConfig
from vaegan.data.mnist import first_of_each_class
from vaegan.lab.queue import View
from vaegan.lab.run import Run
from vaegan.model.networks import VAEGAN
from vaegan.studio import serve_side_by_side
from vaegan.training.dissection import Influence, SlowMotion, influence, networks_of, parts_of
from vaegan.training.following import Followed, follow
from vaegan.training.routing import NETWORKS, ROUTES
from vaegan.ui import resources
from vaegan.ui.frame import errors_as_sentences
from vaegan.ui.glossary import note
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.charts import LOSS_NAMES
from vaegan.ui.train.forces import Forced, drawn
from vaegan.ui.train.influence_words import in_words
from vaegan.ui.train.looks import Look, looks_of
from vaegan.ui.train.slow_motion import Batch, Pass, show_pass

MEASURED = 48  # digits; with more the norms change little and take longer
FOLLOWED = 6  # the digit of this class is drawn on its way through the networks
SEED = 0  # of noise and samples, the same for every run and epoch
PARTS = {
    "encode": ("Encode", "The encoder says of each digit where it lies, mu, and how unsure that is, logvar."),
    "sample": ("Sample", "Draw a z near mu: z = mu + eps · exp(logvar / 2), where eps is random."),
    "decode": ("Decode", "The decoder draws a picture from each z."),
    "discriminate": ("Discriminate", "The discriminator says how real each picture looks."),
    "losses": ("Losses", "Add up what each loss says of these pictures."),
}


def show_influence(views: Sequence[View]) -> None:
    """In words, which loss moves which network in each run; the stage draws it."""
    with errors_as_sentences():
        for column, forced in zip(st.columns(max(2, len(views))), _forced_runs(views), strict=False):
            with column:
                st.markdown(f"**{forced.look.name}**, {forced.when}")
                st.markdown("\n".join(f"- {sentence}" for sentence in in_words(forced.influence)))
        note(
            f"The number of a gradient is its length: how hard one loss, times its weight, pulls one network, measured "
            f"on {MEASURED} test digits. In brackets is the cosine of the angle to what all losses together want: +1 "
            "is the same way, −1 the opposite. Compare arrows within one network only: Adam, which makes the steps, "
            "evens out how large gradients are, but not the share that each loss has."
        )


def forces_of(views: Sequence[View]) -> list[dict[str, Any]]:
    """Which loss moves which network in each run, at the epoch of the time line or the last one before it."""
    return [drawn(forced) for forced in _forced_runs(views)]


def _forced_runs(views: Sequence[View]) -> list[Forced]:
    return [_forced(view, look) for view, look in zip(views, looks_of([view.plan for view in views]), strict=True)]


def _forced(view: View, look: Look) -> Forced:
    """A run after the newest epoch whose weights are kept, but none after the one that the time line shows."""
    kept = lab.jobs().lab.run(view.run_id).kept_epochs()
    shown = lab_state.epoch(max(kept, default=0))
    epoch = max((one for one in kept if one <= shown), default=0)
    return Forced(look, when_in_words(epoch), _influence(view.run_id, epoch), _followed(view.run_id, epoch))


def show_slow_motion(views: Sequence[View], names: Sequence[str]) -> None:
    """One batch of digits goes through a run's networks, one part at each press, then each network makes a step."""
    with errors_as_sentences():
        chosen = _choose(dict(zip((view.run_id for view in views), names, strict=True)))
        run_id, epoch = chosen
        config = lab.jobs().lab.run(run_id).plan.config.in_epoch(epoch)
        done = lab_state.slow_done(chosen)
        _show_buttons(config, done)
        stepped = tuple(network for network in NETWORKS if network in done)
        before = _pass(run_id, epoch, ())
        after = _pass(run_id, epoch, stepped) if stepped else None
        show_pass(config, _batch(), done, before, after)


def when_in_words(epoch: int) -> str:
    """How far a run has come."""
    return f"after epoch {epoch}" if epoch else "before the first step"


@st.cache_data(max_entries=256, show_spinner=False)
def _influence(run_id: str, epoch: int) -> Influence:
    run = lab.jobs().lab.run(run_id)
    return influence(_model(run, epoch), run.plan.config.in_epoch(epoch), resources.gallery().pictures[:MEASURED], SEED)


@st.cache_data(max_entries=256, show_spinner=False)
def _followed(run_id: str, epoch: int) -> Followed:
    run = lab.jobs().lab.run(run_id)
    return follow(_model(run, epoch), run.plan.config.in_epoch(epoch), _batch().pictures[FOLLOWED], SEED)


@st.cache_data(max_entries=256, show_spinner="Sending the batch through the networks …")
def _pass(run_id: str, epoch: int, stepped: tuple[str, ...]) -> Pass:
    run = lab.jobs().lab.run(run_id)
    config = run.plan.config.in_epoch(epoch)
    slow = SlowMotion(_model(run, epoch), config, _batch().pictures, SEED)
    results = {part: getattr(slow, part)() for part in slow.parts}
    for network in stepped:
        slow.step(network)
    if stepped:
        results = {part: getattr(slow, part)() for part in slow.parts}
    encoded, judged = results.get("encode"), results.get("discriminate")
    return Pass(encoded, results["sample"], results["decode"], judged, results["losses"])


def _model(run: Run, epoch: int) -> VAEGAN:
    """The model of a run after an epoch; 0 is before its first step."""
    _serve()
    return run.checkpoint(epoch).build()


@cache
def _serve() -> None:
    serve_side_by_side()


def _batch() -> Batch:
    """The first test digit of each class."""
    pictures, labels, _ = resources.gallery()
    first = first_of_each_class(labels)
    return Batch(pictures[list(first.values())], list(first))


def _choose(names: dict[str, str]) -> tuple[str, int]:
    """Widgets for the run and for the epoch whose weights the batch goes through."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.session_state.get(lab_state.SLOW_RUN) not in names:
            st.session_state[lab_state.SLOW_RUN] = next(iter(names))
        run_id: str = st.selectbox(
            "Run",
            list(names),
            key=lab_state.SLOW_RUN,
            format_func=names.__getitem__,
            persist_state="session",
            help="Whose networks the batch goes through.",
            width=360,
        )
        epochs = [0, *lab.jobs().lab.run(run_id).kept_epochs()]
        if st.session_state.get(lab_state.SLOW_EPOCH) not in epochs:
            st.session_state[lab_state.SLOW_EPOCH] = epochs[-1]
        epoch: int = st.selectbox(
            "Weights",
            epochs,
            key=lab_state.SLOW_EPOCH,
            format_func=when_in_words,
            persist_state="session",
            help="The networks as they were then. Before the first step they are fresh.",
            width=240,
        )
    return run_id, epoch


def _show_buttons(config: TrainConfig, done: Sequence[str]) -> None:
    """A button for each part and then for each network's step, in order; one that must wait cannot be pressed."""
    parts, networks = parts_of(config), networks_of(config)
    next_part = next((part for part in parts if part not in done), None)
    with st.container(horizontal=True):
        for part, (label, words) in PARTS.items():
            words = words if part in parts else f"{words} This network has nothing to {part}."
            _button(label, part, words, part == next_part, part == next_part)
        for network in NETWORKS:
            moving = [term for term, moved in ROUTES[config.routing].items() if network in moved]
            moved_by = ", ".join(LOSS_NAMES[term] for term in moving if term != "disc_r1" or config.r1 > 0)
            words = f"Move the {network} alone, by one step of Adam. Its losses: {moved_by}."
            words = words if network in networks else f"Nothing moves the {network} here."
            possible = next_part is None and network in networks and network not in done
            _button(f"Step {network}", network, words, possible, False)
        st.button(
            "Start again",
            key="slow_again",
            icon=":material/replay:",
            on_click=lab_state.slow_again,
            disabled=not done,
            help="Take all steps back.",
        )


def _button(label: str, name: str, words: str, possible: bool, is_next: bool) -> None:
    st.button(
        label,
        key=f"slow_do_{name}",
        on_click=lab_state.slow_press,
        args=(name,),
        disabled=not possible,
        type="primary" if is_next else "secondary",
        help=words,
    )
