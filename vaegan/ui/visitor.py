"""By what the server knows a browser, also after a reload: a token that only this browser is ever sent.

A student keeps a name by it, and whoever started a run may stop it. It is a cookie of this app alone, which the browser
sends with each connection; it says nothing about the person, and goes nowhere else.
"""

import streamlit as st

from vaegan.classroom import names
from vaegan.ui.component import component
from vaegan.ui.reach import prefix

COOKIE = "vaegan_visitor"
_TOKEN, _IS_NEW = "visitor_token", "visitor_is_new"  # session keys
_visitor = component("visitor", shows=False)


def token() -> str:
    """The token of this browser, made here when it comes for the first time."""
    if _TOKEN not in st.session_state:
        sent = st.context.cookies.get(COOKIE)
        st.session_state[_IS_NEW] = not names.is_token(sent)
        st.session_state[_TOKEN] = sent if names.is_token(sent) else names.new_token()
    return str(st.session_state[_TOKEN])


def public_name() -> str:
    """A name for this browser that may be written down: the token does not follow from it."""
    return names.public_name(token())


def remember() -> None:
    """Let the browser keep its token, if it came without one. `begin_page` calls this."""
    known = token()
    if st.session_state[_IS_NEW]:
        _visitor(key="visitor", data={"name": COOKIE, "token": known, "prefix": prefix()})
