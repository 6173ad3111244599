"""What charts share."""

import pytest

from vaegan.ui.charts import COLOURS, pale


@pytest.mark.parametrize("opacity", [0.15, 1])
def test_a_pale_colour_is_the_colour_with_an_opacity(opacity: float) -> None:
    assert pale("#ff8000", opacity) == f"rgba(255, 128, 0, {opacity})"
    assert len({pale(colour, opacity) for colour in COLOURS}) == len(COLOURS)
