"""What is sent to the browser's tab, and under which keys."""

import pytest

from vaegan.ui import resources
from vaegan.web import wire


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    monkeypatch.setattr(resources, "FOLDER", twins)


def test_a_key_needs_no_bytes_and_names_weights_format_and_digits(monkeypatch):
    def fail(*_):
        raise AssertionError("only the key was asked for")

    monkeypatch.setattr(wire, "browser_weights", fail)
    monkeypatch.setattr(wire, "browser_atlas", fail)
    names = ("tiny-bn", "tiny-plain")
    keys = [key(name) for name in names for key in (resources.weights_key, resources.atlas_key)]
    assert len(set(keys)) == 4
    for name in names:
        assert resources.card(name).sha256 in resources.weights_key(name)
    monkeypatch.setattr(wire, "FORMAT", wire.FORMAT + 1)
    assert resources.weights_key("tiny-bn") not in keys
