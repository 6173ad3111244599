"""The report of the kept result."""

import re

import pytest

from vaegan.reproduction import schema
from vaegan.reproduction.report import markdown
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
