"""The chart of a step's reveal: own guess, what happens, and what the class said."""

import base64
from functools import partial

import pytest

from vaegan.lessons import gather, shelf, words
from vaegan.ui.learn.charts import CLASS, TRUE, YOU, chart

german = partial(words.say, language="de")


@pytest.mark.parametrize("kind", ["choice", "number", "sketch", "place"])
def test_own_guess_truth_and_the_classes_are_in_one_chart(kind: str):
    name, number, ask = next(
        (name, number, step.ask)
        for name in shelf.names()
        for number, step in enumerate(shelf.lesson(name).steps, start=1)
        if step.ask is not None and step.ask.kind == kind
    )
    together = gather(name, number, {ask.truth: 2}, "de")
    assert together is not None
    drawn, alone = chart(ask, ask.truth, german, together=together), chart(ask, ask.truth, german)
    if kind == "choice":
        assert drawn.count("deine Klasse: 2") == 1
        assert "deine Klasse" not in alone
        return
    assert f"Deine Klasse hat gesagt: {together.middle}." in drawn
    assert "Klasse" not in alone
    for picture, of_class in ((_svg(drawn), 3), (_svg(alone), 0)):
        assert all(colour in picture for colour in (YOU, TRUE))
        assert picture.count(f'"{CLASS}"') >= of_class, "one answer, the middle of all, and whose marks these are"
        assert (CLASS in picture) == bool(of_class)


def _svg(drawn: str) -> str:
    return base64.b64decode(drawn.partition("base64,")[2].partition('"')[0]).decode()
