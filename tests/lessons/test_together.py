"""What a class answered, in words: names, steps and answers may come from anyone."""

import pytest

from vaegan.lessons import asks, gather, lesson
from vaegan.lessons.together import MOST_NUMBERS


def step_of(kind: str) -> tuple[str, int]:
    return next(
        (name, number)
        for name in ("noise", "sampling", "prior", "squeeze", "game")
        for number, step in enumerate(lesson(name).steps, start=1)
        if step.ask is not None and step.ask.kind == kind
    )


def test_of_a_choice_every_option_has_its_count_and_nothing_else_is_listed():
    found = gather(*step_of("choice"), {"b": 3, "z": 9, "<b>": 1})
    assert found is not None
    assert (found.counts["a"], found.counts["b"]) == (0, 3)
    assert set(found.counts) <= set(asks.LETTERS)
    assert found.middle == ""
    assert f"{found.words['b']}: 3" in found.said


def test_numbers_grow_and_half_of_the_class_said_less_than_the_middle():
    found = gather("noise", 1, {"70": 1, "30": 2, "50": 2, "700": 8, "nan": 1, "x": 1})
    assert found is not None
    assert found.counts == {"30": 2, "50": 2, "70": 1}
    assert found.words["70"] == "70 %"
    assert found.said == found.middle == "50 %"


def test_of_many_numbers_those_are_listed_that_most_gave():
    found = gather("noise", 1, {str(number): 2 if number == 90 else 1 for number in range(0, 100, 5)})
    assert found is not None
    assert len(found.counts) == MOST_NUMBERS
    assert list(found.counts)[-1] == "90"


def test_of_curves_there_is_the_middle_at_each_place():
    found = gather("noise", 2, {"0_0_0_0": 1, "10_20_5_1": 1, "30_30_30_30": 1, "1_2": 5})
    assert found is not None
    assert (found.counts, found.middle) == ({}, "10, 20, 5, 1")


def test_of_places_too():
    found = gather(*step_of("place"), {"0_0": 1, "1_2": 1, "3_1": 1})
    assert found is not None
    assert found.middle == "(1, 1)"


def test_it_speaks_the_language_of_the_lesson():
    english, german = gather("noise", 1, {}), gather("noise", 1, {}, "de")
    assert english is not None
    assert german is not None
    assert english.question != german.question
    assert english.said == ""


@pytest.mark.parametrize("place", [("nothing", 1), ("../en/noise", 1), ("noise", 0), ("noise", 99)])
def test_what_is_no_question_is_none(place: tuple[str, int]):
    assert gather(*place, {"a": 1}) is None
