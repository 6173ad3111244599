"""Bring bytes into the browser's tab once, for all components that name their key."""

import streamlit as st

from vaegan.ui import resources
from vaegan.web.scripts import script

_keeper = st.components.v2.component("vaegan_keeper", html="<span hidden></span>", js=script("keeper"))


def keep_in_tab(key: str, data: bytes) -> None:
    """Send `data` under `key`; what the tab already has is not sent again.

    Call it outside of fragments. Streamlit sends a large message that did not change as its hash only.
    """
    _keeper(key=f"keeper-{key}", data=key.encode() + b"\n" + data)  # bytes pass as they are only if they are all of it


def send_weights(name: str) -> str:
    """Send the weights of checkpoint `name`, and return their key; CheckpointError says what is wrong with it."""
    key = resources.weights_key(name)
    keep_in_tab(key, resources.browser_weights(name))
    return key
