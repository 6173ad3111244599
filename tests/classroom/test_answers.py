"""Histograms, the matrix, and tables that no spreadsheet computes."""

import csv
import io

import pytest

from vaegan.classroom.answers import MOST_STEPS, Answers, Step, csv_text, matrix
from vaegan.errors import ClassError

FIRST, SECOND = Step("noise", 1), Step("noise", 2)


@pytest.fixture
def answers():
    answers = Answers()
    for step, student, answer in ((FIRST, 1, "b"), (FIRST, 2, "a"), (FIRST, 3, "b"), (SECOND, 1, "17.5")):
        answers.give(step, student, answer)
    return answers


def test_a_histogram_has_the_choices_first_and_also_those_that_nobody_took(answers):
    assert list(answers.histogram(FIRST, ["c", "a"]).items()) == [("c", 0), ("a", 1), ("b", 2)]
    answers.drop(3)
    assert answers.histogram(FIRST) == {"b": 1, "a": 1}


def test_the_matrix_has_a_row_for_each_student(answers):
    steps, rows = matrix(answers, {1: "Anna", 4: "Dora"})
    assert steps == [FIRST, SECOND]
    assert rows == [["Anna", "b", "17.5"], ["Dora", "", ""]]


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1"])
def test_nothing_becomes_a_formula_in_a_spreadsheet(answers, evil):
    answers.give(FIRST, 1, evil)
    header, row = csv.reader(io.StringIO(csv_text(answers, {1: evil}), newline=""))
    assert header == ["student", "noise 1", "noise 2"]
    assert row == [f"'{evil}", f"'{evil}", "17.5"]


def test_only_so_many_steps_are_kept():
    answers = Answers()
    for number in range(MOST_STEPS):
        answers.give(Step("x", number), 1, "a")
    with pytest.raises(ClassError, match="begin another"):
        answers.give(Step("y", 1), 1, "a")
    answers.give(Step("x", 0), 2, "b")
