"""The paper's claims on the Results page: each as a question with its answer, a lesson that shows it, and evidence."""

from typing import Literal

import streamlit as st

from vaegan.reproduction.schema import Claim, Reproduction, Verdict
from vaegan.ui import pages
from vaegan.ui.charts import CONFIG
from vaegan.ui.glossary import explain, note, say
from vaegan.ui.language import lent
from vaegan.ui.results.charts import gain_chart, gain_words, show_plots
from vaegan.ui.results.questions import QUESTIONS
from vaegan.ui.results.written_out import written_out

VERDICTS: dict[
    Verdict, tuple[str, str, Literal["green", "orange", "red", "gray"]]
] = {  # in words, with icon and colour
    "holds": ("True", ":material/check_circle:", "green"),
    "partly": ("Partly true", ":material/contrast:", "orange"),
    "does not hold": ("Not true", ":material/cancel:", "red"),
    "undecided": ("Undecided", ":material/balance:", "gray"),
}
_RULE = "Each verdict follows from the numbers by a rule that stands beside the evidence; nothing is set by hand."
# As many cards beside each other as there is room for, all of one row equally high.
STYLE = """<style>
.st-key-claims {
  display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(max(min(100%, 21rem), 30%), 1fr));
}
.st-key-claims > * { height: 100%; }
.st-key-claims h2 { font-size: 1.25rem; padding: 0 0 0.5rem; }
.st-key-claims a {
  border: 1px solid #0b5fb0; border-color: light-dark(#0b5fb0, #5fb0f5);
  border-radius: 0.5rem; min-height: 2.5rem; padding: 0 0.75rem 0 0.5rem;
}
.st-key-claims a p { font-weight: 600; }
.st-key-claims [data-testid="stVerticalBlock"] { gap: 0.5rem; height: 100%; }
@media (min-width: 1900px) { .st-key-claims h2 { font-size: 1.6rem; } .st-key-claims p { font-size: 1.2rem; } }
</style>"""


def claims(reproduced: Reproduction) -> None:
    """The section: a card for each claim."""
    st.html(STYLE)
    with st.container(key="claims"):
        for claim in reproduced.claims:
            with st.container(border=True):
                show_claim(claim)
    note(lent(_RULE))


def show_claim(claim: Claim) -> None:
    """One claim: the question, its answer, what the paper says, a lesson to run, and a button for the evidence."""
    words, icon, colour = VERDICTS[claim.verdict]
    question = QUESTIONS.get(claim.name)
    st.header(question.words if question else claim.title, anchor=False)
    st.badge(words, icon=icon, color=colour)
    answer = f"**{lent(question.answer(claim))}** " if question else ""
    say(answer + lent(f"The paper says: {claim.says}."))
    if claim.gains:
        note(lent(f"Measured, {gain_words(claim.gains[0])}."))
    with st.container(horizontal=True, vertical_alignment="center"):
        if question and question.lesson:
            st.page_link(
                pages.TRAIN.path,
                label="Run it yourself",
                icon=":material/play_arrow:",
                query_params={"lesson": question.lesson},
                help="Opens the Train page with the lesson that shows it.",
            )
        is_asked = st.button(
            "The evidence",
            key=f"evidence_{claim.name}",
            icon=":material/fact_check:",
            help="What we measured, in which setting, and the rule by which the verdict follows.",
        )
    if is_asked:
        st.dialog(words_of(claim), width="large")(show_evidence)(claim)


def words_of(claim: Claim) -> str:
    """What a claim is called above its evidence."""
    return f"{VERDICTS[claim.verdict][0]}: “{claim.title}”"


def show_evidence(claim: Claim) -> None:
    """What was measured for a claim, as a sentence, a table and charts; its setting and the rule for the verdict."""
    st.markdown(explain(f"**We measured:** {written_out(claim.sentence)}"), unsafe_allow_html=True)
    if claim.gains:
        words = f"Comparisons with their intervals: {'; '.join(map(gain_words, claim.gains))}"
        st.plotly_chart(gain_chart(claim.gains), key=f"gains_{claim.name}", theme="streamlit", config=CONFIG, alt=words)
        note(
            "Each line is an interval around the mean difference of runs that share a seed; to the right is better. "
            "Wholly beyond the dotted line it is a gain that matters (green circle), wholly short of it none (red "
            "cross); across it the question stays open (grey ring). Pale ones are shown for what they teach; an arrow "
            "says that it lies farther out."
        )
        reasons = dict.fromkeys(f"{gain.margin:g} {gain.unit}".strip() + f": {gain.reason}" for gain in claim.gains)
        note(f"Why that much matters: {'; '.join(reasons)}.")
    rows = [dict(zip(claim.evidence.columns, map(_shown, row), strict=True)) for row in claim.evidence.rows]
    st.dataframe(rows, hide_index=True)
    show_plots(claim.plots, f"claim_{claim.name}")
    note(f"Setting: {written_out(claim.setting)}")
    note(f"Rule: {written_out(claim.rule)}")


def _shown(cell: str | float | None) -> str | float | None:
    """A cell of the evidence as the page shows it: words without short forms, numbers with four digits that count."""
    return written_out(cell) if isinstance(cell, str) else float(f"{cell:.4g}") if isinstance(cell, float) else cell
