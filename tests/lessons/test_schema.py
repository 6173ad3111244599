"""A lesson's file: what is wrong with one is said with file, step and key."""

import tomllib
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.lessons.writing import LESSON
from vaegan.errors import LessonError
from vaegan.lessons import facts, schema, setups, shelf


def faults(text: str) -> list[str]:
    with pytest.raises(LessonError) as raised:
        schema.read_lesson(tomllib.loads(text), "two", "two.toml")
    return str(raised.value).split("\n")


def test_a_lesson_is_read_from_its_file():
    lesson = schema.read_lesson(tomllib.loads(LESSON), "two", "two.toml")
    first, second = lesson.steps
    assert (lesson.title, lesson.minutes, lesson.predictions) == ("Two questions", 3, 2)
    assert first.setup == setups.Setup("Denoise", {"pair": "conv", "level": "20"})
    assert first.until[0].holds({"level": 60})
    assert not first.until[0].holds({"level": 59})
    assert not first.until[0].holds({})
    assert first.ask is not None
    assert first.ask.comment("a") == "Noise takes something away."
    assert second.ask is not None
    assert [second.ask.is_right(answer) for answer in ("17", "18", "22", "23")] == [False, True, True, False]


WRONG = {
    'title = "More noise"\n': ("", "two.toml, step 1, title: it is missing"),
    "minutes = 2": ("minutes = 2\nminuets = 3", "two.toml, step 2, minuets: there is no such key"),
    "level=50": ("level=500", "two.toml, step 2, setup: level=500 is wrong: write a whole number from 0 to 100"),
    "Denoise?pair=conv&level=50": ("Denoize", "two.toml, step 2, setup: 'Denoize' leads to no page"),
    "pair=conv&level=50": ("pare=conv", "two.toml, step 2, setup: Denoise knows no 'pare'"),
    "level >= 60": ("level >= 101", "two.toml, step 1, until: 'level >= 101' can never hold: level goes from 0 to 100"),
    '"level >= 60"': (
        '"level >= 60", "level < 40"',
        "two.toml, step 1, until: 'level >= 60' and 'level < 40' can never both hold",
    ),
    'until = ["level >= 60"]': (
        'until = ["map.pins >= 1"]',
        "two.toml, step 1, until: 'map.pins >= 1' can never hold: it is a fact of Latent space, the step is on Denoise",
    ),
    '["level >= 60"]': ('["__import__(1)"]', "two.toml, step 1, until: '__import__(1)' is no condition"),
    '= ["level >= 60"]': (
        '= ["leval >= 60"]',
        "two.toml, step 1, until: 'leval >= 60' names 'leval', which is no fact",
    ),
    ' = ["level >= 60"]': (' = ["level >= 10"]', "two.toml, step 1, until: it holds as soon as the step begins"),
    'right = "b"': ('right = "c"', "two.toml, step 1, ask, right: 'c' is no option"),
    'wrong = "Noise takes something away."\n': ("", "two.toml, step 1, ask, option 1, wrong: it is missing"),
    "truth = 20": ("truth = 40", "two.toml, step 2, ask, truth: 40 is no number from 0 to 30"),
    'because = "Half of it is hidden."': (
        f'because = "{"word " * 61}"',
        "two.toml, step 2, because: it has 61 words; at most 60 are read",
    ),
    "schema = 1": ("schema = 2", "two.toml, schema: 2 is newer than this program"),
    "schema = 1\n": ("", "two.toml, schema: it is missing; write schema = 1"),
    'title = "Two questions"': ("title = 2024-01-01", "two.toml, title: 2024-01-01 is no text"),
    'kind = "number"': ('kind = "slider"', "two.toml, step 2, ask, kind: 'slider' is none of choice, number,"),
    'right = "b"\n': ("", "two.toml, step 1, ask, right: it is missing; write one of a, b"),
    '[step.ask]\nkind = "choice"': (
        '[[step.ask]]\nkind = "choice"',
        "two.toml, step 1, ask: a list of tables is no table; write [step.ask] in single brackets",
    ),
    "level=20": ("level=20&level=30", "two.toml, step 1, setup: level stands in the link twice"),
    "least = 0\nmost = 30": ("least = 30\nmost = 0", "two.toml, step 2, ask, most: 0 is not above least, 30"),
    '[[step.ask.option]]\ntext = "It gets worse"\n': (
        "",
        "two.toml, step 1, ask, option: there is 1 option; write 2 to 6",
    ),
}
ALONE = ("kind = ", "level=20", "least = ", "[step.ask]", "[[step.ask.option]]")  # no fault follows from these


