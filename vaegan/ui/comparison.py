"""The twins side by side: what both saw, what each made of it, at which noise each breaks, and downloads of all."""

import csv
import io
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import streamlit as st

from vaegan.config import NoiseConfig
from vaegan.data.pictures import Float, png_bytes, tile
from vaegan.denoisers import filters
from vaegan.errors import CheckpointError, ConfigError
from vaegan.studio import Rated, add_noises, rate
from vaegan.ui import resources, state, trained
from vaegan.ui.catalogue import TWINS, in_sentence
from vaegan.ui.charts import ladder_chart
from vaegan.ui.filters import Filtered, filtered, in_force, milliseconds, words
from vaegan.ui.gallery import CaptionedPicture, caption, error_map, ladder, picture_grid, picture_url
from vaegan.ui.line_chart import show_lines
from vaegan.ui.percent import percent
from vaegan.ui.readings import Said, read, say

LEVELS = tuple(step / 10 for step in range(11))  # of the ladder
RECOGNISABLE = 0.5  # SSIM; below it people begin to disagree on which digit it is
PICTURE_WIDTH = 15.3  # rem, of one column of the row with the gap beside it


class Cleaned(NamedTuple):
    """One column: what a network or a filter made of the noisy pictures, and its names."""

    name: str  # as a heading
    in_sentence: str  # such as "with BatchNorm" or "by median filter"
    key: str  # in file names and the head of a table
    output: Rated


class Comparison(NamedTuple):
    """One digit under the chosen noise (row 0) and on the ladder (rows 1 to 11), cleaned by each twin that opened.

    A filter beside them has only row 0 until `on_ladder` is called, so that the pictures need not wait for its ladder.
    If the chosen filter is not tuned for this noise, `untuned` has a sentence that says so.
    """

    noise: NoiseConfig
    digit: Float  # clean, (28, 28)
    noisy: Rated
    outputs: dict[str, Rated]  # by the twin's suffix
    filtered: Filtered | None = None
    untuned: str | None = None

    @property
    def columns(self) -> list[Cleaned]:
        """Each twin, then the filter if there is one."""
        columns = [Cleaned(TWINS[key], in_sentence(key), key, output) for key, output in self.outputs.items()]
        if self.filtered is not None:
            name, output = self.filtered
            title = self.filtered.title
            columns.append(Cleaned(title, f"by {title[0].lower()}{title[1:]}", name, output))
        return columns

    @property
    def row(self) -> list[Float]:
        """The pictures at the chosen level: what the networks saw, then each column's, (28, 28) each."""
        return [self.noisy.pictures[0], *(column.output.pictures[0] for column in self.columns)]

    def beside(self, chosen: str) -> "Comparison":
        """The same with a filter, a name or `state.BEST`, at the chosen level alone."""
        try:
            name = in_force(chosen, self.noise)
        except ConfigError as error:
            return self._replace(untuned=str(error))
        return self._replace(filtered=filtered(name, self.digit, self.noisy.pictures[:1], [self.noise]))

    def on_ladder(self) -> "Comparison":
        """The same with the filter, if there is one, on the whole ladder too."""
        if self.filtered is None:
            return self
        name, ladder_noises = self.filtered.name, noises(self.noise)
        return self._replace(filtered=filtered(name, self.digit, self.noisy.pictures, ladder_noises))


def opened(pair: str) -> list[str]:
    """The twins of a pair that can be opened; the page says why the others cannot."""
    suffixes = []
    for suffix in trained.suffixes(pair):
        try:
            resources.studio(f"{pair}-{suffix}")
            suffixes.append(suffix)
        except CheckpointError as error:
            st.error(str(error), icon=":material/error:")
    return suffixes


def compare(pair: str, digit: Float, noise: NoiseConfig) -> Comparison | None:
    """Clean the digit at the chosen level and on the whole ladder, in one batch for each twin.

    A twin that cannot be opened is left out, and the page says why; None if neither can be opened.
    """
    noisy = add_noises(digit, noises(noise))
    outputs = {suffix: rate(resources.studio(f"{pair}-{suffix}").clean(noisy), digit) for suffix in opened(pair)}
    return Comparison(noise, digit, rate(noisy, digit), outputs) if outputs else None


