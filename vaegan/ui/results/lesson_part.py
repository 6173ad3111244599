"""The claims of the Results page as a part of a lesson."""

from collections.abc import Mapping

from vaegan.ui.frame import errors_as_sentences
from vaegan.ui.lesson_part import Changed, Part
from vaegan.ui.results import results_state
from vaegan.ui.results.claims import claims


def _set_up(_texts: Mapping[str, str]) -> None:
    """The claims have nothing to set."""


def _show(changed: Changed) -> None:
    with errors_as_sentences():
        claims(results_state.reproduction())
    changed()


PART = Part(_set_up, _show, dict)
