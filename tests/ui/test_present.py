"""Present: what begins and ends it, and that no page takes it for a setting of its own."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.opened import healthy, markup, open_page
from vaegan.ui import pages
from vaegan.ui.present import without_mode
from vaegan.ui.train.layout import BOTH_PRESENTED, STAGE_ALONE


def page() -> None:
    import streamlit as st

    from vaegan.ui import link, present

    name = st.session_state.get("at", "One")
    link.enter(name)
    present.begin(name)
    link.begin(name, {"level": link.Field("k_level", 50, link.whole(0, 100))})
    if not present.presenting():
        present.switch()
    st.session_state.on = present.presenting()


def opened(**query: str) -> AppTest:
    test = AppTest.from_function(page)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def on(test: AppTest) -> bool:
    assert not test.exception
    return bool(test.session_state.on)


def test_a_link_or_the_button_begins_it_and_it_stays_on_other_pages() -> None:
    assert [on(opened(present=text)) for text in ("1", "0", "2", "")] == [True, False, False, False]
    test = opened(level="7")
    assert not on(test)
    assert on(test.button(key="present").click().run())
    test.session_state["at"] = "Two"
    assert on(test.run())
    assert test.session_state.k_level == 7


def test_it_ends_for_good_also_if_the_browser_goes_on_sending_the_old_address() -> None:
    test = opened(present="1", level="7")
    assert on(test)
    assert not on(test.button(key="leave_present").click().run())
    assert test.query_params["present"] == "1"
    assert not on(test.run())
    test.session_state["at"] = "Two"  # a link to another page that begins it
    assert on(test.run())


def test_it_is_no_setting_of_a_page() -> None:
    assert without_mode({"present": "1", "level": "3"}) == {"level": "3"}

    def reads() -> None:
        import streamlit as st

        from vaegan.ui import link

        fields = {"level": link.Field("k_level", 50, link.whole(0, 100))}
        st.session_state.said = link.begin("Test", fields)
        st.session_state.news = dict(link.news("Test"))

    test = AppTest.from_function(reads)
    test.query_params["present"] = "1"
    test.run()
    assert test.session_state.said is None
    assert test.session_state.news == {}


@pytest.mark.usefixtures("lab_folder")
def test_on_train_a_stage_with_runs_has_the_screen_and_the_lessons_stand_below(
    finished: Callable[..., list[str]],
) -> None:
    """The button of the form is below the stage, so it comes after the lessons only where these stand beside it."""

    def order(**query: str) -> list[str]:
        test = healthy(open_page(pages.TRAIN.path, show="own", **query))
        keys = [str(button.key) for button in test.button]
        assert (STAGE_ALONE.partition("<style>")[2] in markup(test)) == (len(query) == 2)
        assert (BOTH_PRESENTED.partition("<style>")[2] in markup(test)) == (list(query) == ["present"])
        return [key for key in keys if key in ("lesson_race", "start_own")]

    assert order() == ["lesson_race", "start_own"]
    assert order(present="1") == ["lesson_race", "start_own"], "there is nothing else to see yet"
    assert order(present="1", runs=finished("gan")[0]) == ["start_own", "lesson_race"]
