"""What all visitors of the Results page are shown alike is computed once for all of them."""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

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
