"""The paper's figures: sheets of digits as PNG and charts as data, drawn from the runs that are there."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vaegan.config import PIXELS, NoiseConfig, Norm
from vaegan.data.mnist import first_of_each_class
from vaegan.data.noise import corrupt
from vaegan.data.pictures import png_bytes, tile, to_uint8
from vaegan.data.tensors import to_pictures, to_pixels
from vaegan.files import write_atomically
from vaegan.metrics.likeness import posteriors, reconstruct
from vaegan.model.latent import even_grid, linear
from vaegan.model.networks import VAEGAN
from vaegan.reproduction import paper
from vaegan.reproduction.evidence import gap_plot, plot_line
from vaegan.reproduction.experiments import (
    DROPOUT,
    NORMS,
    Experiment,
    Scale,
    Setting,
    denoising_run,
    pictured_denoising_run,
    plane_run,
    shown_run,
    wide_run,
)
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import NAMED, Epoch, Figure, Picture, Plot, PlotLine

SHOWN_DIGITS = 10
SCALE = 2  # pixels of the PNG for each pixel of a digit
STEPS = 10  # pictures on the way from one digit to another
WAYS = ((2, 7), (4, 9), (0, 6))  # the classes at the two ends of each way
SCATTERED = 1000  # test digits whose mu are drawn as points
REACH, SHEET_SIDE = 2.0, 12  # the sheet of the plane: standard deviations from its middle to its edge, digits a side


def runs_of(number: int, scale: Scale) -> list[Experiment]:
    """All runs that a figure needs."""
    first = [shown_run(scale, norm) for norm in NORMS]
    match number:
        case 10:
            return first + [_last_kept(wide_run(scale, norm, d)) for norm in NORMS for d in scale.wide_dims]
        case 12:
            dims = (paper.LATENT_DIM, scale.wide_dims[0])
            return [pictured_denoising_run(scale, norm, d) for norm in NORMS for d in dims]
        case 13:
            return [denoising_run(scale, DROPOUT, norm, scale.seeds[0]) for norm in NORMS]
        case 14:
            return [pictured_denoising_run(scale, norm, scale.wide_dims[-1]) for norm in NORMS]
        case 16:
            return [plane_run(scale, norm) for norm in NORMS]
        case _:
            return first


class Sheets:
    """Draws the figures of one reproduction into a folder."""

    def __init__(self, scale: Scale, runner: Runner, folder: Path, denoising: Setting = DROPOUT) -> None:
        self._scale, self._runner, self._folder = scale, runner, folder
        self._denoising = denoising  # the setting of Figure 13's log

    def figure(self, number: int) -> Figure:
        """The figure of this number; its pictures are written."""
        return {
            10: self._reconstructions,
            11: self._log,
            12: self._denoised,
            13: self._denoising_log,
            14: self._denoised_wide,
            15: self._ways,
            16: self._plane,
            17: self._overfitting,
        }[number]()

    def _reconstructions(self) -> Figure:
        clean, pictures = _digits(self._runner), []
        epoch = min(paper.FIGURE_10_EPOCH, self._scale.epochs)
        for norm in NORMS:
            rebuilt = reconstruct(self._runner.model(shown_run(self._scale, norm), epoch), clean)
            pictures.append(
                self._sheet(f"figure-10-{norm}", [clean, rebuilt], f"d = {paper.LATENT_DIM}, epoch {epoch}", norm)
            )
        for d in self._scale.wide_dims:
            for norm in NORMS:
                experiment = wide_run(self._scale, norm, d)
                rebuilt = reconstruct(self._runner.model(experiment, experiment.config.epochs), clean)
                caption = f"d = {d}, epoch {experiment.config.epochs}"
                pictures.append(self._sheet(f"figure-10-{d}-{norm}", [clean, rebuilt], caption, norm))
        setting = f"Rows: test digits, reconstructions (z = mu). {self._widths}"
        return self._figure(10, setting, pictures=pictures)

    def _log(self) -> Figure:
        records = {norm: self._runner.record(shown_run(self._scale, norm)).epochs for norm in NORMS}
        return self._figure(11, "VAE-GAN at Table 1's setting, the first seed", plots=_logs(11, (1, 2), records))

    def _denoising_log(self) -> Figure:
        runs = {norm: denoising_run(self._scale, self._denoising, norm, self._scale.seeds[0]) for norm in NORMS}
        records = {norm: self._runner.record(experiment).epochs for norm, experiment in runs.items()}
        setting = f"VAE, {self._denoising.words}, the first seed, tested on digits under the same noise"
        return self._figure(13, setting, plots=_logs(13, (3, 4), records), runs=list(runs.values()))

    def _denoised(self) -> Figure:
        return self._cleaned(12, (paper.LATENT_DIM, self._scale.wide_dims[0]))

    def _denoised_wide(self) -> Figure:
        return self._cleaned(14, (self._scale.wide_dims[-1],))

    def _cleaned(self, number: int, dims: Sequence[int]) -> Figure:
        """Digits, the same under noise, cleaned after the first epoch, cleaned after the last."""
        clean, pictures = _digits(self._runner), []
        noisy = corrupt(clean, NoiseConfig(kind=DROPOUT.noise, level=DROPOUT.level))
        for d in dims:
            for norm in NORMS:
                experiment = pictured_denoising_run(self._scale, norm, d)
                epochs = sorted({1, experiment.config.epochs})
                cleaned = [reconstruct(self._runner.model(experiment, epoch), noisy) for epoch in epochs]
                caption = f"d = {d}, epochs {' and '.join(map(str, epochs))}"
                pictures.append(
                    self._sheet(f"figure-{number}-{d}-{norm}", [clean, noisy.clamp(0, 1), *cleaned], caption, norm)
                )
        setting = (
            f"Rows: test digits, under {DROPOUT.noise} noise {DROPOUT.level:g} (shown clipped), cleaned. Trained "
            f"{DROPOUT.training}. {self._widths}"
        )
        return self._figure(number, setting, pictures=pictures)

    def _ways(self) -> Figure:
        pictures = []
        images, first = self._runner.data.test_images, first_of_each_class(self._runner.data.test_labels)
        ends = [[to_pixels(images[first[digit]]) for digit in way] for way in WAYS]
        for norm in NORMS:
            model = self._runner.model(shown_run(self._scale, norm), self._scale.epochs)
            rows = []
            for way in ends:
                a, b = posteriors(model, torch.stack(way)).mu
                with torch.inference_mode():
                    rows.append(model.decode(linear(a, b, torch.linspace(0, 1, STEPS))))
            pictures.append(self._sheet(f"figure-15-{norm}", rows, f"d = {paper.LATENT_DIM}, straight ways", norm))
        pairs = ", ".join(f"{a} to {b}" for a, b in WAYS)
        return self._figure(15, f"Each row: decoded points on the way between two mu, {pairs}", pictures=pictures)

    def _plane(self) -> Figure:
        pictures, plots = [], []
        data = self._runner.data
        labels = data.test_labels[:SCATTERED]
        for norm in NORMS:
            experiment = plane_run(self._scale, norm)
            model = self._runner.model(experiment, experiment.config.epochs)
            mu = posteriors(model, to_pixels(data.test_images[:SCATTERED])).mu
            curves = [
                PlotLine(name=str(digit), x=_rounded(mu[labels == digit, 0]), y=_rounded(mu[labels == digit, 1]))
                for digit in range(10)
            ]
            plots.append(
                Plot(
                    title=NAMED[norm],
                    x_title="mu 1",
                    y_title="mu 2",
                    kind="points",
                    curves=tuple(curves),
                    file=f"plots/figure-16-{norm}.png",
                )
            )
            pictures.append(self._plane_sheet(model, norm))
        config = plane_run(self._scale, "batch").config
        setting = (
            f"VAE, d = 2, hidden {config.model.hidden}, batch {config.batch_size}, lr {config.lr:g}, {config.epochs} "
            f"epochs. Points: mu of {len(labels):,} test digits. Sheets: decoded points, -{REACH:g} to {REACH:g}"
        )
        return self._figure(16, setting, pictures=pictures, plots=plots)

    def _plane_sheet(self, model: VAEGAN, norm: Norm) -> Picture:
        with torch.inference_mode():
            decoded = model.decode(even_grid(REACH, SHEET_SIDE).float())
        rows = list(decoded.split(SHEET_SIDE))[::-1]  # mu 2 grows upwards
        return self._sheet(f"figure-16-{norm}", rows, "the plane, decoded", norm, gap=0)

    def _overfitting(self) -> Figure:
        named = {NAMED[norm]: self._runner.record(shown_run(self._scale, norm)) for norm in NORMS}
        plot = gap_plot("figure-17", "Loss of training and test digits", named)
        setting = "VAE-GAN at Table 1's setting, the first seed; both losses after each epoch with z = mu"
        return self._figure(17, setting, plots=[plot])

    @property
    def _widths(self) -> str:
        """Why the wide models have fewer hidden units than the paper's d², in words."""
        hidden = self._scale.wide_hidden_dim
        paper_hidden = ", ".join(f"{d * d:,} for d = {d}" for d in self._scale.wide_dims)
        largest = self._scale.wide_dims[-1]
        weights = 2 * PIXELS * largest**2 + 3 * largest * largest**2
        return (
            f"The paper's d² hidden units would be {paper_hidden} ({weights / 1e6:,.0f} million weights at d = "
            f"{largest}); these models have {hidden:,}, which a processor trains in minutes."
        )

    def _sheet(self, name: str, rows: Sequence[Tensor], caption: str, norm: Norm, gap: int = 2) -> Picture:
        """Write rows of pictures (N, 784) each as one PNG."""
        pictures = to_pictures(torch.cat(list(rows)))
        sheet = tile(to_uint8(pictures.astype(np.float32)), columns=len(rows[0]), gap=gap)
        file = self._folder / "figures" / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically({file: png_bytes(sheet, SCALE)})
        return Picture(file=f"figures/{file.name}", caption=f"{NAMED[norm]}, {caption}", norm=norm)

    def _figure(
        self,
        number: int,
        setting: str,
        pictures: Sequence[Picture] = (),
        plots: Sequence[Plot] = (),
        runs: Sequence[Experiment] | None = None,
    ) -> Figure:
        printed = paper.FIGURES[number]
        used = runs_of(number, self._scale) if runs is None else runs
        return Figure(
            number=number,
            title=printed.title,
            shows=printed.shows,
            setting=setting,
            pictures=tuple(pictures),
            plots=tuple(plots),
            runs=tuple(self._runner.key(experiment) for experiment in used),
        )


