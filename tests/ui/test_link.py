"""A page's link: what is read from it, and what never is."""

import pytest
from streamlit.testing.v1 import AppTest

from vaegan.ui import link
from vaegan.ui.link import numbers, one_of, switch, whole

SHOW_ADDRESS = link.show_address  # as it is where no test plays the browser


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("7", 7),
        ("-3", -3),
        ("8", None),
        ("-4", None),
        ("", None),
        ("-", None),
        ("--1", None),
        ("1e0", None),
        ("٣", None),
        ("99999999999999", None),
        (" 1", None),
        ("1.0", None),
    ],
)
def test_whole_numbers(text, expected):
    assert whole(-3, 7)(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,2", (1, 2)),
        ("-3.5,1e1", (-3.5, 10)),
        ("1", None),
        ("1,2,3", None),
        ("1,nan", None),
        ("inf,0", None),
        ("1,10.1", None),
        ("a,b", None),
        ("", None),
        ("0" * 60 + ",1", None),
    ],
)
def test_numbers(text, expected):
    assert numbers(2, 10)(text) == expected


def test_choices_and_switches():
    assert one_of(["a", "b"])("a") == "a"
    assert one_of(["a", "b"])("c") is None
    assert [switch(text) for text in ("1", "0", "yes", "")] == [True, False, None, None]


def page() -> None:
    import streamlit as st

    from vaegan.errors import ImageError
    from vaegan.ui import link

    def picky(text: str) -> str:
        if text == "bad":
            raise ImageError("this is bad")
        return text

    fields = {
        "level": link.Field("k_level", 50, link.whole(0, 100)),
        "name": link.Field("k_name", None, picky, lambda name: "" if name == "nothing" else name),
    }
    st.session_state.said = link.begin("Test", fields)
    link.write("Test", fields)


def opened(**query: str) -> AppTest:
    test = AppTest.from_function(page)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def test_what_is_read_is_kept_and_written():
    test = opened(level="7", name="x", other="ignored")
    assert (test.session_state.k_level, test.session_state.k_name, test.session_state.said) == (7, "x", None)
    assert dict(test.query_params) == {"level": "7", "name": "x"}


def test_defaults_hold_where_the_link_is_silent_and_nothing_is_left_out():
    test = opened()
    assert test.session_state.k_level == 50
    assert dict(test.query_params) == {"level": "50"}
    assert "name" not in opened(name="nothing").query_params


def test_what_cannot_be_is_named():
    test = opened(level="101")
    assert test.session_state.k_level == 50
    assert "level" in test.session_state.said
    assert opened(name="bad").session_state.said == "this is bad"


def test_the_pages_own_link_does_not_overwrite_the_session():
    test = opened(level="7")
    test.session_state.k_level = 9  # as a widget would, before the run that writes the link anew
    test.run()
    assert test.session_state.k_level == 9
    assert test.query_params["level"] == "9"


def two_pages() -> None:
    import streamlit as st

    from vaegan.ui import link

    page = st.session_state.get("page", "Test")
    link.enter(page)
    if page == "Test":
        fields = {"level": link.Field("k_level", 50, link.whole(0, 100))}
        link.begin("Test", fields)
        link.write("Test", fields)


def test_a_link_is_read_once_a_visit_however_often_the_browser_sends_it():
    """Streamlit's frontend goes on sending the link with which a page was opened, whatever the address is by now."""
    test = AppTest.from_function(two_pages)
    test.query_params["level"] = "7"
    test.run()
    for level in (8, 9):
        test.session_state.k_level = level
        test.query_params["level"] = "7"
        test.run()
        assert test.session_state.k_level == level
        assert test.query_params["level"] == str(level)
    test.query_params["level"] = "8"  # what it was a moment ago: a browser that lags behind
    assert test.run().session_state.k_level == 9
    test.query_params["level"] = "20"
    assert test.run().session_state.k_level == 20, "a link that is new"
    test.session_state.page = "Home"
    test.query_params.clear()
    test.run()
    test.session_state.page = "Test"
    test.query_params["level"] = "8"
    assert test.run().session_state.k_level == 8, "any link is new to who comes from another page"


def test_the_address_that_the_browser_is_to_show(monkeypatch):
    """Its number grows with each change, and only then."""
    shown = []
    monkeypatch.setattr(link, "_address", lambda **call: shown.append(call))
    monkeypatch.setattr(link, "show_address", SHOW_ADDRESS)
    test = opened(level="7", name="a & b")
    for level in (7, 8):
        test.session_state.k_level = level
        test.run()
    assert [call["key"] for call in shown] == ["address_page"] * 3
    assert [call["data"]["query"] for call in shown] == [f"level={level}&name=a+%26+b" for level in (7, 7, 8)]
    first, again, changed = (call["data"]["number"] for call in shown)
    assert first == again < changed
    assert {call["data"]["page"] for call in shown} == {"Test"}
