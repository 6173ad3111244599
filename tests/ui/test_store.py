"""What is sent to the browser's tab, and under which keys."""

import pytest

from vaegan.ui import resources, store
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


def test_the_bytes_under_a_key_are_those_of_its_model():
    assert store.bytes_under(resources.weights_key("tiny-bn")) == resources.browser_weights("tiny-bn")
    assert store.bytes_under(resources.atlas_key("tiny-plain")) == resources.browser_atlas("tiny-plain")


@pytest.mark.parametrize(
    "change",
    [
        lambda key: "",
        lambda key: key + "0",
        lambda key: key.replace("weights", "secrets"),
        lambda key: key.replace("tiny-bn", "tiny-plain"),
        lambda key: key.replace("tiny-bn", "../tiny-bn"),
        lambda key: key.replace("tiny-bn", "other"),
    ],
)
def test_nothing_else_is_under_any_key(change):
    assert store.bytes_under(change(resources.weights_key("tiny-bn"))) is None


@pytest.mark.parametrize(
    "value", [None, 7, "x", {}, {"number": 1}, {"number": "1", "keys": []}, {"number": 1, "keys": 5}]
)
def test_a_request_that_is_none_asks_for_nothing(value):
    assert store._request(value) == (None, [])


def test_a_request_is_read_with_what_it_may_hold():
    assert store._request({"number": 3, "keys": ["a", 5, None, "b", "a"]}) == (3, ["a", "b"])
    assert len(store._request({"number": 3, "keys": [str(i) for i in range(100)]})[1]) == store.MOST_KEYS