def _last_kept(experiment: Experiment) -> Experiment:
    return experiment.wanting(kept={experiment.config.epochs})


def _digits(runner: Runner) -> Tensor:
    """The first test digit of each class; (10, 784) in [0, 1]."""
    first = first_of_each_class(runner.data.test_labels)
    return to_pixels(runner.data.test_images[[first[digit] for digit in range(SHOWN_DIGITS)]])


def _rounded(values: Tensor) -> tuple[float, ...]:
    return tuple(round(value, 3) for value in values.tolist())


def _logs(number: int, tables: tuple[int, int], records: dict[Norm, tuple[Epoch, ...]]) -> list[Plot]:
    """Test and average loss by epoch, ours and the paper's."""
    plots = []
    for table in tables:
        printed = paper.TABLES[table]
        curves = []
        for norm, epochs in records.items():
            curves.append(plot_line(NAMED[norm], epochs, lambda epoch: getattr(epoch, printed.measure)))  # noqa: B023 - used at once
            values = printed.values[norm]
            places = tuple(range(1, len(values) + 1))
            curves.append(PlotLine(name=f"{NAMED[norm]}, the paper", x=places, y=values, dashed=True))
        plots.append(
            Plot(
                title=printed.title,
                x_title="epoch",
                y_title=f"{printed.measured}, nats",
                kind="lines",
                curves=tuple(curves),
                file=f"plots/figure-{number}-{printed.measure.replace('_', '-')}.png",
            )
        )
    return plots
