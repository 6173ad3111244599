"""The Train page on the digits of a class, over a cluster that trains nothing."""

from pathlib import Path

import numpy as np
import pytest

from tests.ui.test_class_page import as_browser, press
from vaegan.classroom import names
from vaegan.classroom.room import Room
from vaegan.classroom.rooms import Rooms
from vaegan.lab import layout
from vaegan.lab.own_digits import ROW
from vaegan.lab.runs import Lab
from vaegan.ui import attendance, pages
from vaegan.ui.train import lab_state

TRAIN, COUNT = pages.TRAIN.path, 40
pytestmark = pytest.mark.usefixtures("lab_folder")


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    """A class that has given forty digits, which its teacher lets Train use."""
    rooms = Rooms()
    monkeypatch.setattr(attendance, "rooms", rooms)
    room = rooms.begin(names.new_token())
    room.collect(True)
    for number in range(COUNT // 10):
        room.join(token := names.new_token())
        for label in range(10):
            room.hang_up(token, np.full((28, 28), 10 * number, np.uint8), label)
    room.wall.train()
    return room


@pytest.mark.slow
def test_lessons_and_own_settings_are_trained_on_the_walls_digits(room: Room, lab_folder: Path) -> None:
    test = as_browser(room.teacher, TRAIN, wall="1")
    assert test.toggle(key=lab_state.WALL).label == f"Our class's {COUNT} digits"
    assert "40 digits that a class wrote" in "".join(each.proto.json for each in test.get("bidi_component"))
    test = press(test, "lesson_race")
    runs = list(Lab(lab_folder))
    assert len(runs) == 2
    for run in runs:
        assert (run.plan.data.train, run.plan.data.of_class) == (COUNT, True)
        assert (run.plan.config.batch_size, run.plan.config.epochs) == (4, 60)
        assert (run.folder / layout.DIGITS).stat().st_size == COUNT * ROW
    assert test.button(key="lesson_race").proto.type == "primary", "the page knows whose runs these are"
    assert test.query_params["wall"] == "1"


def test_who_is_in_no_such_class_trains_on_the_digits_of_all(room: Room, lab_folder: Path) -> None:
    test = as_browser(names.new_token(), TRAIN, wall="1")
    assert not [each for each in test.toggle if each.key == lab_state.WALL]
    press(test, "lesson_vaegan-bn")
    (run,) = Lab(lab_folder)
    assert not run.plan.data.of_class
    assert not (run.folder / layout.DIGITS).exists()


def test_when_the_class_has_ended_nothing_of_it_can_be_chosen(room: Room) -> None:
    test = as_browser(room.teacher, TRAIN, wall="1")
    attendance.rooms.end(room.code)
    assert not [each for each in test.run().toggle if each.key == lab_state.WALL]


def test_a_student_who_leaves_takes_the_digits_along(room: Room) -> None:
    room.remove(1)
    assert len(room.wall.to_train) == COUNT - 10
