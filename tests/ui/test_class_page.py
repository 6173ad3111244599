"""The Class page and what a class does to other pages, without a browser and without routes."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.classroom.clock import Clock
from tests.ui.opened import ROOT, healthy, markup, open_page
from vaegan.classroom import names
from vaegan.classroom.limits import Rate
from vaegan.classroom.room import Room
from vaegan.classroom.rooms import Rooms
from vaegan.classroom.wall import LEAST_TO_TRAIN
from vaegan.errors import ClassError
from vaegan.ui import attendance, class_routes, pages, passcode, resources
from vaegan.ui.addresses import network_text
from vaegan.ui.classroom import helping, joining
from vaegan.ui.train import lab

CLASS = pages.CLASS.path
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def rooms(twins, monkeypatch) -> Iterator[Rooms]:
    """No class yet, a passcode that tests know, two small checkpoints, and no lab."""
    monkeypatch.setattr(resources, "FOLDER", twins)
    rooms = Rooms(Clock())
    for module in (attendance, joining, class_routes):
        monkeypatch.setattr(module, "rooms", rooms)
    monkeypatch.setenv(passcode.ENVIRONMENT, "open sesame")
    passcode.passcode.cache_clear()
    monkeypatch.setattr(passcode, "_staff", [])
    monkeypatch.setattr(passcode, "_tries", Rate(5, 60, Clock()))
    monkeypatch.setattr(lab, "jobs", lambda: None)
    yield rooms
    passcode.passcode.cache_clear()


def as_browser(token: str, path: str = CLASS, **query: str) -> AppTest:
    """A page in the browser that has this token, after its first run."""
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.session_state["visitor_token"], test.session_state["visitor_is_new"] = token, False
    test.switch_page(path)
    for key, value in query.items():
        test.query_params[key] = value
    return healthy(test.run())


def press(test: AppTest, key: str) -> AppTest:
    test.button(key=key).click()
    return healthy(test.run())


def dock(test: AppTest) -> dict[str, Any]:
    (component,) = [each for each in test.get("bidi_component") if '"arrived"' in each.proto.json]
    data: dict[str, Any] = json.loads(component.proto.json)
    return data


@pytest.fixture
def room(rooms) -> Room:
    return rooms.begin(names.new_token())


def test_who_is_in_no_class_has_nothing_of_one(rooms):
    assert not [each for each in open_page(pages.DENOISE.path).get("bidi_component") if '"arrived"' in each.proto.json]


def test_a_phone_joins_by_the_link_and_is_told_first_what_is_kept(room):
    test = as_browser(names.new_token(), room=room.code)
    assert test.text_input(key="class_code").value == room.code
    assert joining.WHAT_IS_KEPT in [each.value for each in test.markdown]
    assert not [each for each in test.button if each.key == "class_begin"], "a phone comes to join"
    test.text_input(key="class_code").set_value("")  # the link says it all the same
    test = press(test, "class_join")
    (student,) = room.students()
    assert dock(test)["view"]["name"] == student.name
    assert f"**You are {student.name}.**" in " ".join(each.value for each in test.markdown)


def test_a_wrong_code_is_a_sentence(rooms):
    test = as_browser(names.new_token())
    test.text_input(key="class_code").set_value("AAAAA").run()
    assert test.button(key="class_join").click().run().error[0].value.startswith("There is no class AAAAA")


def test_only_the_passcode_begins_a_class_and_it_cannot_be_guessed(rooms):
    test = as_browser(names.new_token())
    for attempt in ("", "open", "öpen sesame", "open sesame!"):
        test.text_input(key="class_passcode").set_value(attempt)
        assert test.button(key="class_begin").click().run().error[0].value.startswith("This is not the passcode")
    assert rooms.rooms() == []
    test.text_input(key="class_passcode").set_value(" open sesame ")
    test.button(key="class_begin").click().run()
    assert len(rooms.rooms()) == 1
    other = as_browser(names.new_token())
    for _ in range(6):
        other.button(key="class_begin").click().run()
    assert "too often" in other.error[0].value


def test_the_passcode_of_the_teachers_link_is_taken(rooms):
    token = names.new_token()
    passcode.admit(token, "open sesame")
    test = press(as_browser(token), "class_begin")
    (room,) = rooms.rooms()
    assert room.code in markup(test)
    assert dock(test)["role"] == "teacher"


def test_a_passcode_of_ones_own_must_not_be_short(monkeypatch):
    monkeypatch.setenv(passcode.ENVIRONMENT, "12345")
    passcode.passcode.cache_clear()
    with pytest.raises(ClassError, match="6 or more"):
        passcode.passcode()


def test_a_passcode_that_is_made_has_no_letters_that_look_alike(monkeypatch):
    monkeypatch.delenv(passcode.ENVIRONMENT)
    passcode.passcode.cache_clear()
    assert len(passcode.passcode()) == passcode.LENGTH
    assert set(passcode.passcode()) <= set(names.ALPHABET)


@pytest.mark.parametrize("section", ["ask", "wall", "students", "load", "notes", "help"])
def test_what_others_typed_is_text_on_the_teachers_page(room, section, monkeypatch):
    class Idle:
        def views(self):
            return []

    monkeypatch.setattr(lab, "jobs", Idle)
    student = names.new_token()
    room.join(student)
    room.rename(1, EVIL)
    step = room.ask(EVIL, ["<b>a</b>", "b"])
    room.answer(student, *step, "<b>a</b>")
    room.answer(student, EVIL, 1, EVIL)
    test = as_browser(room.teacher)
    test.button_group(key="class_section").set_value(section)
    shown = markup(healthy(test.run()))
    assert "<img src=x" not in shown
    assert "<b>a</b>" not in shown
    assert room.code in shown


def test_the_teacher_asks_sees_answers_first_and_reveals_them(room):
    anna = names.new_token()
    room.join(anna)
    test = as_browser(room.teacher)
    test.text_input(key="class_question").set_value("Which network?")
    test.text_input(key="class_choices").set_value("with, without")
    test = press(test, "class_ask")
    room.answer(anna, "Asked", 1, "with")
    assert "with: 1 (100 %)" in markup(healthy(test.run()))
    projected = as_browser(room.teacher, present="1")
    assert "Which network?" in markup(projected)
    assert "with: 1" not in markup(projected), "hidden on the projector too"
    assert not [each for each in projected.button if each.key == "class_ask"]
    press(test, "class_reveal")
    assert "with: 1 (100 %)" in markup(healthy(projected.run()))
    assert test.get("download_button") == []
    press(test, "class_close")
    assert room.question is None


def test_the_teacher_renames_removes_and_ends(room, rooms):
    for _ in range(2):
        room.join(names.new_token())
    test = as_browser(room.teacher)
    test.button_group(key="class_section").set_value("students")
    test.run()
    test.selectbox(key="class_student").set_value(2).run()
    test.text_input(key="class_new_name").set_value("Dora")
    press(test, "class_rename")
    assert room.names()[2] == "Dora"
    test.selectbox(key="class_student").set_value(1).run()
    press(test, "class_remove")
    assert list(room.names()) == [2]
    assert test.selectbox(key="class_student").value is None, "or a second press would take out the next"
    assert test.button(key="class_remove").disabled
    press(test, "class_end")
    assert rooms.rooms() == []
    assert room.ended


def test_the_wall_is_shown_in_all_ways_and_goes_to_the_projector(room, twins):
    room.join("anna")
    room.collect(True)
    for seed in range(3):
        room.hang_up("anna", np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8), seed)
    test = as_browser(room.teacher)
    test.button_group(key="class_section").set_value("wall")
    healthy(test.run())
    assert markup(test).count("a digit of the class") == 3
    for view, seen in (("read", "reads as"), ("cleaned", "With BatchNorm")):
        test.button_group(key="wall_view").set_value(view)
        assert seen in markup(healthy(test.run())) or "unsure" in markup(test)
    assert len(test.get("download_button")) == 2
    test.button_group(key="wall_view").set_value("map")
    assert len(healthy(test.run()).get("plotly_chart")) == 1
    test.toggle(key="class_wall_projected").set_value(True)
    healthy(test.run())
    assert room.wall.is_projected
    assert len(as_browser(room.teacher, present="1").get("plotly_chart")) == 1


def test_one_press_lets_train_use_the_digits_that_hang_there(room):
    room.join("anna")
    room.collect(True)
    test = as_browser(room.teacher)
    test.button_group(key="class_section").set_value("wall")
    healthy(test.run())
    press(test, "wall_train")
    assert test.toast[0].value.startswith("0 digits are too few to train on")
    for seed in range(LEAST_TO_TRAIN):
        room.hang_up("anna", np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8), seed % 10)
    press(test, "wall_train")
    (link,) = [each for each in test.get("page_link") if "wall=1" in each.proto.query_string]
    assert link.proto.label == f"Train on {LEAST_TO_TRAIN} digits of the class"
    assert len(room.wall.to_train) == LEAST_TO_TRAIN


def test_a_phone_that_follows_opens_what_is_shown_and_nothing_of_its_own_is_left(room):
    token = names.new_token()
    room.join(token)
    test = as_browser(token, pages.DENOISE.path, show="errors,ladder", level="10")
    room.show("Denoise", "level=80&kind=masking")
    test.session_state["class_follow"] = True
    healthy(test.run())
    assert (test.query_params["level"], test.query_params["kind"]) == ("80", "masking")
    assert "show" not in test.query_params, "what the teacher has closed"
    assert dock(test)["arrived"] == 1
    room.show("Denoise", "level=10&kind=masking")
    test.session_state["class_follow"] = True
    assert healthy(test.run()).query_params["level"] == "10", "also what this phone was at before"


def test_the_corner_of_a_projected_page_says_how_to_join(room):
    data = dock(as_browser(room.teacher, pages.DENOISE.path, present="1"))
    assert data["badge"]["picture"].startswith("data:image/svg+xml")
    assert data["badge"]["address"].endswith("/Class")
    assert not data["bar"]
    assert dock(as_browser(room.teacher, pages.DENOISE.path))["badge"] is None


def test_without_routes_a_page_brings_news_and_carries_wishes(room):
    token = names.new_token()
    room.join(token)
    test = as_browser(token, pages.DENOISE.path)
    assert dock(test)["live"] is False
    room.ask("?", ["a", "b"])
    assert dock(healthy(test.run()))["view"]["question"]["text"] == "?"


def test_a_lesson_that_is_shown_keeps_each_students_own_answers(room):
    token = names.new_token()
    room.join(token)
    room.show("Learn", "lesson=noise&step=2&a=1.b")
    test = as_browser(token, pages.LEARN.path, lesson="noise", step="1", a="1.a")
    own = dict(test.query_params).get("a")
    test.session_state["class_follow"] = True
    healthy(test.run())
    assert test.query_params["step"] == "2"
    assert dict(test.query_params).get("a") == own


def test_answers_to_a_lesson_are_in_words_for_the_teacher_and_for_all_once_they_are_shown(room):
    anna, bert = names.new_token(), names.new_token()
    for token, answer in ((anna, "40"), (bert, "60")):
        room.join(token)
        room.answer(token, "noise", 1, answer)
    student = as_browser(anna, pages.LEARN.path, lesson="noise", step="1", a="40", done="d")
    assert "Your class said" not in markup(student), "hidden in the lesson too"
    test = as_browser(room.teacher)
    assert test.selectbox(key="class_step").options == ["What noise hides, When does it become another digit? (2)"]
    press(test, "class_show_step")
    assert "In the middle, the class said 50 %." in markup(test)
    assert "60 %: 1 (50 %)" in markup(as_browser(room.teacher, present="1"))
    assert "Your class said: <b>50 %</b>" in markup(healthy(student.run()))
    assert dock(student)["view"]["question"]["words"] == ["40 %", "60 %"]
    test.button_group(key="class_section").set_value("students")
    assert "<td>40 %</td>" in markup(healthy(test.run()))


def test_a_network_is_written_as_cameras_read_it():
    assert network_text('my;"net"', "p:w\\d") == r"WIFI:T:WPA;S:my\;\"net\";P:p\:w\\d;;"
    assert network_text("open", "") == "WIFI:T:nopass;S:open;;"
    assert "mobile data" in helping.CANNOT_JOIN
