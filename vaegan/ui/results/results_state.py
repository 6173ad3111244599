"""What the Results page is set to: its section, what is chosen in it, and the link to them."""

import streamlit as st

from vaegan.config import NOISE_KINDS
from vaegan.denoisers import comparison
from vaegan.denoisers.comparison import UNCHANGED
from vaegan.denoisers.filters import FILTERS
from vaegan.reproduction.schema import Reproduction, load
from vaegan.ui import link, resources, shipped, state
from vaegan.ui.link import Field

SECTIONS = {
    "claims": "Claims",
    "denoisers": "Denoisers",
    "figures": "Figures",
    "tables": "Tables",
}
OBJECTIVES = ("VAE-GAN", "VAE")
AXES = {"psnr": "PSNR (dB), higher is closer", "ssim": "SSIM, 1 is the same", "accuracy": "share of digits read right"}
MEASURES = {"psnr": "PSNR", "ssim": "SSIM", "accuracy": "Digits read right"}

# Session keys.
SECTION = "results_section"
OBJECTIVE, FIGURE = "results_objective", "results_figure"
KIND, MEASURE, SHOWN = "results_kind", "results_measure", "results_shown"
LEVEL, ACROSS = "results_level", "results_across"
COSTS = ("bytes", "milliseconds")  # what quality is compared with
HALF = 0.5  # the level at which quality is compared with weight first
# Drawn until somebody chooses, as far as they were compared.
FIRST = ("conv-bn", "conv-plain", "median", "tv", "nlm", UNCHANGED)


@st.cache_resource(show_spinner="Reading the results …")
def reproduction() -> Reproduction:
    """The reproduction that came with the project; DataError if it is missing or damaged."""
    return load()


def title(denoiser: str) -> str:
    """A denoiser's name as the page shows it."""
    if denoiser == UNCHANGED:
        return "Noisy digit"
    return FILTERS[denoiser].title if denoiser in FILTERS else shipped.title(denoiser)


def begin(reproduced: Reproduction) -> str | None:
    """Set the page up from its link, else from this session. Returns a sentence on what was wrong with the link."""
    state.begin_digit(resources.gallery().pictures[0])
    return link.begin("Results", _fields(reproduced))


def write_link(reproduced: Reproduction) -> None:
    """Put the section and what is chosen in it into the address."""
    fields = _fields(reproduced)
    link.write("Results", {name: fields[name] for name in ("section", *_OWN[section()])})


def section() -> str:
    """The chosen section's name in links."""
    return str(st.session_state[SECTION])


_OWN = {
    "tables": ("objective",),
    "figures": ("figure",),
    "claims": (),
    "denoisers": ("kind", "measure", "shown", "level", "across"),
}


def _fields(reproduced: Reproduction) -> dict[str, Field]:
    compared = {row.denoiser for row in comparison.kept().rows}
    first = [name for name in FIRST if name in compared]
    numbers = [figure.number for figure in reproduced.figures]
    return {
        "section": Field(SECTION, "claims", link.one_of(list(SECTIONS))),
        "objective": Field(OBJECTIVE, OBJECTIVES[0], link.one_of(OBJECTIVES)),
        "figure": Field(FIGURE, numbers[0] if numbers else 0, lambda text: _number(text, numbers)),
        "kind": Field(KIND, "gaussian", link.one_of(NOISE_KINDS)),
        "measure": Field(MEASURE, "psnr", link.one_of(list(MEASURES))),
        "shown": Field(SHOWN, first, _denoisers, lambda names: "" if names == first else ",".join(names)),
        "level": Field(LEVEL, HALF, _level, lambda level: f"{level:g}"),
        "across": Field(ACROSS, COSTS[0], link.one_of(COSTS)),
    }


def _denoisers(text: str) -> list[str] | None:
    names, known = list(filter(None, text.split(","))), {row.denoiser for row in comparison.kept().rows}
    return names if names and known.issuperset(names) and len(set(names)) == len(names) else None


def _level(text: str) -> float | None:
    return next((level for level in comparison.LEVELS if f"{level:g}" == text), None)


def _number(text: str, numbers: list[int]) -> int | None:
    number = link.whole(0, 99)(text)
    return number if number in numbers else None
