"""VAE against VAE-GAN: a sheet of samples for each of them and each prior, with what the cards say of their quality."""

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st

from vaegan.config import PRIORS, Prior
from vaegan.data.pictures import Float, png_bytes, tile
from vaegan.errors import CheckpointError
from vaegan.reproduction import samplers
from vaegan.ui import catalogue, resources, trained
from vaegan.ui.gallery import caption, figure, grid, picture_url, staged
from vaegan.ui.generate.choices import picture_download
from vaegan.ui.generate.quality import Quality, Sampler, priors, quality, ranked, what_to_look_at
from vaegan.ui.glossary import explain, note
from vaegan.ui.language import lent

COLUMNS, ROWS = 10, 4  # digits of a sheet, which is wide so that two sheets above each other fit on a screen
# As wide as the screen allows, but not so wide that the second row of sheets leaves it.
WIDTH = "max(22rem, (100svh - 6rem - var(--stage-others, 15rem)) * 2.4)"  # a projector has more room
_CLASS = "vg-rivals"
NOBODY = "Nobody wrote these digits: each is what a decoder makes of a random point z."
_LOWER = "The lower the Fréchet distance, the nearer they are to real ones."
_MISSING = "No fitted prior was made for this network: it can be sampled from N(0, I) alone."
_NUMBERS = (
    "Measured once for each network, at temperature 1. **Fréchet distance**: how far the samples as a whole "
    "are from real digits, in the features of a digit classifier; lower is better. **Precision**: the share of samples "
    "that look like real digits. **Recall**: the share of real digits that look like some sample."
)


def rival_sheets(
    gan: str, vae: str, seed: int, temperature: float, *, rows: Sequence[Prior] = PRIORS, words: bool = True
) -> None:
    """The sheets of a VAE-GAN and a VAE, a row for each of these priors, and with `words` what there is to see."""
    shown = [Sampler(name, prior) for prior in rows for name in (vae, gan)]
    sheets = {sampler: sheet for sampler in shown if (sheet := _sheet(sampler, seed, temperature)) is not None}
    numbers = {sampler: number for sampler in shown if (number := _quality(sampler)) is not None}
    titles = {gan: "VAE-GAN", vae: "VAE"}
    best = ranked([gan, vae])
    order = {sampler: best.index(sampler) if sampler in best else len(shown) for sampler in shown}
    cells = [_cell(each, titles[each.name], sheets.get(each), numbers.get(each), order[each] == 0) for each in shown]
    st.html(
        _order_on_phones([order[each] for each in shown])
        + staged(f'<div class="{_CLASS}">{_grid(cells)}</div>', lead=explain(f"{lent(NOBODY)} {lent(_LOWER)}"))
    )
    if not words:
        return
    _say_what_to_look_at(gan, vae, numbers)
    _say_what_is_shown(gan, vae)
    if sheets:
        picture_download(
            "Pictures (PNG)",
            lambda: png_bytes(tile(np.stack(list(sheets.values())), 2, gap=8), scale=4),
            f"samples-{vae}-{gan}-{temperature}-{seed}.png",
            "All sheets, in the order above.",
        )


def _sheet(sampler: Sampler, seed: int, temperature: float) -> Float | None:
    """A sheet of samples; None if the network has no such prior, or cannot be opened, and then the page says why."""
    try:
        if sampler.prior not in priors(sampler.name):
            return None
        return _drawn(resources.files_of(sampler.name), sampler.prior, seed, temperature)
    except CheckpointError as error:
        if sampler.prior == "standard":  # once for each network
            st.error(str(error), icon=":material/error:")
        return None


@st.cache_data(max_entries=128, show_spinner=False)  # a class looks at the same few seeds and temperatures
def _drawn(files: resources.Files, prior: Prior, seed: int, temperature: float) -> Float:
    return tile(resources.studio(files).sample(COLUMNS * ROWS, seed, temperature, prior), COLUMNS, gap=1)


def _quality(sampler: Sampler) -> Quality | None:
    try:
        return quality(sampler)
    except CheckpointError:
        return None


def _say_what_to_look_at(gan: str, vae: str, numbers: dict[Sampler, Quality]) -> None:
    def of(name: str) -> dict[Prior, Quality]:
        return {sampler.prior: number for sampler, number in numbers.items() if sampler.name == name}

    if words := what_to_look_at(of(gan), of(vae)):
        st.markdown(explain(words), unsafe_allow_html=True)


def _cell(sampler: Sampler, title: str, sheet: Float | None, number: Quality | None, is_best: bool) -> str:
    name = f"{title}, {catalogue.PRIORS[sampler.prior]}"
    if sheet is None:
        missing = _MISSING if sampler.prior == "fitted" else f"{trained.title(sampler.name)} cannot be opened."
        return f"<figure><figcaption>{caption(name, missing)}</figcaption></figure>"
    words = "not measured" if number is None else _in_words(number)
    alt = f"{COLUMNS * ROWS} digits by {trained.title(sampler.name)}, {catalogue.PRIORS[sampler.prior]}"
    return figure(picture_url(sheet), alt, caption(name, words, best=is_best, terms=title == "VAE"))


def _in_words(number: Quality) -> str:
    return f"Fréchet {number.frechet:.1f} · precision {number.precision:.2f} · recall {number.recall:.2f}"


def _grid(cells: list[str]) -> str:
    return grid(cells, columns=2, width=WIDTH, narrow=1)


def _order_on_phones(order: list[int]) -> str:
    """Where the sheets stand one below the other, the best is the first."""
    rules = " ".join(
        f".{_CLASS} figure:nth-child({place}) {{ order: {rank}; }}" for place, rank in enumerate(order, start=1)
    )
    return f"<style>@media (max-width: 640px) {{ {rules} }}</style>"


def _say_what_is_shown(gan: str, vae: str) -> None:
    floors = {number.floor for name in (gan, vae) if (number := _quality(Sampler(name, "standard"))) is not None}
    floor = f" Real digits reach {min(floors):.1f}." if floors else ""
    note(f"Fréchet distance: lower is nearer to real digits.{floor}", help=f"{_NUMBERS}\n\n{catalogue.PRIORS_HELP}")
    if {vae, gan} == set(samplers.SAMPLERS):
        note(_over_seeds(), help=f"Measured by the command `{samplers.COMMAND}`.")
    for name in (vae, gan):
        try:
            note(f"**{html.escape(trained.title(name))}**: {catalogue.model_words(name)}")
        except CheckpointError:
            continue  # said above


def _over_seeds() -> str:
    """What the adversarial term did when both were trained again from other seeds."""
    ratios, fall = samplers.kept().ratios("frechet"), samplers.kept().fall("frechet")
    seeds, shares = ", ".join(map(str, ratios)), ", ".join(f"{ratio:.2f}" for ratio in ratios.values())
    return (
        f"Not luck of one training: with the seeds {seeds}, the VAE-GAN's distance with the standard prior was "
        f"{shares} times the VAE's. It fell by {fall.mean:.0f}; with 95 % confidence by {fall.low:.0f} to "
        f"{fall.high:.0f}."
    )
