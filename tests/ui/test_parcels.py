"""Under which keys the browser is given bytes, and that there is nothing else to be had."""

import gzip

import pytest

from vaegan.ui import parcels, resources
from vaegan.web import wire


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    monkeypatch.setattr(resources, "FOLDER", twins)


def test_a_key_needs_no_bytes_and_changes_with_weights_and_format(monkeypatch):
    def fail(*_):
        raise AssertionError("only the key was asked for")

    monkeypatch.setattr(wire, "browser_weights", fail)
    monkeypatch.setattr(wire, "browser_atlas", fail)
    names = ("tiny-bn", "tiny-plain")
    keys = [key(name) for name in names for key in (parcels.weights_key, parcels.atlas_key)]
    assert len(set(keys)) == 4
    assert keys == [key(name) for name in names for key in (parcels.weights_key, parcels.atlas_key)]
    monkeypatch.setattr(wire, "FORMAT", wire.FORMAT + 1)
    assert parcels.weights_key("tiny-bn") not in keys
    assert parcels.atlas_key("tiny-bn") not in keys


def test_a_key_changes_with_the_code_that_makes_the_bytes(monkeypatch):
    before = parcels.weights_key("tiny-bn")
    monkeypatch.setattr(parcels, "MAKERS", (wire,))
    parcels._makers.cache_clear()
    assert parcels.weights_key("tiny-bn") != before
    parcels._makers.cache_clear()


def test_the_bytes_under_a_key_are_those_of_its_model():
    assert parcels.bytes_under(parcels.weights_key("tiny-bn")) == resources.browser_weights("tiny-bn")
    judge = resources.browser_discriminator("tiny-bn")
    assert parcels.bytes_under(parcels.discriminator_key("tiny-bn")) == judge != resources.browser_weights("tiny-bn")
    assert parcels.bytes_under(parcels.atlas_key("tiny-plain")) == resources.browser_atlas("tiny-plain")


def test_compressed_bytes_are_made_once_and_are_the_same_bytes():
    key, data = parcels.weights_key("tiny-bn"), resources.browser_weights("tiny-bn")
    small = parcels.compressed(key, data)
    assert gzip.decompress(small) == data
    assert parcels.compressed(key, data) is small


@pytest.mark.parametrize(
    "change",
    [
        lambda key: "",
        lambda key: key + "0",
        lambda key: key[:-1],
        lambda key: key.upper(),
        lambda key: key.replace("weights", "secrets"),
        lambda key: key.replace("weights", "atlas"),
        lambda key: "weights/../tiny-bn",
        lambda key: "weights/" + "0" * 64,
    ],
)
def test_nothing_else_is_under_any_key(change):
    assert parcels.bytes_under(change(parcels.weights_key("tiny-bn"))) is None


def test_an_old_key_has_nothing_once_the_weights_are_others(monkeypatch):
    old = parcels.weights_key("tiny-bn")
    other = resources.card("tiny-plain")
    monkeypatch.setattr(resources, "card", lambda name: other)
    assert parcels.bytes_under(old) is None


def test_keys_that_were_asked_for_longest_ago_are_forgotten(monkeypatch):
    monkeypatch.setattr(parcels, "MOST_KEYS", 2)
    first, second = parcels.weights_key("tiny-bn"), parcels.weights_key("tiny-plain")
    parcels.weights_key("tiny-bn")
    third = parcels.atlas_key("tiny-bn")
    assert parcels.bytes_under(second) is None
    assert parcels.bytes_under(first)
    assert parcels.bytes_under(third)
