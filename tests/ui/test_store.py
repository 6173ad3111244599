"""What a browser's request for bytes may hold."""

import pytest

from vaegan.ui import store


@pytest.mark.parametrize(
    "value", [None, 7, "x", {}, {"number": 1}, {"number": "1", "keys": []}, {"number": 1, "keys": 5}]
)
def test_a_request_that_is_none_asks_for_nothing(value):
    assert store._request(value) == (None, [])


def test_a_request_is_read_with_what_it_may_hold():
    assert store._request({"number": 3, "keys": ["a", 5, None, "b", "a"]}) == (3, ["a", "b"])
    assert len(store._request({"number": 3, "keys": [str(i) for i in range(100)]})[1]) == store.MOST_KEYS
