"""Bytes for the browser, each under a key that is a hash: weights of a model, its discriminator, and its atlas.

A key says neither name nor path. The server gives bytes out only under keys that a page of its own has made before, and
a browser may keep them for ever: other weights, other digits, and another way to make bytes of them, have other keys.
"""

import gzip
import hashlib
import inspect
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import NamedTuple

import streamlit as st

from vaegan.model import atlas
from vaegan.ui import resources
from vaegan.web import wire

MOST_KEYS = 2000  # that the server remembers; those that pages asked for longest ago are forgotten first
LEVEL = 6  # of gzip; weights shrink by 7 % at any level
MAKERS = (wire, atlas)  # modules that decide which bytes a model becomes


class Source(NamedTuple):
    """One kind of bytes: the key and the bytes of a checkpoint, by its name."""

    key: Callable[[str], str]
    data: Callable[[str], bytes]


def weights_key(name: str) -> str:
    """The key of the weights of checkpoint `name`; it changes when the weights do."""
    return _key("weights", name, resources.card(name).sha256)


def discriminator_key(name: str) -> str:
    """The key of the discriminator of checkpoint `name`; it changes when the weights do."""
    return _key("discriminator", name, resources.card(name).sha256)


def atlas_key(name: str) -> str:
    """The key of the atlas of checkpoint `name`; it changes when the weights or the digits do."""
    return _key("atlas", name, resources.card(name).sha256, resources.digits().sha256)


def reader_key() -> str:
    """The key of the network that reads digits; CheckpointError says what is wrong with it."""
    return _key("reader", "", resources.reader().weights)


SOURCES = {
    "weights": Source(weights_key, resources.browser_weights),
    "discriminator": Source(discriminator_key, resources.browser_discriminator),
    "atlas": Source(atlas_key, resources.browser_atlas),
    "reader": Source(lambda _: reader_key(), lambda _: resources.browser_reader()),
}
_names: OrderedDict[str, str] = OrderedDict()  # of checkpoints, by key
_lock = Lock()


def bytes_under(key: str) -> bytes | None:
    """The bytes for `key`; None if no page has made this key, or if the model has changed since.

    CheckpointError if the model is gone.
    """
    with _lock:
        name = _names.get(key)
    if name is None:
        return None
    source = SOURCES[key.partition("/")[0]]
    return source.data(name) if source.key(name) == key else None


@st.cache_resource(max_entries=8, show_spinner=False)
def compressed(key: str, _data: bytes) -> bytes:  # noqa: ARG001 - Streamlit tells the bytes apart by it
    """The bytes under `key` as gzip, compressed once."""
    return gzip.compress(_data, LEVEL)


def _key(kind: str, name: str, *hashes: str) -> str:
    """Make a key, and remember which checkpoint it stands for."""
    facts = " ".join([kind, str(wire.FORMAT), _makers(), *hashes])
    key = f"{kind}/{hashlib.sha256(facts.encode()).hexdigest()}"
    with _lock:
        _names[key] = name
        _names.move_to_end(key)
        while len(_names) > MOST_KEYS:
            _names.popitem(last=False)
    return key


@cache
def _makers() -> str:
    """A hash of the code that makes the bytes: a change that forgets FORMAT has other keys all the same."""
    return hashlib.sha256(b"".join(inspect.getsource(module).encode() for module in MAKERS)).hexdigest()
