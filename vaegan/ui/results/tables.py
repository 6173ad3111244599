"""The paper's tables on the Results page: its numbers, our seeds' mean, where one more would lie, and what differs."""

import csv
import io
import re
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from vaegan.checkpoint.card import Card
from vaegan.reproduction.schema import Reproduction, Search, Table, TableRow
from vaegan.ui import resources, shipped
from vaegan.ui.charts import NORM_TITLES
from vaegan.ui.frame import folded
from vaegan.ui.glossary import note, say
from vaegan.ui.line_chart import lines_of, place_lines
from vaegan.ui.results import results_state
from vaegan.ui.results.charts import NORM_NAMES, table_chart
from vaegan.ui.results.shared import once_for_all
from vaegan.ui.results.written_out import written_out

AXES = {"test_loss": "test loss (nats per digit)", "average_loss": "average loss (sum over a batch)"}
PAPER_CHECKPOINTS = ("paper-bn", "paper-plain")  # trained in the setting of the paper
MEASURES = {  # what the cards' measures are called; what is not here is called by its own name, in words
    "recon_bce": "reconstruction error",
    "kl": "KL",
    "psnr": "PSNR",
    "ssim": "SSIM",
    "elbo": "ELBO",
    "elbo_binarised": "ELBO of black and white digits",
    "iwae_100": "importance-weighted bound",
    "active_units": "active latent dimensions",
    "knn_accuracy": "classes right by nearest digits",
    "samples": "samples judged",
    "frechet": "Fréchet distance",
    "frechet_floor": "Fréchet distance of real digits",
    "frechet_fitted": "Fréchet distance, fitted prior",
    "precision_fitted": "precision, fitted prior",
    "recall_fitted": "recall, fitted prior",
    "frechet_posterior": "Fréchet distance, aggregate posterior",
    "classifier_sha256": "classifier",
}
_NAME = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")  # such a name within a definition


def tables(reproduced: Reproduction) -> None:
    """The section: each table as a chart and as numbers, how Tables 3 and 4 were searched for, what a measure means."""
    if len({row.objective for table in reproduced.tables for row in table.rows}) > 1:
        st.segmented_control(
            "What we trained",
            results_state.OBJECTIVES,
            key=results_state.OBJECTIVE,
            required=True,
            persist_state="session",
            help="The paper's text describes both; its numbers do not tell them apart.",
        )
    for table in reproduced.tables:
        show_table(table, reproduced)
    if reproduced.search is not None:
        show_search(reproduced.search)
    show_measures()


def show_table(table: Table, reproduced: Reproduction) -> None:
    """One table: the chart, a sentence for each row, the numbers."""
    st.header(f"Table {table.number}: {table.title}", help=reproduced.definitions.get(table.measure))
    objective = st.session_state[results_state.OBJECTIVE]
    rows, drawn = of_objective(table.rows, objective), _drawn(table, objective)
    place_lines(drawn.chart, f"table_{table.number}")
    say(drawn.agreement)
    note(written_out(table.note))
    with folded(f"The numbers of Table {table.number}", f"numbers_{table.number}", ":material/table:") as is_open:
        if not is_open:
            return
        st.dataframe(drawn.numbers, hide_index=True, column_config=_columns(rows))
        settings = dict.fromkeys(written_out(row.setting) for row in rows)  # mostly the same for all
        note(f"Trained with {'; '.join(settings)}.")
        st.download_button(
            "Numbers (CSV)",
            partial(table_csv, table),
            file_name=f"table-{table.number}.csv",
            mime="text/csv",
            key=f"csv_{table.number}",
            on_click="ignore",
            icon=":material/table:",
            help="Every row of this table: each seed, mean, where one more would lie, and the paper's value.",
        )


class Drawn(NamedTuple):
    """What is shown of a table: the lines of its chart, sentences on how well the paper agrees, its numbers."""

    chart: dict[str, Any]
    agreement: str
    numbers: list[dict[str, object]]


@once_for_all
def _drawn(table: Table, objective: str) -> Drawn:
    rows = of_objective(table.rows, objective)
    words = f"Table {table.number}, {AXES[table.measure]} over epochs: {'; '.join(map(described, rows))}"
    agreements = "  \n".join(f"**{NORM_TITLES[row.norm]}:** {agreement(row)}" for row in rows)
    return Drawn(lines_of(table_chart(rows, AXES[table.measure]), words), agreements, numbers(rows))


def described(row: TableRow) -> str:
    """A row of the chart in words, for people who cannot see it."""
    first, last = row.cells[0], row.cells[-1]
    words = f"{NORM_NAMES[row.norm]} ours from {first.mean:,.1f} to {last.mean:,.1f}"
    if first.paper is None or last.paper is None:
        return words
    return f"{words}, the paper's from {first.paper:,.1f} to {last.paper:,.1f}"


def of_objective(rows: Sequence[TableRow], objective: str) -> list[TableRow]:
    """The rows of an objective; all rows if the table does not have it."""
    chosen = [row for row in rows if row.objective == objective]
    return chosen or list(rows)


