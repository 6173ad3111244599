"""Rooms, students and what they are shown, on a clock of the test's own."""

import gc
import json
import weakref

import pytest

from tests.classroom.clock import Clock
from vaegan.classroom import names
from vaegan.classroom import room as room_module
from vaegan.classroom.answers import Step
from vaegan.classroom.room import ENDED, HERE_SECONDS, MOST_STUDENTS, OWN_LESSON, REMOVED, Room
from vaegan.classroom.rooms import LIFE_SECONDS, MOST_ROOMS, MOST_WRONG, Rooms
from vaegan.errors import ClassError

TEACHER, ANNA, BERT = (names.new_token() for _ in range(3))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rooms(clock):
    return Rooms(clock)


@pytest.fixture
def room(rooms) -> Room:
    return rooms.begin(TEACHER)


def test_codes_have_no_letters_that_look_alike_and_are_read_as_people_type_them():
    codes = {names.new_code(()) for _ in range(200)}
    assert len(codes) > 195
    assert not set("".join(codes)) & set("O0I1L8BS5Z2GQUV")
    assert names.read_code(" k7 qmn\n") == "K7QMN"


def test_tokens_differ_and_are_known_by_their_form():
    tokens = {names.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(names.is_token(token) for token in tokens)
    assert not any(names.is_token(text) for text in (None, 7, "", "a" * 31, "a" * 33, "é" * 32, "a" * 31 + "\n"))


def test_every_student_of_a_full_class_has_another_name_and_no_more_come_in(room):
    tokens = [names.new_token() for _ in range(MOST_STUDENTS)]
    for token in tokens:
        room.join(token)
    assert len({student.name for student in room.students()}) == MOST_STUDENTS
    with pytest.raises(ClassError, match="full"):
        room.join(names.new_token())
    assert room.join(tokens[0]).number == 1, "who is in already is let in again"


def test_when_the_animals_are_used_up_they_are_numbered():
    name = names.new_name(names.ANIMALS)
    animal, _, number = name.rpartition(" ")
    assert (animal in names.ANIMALS, number) == (True, "2")
    assert len(set(names.ANIMALS)) == len(names.ANIMALS) >= MOST_STUDENTS


def test_a_room_ends_after_eight_hours_and_tells_those_who_still_look(rooms, room, clock):
    rooms.join(room.code, ANNA)
    clock.now += LIFE_SECONDS - 1
    assert rooms.attended_by(ANNA) is room
    clock.now += 1
    assert rooms.room(room.code) is None
    assert rooms.attended_by(ANNA) is None
    assert room.view(ANNA) == {"code": room.code, "over": ENDED}
    assert room.teacher_view()["over"] == ENDED


def test_nothing_holds_a_class_that_has_ended(rooms):
    room = rooms.begin(TEACHER)
    rooms.join(room.code, ANNA)
    held = weakref.ref(room)
    rooms.end(room.code)
    del room
    gc.collect()
    assert held() is None


def test_a_server_takes_only_so_many_rooms_and_one_for_each_teacher(rooms, room):
    assert rooms.begin(TEACHER) is room
    for _ in range(MOST_ROOMS - 1):
        rooms.begin(names.new_token())
    with pytest.raises(ClassError, match="end one first"):
        rooms.begin(names.new_token())
    rooms.end(room.code)
    assert rooms.begin(TEACHER) is not room


def test_a_student_sleeps_comes_back_and_is_still_the_same(rooms, room, clock):
    rooms.join(room.code.lower(), ANNA)
    name = room.view(ANNA)["name"]
    clock.now += HERE_SECONDS
    assert room.teacher_view()["here"] == 0
    assert room.teacher_view()["joined"] == 1
    assert rooms.join(room.code, ANNA).view(ANNA)["name"] == name
    assert room.teacher_view()["here"] == 1


def test_a_locked_class_takes_nobody_else(rooms, room):
    rooms.join(room.code, ANNA)
    room.set_(locked=True)
    with pytest.raises(ClassError, match="locked"):
        rooms.join(room.code, BERT)
    rooms.join(room.code, ANNA)


def test_who_is_removed_stays_out_and_leaves_nothing(rooms, room):
    rooms.join(room.code, ANNA)
    room.answer(ANNA, "noise", 2, "b")
    room.remove(1)
    assert room.answers.steps() == []
    assert room.view(ANNA) == {"code": room.code, "over": REMOVED}
    with pytest.raises(ClassError, match="taken you out"):
        rooms.join(room.code, ANNA)
    with pytest.raises(ClassError, match="no student 1"):
        room.remove(1)


def test_names_that_a_teacher_gives_are_plain_short_and_nobody_elses(rooms, room):
    rooms.join(room.code, ANNA)
    rooms.join(room.code, BERT)
    room.rename(1, "  <b>Anna\n\x00 " + "a" * 100)
    name = room.view(ANNA)["name"]
    assert name == "<b>Anna " + "a" * (names.MOST_NAME - 8)
    with pytest.raises(ClassError, match="another student"):
        room.rename(2, name)
    with pytest.raises(ClassError, match="letter"):
        room.rename(2, "\x00 \n")


def test_one_browser_cannot_try_all_codes(rooms, room, clock):
    for _ in range(MOST_WRONG):
        with pytest.raises(ClassError, match="no class"):
            rooms.join("AAAAA" if room.code != "AAAAA" else "CCCCC", ANNA)
    with pytest.raises(ClassError, match="wait"):
        rooms.join(room.code, ANNA)
    clock.now += 61
    assert rooms.join(room.code, ANNA) is room


def test_joining_another_class_leaves_the_first(rooms, room):
    rooms.join(room.code, ANNA)
    other = rooms.join(rooms.begin(BERT).code, ANNA)
    assert rooms.attended_by(ANNA) is other
    assert room.students() == []


def test_what_is_shown_is_a_page_with_its_settings_and_nothing_else(room):
    room.join(ANNA)
    room.show("Denoise", "?level=30&present=1&room=AAAAA&embed=true&kind=masking")
    assert room.shown == ("Denoise", {"level": "30", "kind": "masking"}, 1)
    room.show("Denoise", "level=30&kind=masking")
    assert room.shown.number == 1, "the same once more is no news"
    assert room.view(ANNA)["shown"] == {"page": "Denoise", "number": 1}
    room.show("Learn", "lesson=noise&step=2&a=1.b&done=1&lang=de")
    assert room.shown.query == {"lesson": "noise", "step": "2"}, "the teacher's own answers are nobody else's"
    for page, query in (
        *(("../x", ""), ("https://a", ""), (7, ""), ("Denoise", None), ("Denoise", "a" * 7000)),
        *(("Denoise", "&".join(f"a{i}=1" for i in range(41))), ("javascript:alert(1)", "")),
    ):
        with pytest.raises(ClassError):
            room.show(page, query)


def test_what_others_answered_is_hidden_until_it_is_revealed(room):
    for token in (ANNA, BERT):
        room.join(token)
    asked = room.ask("Which is it?", ["seven", "one", "seven", " "])
    assert asked == Step(OWN_LESSON, 1)
    room.answer(ANNA, *asked, "seven")
    view = room.view(BERT)["question"]
    assert view == {
        **{"lesson": OWN_LESSON, "step": 1, "text": "Which is it?", "choices": ["seven", "one"]},
        **{"words": ["seven", "one"], "mine": None, "counts": None},
    }
    room.answer(BERT, *asked, "one")
    room.answer(BERT, *asked, "seven")
    assert room.teacher_view()["answered"] == 2
    room.reveal()
    assert room.view(ANNA)["question"]["counts"] == {"seven": 2, "one": 0}
    with pytest.raises(ClassError, match="revealed"):
        room.answer(ANNA, *asked, "one")
    assert room.ask("And now?", ["a", "b"]).number == 2
    assert room.ask(" And  now?", ["a", "b"]).number == 2, "pressed twice"
    room.reveal()
    assert room.ask("And now?", ["a", "b"]).number == 3, "asked once more, after the class has talked about it"
    with pytest.raises(ClassError, match="not asked any more"):
        room.answer(ANNA, *asked, "one")
    with pytest.raises(ClassError, match="not asked"):
        room.answer(ANNA, OWN_LESSON, 2, "c")


def test_nobody_is_sent_a_token(room):
    for token in (ANNA, BERT):
        room.join(token)
    room.ask("?", ["a", "b"])
    room.answer(ANNA, OWN_LESSON, 1, "a")
    room.reveal()
    sent = json.dumps([room.view(ANNA), room.view(BERT), room.teacher_view()])
    assert not [token for token in (TEACHER, ANNA, BERT) if token in sent]


@pytest.mark.parametrize(
    ("lesson", "number", "answer"),
    [
        *(("", 1, "a"), ("x" * 41, 1, "a"), ("x", -1, "a"), ("x", True, "a"), ("x", "1", "a"), ("x", 1, "")),
        *(("x", 1, "a" * 201), ("x", 1, None), (None, 1, "a"), ("x", 1000, "a"), ("x", 1, {"a": 1})),
    ],
)
def test_what_is_no_answer_is_refused(room, lesson, number, answer):
    room.join(ANNA)
    with pytest.raises(ClassError):
        room.answer(ANNA, lesson, number, answer)
    assert room.answers.steps() == []


def test_a_step_of_a_lesson_is_shown_in_words(room):
    for token, answer in ((ANNA, "b"), (BERT, "a")):
        room.join(token)
        room.answer(token, "noise", 3, answer)
    room.show_answers(Step("noise", 3), "Which?", {"a": "None", "b": "Some", "c": "All"})
    view = room.view(ANNA)["question"]
    assert (view["choices"], view["words"]) == (["a", "b", "c"], ["None", "Some", "All"])
    assert (view["mine"], view["counts"]) == ("b", {"a": 1, "b": 1, "c": 0})
    assert room.tally() == {"None": 1, "Some": 1, "All": 0}
    room.show_answers(Step("no lesson", 1))
    assert (room.question.text, room.tally()) == ("no lesson, step 1", {})
    room.close_question()
    assert room.tally() == {}


def test_a_stranger_answers_nothing(room):
    with pytest.raises(ClassError, match="not in this class"):
        room.answer(BERT, "noise", 1, "a")


def test_a_question_needs_words_and_something_to_choose(room):
    for text, choices in (("", ["a", "b"]), ("?", ["a"]), ("?", ["a", "a"]), ("?", list("abcdefg"))):
        with pytest.raises(ClassError):
            room.ask(text, choices)
    assert len(room.ask("x" * 1000, ["a", "b"])) == 2
    assert len(room.question.text) == room_module.MOST_TEXT
