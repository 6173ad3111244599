"""What charts share."""

import numpy as np
import pytest

from vaegan.reproduction.schema import EpochCell, TableRow
from vaegan.training.curves import downsampled
from vaegan.ui.charts import COLOURS, pale
from vaegan.ui.results.charts import table_chart
from vaegan.ui.train.charts import QUANTITIES, ChartedRun, epoch_chart, quantity_chart, step_chart


@pytest.mark.parametrize("opacity", [0.15, 1])
def test_a_pale_colour_is_the_colour_with_an_opacity(opacity: float) -> None:
    assert pale("#ff8000", opacity) == f"rgba(255, 128, 0, {opacity})"
    assert len({pale(colour, opacity) for colour in COLOURS}) == len(COLOURS)


def test_a_band_has_no_markers_however_few_its_points_are() -> None:
    """Without a mode Plotly draws markers, in a colour of its own, on every line of fewer than 20 points."""
    columns = {"step": np.arange(1.0, 6), "loss.recon": np.linspace(500, 400, 5)}
    cells = [EpochCell(epoch=at, values=(2.0,), mean=2.0, low=1.0, high=3.0, paper=2.0, outside=0) for at in (1, 2, 3)]
    row = TableRow(norm="none", objective="VAE", setting="", runs=("a",), cells=tuple(cells))
    for chart in (step_chart([ChartedRun("a run", downsampled(columns), [])], "recon"), table_chart([row], "loss")):
        bands = [trace for trace in chart.data if trace.fill == "toself"]
        assert bands
        assert all(band.mode == "lines" for band in bands)


@pytest.mark.parametrize(("steps", "mode"), [(1, "lines+markers"), (2, "lines")])
def test_a_run_of_one_step_is_a_point(steps: int, mode: str) -> None:
    columns = {"step": np.arange(1.0, steps + 1), "loss.recon": np.full(steps, 500.0)}
    chart = step_chart([ChartedRun("a run", downsampled(columns), [])], "recon")
    assert [trace.mode for trace in chart.data if trace.name == "a run"] == [mode]


def test_every_mark_has_its_runs_own_colour() -> None:
    """Without a colour Plotly gives a mark the next of its own: green ones on an orange line."""
    columns = {"step": np.arange(1.0, 2), "loss.recon": np.full(1, 500.0), "d_real": np.full(1, 0.5)}
    run = ChartedRun("a run", downsampled(columns), [], colour=COLOURS[1])
    for chart in (step_chart([run], "recon"), epoch_chart([run]), quantity_chart(QUANTITIES["Discriminator"], [run])):
        marked = [trace for trace in chart.data if trace.mode != "lines"]
        assert marked
        assert {trace.marker.color for trace in marked} == {trace.line.color for trace in marked} == {COLOURS[1]}
