"""For the sections of Results: what is computed once for all visitors, and sent only to those who look at it."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

import streamlit as st

Function = TypeVar("Function", bound=Callable[..., Any])


class _Same:
    """A document that equals itself alone: to compare all its numbers would take longer than what is saved."""

    def __init__(self, document: object) -> None:
        self.document = document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.document is self.document

    def __hash__(self) -> int:
        return id(self.document)


def once_for_all(function: Function) -> Function:
    """Keep what `function` makes of a document, its first argument, and of what is chosen in it, which is hashable.

    Nobody changes the document or what is made of it.
    """

    @lru_cache(maxsize=256)
    def kept(same: _Same, *chosen: Hashable) -> Any:
        return function(same.document, *chosen)

    @wraps(function)
    def asked(document: object, *chosen: Hashable) -> Any:
        return kept(_Same(document), *chosen)

    return cast("Function", asked)


@contextmanager
def folded(label: str, key: str, icon: str) -> Iterator[bool]:
    """A line that opens when it is pressed; yields whether it is open, for what is in it is sent only then."""
    fold = st.expander(label, key=key, icon=icon, on_change="rerun")
    with fold:
        yield bool(fold.open)
