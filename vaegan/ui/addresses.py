"""Under which addresses others reach the app, and pictures of them that a phone's camera reads."""

import ipaddress
import socket
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

import segno
import streamlit as st

from vaegan.ui.reach import open_to_others, prefix

_NOWHERE = ("10.255.255.255", 1)  # no packet is sent: the system is asked from where one would be
_ESCAPED = str.maketrans({character: f"\\{character}" for character in '\\;,:"'})


class Addresses(NamedTuple):
    """The app's address by number and by this machine's name; and whether other machines reach it at all."""

    number: str
    name: str
    are_open: bool


def addresses() -> Addresses:
    """Where the class finds the app."""
    seen = urlsplit(st.context.url or "")
    port = f":{seen.port}" if seen.port else "" if seen.hostname else f":{st.get_option('server.port')}"
    scheme = seen.scheme or "http"
    host = seen.hostname or "localhost"
    number = _own_number() if _is_loopback(host) else host
    return Addresses(
        f"{scheme}://{number}{port}{prefix()}",
        f"{scheme}://{socket.gethostname()}{port}{prefix()}",
        not _is_loopback(host) or open_to_others(),
    )


def code_picture(text: str) -> str:
    """The data URL of a QR code, a picture that is sharp at any size."""
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_data_uri(omitsize=True, border=2, light="#ffffff", dark="#10151c"))


def network_text(name: str, password: str) -> str:
    """What a phone's camera reads as a wireless network to join."""
    kind = "WPA" if password else "nopass"
    secret = f"P:{password.translate(_ESCAPED)};" if password else ""
    return f"WIFI:T:{kind};S:{name.translate(_ESCAPED)};{secret};"


@cache
def _own_number() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
