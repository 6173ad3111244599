"""A table of the runs of this server, the newest first, to put some of them on the page again."""

from datetime import datetime

import streamlit as st

from vaegan.lab.queue import View
from vaegan.ui.train import lab, lab_state

NEWEST = 50
KEY = "lab_table"


def run_table() -> None:
    """The table, in which up to five runs can be chosen; it is computed only while it is open."""
    place = st.expander("Runs of this server", key=f"{KEY}_open", on_change="rerun", icon=":material/list:")
    if not place.open:
        return
    views = lab.jobs().views()[:NEWEST]
    with place:
        if not views:
            st.caption("None yet.")
            return
        chosen = st.dataframe(
            _columns(views),
            key=KEY,
            on_select="rerun",
            selection_mode="multi-row",
            hide_index=True,
            column_config={
                "test loss": st.column_config.NumberColumn(format="%.1f", help="After its last epoch, per image."),
                "when": st.column_config.DatetimeColumn(format="distance", help="When it was asked for."),
            },
        )
        ids = [views[row].run_id for row in chosen["selection"]["rows"] if row < len(views)]
        st.button(
            "Show on this page",
            key=f"{KEY}_show",
            icon=":material/visibility:",
            on_click=lab_state.show_runs,
            args=(ids,),
            disabled=not 0 < len(ids) <= lab_state.MOST_RUNS,
            help=f"One run, or two to {lab_state.MOST_RUNS} side by side: mark them in the table's first column.",
        )


def _columns(views: list[View]) -> dict[str, list[object]]:
    """The table's columns by name."""
    return {
        "run": [view.plan.name for view in views],
        "is": [view.phase for view in views],
        "epochs": [f"{view.epoch} of {view.plan.config.epochs}" for view in views],
        "test loss": [_test_loss(view.run_id) for view in views],
        "d": [view.plan.config.model.latent_dim for view in views],
        "BatchNorm": [view.plan.config.model.norm != "none" for view in views],
        "when": [datetime.fromisoformat(view.plan.created) for view in views],
    }


def _test_loss(run_id: str) -> float | None:
    epochs = lab.jobs().lab.run(run_id).epochs()
    return epochs[-1].test_loss if epochs else None