def agreement(row: TableRow) -> str:
    """In a sentence, how well the paper's values agree with ours."""
    compared = [cell for cell in row.cells if cell.outside is not None]
    if not compared:
        return "the paper prints no values."
    seeds = len(row.runs)
    words = (
        f"at {row.within} of {len(compared)} epochs the paper's value lies where one more seed beside our {seeds} "
        "would (with 95 % confidence)"
    )
    if row.within == len(compared):
        return f"{words}."
    worst = max(compared, key=lambda cell: abs(cell.outside or 0))
    side = "above" if (worst.outside or 0) > 0 else "below"
    return f"{words}; it is farthest at epoch {worst.epoch}, {abs(worst.outside or 0):,.2f} {side} it."


def numbers(rows: Sequence[TableRow]) -> list[dict[str, object]]:
    """One line for each epoch: the paper's value, our mean and where one more seed would lie, for each row."""
    lines = []
    for cells in zip(*(row.cells for row in rows), strict=True):
        line: dict[str, object] = {"epoch": cells[0].epoch}
        for row, cell in zip(rows, cells, strict=True):
            name = NORM_NAMES[row.norm]
            line[f"paper, {name}"] = cell.paper
            line[f"ours, {name}"] = cell.mean
            line[f"one more seed, {name}"] = f"{cell.low:,.2f} – {cell.high:,.2f}"
        lines.append(line)
    return lines


def _columns(rows: Sequence[TableRow]) -> dict[str, Any]:
    columns: dict[str, Any] = {"epoch": st.column_config.NumberColumn(help="Passes over the training digits.")}
    for name in (NORM_NAMES[row.norm] for row in rows):
        for kind, words in (("paper", "As the paper prints it."), ("ours", "The mean over our seeds.")):
            columns[f"{kind}, {name}"] = st.column_config.NumberColumn(format="%.2f", help=words)
        columns[f"one more seed, {name}"] = st.column_config.TextColumn(
            help="Where one more seed would lie, with 95 % confidence (Student's t)."
        )
    return columns


def table_csv(table: Table) -> str:
    """All rows of a table as CSV, one line for each row and epoch."""
    text = io.StringIO()
    writer = csv.writer(text)
    seeds = max((len(row.runs) for row in table.rows), default=0)
    seed_columns = [f"run_{index + 1}" for index in range(seeds)]
    writer.writerow(["norm", "objective", "setting", "epoch", *seed_columns, "mean", "low", "high", "paper", "outside"])
    for row in table.rows:
        for cell in row.cells:
            values = [*cell.values, *[None] * (seeds - len(cell.values))]
            facts = [row.norm, row.objective, row.setting, cell.epoch]
            writer.writerow([*facts, *values, cell.mean, cell.low, cell.high, cell.paper, cell.outside])
    return text.getvalue()


def show_search(search: Search) -> None:
    """Which settings were tried to find the one behind Tables 3 and 4."""
    label = f"How Tables 3 and 4 were looked for: {len(search.trials)} settings"
    with folded(label, "search", ":material/search:") as is_open:
        if not is_open:
            return
        say(written_out(search.gap))
        note(written_out(search.rule))
        st.dataframe(
            [
                {
                    "setting": written_out(trial.setting),
                    "both": trial.distances.get("both"),
                    "with BatchNorm": trial.distances.get("batch"),
                    "without": trial.distances.get("none"),
                }
                for trial in search.trials
            ],
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="percent", help="Mean relative distance from the paper.")
                for name in ("both", "with BatchNorm", "without")
            },
        )


def show_measures() -> None:
    """The paper's test loss beside the usual measures, for the two checkpoints trained in its setting."""
    cards = [resources.card(name) for name in PAPER_CHECKPOINTS]
    if not all("elbo" in card.metrics[0].values for card in cards):
        return
    st.header("What the paper's test loss is, and what it is not", help="The last column says what each measure means.")
    first = cards[0].metrics[0].values
    gap = -first["elbo"] - first["test_loss"]
    say(
        "The paper decodes z = mu, the middle of q(z|x). A VAE's own objective, the ELBO, decodes a z **drawn** from "
        "q(z|x), and the decoder rebuilds the middle better than what lies around it. So for the network "
        f"“{shipped.title(cards[0].name)}” the test loss is {first['test_loss']:.2f}, the negative ELBO "
        f"{-first['elbo']:.2f}: **{gap:.1f} nats worse** on the same digits. Compare with other VAEs by ELBO or by the "
        "importance-weighted bound, never by the test loss."
    )
    st.dataframe(measured(cards), hide_index=True)
    note(f"Measured once, on {cards[0].metrics[0].data.label}.")


def measure_name(name: str) -> str:
    """What a measure of the cards is called."""
    return MEASURES.get(name, name.replace("_", " "))


def measured(cards: Sequence[Card]) -> list[dict[str, Any]]:
    """One line for each measure: its name, its value for each checkpoint, what it means."""
    values = [card.metrics[0].values for card in cards]
    names = [name for name in values[0] if not name.startswith("share_") and not name.endswith("_noisy")]
    return [
        {"measure": measure_name(name)}
        | {
            shipped.title(card.name): round(own[name], 4)
            for card, own in zip(cards, values, strict=True)
            if name in own
        }
        | {"meaning": _NAME.sub(lambda match: measure_name(match[0]), cards[0].definitions.get(name, ""))}
        for name in names
    ]
