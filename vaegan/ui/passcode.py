"""The passcode by which a teacher is known. It is made when the app starts, and printed where it was started."""

import hmac
import os
import secrets
import time
from functools import cache

import streamlit as st

from vaegan.classroom.limits import Rate
from vaegan.classroom.names import ALPHABET, public_name
from vaegan.errors import ClassError
from vaegan.ui.reach import prefix

ENVIRONMENT = "VAEGAN_PASSCODE"
LENGTH = 8  # 38 thousand million passcodes
SHORTEST = 6  # characters of one's own
MOST_STAFF = 50  # browsers that the process remembers
_tries = Rate(5, 60, time.monotonic)
_all_tries = Rate(60, 60, time.monotonic)
_staff: list[str] = []  # tokens of browsers that gave the passcode


@cache
def passcode() -> str:
    """The passcode of this process, or that of VAEGAN_PASSCODE; ClassError if that is too short."""
    own = os.environ.get(ENVIRONMENT)
    if own is not None and len(own) < SHORTEST:
        raise ClassError(f"{ENVIRONMENT} has {len(own)} characters; give it {SHORTEST} or more, or none at all")
    return own or "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def admit(token: str, said: str) -> None:
    """Know this browser as a teacher's from now on; ClassError if the passcode is wrong, or was tried too often."""
    if not _tries.allows(token) or not _all_tries.allows("all"):
        raise ClassError("the passcode was tried too often; wait a minute, then try again")
    if not hmac.compare_digest(said.strip()[:100].encode(), passcode().encode()):
        raise ClassError("this is not the passcode; it stands where the app was started")
    if token not in _staff:
        _staff.append(token)
        del _staff[:-MOST_STAFF]


def is_teacher(token: str) -> bool:
    """Whether this browser has given the passcode."""
    return token in _staff


def is_teachers(name: str) -> bool:
    """Whether the browser of this public name has given the passcode."""
    return any(public_name(token) == name for token in _staff)


@cache
def announce() -> None:
    """Print the passcode once, with a link that needs no typing. What follows # is never sent over the network."""
    address = f"http://{st.get_option('browser.serverAddress')}:{st.get_option('server.port')}{prefix()}"
    print(f"\n  A teacher begins a class at {address}/Class#{passcode()} (passcode {passcode()})", flush=True)
