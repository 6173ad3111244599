"""The paper's claims on the Results page: what the paper says, what we measured, and the lesson that shows it."""

from typing import Literal

import streamlit as st

from vaegan.reproduction.schema import Claim, Reproduction, Verdict
from vaegan.ui import pages
from vaegan.ui.results.charts import show_plots

VERDICTS: dict[Verdict, tuple[str, Literal["green", "orange", "red"]]] = {
    "holds": (":material/check_circle:", "green"),
    "partly": (":material/contrast:", "orange"),
    "does not hold": (":material/cancel:", "red"),
}
LESSONS = {  # the lesson of the Train page that shows a claim
    "convergence": "race",
    "overfitting": "overfit",
    "adversarial": "opponent",
    "similarity": "similarity",
    "schedule": "schedule",
    "placement": "placement",
}


def claims(reproduced: Reproduction) -> None:
    """The section: a card for each claim."""
    st.markdown("Each verdict follows from the numbers below it by the rule that stands there; nothing is set by hand.")
    for claim in reproduced.claims:
        with st.container(border=True):
            show_claim(claim)


def show_claim(claim: Claim) -> None:
    """One claim: its verdict, the paper's words and ours, a link to the lesson, and the evidence, folded up."""
    icon, colour = VERDICTS[claim.verdict]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header(claim.title)
        st.badge(claim.verdict, icon=icon, color=colour)
    left, right = st.columns(2, gap="large")
    left.markdown(f"**The paper says:** {claim.says}.")
    right.markdown(f"**We measured:** {claim.sentence}")
    if claim.name in LESSONS:
        st.page_link(
            pages.TRAIN.path,
            label="Run it yourself",
            icon=":material/play_arrow:",
            query_params={"lesson": LESSONS[claim.name]},
            help="Opens the training lab with the lesson that shows it.",
        )
    with st.expander("The evidence", icon=":material/fact_check:"):
        rows = [dict(zip(claim.evidence.columns, row, strict=True)) for row in claim.evidence.rows]
        st.dataframe(rows, hide_index=True)
        show_plots(claim.plots, f"claim_{claim.name}")
        st.caption(f"Setting: {claim.setting}")
        st.caption(f"Rule: {claim.rule}")
