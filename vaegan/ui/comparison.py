"""The twins side by side: what both saw, what each made of it, where each breaks, and all of it to take home."""

import csv
import io
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from vaegan.config import NoiseConfig
from vaegan.errors import CheckpointError
from vaegan.images import png_bytes, tile
from vaegan.studio import Denoised
from vaegan.ui import resources
from vaegan.ui.charts import ladder_chart
from vaegan.ui.gallery import caption, error_map, figures, ladder, picture_url

Float = NDArray[np.float32]

TWINS = {"bn": "With BatchNorm", "plain": "Without BatchNorm"}
LEVELS = tuple(step / 10 for step in range(11))  # of the ladder
RECOGNISABLE = 0.5  # SSIM; below it people begin to disagree on which digit it is
ROW_WIDTH = "46rem"


class Comparison(NamedTuple):
    """One digit under the chosen noise (row 0) and on the ladder (rows 1 to 11), cleaned by each twin that opened."""

    noise: NoiseConfig
    results: dict[str, Denoised]

    @property
    def any(self) -> Denoised:
        """Either result: clean, noisy and its numbers are the same in both."""
        return next(iter(self.results.values()))


def compare(pair: str, digit: Float, noise: NoiseConfig) -> Comparison | None:
    """Clean the digit at the chosen level and on the whole ladder, one batch a twin; a twin that fails says why."""
    noises = [noise, *(noise.updated({"level": level}) for level in LEVELS)]
    results = {}
    for suffix in TWINS:
        try:
            results[suffix] = resources.studio(f"{pair}-{suffix}").denoise_ladder(digit, noises)
        except CheckpointError as error:
            st.error(str(error), icon=":material/error:")
    return Comparison(noise, results) if results else None


def show_row(comparison: Comparison) -> None:
    """What the models saw and what each made of it, with PSNR and SSIM against the clean digit."""
    seen = comparison.any
    best = max(float(result.psnr[0]) for result in comparison.results.values())
    noisy = numbers(seen.psnr_noisy[0], seen.ssim_noisy[0])
    row = [(picture_url(seen.noisy[0]), "what the models saw", caption("What both models saw", noisy))]
    for suffix, result in comparison.results.items():
        text = numbers(result.psnr[0], result.ssim[0])
        name = TWINS[suffix]
        row.append(
            (
                picture_url(result.output[0]),
                f"cleaned {in_sentence(suffix)}",
                caption(name, text, result.psnr[0] == best),
            )
        )
    st.html(figures(row, columns=3, width=ROW_WIDTH))


def show_errors(comparison: Comparison) -> None:
    """Where the input and each output differ from the clean digit."""
    seen = comparison.any
    maps = [(error_map(seen.noisy[0], seen.clean), "error of the input", caption("Error of the input"))]
    for suffix, result in comparison.results.items():
        name = f"Error {in_sentence(suffix)}"
        maps.append((error_map(result.output[0], seen.clean), name, caption(name)))
    st.html(figures(maps, columns=3, width=ROW_WIDTH))
    st.caption("Orange: brighter than the clean digit. Blue: darker. Black: right.")


def show_ladder(comparison: Comparison) -> None:
    """The same digit from no noise to all noise, and where each twin breaks, as pictures or as a chart."""
    view = st.segmented_control(
        "Show as", ("Pictures", "Chart"), default="Pictures", required=True, key="ladder", label_visibility="collapsed"
    )
    if view == "Chart":  # only on demand: drawing it anew holds up every stroke
        show_chart(comparison)
    else:
        show_pictures(comparison)
    st.markdown("  \n".join(breaking_point(suffix, result) for suffix, result in comparison.results.items()))


def show_pictures(comparison: Comparison) -> None:
    """One row of pictures for the input and for each twin, one column a level."""
    seen = comparison.any
    rows = [("What both models saw", seen.noisy[1:])]
    rows += [(TWINS[suffix], result.output[1:]) for suffix, result in comparison.results.items()]
    st.html(ladder([f"{level:.0%}" for level in LEVELS], rows))


def show_chart(comparison: Comparison) -> None:
    """PSNR over the level, the input and each twin."""
    results = {TWINS[suffix]: result for suffix, result in comparison.results.items()}
    st.plotly_chart(
        ladder_chart(comparison.noise.level, LEVELS, comparison.any, results),
        key="ladder_chart",
        theme="streamlit",
        config={"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]},
        alt="PSNR of input and outputs over the noise level",
    )


def breaking_point(suffix: str, result: Denoised) -> str:
    """In words, the level up to which the output still resembles the digit."""
    good = result.ssim[1:] >= RECOGNISABLE
    kept = len(good) if good.all() else int(np.argmin(good))
    name = f"**{TWINS[suffix]}**"
    if kept == len(good):
        return f"{name}: SSIM stays at {RECOGNISABLE} or more over the whole ladder."
    if kept == 0:
        return f"{name}: SSIM is below {RECOGNISABLE} even without noise."
    return (
        f"{name}: SSIM stays at {RECOGNISABLE} or more up to {LEVELS[kept - 1]:.0%}, and breaks at {LEVELS[kept]:.0%}."
    )


def downloads(comparison: Comparison, pair: str, origin: str) -> None:
    """Buttons for the pictures and the numbers, made when pressed."""
    noise = comparison.noise
    name = f"{pair}-{origin}-{noise.kind}-{noise.level:.2f}-{noise.seed}"
    with st.container(horizontal=True):
        st.download_button(
            "Pictures (PNG)",
            lambda: sheet_png(comparison),
            file_name=f"{name}.png",
            mime="image/png",
            icon=":material/image:",
            on_click="ignore",
            help="Rows: what the models saw, with BatchNorm, without. Columns: the chosen level, then the ladder.",
        )
        st.download_button(
            "Numbers (CSV)",
            lambda: numbers_csv(comparison),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/table:",
            on_click="ignore",
            help="PSNR and SSIM of input and outputs, at the chosen level and on the ladder.",
        )


def sheet_png(comparison: Comparison) -> bytes:
    """All pictures on one sheet, eight times enlarged: a row each for input and twins, a column a level."""
    rows = [comparison.any.noisy, *(result.output for result in comparison.results.values())]
    return png_bytes(tile(np.concatenate(rows), columns=len(LEVELS) + 1, gap=1), scale=8)


def numbers_csv(comparison: Comparison) -> bytes:
    """All numbers, one line a level."""
    text = io.StringIO()
    writer = csv.writer(text)
    twins = comparison.results
    writer.writerow(
        ["noise", "level", "seed", "psnr_noisy", "ssim_noisy", *(f"{m}_{s}" for s in twins for m in ("psnr", "ssim"))]
    )
    noise, seen = comparison.noise, comparison.any
    for row, level in enumerate((noise.level, *LEVELS)):
        found = [value for result in twins.values() for value in (result.psnr[row], result.ssim[row])]
        values = [f"{float(value):.4f}" for value in (seen.psnr_noisy[row], seen.ssim_noisy[row], *found)]
        writer.writerow([noise.kind, f"{level:.2f}", noise.seed, *values])
    return text.getvalue().encode()


def in_sentence(suffix: str) -> str:
    """A twin's name inside a sentence."""
    return TWINS[suffix].replace("W", "w", 1)


def numbers(psnr: float, ssim: float) -> str:
    """PSNR and SSIM for a caption."""
    return "the clean digit itself\n" if psnr >= 100 else f"PSNR {psnr:.1f} dB\nSSIM {ssim:.2f}"