@pytest.mark.parametrize("before", WRONG)
def test_a_fault_names_file_step_and_key(before: str):
    after, words = WRONG[before]
    assert LESSON.count(before) == 1
    found = faults(LESSON.replace(before, after))
    assert any(fault.startswith(words) for fault in found), found
    if after and before.startswith(ALONE):
        assert len(found) == 1


def test_all_faults_are_said_at_once():
    assert len(faults(LESSON.replace("minutes = 1\n", "").replace("truth = 20", 'truth = "x"'))) == 2


def test_a_lesson_asks_twice():
    first, _, _ = LESSON.rpartition("[[step]]")
    assert faults(first) == ["two.toml, step: 1 of its steps ask; at least 2 have to, by [step.ask]"]


@pytest.mark.parametrize(
    "text", ["level", "not level >= 3", "level >= x", "level => 3", "level >= 3 or drawn", "", "a" * 99]
)
def test_what_is_no_condition_is_none(text: str):
    with pytest.raises(ValueError, match=r"no condition|no fact|compares with nothing"):
        facts.read_condition(text)


def test_conditions_hold_where_they_should():
    for text, value, wanted in [("level > 3", 4, True), ("level > 3", 3, False), ("level == 7", 7, True)]:
        assert facts.read_condition(text).holds({"level": value}) is wanted
    assert facts.read_condition("not draws").holds({"draws": 0})
    assert facts.read_condition("draws").holds({"draws": 1})


def test_the_command_says_what_is_wrong(run: Run, tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(LESSON)
    good = run("lesson", "check", file)
    assert good.code == 0
    assert "“Two questions”, 2 steps, 2 predictions, 3 minutes: nothing is wrong" in good.out
    file.write_text(LESSON.replace('"level >= 60"', '"level >= 600"'))
    bad = run("lesson", "check", file)
    assert bad.code == 1
    assert "mine.toml, step 1, until: 'level >= 600' can never hold" in bad.err
    file.write_text("title = ")
    assert "mine.toml: it is no TOML" in run("lesson", "check", file).err
    assert "cannot be read" in run("lesson", "check", tmp_path / "gone.toml").err


NO_TOML = {
    LESSON.replace(
        '"More noise"', '"More noise'
    ).encode(): r"no TOML: a quote is not closed .* \(at line 7, column 20\)",
    LESSON.replace("minutes = 1", "minutes = 1\nminutes = 1").encode(): r"stands there a second time; .* \(at line 10",
    LESSON.replace("It falls", "Schön").encode("latin-1"): r"line 13: a letter there is not in UTF-8; save the file as",
    b"x = " + b"[" * 4000: r"there are too many brackets",
    LESSON.encode() + b"#" * schema.MOST_BYTES: r"a lesson has at most 200,000",
}


@pytest.mark.parametrize("data", NO_TOML, ids=["quote", "twice", "latin", "nested", "large"])
def test_a_file_that_is_no_toml_says_where_and_why(data: bytes, tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_bytes(data)
    with pytest.raises(LessonError, match=r"^mine\.toml.*" + NO_TOML[data]):
        shelf.check(file)


def test_a_mark_that_editors_write_before_the_text_does_no_harm(tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_bytes(LESSON.encode("utf-8-sig"))
    assert shelf.check(file)[0].title == "Two questions"


def test_a_translation_has_every_text_and_nothing_else(tmp_path: Path):
    for language in ("en", "de"):
        (tmp_path / language).mkdir()
    (tmp_path / "en" / "two.toml").write_text(LESSON)
    german = tmp_path / "de" / "two.toml"
    german.write_text('title = "Zwei Fragen"\nminutes = 3\n[[step]]\ntitle = "Mehr"\n')
    with pytest.raises(LessonError) as raised:
        shelf.check(german)
    lines = str(raised.value).split("\n")
    assert "two.toml, minutes: the lesson has no such key here" in lines
    assert "two.toml, step: there are 1, the lesson has 2" in lines
    assert any(line.startswith("two.toml, step 1, goal: it is missing; translate 'See it fall.'") for line in lines)
    assert shelf.lesson("two", "fr", tmp_path).title == "Two questions"
