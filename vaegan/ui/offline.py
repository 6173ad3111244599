"""Streamlit asks a server on the internet for this machine's public address; this app asks nobody outside."""

from streamlit import net_util


def ask_nobody_outside() -> None:
    """Keep Streamlit from asking, which it does when a page of another site tries to connect.

    When it is opened to other machines it would ask as well, were `browser.serverAddress` not set in its settings.
    """
    net_util.get_external_ip = lambda: None
