"""A card's format: a number that rises when older versions of the project could not read the card.

A field that came later says in which format: `Field(..., json_schema_extra={"since": 3})`, on the card, on a part of it
or on a setting of the configuration. A card is written in the lowest format that can express it. A newer field that has
its default is left out, so that a new setting changes no card that does not use it.
"""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_json

FIRST = 1


def newest(kind: type[BaseModel]) -> int:
    """The highest format that a card of this kind can need: this version reads all up to it."""
    return max((_since(field) for part in _parts(kind) for field in part.model_fields.values()), default=FIRST)


def card_bytes(card: BaseModel) -> bytes:
    """The card as its JSON file, in the lowest format that can express it; the card has a field `format`."""
    needed, plain = _written(card)
    return to_json(plain | {"format": needed}, indent=1) + b"\n"


def _since(field: FieldInfo) -> int:
    """The format in which a field was new."""
    marks = field.json_schema_extra
    since = marks.get("since", FIRST) if isinstance(marks, dict) else FIRST
    if not isinstance(since, int):
        raise TypeError(f"the mark `since` of a field is {since!r}; give the number of a format")
    return since


def _parts(kind: Any) -> Iterator[type[BaseModel]]:
    """A model and all models in its fields, also within `tuple[...]` or `... | None`."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from _parts(field.annotation)
    for argument in get_args(kind):
        yield from _parts(argument)


def _written(value: Any) -> tuple[int, Any]:
    """The format that a value needs, and the value for JSON."""
    needed, plain = FIRST, value
    if isinstance(value, BaseModel):
        plain = {}
        for name, field in type(value).model_fields.items():
            own, since = getattr(value, name), _since(field)
            if since > FIRST and own == field.get_default(call_default_factory=True):
                continue
            inner, plain[name] = _written(own)
            needed = max(needed, since, inner)
    elif isinstance(value, (tuple, list)):
        written = [_written(item) for item in value]
        needed, plain = max((inner for inner, _ in written), default=FIRST), [item for _, item in written]
    return needed, plain