def noises(chosen: NoiseConfig) -> list[NoiseConfig]:
    """The noise of each row of a comparison: the chosen one, then the ladder's."""
    return [chosen, *(chosen.updated({"level": level}) for level in LEVELS)]


def show_row(comparison: Comparison) -> None:
    """Show what the networks saw and what each made of it: what that is read as, its PSNR and SSIM."""
    noisy, (said, *of_columns) = comparison.noisy, say(comparison.digit, comparison.row)
    below = caption("What both networks saw", numbers(noisy.psnr[0], noisy.ssim[0]), False, *said)
    pictures = (cleaned_picture(comparison, *pair) for pair in zip(comparison.columns, of_columns, strict=True))
    show_side_by_side([(picture_url(noisy.pictures[0]), "what the networks saw", below), *pictures])


def cleaned_picture(comparison: Comparison, column: Cleaned, said: Said) -> CaptionedPicture:
    """The picture of one column; each of its numbers is emphasised if it is the best as printed, and not all are."""
    rows = [printed(each.output.psnr[0], each.output.ssim[0]) for each in comparison.columns]
    own = printed(column.output.psnr[0], column.output.ssim[0])
    best = [value == max(values, key=float) and len(set(values)) > 1 for value, *values in zip(own, *rows, strict=True)]
    below = caption(column.name, numbers(column.output.psnr[0], column.output.ssim[0]), best, *said)
    return picture_url(column.output.pictures[0]), f"cleaned {column.in_sentence}", below


def show_side_by_side(row: list[CaptionedPicture]) -> None:
    """Show pictures in one row, of the same size however many there are; on a phone four take two rows."""
    columns = max(3, len(row))
    st.html(
        picture_grid(row, columns=columns, width=f"{PICTURE_WIDTH * columns:g}rem", narrow=3 if columns == 3 else 2)
    )


def show_filter(comparison: Comparison, pair: str) -> None:
    """Show what the filter made of the noisy digit, say what it does and how long each denoiser takes for one digit.

    Or say that the filter is not tuned for this noise.
    """
    if comparison.untuned is not None:
        st.info(comparison.untuned, icon=":material/tune:")
    if comparison.filtered is None:
        return
    name, noisy = comparison.filtered.name, comparison.noisy.pictures[:1]
    times = [f"the filter {milliseconds(lambda: filters.clean(name, noisy, comparison.noise)):.1f} ms"]
    for suffix in comparison.outputs:
        clean = partial(resources.studio(f"{pair}-{suffix}").clean, noisy)
        times.append(f"the network {in_sentence(suffix)} {milliseconds(clean):.1f} ms")
    show_row(comparison)
    st.caption(
        f"{words(name, comparison.noise)} One digit takes {', '.join(times)}. "
        "The filter works on the server and follows when a stroke ends."
    )


def show_errors(comparison: Comparison) -> None:
    """Show where the input and each output differ from the clean digit."""
    digit, noisy = comparison.digit, comparison.noisy.pictures[0]
    maps = [(error_map(noisy, digit), "error of the input", caption("Error of the input"))]
    for column in comparison.columns:
        name = f"Error {column.in_sentence}"
        maps.append((error_map(column.output.pictures[0], digit), name, caption(name)))
    show_side_by_side(maps)
    st.caption("Orange: brighter than the clean digit. Blue: darker. Black: right.")


def show_ladder(comparison: Comparison) -> None:
    """Show the digit from no noise to all noise, as pictures or as a chart, and say at which level each twin breaks."""
    view = st.segmented_control(
        "Show as",
        state.LADDER_VIEWS,
        required=True,
        key=state.LADDER,
        label_visibility="collapsed",
        persist_state="session",
    )
    if view == state.CHART:  # only on demand, since drawing a chart anew delays every stroke
        show_chart(comparison)
    else:
        show_pictures(comparison)
    st.markdown("  \n".join(breaking_point(column) for column in comparison.columns))


