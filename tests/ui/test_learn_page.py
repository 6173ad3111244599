"""The Learn page without a browser: a step by link, what opens it, what is skipped, and lessons that a teacher adds."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from vaegan.config import PRIORS
from vaegan.lessons import progress, setups, shelf, words
from vaegan.lessons.facts import FACTS
from vaegan.ui import pages, resources, state
from vaegan.ui.generate import generate_state
from vaegan.ui.latent_space import map_state
from vaegan.ui.learn import answers
from vaegan.ui.learn.answers import Given
from vaegan.ui.learn.charts import chart
from vaegan.ui.learn.sheet import lab_sheet
from vaegan.ui.train import lab_state
from vaegan.ui.train.lessons import LESSONS

ROOT = Path(__file__).resolve().parents[2]
LEARN = pages.LEARN.path
DOCS = (ROOT / "docs" / "writing-lessons.md").read_text(encoding="utf-8")


def open_page(**query: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page(LEARN)
    for key, value in query.items():
        test.query_params[key] = value
    return healthy(test.run())


def healthy(test: AppTest) -> AppTest:
    assert not test.exception
    assert not test.error
    return test


def press(test: AppTest, key: str) -> AppTest:
    return healthy(test.button(key=key).click().run())


def shown(test: AppTest) -> str:
    texts = [element.proto.body for element in test.get("html")] + [element.value for element in test.markdown]
    return re.sub(r'<span class="term"[^>]*>([^<]*)</span>', r"\1", " ".join(texts))


@pytest.fixture
def heard() -> Iterator[list[Given]]:
    """Each answer that was given."""
    given: list[Given] = []
    answers.subscribe("test", given.append)
    yield given
    answers.unsubscribe("test")


def test_the_shelf_has_every_lesson_in_both_languages():
    test = open_page()
    assert [header.value for header in test.header] == list(shelf.titles().values())
    test = open_page(lang="de")
    assert [header.value for header in test.header] == list(shelf.titles("de").values())
    assert "Erst raten" in shown(test)
    assert {words.say(f"page.{page.label.lower()}", "de") for page in pages.PAGES}


def test_no_words_are_kept_that_nobody_says():
    code = "".join(path.read_text() for path in (ROOT / "vaegan" / "ui").rglob("*.py"))
    by_name = re.compile(r"page\.|chart\.(alt_|you|true|class)|step\.(done|skipped)")  # whose keys are put together
    assert [key for key in words.catalogue("en") if key not in code and not by_name.match(key)] == []


def test_a_step_asks_then_waits_for_the_apps_state_and_then_reveals(heard: list[Given]):
    step = shelf.lesson("noise").steps[0]
    test = open_page(lesson="noise")
    assert test.session_state[state.LEVEL] == 40
    assert step.reveal not in shown(test)
    assert not test.button(key="turn_skip").disabled
    test.slider(key="ask_noise_1").set_value(50.0).run()
    test = press(test, "ask_noise_1_give")
    assert heard == [Given("noise", 1, "50")]
    assert "You said: **50 %**" in shown(test)
    assert step.reveal not in shown(test)
    test.session_state[state.LEVEL] = 80  # as the slider of the stage does
    test = healthy(test.run())
    assert step.reveal in shown(test)
    assert step.ask is not None
    assert step.ask.comment("50") in shown(test)
    test = press(test, "turn_next")
    assert shelf.lesson("noise").steps[1].title in shown(test)
    assert test.query_params["step"] == "2"
    assert test.query_params["a"] == "50"
    assert test.query_params["done"] == "d"


def test_a_bookmark_goes_on_where_it_was():
    test = open_page(lesson="noise", step="3", a="70~24_22_20_17", done="ds")
    assert shelf.lesson("noise").steps[2].title in shown(test)
    test = press(test, "turn_back")
    assert "24, 22, 20, 17" in shown(test)
    test = press(test, "turn_back")
    assert "Close enough." in shown(test)


def test_a_step_can_be_skipped_and_the_end_says_so():
    test = open_page(lesson="prior", step="2", a="a", done="d")
    test = press(test, "turn_skip")
    assert test.query_params["done"] == "ds"
    assert "You were right in 1 of 1 predictions." in shown(test)
    assert "–" in test.button(key="end_2").label
    test = press(test, "end_again")
    assert test.query_params["step"] == "1"
    assert "a" not in test.query_params


def test_a_link_that_the_page_did_not_write_is_bounded():
    test = open_page(lesson="noise", step="77", a="~".join(["zzz"] * 50), done="x" * 500, lang="tlh")
    assert test.query_params["step"] == "4"
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page(LEARN)
    test.query_params["lesson"] = "../../secrets"
    assert test.run().warning[0].value == words.say("page.link")


def test_a_choice_counts_only_once_something_is_chosen():
    test = open_page(lesson="squeeze")
    assert test.button(key="ask_squeeze_1_give").disabled
    test.radio(key="ask_squeeze_1").set_value("b").run()
    test = press(test, "ask_squeeze_1_give")
    test = press(test, "take_back")
    assert test.radio(key="ask_squeeze_1").value == "b", "what was answered stands there"
    test.radio(key="ask_squeeze_1").set_value("a").run()
    test = press(test, "ask_squeeze_1_give")
    assert test.query_params["a"] == "a"


@pytest.mark.parametrize("name", shelf.names())
def test_every_step_of_every_lesson_can_be_opened(name: str):
    lesson = shelf.lesson(name)
    for number, step in enumerate(lesson.steps, start=1):
        if step.setup.page == "Train":
            continue  # needs the lab; the browser walks through them
        test = open_page(lesson=name, step=str(number))
        assert step.title in shown(test)
        answer = "" if step.ask is None else step.ask.truth
        given = "~".join([""] * (number - 1) + [answer])
        test = open_page(lesson=name, step=str(number), a=given)
        assert (step.reveal in shown(test)) is (not step.until)


def test_the_vocabulary_of_links_is_that_of_the_pages():
    """What `vaegan.lessons` calls a setting is one on the page, with values that the page takes."""
    pairs, offered = resources.pairs(), generate_state.offer()
    assert set(setups.PAIRS) <= set(pairs)
    assert set(setups.TRAININGS) <= set(LESSONS)
    fields = {
        "Denoise": state._fields(pairs),
        "Latent space": map_state._fields(pairs),
        "Train": lab_state._FIELDS,
    }
    for name in shelf.names():
        for step in shelf.lesson(name).steps:
            for key, value in step.setup.query.items():
                if key == "pick":
                    assert int(value) < len(resources.gallery().pictures)
                elif key == "priors":
                    assert value in PRIORS
                elif step.setup.page == "Generate" and key != "section":
                    assert generate_state._FIELDS[step.setup.query["section"]](offered)[key].read(value) is not None
                elif step.setup.page in fields and (step.setup.page, key) != ("Train", "lesson"):
                    assert fields[step.setup.page][key].read(value) is not None, (name, step.title, key)


def example() -> str:
    found = re.search(r"```toml\n(.*?)```", DOCS, re.DOTALL)
    assert found is not None
    return found[1]


def test_a_teacher_adds_a_lesson_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The one that the documentation writes: it is checked as it says there, and then stands on the page."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "salt.toml").write_text(example(), encoding="utf-8")
    (lesson,) = shelf.check(tmp_path / "en" / "salt.toml")
    said = f"“{lesson.title}”, {len(lesson.steps)} steps, {lesson.predictions} predictions, {lesson.minutes} minutes"
    assert f"salt.toml: {said}: nothing is wrong" in DOCS
    read = shelf.lesson
    monkeypatch.setattr(shelf, "names", lambda folder=tmp_path: ["salt"])
    monkeypatch.setattr(shelf, "lesson", lambda name, language="en", folder=tmp_path: read(name, language, folder))
    test = open_page()
    assert [header.value for header in test.header] == ["Salt and pepper"]
    test = press(test, "open_salt")
    test.radio(key="ask_salt_1").set_value("b").run()
    test = press(test, "ask_salt_1_give")
    test.session_state[state.LEVEL] = 45
    test = healthy(test.run())
    assert "You counted what is gone." in shown(test)


def test_the_documentation_lists_every_fact():
    table = DOCS.partition("<!-- facts -->")[2].partition("<!-- end -->")[0]
    rows = [f"| `{name}` | {each.page} | {each.least} | {each.most} | {each.words} |" for name, each in FACTS.items()]
    assert table.strip().split("\n")[2:] == rows


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("name", shelf.names())
def test_a_lab_sheet_has_all_that_was_asked_and_revealed(name: str, language: str):
    lesson = shelf.lesson(name, language)
    now = progress.begin(lesson)
    first = lesson.steps[0].ask
    assert first is not None
    text = lab_sheet(lesson, now.answered(1, first.truth), language)
    assert f'<html lang="{language}">' in text
    assert "<script" not in text
    plain = text.replace("&#x27;", "'").replace("&quot;", '"')
    for step in lesson.steps:
        assert step.title in plain
        assert step.reveal in plain
        assert step.because in plain


@pytest.mark.parametrize("name", shelf.names())
def test_a_chart_says_in_words_what_it_shows(name: str):
    for step in shelf.lesson(name).steps:
        if step.ask is not None:
            drawn = chart(step.ask, step.ask.truth, words.say)
            assert ("alt=" in drawn) or ("aria-label=" in drawn)
            assert "what happens" in drawn or "data:image/svg+xml;base64," in drawn


def test_the_page_tells_the_browser_its_language():
    def told(test: AppTest) -> dict[str, object]:
        found = [json.loads(each.proto.json) for each in test.get("bidi_component") if each.proto.json]
        return next(data for data in found if "translated" in data)

    assert told(open_page(lang="de")) == {"language": "de", "translated": True}
    test = open_page(lang="de")
    test.switch_page(pages.DENOISE.path)
    assert told(healthy(test.run())) == {"language": "de", "translated": False}
