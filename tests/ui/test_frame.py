"""What every page has."""

import pytest

from vaegan.errors import CheckpointError
from vaegan.ui.frame import sentence


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("there is no run; start one", "There is no run; start one."),
        ("This is one already.", "This is one already."),
        ("tiny-bn.json is damaged", "tiny-bn.json is damaged."),
        ("latent_dim 4 is too small!", "latent_dim 4 is too small!"),
    ],
)
def test_an_error_is_shown_as_a_sentence(text, shown):
    assert sentence(CheckpointError(text)) == shown
