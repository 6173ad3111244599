"""What the teacher shows: a page of the app with its settings, as a link has them. Nothing else can be shown."""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from vaegan.errors import ClassError

MOST_QUERY = 6000  # characters; a digit with its strokes takes up to 4,000
MOST_FIELDS = 40
OF_THE_BROWSER = ("present", "embed", "embed_options", "room", "lang")  # how one browser shows the app
OF_ONE_PERSON = {"Learn": ("a", "done")}  # what one has answered to a lesson, by page
_PAGE = re.compile(r"[A-Za-z_]{0,40}")  # as in the address; Home has none


class Shown(NamedTuple):
    """A page by its name in the address, its settings, and a number that grows with each that is shown."""

    page: str
    query: Mapping[str, str]
    number: int


NOTHING = Shown("", {}, 0)  # before the teacher shows anything


def read_shown(page: object, query: object, number: int) -> Shown:
    """What a teacher's browser says that it shows; ClassError if it is no link of a page."""
    if not isinstance(page, str) or not _PAGE.fullmatch(page):
        raise ClassError("this is no page of the app; show one of those in the line on top")
    if not isinstance(query, str) or len(query) > MOST_QUERY:
        raise ClassError(f"what the page is set to is longer than {MOST_QUERY} characters; draw with fewer strokes")
    try:
        pairs = parse_qsl(query.removeprefix("?"), max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise ClassError(f"what the page is set to has more than {MOST_FIELDS} parts") from error
    kept_back = (*OF_THE_BROWSER, *OF_ONE_PERSON.get(page, ()))
    return Shown(page, {name: value for name, value in pairs if name not in kept_back}, number)