def show_pictures(comparison: Comparison) -> None:
    """Show a row of pictures for the input and for each denoiser, with a column for each level."""
    rows = [("What both networks saw", comparison.noisy.pictures[1:])]
    rows += [(column.name, column.output.pictures[1:]) for column in comparison.columns]
    st.html(ladder([percent(level) for level in LEVELS], rows))


def show_chart(comparison: Comparison) -> None:
    """Show PSNR over the level, for the input and for each denoiser."""
    outputs = {column.name: column.output for column in comparison.columns}
    chart = ladder_chart(comparison.noise.level, LEVELS, comparison.noisy, outputs)
    show_lines(chart, "ladder_chart", "PSNR of input and outputs over the noise level", "{:.1f} dB".format)


def breaking_point(column: Cleaned) -> str:
    """In a sentence, the level up to which the output still resembles the digit."""
    good = column.output.ssim[1:] >= RECOGNISABLE
    good_levels = len(good) if good.all() else int(np.argmin(good))
    name = f"**{column.name}**"
    if good_levels == len(good):
        return f"{name}: SSIM stays at {RECOGNISABLE} or more over the whole ladder."
    if good_levels == 0:
        return f"{name}: SSIM is below {RECOGNISABLE} even without noise."
    return (
        f"{name}: SSIM stays at {RECOGNISABLE} or more up to {percent(LEVELS[good_levels - 1])}, and breaks at "
        f"{percent(LEVELS[good_levels])}."
    )


def downloads(comparison: Callable[[], Comparison], pair: str, origin: str) -> None:
    """Show buttons that download the pictures and the numbers, which are made when pressed."""
    noise = state.noise()
    name = f"{pair}-{origin}-{noise.kind}-{noise.level:.2f}-{noise.seed}"
    chosen = state.chosen_filter()
    name += f"-{chosen}" if chosen else ""
    with st.container(horizontal=True):
        st.download_button(
            "Pictures (PNG)",
            lambda: sheet_png(comparison()),
            file_name=f"{name}.png",
            mime="image/png",
            icon=":material/image:",
            on_click="ignore",
            help="Rows: what the networks saw, with BatchNorm, without, and the filter if there is one. "
            "Columns: the chosen level, then the ladder.",
        )
        st.download_button(
            "Numbers (CSV)",
            lambda: numbers_csv(comparison()),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/table:",
            on_click="ignore",
            help="PSNR and SSIM of input and outputs and what they are read as, at the chosen level and on the ladder.",
        )


def sheet_png(comparison: Comparison) -> bytes:
    """All pictures on one sheet, eight times enlarged: rows are the input, the twins and the filter, columns levels."""
    rows = [comparison.noisy.pictures, *(column.output.pictures for column in comparison.columns)]
    return png_bytes(tile(np.concatenate(rows), columns=len(LEVELS) + 1, gap=1), scale=8)


def numbers_csv(comparison: Comparison) -> bytes:
    """All numbers, a line for each level."""
    text = io.StringIO()
    writer = csv.writer(text)
    columns = comparison.columns
    names = [f"{measure}_{column.key}" for column in columns for measure in ("psnr", "ssim")]
    reads = [f"read_{key}" for key in ("noisy", *(column.key for column in columns))]
    writer.writerow(["noise", "level", "seed", "psnr_noisy", "ssim_noisy", *names, *reads])
    noise = comparison.noise
    for row, level in enumerate((noise.level, *LEVELS)):
        rated = (comparison.noisy, *(column.output for column in columns))
        values = [f"{float(value):.4f}" for each in rated for value in (each.psnr[row], each.ssim[row])]
        digits = [reading.digit for reading in read(np.stack([each.pictures[row] for each in rated]))]
        writer.writerow([noise.kind, f"{level:.2f}", noise.seed, *values, *digits])
    return text.getvalue().encode()


def numbers(psnr: float, ssim: float) -> str:
    """PSNR and SSIM for a caption, a line each."""
    decibels, similarity = printed(psnr, ssim)
    return "the clean digit itself\n" if psnr >= 100 else f"PSNR {decibels} dB\nSSIM {similarity}"


def printed(psnr: float, ssim: float) -> tuple[str, str]:
    """PSNR in dB and SSIM as they are printed."""
    return f"{psnr:.1f}", f"{ssim:.2f}"
