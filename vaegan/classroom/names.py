"""Codes that are easily typed from a projector, names for students, and tokens that nobody guesses."""

import hashlib
import re
import secrets
from collections.abc import Container
from pathlib import Path

ALPHABET = "ACDEFHJKMNPRTWXY34679"  # no letters or digits that look alike: O and 0, I and 1, B and 8, S and 5, ...
CODE_LENGTH = 5  # 4 million codes
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
MOST_NAME = 24  # characters of a name that a teacher gives
ANIMALS = Path(__file__).with_name("animals.txt").read_text(encoding="utf-8").split()


def new_token() -> str:
    """32 characters, 192 bits, for a browser to be known by."""
    return secrets.token_urlsafe(24)


def is_token(text: object) -> bool:
    """Whether this may be a token of ours."""
    return isinstance(text, str) and bool(_TOKEN.fullmatch(text))


def public_name(token: str) -> str:
    """A name for a browser that may be written down: its token does not follow from it."""
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def new_code(taken: Container[str]) -> str:
    """A code for a room that none of `taken` has."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if code not in taken:
            return code


def read_code(text: str) -> str:
    """A code as typed or in an address: capital letters, without spaces. There may be no such room."""
    return "".join(text[:20].split()).upper()[:CODE_LENGTH]


def new_name(taken: Container[str]) -> str:
    """An animal that none of `taken` is; with a number when all are."""
    free = [animal for animal in ANIMALS if animal not in taken]
    if free:
        return secrets.choice(free)
    return next(name for number in range(2, 10_000) if (name := f"{secrets.choice(ANIMALS)} {number}") not in taken)


def plain_name(text: str) -> str:
    """A name that a teacher types, on one line and not too long; empty if nothing is left of it."""
    return " ".join("".join(each for each in text if each.isprintable()).split())[:MOST_NAME].strip()
