"""Tables in Markdown, read back by a reader of our own."""

import re

import pytest

from vaegan.metrics.markdown import table


def cells(line: str) -> list[str]:
    """The cells of a line, split at bars that no backslash stands before."""
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_a_table_is_a_head_a_rule_and_its_rows() -> None:
    head, rule, *rows = table(("a", "b"), [("1", ""), ("x | y", "2")]).splitlines()
    assert cells(head) == ["a", "b"]
    assert rule == "| --- | --- |"
    assert [cells(row) for row in rows] == [["1", ""], ["x | y", "2"]]


def test_a_row_of_another_length_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="a row has 1 cells, the head of its table 2"):
        table(("a", "b"), [("1",)])
