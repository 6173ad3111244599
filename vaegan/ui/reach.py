"""Who can open the app, this machine alone or others too, and under which path."""

import ipaddress

import streamlit as st


def open_to_others() -> bool:
    """Whether other machines can open the app, as by `make run HOST=0.0.0.0`. No address set means all of them."""
    address = st.get_option("server.address")
    if not address:
        return True
    try:
        return not ipaddress.ip_address(address).is_loopback
    except ValueError:  # a name
        return bool(address != "localhost")


def prefix() -> str:
    """Where the whole app lies on its host: "" or, for example, "/playground"."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""
