"""A table of the runs of this server, the newest first, to put some of them on the page again."""

from datetime import datetime

import streamlit as st

from vaegan.lab.queue import View
from vaegan.ui.run_names import own_name
from vaegan.ui.train import lab, lab_state

NEWEST = 50
KEY = "lab_table"
_SHOWN = "lab_table_shown"  # session key: the ids of the runs in the table, row by row


def run_table() -> None:
    """The table, in which up to five runs can be chosen."""
    views = lab.jobs().views()[:NEWEST]
    if not views:
        st.caption("None yet.")
    else:
        st.session_state[_SHOWN] = [view.run_id for view in views]
        st.dataframe(
            _columns(views),
            key=KEY,
            on_select="rerun",
            selection_mode="multi-row",
            hide_index=True,
            column_config={
                "test loss": st.column_config.NumberColumn(format="%.1f", help="After its last epoch, for each digit."),
                "when": st.column_config.DatetimeColumn(format="distance", help="When it was asked for."),
            },
        )
        st.button(
            "Show on this page",
            key=f"{KEY}_show",
            icon=":material/visibility:",
            on_click=_show_chosen,
            disabled=not 0 < len(_chosen()) <= lab_state.MOST_RUNS,
            help=f"One run, or two to {lab_state.MOST_RUNS} side by side: mark them in the table's first column.",
        )


def _chosen() -> list[str]:
    """The ids of the runs that are marked in the table as it was drawn last."""
    ids = st.session_state[_SHOWN]
    return [ids[row] for row in st.session_state[KEY]["selection"]["rows"] if row < len(ids)]


def _show_chosen() -> None:
    if chosen := _chosen()[: lab_state.MOST_RUNS]:
        lab_state.show_runs(chosen)


def _columns(views: list[View]) -> dict[str, list[object]]:
    """The table's columns by name."""
    return {
        "run": [own_name(view.plan) for view in views],
        "is": [view.phase for view in views],
        "epochs": [f"{view.epoch} of {view.plan.config.epochs}" for view in views],
        "test loss": [_test_loss(view.run_id) for view in views],
        "when": [datetime.fromisoformat(view.plan.created) for view in views],
    }


def _test_loss(run_id: str) -> float | None:
    epochs = lab.jobs().lab.run(run_id).epochs()
    return epochs[-1].test_loss if epochs else None
