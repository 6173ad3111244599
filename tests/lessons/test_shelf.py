"""The lessons that are shipped: each is right in itself and in both languages, and has what a class needs."""

import re

import pytest

from vaegan.errors import LessonError
from vaegan.lessons import asks, progress, schema, shelf, words

LESSONS = shelf.names()


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_lesson_is_complete_in_each_language(name: str, language: str):
    lesson = shelf.lesson(name, language)
    english = shelf.lesson(name)
    assert (shelf.FOLDER / language / f"{name}.toml").is_file()
    assert lesson.predictions >= schema.PREDICTIONS
    assert 3 <= lesson.minutes <= 6
    for step, other in zip(lesson.steps, english.steps, strict=True):
        assert len(step.because.split()) <= schema.MOST_BECAUSE
        assert (step.setup, step.until, step.minutes) == (other.setup, other.until, other.minutes)
        assert (step.ask is None) == (other.ask is None)
        if step.ask is not None and other.ask is not None:
            assert step.ask.truth == other.ask.truth
            assert step.ask.checked(step.ask.truth) == step.ask.truth
            assert step.ask.is_right(step.ask.truth)


def test_both_catalogues_have_the_same_keys_and_places():
    english = words.catalogue(words.ENGLISH)
    for language in words.LANGUAGES:
        other = words.catalogue(language)
        assert sorted(other) == sorted(english)
        for key, text in english.items():
            assert text.strip()
            assert sorted(re.findall(r"\{(\w+)\}", other[key])) == sorted(re.findall(r"\{(\w+)\}", text)), key


def test_words_are_found_by_key():
    assert words.say("step.place", "de", step=2, count=5) == "Schritt 2 von 5"
    with pytest.raises(LessonError, match=r"no words under 'step\.plaice'"):
        words.say("step.plaice")


def test_a_class_finds_titles_and_answers():
    assert list(shelf.titles()) == LESSONS
    assert shelf.titles("de")["noise"] == "Was das Rauschen verbirgt"
    assert shelf.step_titles("noise")[0] == "When does it become another digit?"
    assert shelf.answer_in_words("noise", 1, "70") == "70 %"
    assert shelf.answer_in_words("noise", 3, "c") == "Digits, but different ones among them"
    assert shelf.answer_in_words("noise", 1, "700") is None
    assert shelf.answer_in_words("noise", 9, "a") is None
    with pytest.raises(LessonError, match="there is no lesson 'nose'"):
        shelf.lesson("nose")


def test_an_address_holds_how_far_one_is():
    lesson = shelf.lesson("noise")
    now = progress.begin(lesson).answered(1, "70").marked(1, progress.DONE).marked(2, progress.SKIPPED)._replace(step=3)
    texts = progress.write(now)
    assert texts == {"step": "3", "a": "70", "done": "ds"}
    assert progress.read(lesson, texts["step"], texts["a"], texts["done"]) == now
    assert now.furthest == 3
    assert now.marked(1, progress.SKIPPED).marks == "ds-", "what is done stays done"
    assert now.marked(3, progress.DONE).furthest == 4


@pytest.mark.parametrize(
    ("step", "answers", "marks"),
    [("99", "a~b~z~c", "ddddddddd"), ("-1", "1e99~nan_1_2_3", "xyz"), ("٣", "~~" * 9000, "d" * 9000), ("", "", "")],
)
def test_an_address_that_the_lesson_did_not_write_is_bounded(step: str, answers: str, marks: str):
    lesson = shelf.lesson("noise")
    now = progress.read(lesson, step, answers, marks)
    assert 1 <= now.step <= len(lesson.steps) + 1
    assert len(now.answers) == len(now.marks) == len(lesson.steps)
    assert set(now.marks) <= {"d", "s", "-"}
    for each, answer in zip(lesson.steps, now.answers, strict=True):
        assert not answer or (each.ask is not None and each.ask.checked(answer) == answer)


@pytest.mark.parametrize("text", ["", "x", "1_2", "1_2_3_4_5", "1_2_3_inf", "1_2_3_99", "9" * 500])
def test_what_is_no_curve_is_none(text: str):
    ask = shelf.lesson("noise").steps[1].ask
    assert isinstance(ask, asks.Sketch)
    assert ask.checked(text) is None
    assert ask.checked("24_22_20_17") == "24_22_20_17"
    assert ask.is_right("24_22_20_17")
    assert not ask.is_right("24_10_5_0")
    assert ask.comment("24_10_5_0") == ask.low
