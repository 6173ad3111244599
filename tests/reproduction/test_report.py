"""The report of the kept result."""

import re

import pytest

from vaegan.reproduction import schema
from vaegan.reproduction.evidence import gains as gains_of
from vaegan.reproduction.report import markdown
from vaegan.reproduction.rule import Comparison, Interval, Margin
from vaegan.reproduction.schema import Reproduction


@pytest.fixture(scope="module")
def kept() -> Reproduction:
    return schema.load()


def test_the_kept_report_is_of_the_kept_result(kept: Reproduction) -> None:
    """A golden test: run `reproduce`, or write the report again, after a change of its words."""
    assert markdown(kept) == (kept.folder / "report.md").read_text()


def test_every_sentence_about_a_figure_ends_once(kept: Reproduction) -> None:
    shown = re.findall(r"^The paper shows .*$", markdown(kept), re.MULTILINE)
    assert len(shown) == len(kept.figures)
    assert any(figure.setting.endswith(".") for figure in kept.figures)
    assert not all(figure.setting.endswith(".") for figure in kept.figures)
    for line in shown:
        assert line.endswith(".")
        assert ".." not in line


def test_comparisons_stand_in_a_table_with_what_matters_and_why(kept: Reproduction) -> None:
    gains = gains_of([Comparison("a pair", 5, Interval(2.0, 1.5, 2.5), Margin(1.0, "nats", "for a test"))])
    claim = kept.claims[0].model_copy(update={"gains": gains})
    text = markdown(kept.model_copy(update={"claims": (claim,)}))
    assert "| a pair | 5 | 2.00 | 1.50 to 2.50 | 1 nats | gain |" in text
    assert "Why that much matters: 1 nats: for a test." in text
