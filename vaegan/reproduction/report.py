"""A reproduction for people: report.md, and its charts as PNG."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure as Chart

from vaegan.metrics.markdown import table
from vaegan.reproduction.schema import NAMED, Cell, Claim, Figure, Gain, Plot, Reproduction, Search, Table

INCHES = (6.4, 4.0)
DOTS_PER_INCH = 90
TRIALS = 12  # that the report shows at most; the JSON has all of them


def write(result: Reproduction, folder: Path) -> Path:
    """Write report.md and the charts into `folder`; returns the report's path."""
    figures = [plot for figure in result.figures for plot in figure.plots]
    for plot in figures + [plot for claim in result.claims for plot in claim.plots]:
        draw(plot, folder / plot.file)
    file = folder / "report.md"
    file.write_text(markdown(result), encoding="utf-8")
    return file


def draw(plot: Plot, file: Path) -> None:
    """One chart as PNG."""
    chart = Chart(figsize=INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    axes = chart.subplots()
    for curve in plot.curves:
        if plot.kind == "points":
            axes.plot(curve.x, curve.y, ".", markersize=3, label=curve.name)
        else:
            axes.plot(curve.x, curve.y, "--" if curve.dashed else "-", marker=".", label=curve.name)
    axes.set(title=plot.title, xlabel=plot.x_title, ylabel=plot.y_title)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", ncols=2 if len(plot.curves) > 6 else 1)
    file.parent.mkdir(parents=True, exist_ok=True)
    chart.savefig(file)


def markdown(result: Reproduction) -> str:
    """The report."""
    parts = ["# The paper made again", _about(result)]
    if result.claims:
        parts += [
            "## Claims",
            _table(("claim", "verdict", "numbers"), [(c.title, c.verdict, c.sentence) for c in result.claims]),
        ]
    for printed in result.tables:
        parts += [f"## Table {printed.number}: {printed.title}", printed.note, _comparison(printed)]
    if result.search is not None:
        parts += ["## The search for the denoising setting", _search(result.search)]
    for figure in result.figures:
        parts += [f"## Figure {figure.number}: {figure.title}", _figure(figure)]
    for claim in result.claims:
        parts += [f"## Claim: {claim.title}", _claim(claim)]
    return "\n\n".join(parts) + "\n"


def sentence(table: Table) -> list[str]:
    """Each row of a table in a sentence."""
    return [
        f"Table {table.number}, {row.objective}, {NAMED[row.norm]}: the paper's value lies where one more seed would "
        f"at {row.within} of {len(row.cells)} epochs, else at most {row.farthest:.2f} outside"
        for row in table.rows
    ]


def _about(result: Reproduction) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    machine = result.machine
    lines = [
        f"- {result.data.label} (sha256 `{result.data.sha256[:16]}`); seeds {', '.join(map(str, result.seeds))}",
        f"- {len(result.runs)} runs, {result.seconds / 60:.0f} minutes of training on {machine.cpu}, {machine.cores} "
        f"cores, {machine.threads} thread{'s' if machine.threads > 1 else ''} a run; {versions}; {result.created}",
        f"- made by `{result.command}`; every number and setting is in reproduction.json",
    ]
    if result.quick:
        lines.append("- **quick**: few digits and epochs, to see that everything works. Not comparable with the paper.")
    return "\n".join(lines)


def _comparison(table: Table) -> str:
    """Epochs down; for each row mean, range, the paper's value and where it lies."""
    parts = []
    for row in table.rows:
        rows = [
            (
                cell.epoch,
                ", ".join(_number(value) for value in cell.values),
                cell.mean,
                f"{_number(cell.low)} to {_number(cell.high)}",
                cell.paper,
                "yes" if cell.outside == 0 else None if cell.outside is None else f"{cell.outside:+.2f}",
            )
            for cell in row.cells
        ]
        head = ("epoch", "each seed", "mean", "one more seed (95 %)", "the paper", "there?")
        parts.append(f"{row.objective}, {NAMED[row.norm]}:\n\n" + _table(head, rows))
    return "\n\n".join(parts)


def _search(search: Search) -> str:
    rows = [
        (trial.setting, trial.distances["both"], trial.distances["none"], trial.distances["batch"])
        for trial in search.trials[:TRIALS]
    ]
    head = ("setting", "both", "no BatchNorm", "BatchNorm")
    shown = f"The {len(rows)} closest of {len(search.trials)} trials; a dash is a run that diverged."
    percent = [(row[0], *(_percent(value) for value in row[1:])) for row in rows]
    return "\n\n".join([search.rule, search.gap, shown, _table(head, percent)])


def _figure(figure: Figure) -> str:
    pictures = [f"{picture.caption}:\n\n![{picture.caption}]({picture.file})" for picture in figure.pictures]
    return "\n\n".join([f"The paper shows {figure.shows}. {_ended(figure.setting)}", *pictures, *_charts(figure.plots)])


def _claim(claim: Claim) -> str:
    parts = [f"The paper: {claim.says}. {claim.setting}.", f"**{claim.verdict.capitalize()}.** {claim.sentence}"]
    parts += [f"Rule: {claim.rule}", _gains(claim.gains), _table(claim.evidence.columns, claim.evidence.rows)]
    return "\n\n".join([*parts, *_charts(claim.plots)])


def _gains(gains: Sequence[Gain]) -> str:
    """Comparisons as a table; above 0 is better."""
    rows = [
        (
            gain.name,
            gain.pairs,
            gain.mean,
            "-" if gain.low is None or gain.high is None else f"{gain.low:.2f} to {gain.high:.2f}",
            f"{gain.margin:g} {gain.unit}".strip(),
            "(decides nothing) " * gain.aside + gain.outcome,
        )
        for gain in gains
    ]
    why = {f"{gain.margin:g} {gain.unit}".strip(): gain.reason for gain in gains}
    reasons = "; ".join(f"{size}: {reason}" for size, reason in why.items())
    head = ("comparison, above 0 is better", "pairs", "difference", "interval", "matters from", "says")
    return _table(head, rows) + f"\n\nWhy that much matters: {reasons}."


def _ended(text: str) -> str:
    """The text with a full stop at its end."""
    return text if text.endswith(".") else f"{text}."


def _charts(plots: Sequence[Plot]) -> list[str]:
    return [f"![{plot.title}]({plot.file})" for plot in plots]


def _table(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    return table(head, [[_cell(cell) for cell in row] for row in rows])


def _cell(cell: Cell) -> str:
    return "-" if cell is None else _number(cell) if isinstance(cell, float) else str(cell)


def _number(value: float) -> str:
    """A number with as many decimals as are useful: losses in the hundreds of thousands have none."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 10_000 else f"{value:.2f}" if size >= 1 else f"{value:.3g}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
