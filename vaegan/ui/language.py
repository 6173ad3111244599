"""The language of the Learn page and of the navigation: a mode of the visit, kept in the address as `?lang=de`.

What other pages lend to Learn is in its language there: `lent` says what stands in the text of a page, and `guide.js`
whatever else appears in what is lent.
"""

from collections.abc import Mapping

import streamlit as st

from vaegan.lessons.lent import Term, in_numbers, terms_lent, words_lent
from vaegan.lessons.lent import lent as in_language
from vaegan.lessons.words import ENGLISH, LANGUAGES, catalogue, language_of
from vaegan.lessons.words import say as words

TRANSLATED = "Learn"  # the page that is in this language; of all others the navigation alone
PARAMETER = "lang"  # in the address of every page
_LANGUAGE, _PAGE, _WIDGET = "language", "language_page", "language_choice"


def language() -> str:
    """The language of this visit."""
    return str(st.session_state.get(_LANGUAGE, ENGLISH))


def begin(page: str) -> None:
    """Follow the address with which one has come to the page; later it may be older than what was pressed."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        if (said := language_of(st.query_params.get(PARAMETER))) is not None:
            st.session_state[_LANGUAGE] = said


def of_page() -> str:
    """The language of the page that is shown."""
    return language() if st.session_state.get(_PAGE) == TRANSLATED else ENGLISH


def lent(text: str) -> str:
    """A sentence of a page in the language of the page that shows it."""
    return in_language(text, of_page())


def lent_words() -> Mapping[str, str]:
    """All such sentences by the English ones; empty where these are shown."""
    return words_lent(of_page())


def lent_terms() -> Mapping[str, Term]:
    """Words of the glossary in the language of the page that is shown; empty if that is English."""
    return terms_lent(of_page())


def numbers(text: str) -> str:
    """A text with its numbers as the page's language writes them."""
    return in_numbers(text, of_page())


def say(key: str, **values: object) -> str:
    """The words under a key of the catalogues, in this visit's language."""
    return words(key, language(), **values)


def page_label(label: str) -> str:
    """What the navigation calls a page, by its English label."""
    return catalogue(language()).get(f"page.{label.lower()}", label)


def language_choice() -> None:
    """The switch, each language in its own words."""
    st.session_state[_WIDGET] = language()
    st.segmented_control(
        say("page.language"),
        list(LANGUAGES),
        key=_WIDGET,
        format_func=lambda each: LANGUAGES[each],
        required=True,
        label_visibility="collapsed",
        on_change=_take,
        help=say("page.language_help"),
    )


def _take() -> None:
    st.session_state[_LANGUAGE] = language_of(st.session_state[_WIDGET]) or ENGLISH
