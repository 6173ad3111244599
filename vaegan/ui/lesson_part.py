"""What a page lends to the Learn page: its own stage, set up by a step's link, and the facts that a step waits for."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

Changed = Callable[[], None]  # what a part calls whenever something on it may have changed


class Part(NamedTuple):
    """How to set a page's part up, draw it, and ask what it is set to now.

    `set_up` takes the values of a link by name; what is not named gets its default. `show` draws the part itself.
    `facts` are those of `vaegan.lessons.facts` that are of this page. `place` is a pin on a map, if there is one.
    """

    set_up: Callable[[Mapping[str, str]], None]
    show: Callable[[Changed], None]
    facts: Callable[[], dict[str, int]]
    place: Callable[[], tuple[float, float] | None] = lambda: None
