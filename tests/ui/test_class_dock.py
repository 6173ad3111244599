"""What a class puts on every page: words in the language of the visit, and room for the code when it is projected."""

from tests.ui.opened import healthy, markup
from tests.ui.test_class_page import as_browser, dock, room, rooms  # noqa: F401 - fixtures
from vaegan.classroom import names
from vaegan.classroom.room import ENDED, REMOVED, Room
from vaegan.classroom.rooms import Rooms
from vaegan.lessons import words
from vaegan.ui import pages
from vaegan.ui.class_dock import UNDER_CODE, WORDS


def test_a_student_on_german_pages_reads_german_words_of_the_class(room: Room) -> None:  # noqa: F811
    token = names.new_token()
    room.join(token)
    german, english = (dock(as_browser(token, pages.LEARN.path, lang=language)) for language in ("de", "en"))
    assert (german["language"], english["language"]) == ("de", "en")
    assert len(german["words"]) == len(WORDS)
    assert [key for key, said in german["words"].items() if said == english["words"][key]] == []
    assert english["over"] == {ENDED: ENDED, REMOVED: REMOVED}
    assert german["over"][ENDED] == words.say("class.ended", "de") != ENDED


def test_what_fills_a_projected_page_leaves_room_for_the_code_in_its_first_line(room: Room) -> None:  # noqa: F811
    assert UNDER_CODE in markup(as_browser(room.teacher, pages.DENOISE.path, present="1"))
    for page, present in ((pages.DENOISE.path, "0"), (pages.CLASS.path, "1")):
        assert UNDER_CODE not in markup(as_browser(room.teacher, page, present=present))


def test_when_a_class_has_ended_a_projector_says_so_and_a_second_window_goes_back(
    room: Room,  # noqa: F811
    rooms: Rooms,  # noqa: F811
) -> None:
    room.join(names.new_token())
    room.ask("Which?", ["a", "b"])
    projected, second = as_browser(room.teacher, present="1"), as_browser(room.teacher)
    assert "Which?" in markup(projected)
    rooms.end(room.code)
    assert (room.question, room.answers.steps(), room.wall.pieces) == (None, [], [])
    assert healthy(second.run()).button(key="class_begin")
    assert "Which?" not in markup(healthy(projected.run()))
