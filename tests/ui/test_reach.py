import pytest
import streamlit as st

from vaegan.ui.reach import open_to_others


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("127.0.0.1", False),
        ("127.0.1.1", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),
        ("::", True),
        ("192.168.1.20", True),
        ("lab.example", True),
        (None, True),
    ],
)
def test_who_can_open_the_app(monkeypatch: pytest.MonkeyPatch, address: str | None, is_open: bool) -> None:
    monkeypatch.setattr(st, "get_option", {"server.address": address}.__getitem__)
    assert open_to_others() is is_open
