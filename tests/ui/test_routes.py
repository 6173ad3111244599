"""What the routes answer, over HTTP and with the layers that Streamlit puts around them."""

import gzip
import http.client
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest
import streamlit as st
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from streamlit.web.server.starlette.starlette_app import create_streamlit_middleware

from vaegan.errors import CheckpointError
from vaegan.ui import component, parcels, resources, routes
from vaegan.ui.closed import Closed, policy
from vaegan.ui.compression import FOLDER, CompressedFiles
from vaegan.web import scripts


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Ask = Callable[..., Answer]


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    monkeypatch.setattr(resources, "FOLDER", twins)


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Ask a server that has our routes, and nothing below them."""
    layers = [Middleware(Closed), Middleware(CompressedFiles), *create_streamlit_middleware()]
    app = Starlette(routes=routes.routes(), middleware=layers)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]

    def call(path: str, method: str = "GET", **headers: str) -> Answer:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.request(method, path, headers=fields)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    yield call
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("key_of", [parcels.weights_key, parcels.atlas_key])
def test_bytes_come_under_their_key_to_be_kept_for_ever(ask: Ask, key_of):
    key = key_of("tiny-bn")
    data = parcels.bytes_under(key)
    plain = ask(f"/{key}")
    assert (plain.status, plain.body) == (200, data)
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["content-type"] == "application/octet-stream"
    assert plain.headers["x-content-type-options"] == "nosniff"
    assert "Accept-Encoding" in plain.headers["vary"]
    assert "content-encoding" not in plain.headers
    small = ask(f"/{key}", Accept_Encoding="br, gzip")
    assert small.headers["content-encoding"] == "gzip"
    assert gzip.decompress(small.body) == data, "once, not twice"
    assert int(small.headers["content-length"]) == len(small.body) < len(data)
    assert int(small.headers["x-uncompressed-length"]) == len(data)


def test_head_says_what_get_would(ask: Ask):
    key = parcels.weights_key("tiny-bn")
    head, get = ask(f"/{key}", "HEAD"), ask(f"/{key}")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.body))
    assert ask(f"/{key}", "POST").status == 405


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "abc",
        "0" * 63,
        "0" * 65,
        "G" * 64,
        "A" * 64,
        "0" * 64 + "%0A",
        "tiny-bn",
        "../app.py",
        "%2e%2e/tiny-bn",
        "0/0",
    ],
)
@pytest.mark.parametrize("kind", ["weights", "atlas"])
def test_what_is_no_key_is_refused_in_a_sentence(ask: Ask, kind, digest):
    answer = ask(f"/{kind}/{digest}")
    if ".." in unquote(digest):  # the layer around them refuses that already
        assert (answer.status, answer.body) == (400, b"Bad Request")
        return
    assert answer.status == 404
    assert answer.body == b"An address here ends in 64 digits from 0 to f, and this one does not.\n"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_a_key_with_a_line_break_is_none(ask: Ask):
    assert ask(f"/{parcels.weights_key('tiny-bn')}%0A").status == 404


def test_a_key_that_no_page_has_made_and_a_model_that_is_gone_are_not_found(ask: Ask, monkeypatch):
    answer = ask("/weights/" + "0" * 64)
    assert (answer.status, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert answer.body.decode() == f"There are no weights under {'0' * 64}. Reload the page that asked for them.\n"
    key = parcels.weights_key("tiny-bn")

    def gone(name: str) -> None:
        raise CheckpointError("there is no run 'abc'")

    monkeypatch.setattr(resources, "card", gone)
    answer = ask(f"/{key}")
    assert (answer.status, answer.body) == (404, b"there is no run 'abc'.\n")


def test_a_script_comes_under_its_hash_alone(ask: Ask, monkeypatch):
    monkeypatch.setattr(component, "_over_http", True)
    monkeypatch.setattr(component, "_served", {})
    monkeypatch.setattr(st.components.v2, "component", lambda name, **parts: (name, parts))
    name, parts = component.component("picker")
    assert (name, parts["html"]) == ("vaegan_picker", scripts.parts("picker")["html"])
    (address,) = re.findall(r'"(/scripts/[0-9a-f]{64})"', parts["js"])
    plain, compressed = ask(address), ask(address, Accept_Encoding="gzip")
    assert plain.body.decode() == gzip.decompress(compressed.body).decode() == scripts.script("picker")
    for answer in (plain, compressed):
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    for nonsense in ("0" * 64, "picker", "../server.py", "%00"):
        assert ask(f"/scripts/{nonsense}").status in {400, 404}


def test_scripts_are_served_from_the_start_or_not_at_all(monkeypatch):
    monkeypatch.setattr(component, "_over_http", False)
    monkeypatch.setattr(component, "_made", [])
    monkeypatch.setattr(st.components.v2, "component", lambda _, **parts: parts)
    assert component.component("picker")["js"] == scripts.script("picker"), "nothing serves it"
    with pytest.raises(RuntimeError, match="picker were made before"):
        component.serve_scripts()


def test_every_component_is_made_in_one_place():
    """Else its script would be sent again with every change of what it shows."""
    folder = Path(component.__file__).parent
    makers = [file.name for file in folder.rglob("*.py") if "v2.component(" in file.read_text(encoding="utf-8")]
    assert makers == ["component.py"]


def test_streamlits_scripts_come_compressed(ask: Ask):
    file = max((FOLDER / "static" / "css").glob("index.*.css"))
    address = f"/static/css/{file.name}"
    answer = ask(address, Accept_Encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert gzip.decompress(answer.body) == file.read_bytes()
    assert len(answer.body) < file.stat().st_size / 2
    assert ask(address, "HEAD", Accept_Encoding="gzip").body == b""
    assert ask(address).status == 404, "what it does not compress is left to Streamlit"
    assert ask("/static/css/../css/" + file.name, Accept_Encoding="gzip").status == 400


def test_an_app_below_a_path_has_its_routes_there(monkeypatch):
    monkeypatch.setattr(st, "get_option", lambda name: {"server.baseUrlPath": "/playground/"}[name])
    assert [route.path for route in routes.routes()] == [
        "/playground/weights/{digest:path}",
        "/playground/discriminator/{digest:path}",
        "/playground/atlas/{digest:path}",
        "/playground/reader/{digest:path}",
        "/playground/scripts/{digest:path}",
    ]
    assert all(address.startswith("/playground/static/") for address in CompressedFiles(Starlette()).files)


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/weights/x", "/static/x.js"])
def test_every_answer_says_what_browsers_may_do_with_it(path: str, ask: Ask) -> None:
    headers = ask(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert rules["frame-ancestors"] == "*"
    assert rules["default-src"] == "'self'"
    assert "http" not in headers["content-security-policy"], "nothing comes from elsewhere"


@pytest.mark.parametrize("host", ["laptop.local:8501", "10.0.0.7:8501", "[fe80::1]:8501"])
def test_the_pages_own_websocket_is_allowed_by_name(host: str, ask: Ask) -> None:
    assert f" ws://{host} wss://{host}" in ask("/", Host=host).headers["content-security-policy"]


@pytest.mark.parametrize("host", ["x; script-src *", "a b", "*", ""])
def test_no_host_writes_a_rule_of_its_own(host: str) -> None:
    assert policy(host).count(";") == policy("a").count(";")
    assert "*" not in policy(host).replace("frame-ancestors *", "")


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/_stcore/metrics?families=session"])
def test_statistics_are_for_nobody_outside(path: str, ask: Ask) -> None:
    assert ask(path).status == 404
    assert b"for nobody outside" in ask(path).body
