"""Pictures for Home's doors, made from the app's own networks and digits: each a small SVG, drawn once a process."""

import base64
from collections.abc import Callable

import numpy as np
import streamlit as st

from vaegan.config import NoiseConfig, NoiseKind
from vaegan.data.pictures import Float, Pictures, png_bytes, tile
from vaegan.errors import CheckpointError, VaeganError
from vaegan.studio import Studio, add_noises
from vaegan.ui import catalogue, resources, shipped
from vaegan.ui.shipped import first_of

WIDTH, HEIGHT = 224, 112  # of the drawing: two squares, or four by two tiles, or eight by four
BLUE, ORANGE, LIGHT, DIM = "#6cb6f7", "#f0924f", "#e8edf3", "#6f7d8c"  # on the stage's dark
_DARK = "#10151c"
REACH = 2.0  # how far from the middle the map's corner goes, in standard deviations of the prior


def sketch(name: str) -> str:
    """The picture of a door, a key of SKETCHES, as a data URL; digits alone if its networks cannot be opened."""
    url: str = _sketch(name, str(resources.FOLDER))
    return url


@st.cache_resource(show_spinner=False)
def _sketch(name: str, folder: str) -> str:  # noqa: ARG001 - other checkpoints make other pictures
    try:
        body = SKETCHES[name]()
    except VaeganError:
        body = _pixels(tile(resources.gallery().pictures[:32], 8, gap=0))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_DARK}"/>{body}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _clean() -> str:
    return _before_and_after("gaussian", 0.5)


def _watermark() -> str:
    return _before_and_after("watermark", 0.8)


def _before_and_after(kind: NoiseKind, level: float) -> str:
    """A digit under noise, and what the first network of all makes of it."""
    noisy = add_noises(_a(7), [NoiseConfig(kind=kind, level=level, seed=1)])
    cleaned = _studio(resources.pairs()[0]).clean(noisy)
    return _pixels(tile(np.concatenate([noisy, cleaned]), 2, gap=0))


def _unseen() -> str:
    """The same digit under more and more noise, and below it what the paper's network makes of it."""
    levels = (0.25, 0.5, 0.75, 1.0)
    noisy = add_noises(_a(3), [NoiseConfig(kind="gaussian", level=level, seed=1) for level in levels])
    cleaned = _studio(first_of(resources.pairs(), "paper")).clean(noisy)
    return _pixels(tile(np.concatenate([noisy, cleaned]), len(levels), gap=0))


def _map() -> str:
    """What the decoder draws at places of the latent space, side by side."""
    studio = _studio(first_of(resources.pairs(), *shipped.MAPS))
    down, across = np.meshgrid(np.linspace(-REACH / 2, REACH / 2, 4), np.linspace(-REACH, REACH, 8), indexing="ij")
    z = np.zeros((down.size, studio.latent_dim), np.float32)
    z[:, :2] = np.stack([across.ravel(), down.ravel()], axis=1)[:, : studio.latent_dim]
    return _pixels(tile(studio.decode(z), 8, gap=0))


def _morph() -> str:
    """A 7 becomes a 3, in eight steps."""
    studio = _studio(first_of(resources.pairs(), "paper"))
    return _pixels(tile(studio.morph(_a(7), _a(3), 8, "linear"), 4, gap=0))


def _duel() -> str:
    """A real digit and one that a network made up."""
    forger = resources.studio(first_of(catalogue.shipped(), *catalogue.rivals()))
    made_up = forger.sample(1, seed=3, prior=forger.priors[-1])
    question = (
        f'<text x="112" y="69" font-size="38" text-anchor="middle" font-family="sans-serif" fill="{_DARK}">?</text>'
    )
    return _pixels(tile(np.stack([_a(8), made_up[0]]), 2, gap=0)) + (
        f'<circle cx="112" cy="56" r="25" fill="{LIGHT}"/>{question}'
    )


def _race() -> str:
    """The test losses of two twins over their epochs, from their cards."""
    pair = first_of(resources.pairs(), "paper")
    cards = [resources.card(f"{pair}-{suffix}") for suffix in catalogue.TWINS]
    losses = [[loss for epoch in card.history if (loss := epoch.test_loss) is not None] for card in cards]
    if not all(losses):
        raise CheckpointError(f"the cards of {pair} have no test losses to draw")
    low, high = min(min(each) for each in losses), max(max(each) for each in losses)
    longest = max(len(each) for each in losses)
    lines = ""
    for colour, each in zip((BLUE, ORANGE), losses, strict=True):
        across = 24 + 188 * np.arange(len(each)) / max(1, longest - 1)
        up = 14 + 78 * (high - np.array(each)) / max(high - low, 1e-9)
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True))
        lines += f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="4" stroke-linejoin="round"/>'
    return f'<path d="M16 8v92h200" fill="none" stroke="{DIM}" stroke-width="2"/>{lines}'


def _claims() -> str:
    """A table with a mark in each line."""
    marks = {26: "M26 24l7 8 14-18", 60: "M29 51l15 17M44 51l-15 17", 94: "M26 92l7 8 14-18"}
    rows = "".join(
        f'<path d="{mark}" fill="none" stroke="{BLUE if "l7 8" in mark else ORANGE}" stroke-width="5"/>'
        f'<path d="M66 {y}h{width}" stroke="{LIGHT}" stroke-width="7" stroke-linecap="round"/>'
        f'<path d="M180 {y}h22" stroke="{DIM}" stroke-width="7" stroke-linecap="round"/>'
        for (y, mark), width in zip(marks.items(), (92, 70, 84), strict=True)
    )
    return rows + f'<path d="M16 43h192M16 77h192" stroke="{DIM}" stroke-width="1"/>'


SKETCHES: dict[str, Callable[[], str]] = {
    "clean": _clean,
    "unseen": _unseen,
    "watermark": _watermark,
    "map": _map,
    "morph": _morph,
    "duel": _duel,
    "race": _race,
    "claims": _claims,
}


def _a(wanted: int) -> Float:
    """The gallery's first digit of a class (28, 28), or its first one if there is none."""
    pictures, labels, _ = resources.gallery()
    digit: Float = pictures[labels.index(wanted) if wanted in labels else 0]
    return digit


def _studio(pair: str) -> Studio:
    return resources.studio(f"{pair}-bn")


def _pixels(picture: Pictures) -> str:
    """A grey picture that fills the drawing, its pixels as squares."""
    data = base64.b64encode(png_bytes(picture)).decode()
    return (
        f'<image width="{WIDTH}" height="{HEIGHT}" preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'href="data:image/png;base64,{data}"/>'
    )
