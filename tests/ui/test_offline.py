"""No way to start the app, and nobody who comes from elsewhere, makes it ask anything on the internet."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import connect

from tests.browser.driver import ROOT, SERVER, free_port, wait_until_healthy

# Every Python of a process runs this first: it notes which names are looked up, and what is connected to by TCP.
HOOK = """
import os, socket

def note(*words):
    with open(os.environ["ASKED"], "a") as file:
        print(*words, file=file)

note("started")
look_up, join = socket.getaddrinfo, socket.socket.connect

def noted_look_up(host, *others, **named):
    note("lookup", host)
    return look_up(host, *others, **named)

def noted_join(self, address):
    if self.type == socket.SOCK_STREAM and self.family != getattr(socket, "AF_UNIX", None):
        note("connect", address[0])
    return join(self, address)

socket.getaddrinfo, socket.socket.connect = noted_look_up, noted_join
"""
HERE = {"127.0.0.1", "localhost", "None", "0.0.0.0", "::1"}


@pytest.mark.long
@pytest.mark.parametrize("script", [SERVER, "app.py"])
def test_nobody_outside_is_asked(script: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HOOK)
    asked, port = tmp_path / "asked", free_port()
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "ASKED": str(asked), "VAEGAN_RUNS": str(tmp_path / "runs")}
    words = ["run", script, "--server.address", "0.0.0.0", "--server.port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_until_healthy(port, process)
        join = partial(connect, f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"])
        with join(origin=f"http://127.0.0.1:{port}") as page:
            page.send(BackMsg(rerun_script=ClientState(query_string="")).SerializeToString())
            said = b""
            while b"stage" not in said:  # the page's own component: the script has come so far
                said = bytes(page.recv(timeout=60, decode=False))
        with pytest.raises(InvalidHandshake):
            join(origin="http://elsewhere.example")
    finally:
        process.terminate()
        out, _ = process.communicate(timeout=20)
    assert f"http://localhost:{port}" in out
    notes = asked.read_text().splitlines()
    assert "started" in notes, "the hook was there"
    assert not {note.split()[1] for note in notes if note != "started"} - HERE
