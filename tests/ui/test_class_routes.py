"""A class over HTTP, within the layers that Streamlit and the app put around it: what is told, and what is not."""

import asyncio
import base64
import io
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
import uvicorn
from PIL import Image, ImageDraw
from starlette.applications import Starlette
from starlette.middleware import Middleware
from streamlit.web.server.starlette.starlette_app import create_streamlit_middleware

from tests.coroutines import run
from tests.ui.class_clients import Phone, until
from vaegan.classroom import names
from vaegan.classroom.limits import Rate
from vaegan.classroom.room import HERE_SECONDS, REMOVED, Room
from vaegan.classroom.rooms import Rooms
from vaegan.ui import attendance, class_routes
from vaegan.ui.closed import Closed
from vaegan.ui.compression import CompressedFiles


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server that has the routes of a class, and nothing below them."""
    layers = [Middleware(Closed), Middleware(CompressedFiles), *create_streamlit_middleware()]
    app = Starlette(routes=class_routes.class_routes(), middleware=layers)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield int(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join(20)
    class_routes._served = False


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    rooms = Rooms()
    for module in (attendance, class_routes):
        monkeypatch.setattr(module, "rooms", rooms)
    monkeypatch.setattr(attendance, "_wishes", Rate(attendance.MOST_WISHES, 10, time.monotonic))
    return rooms.begin(names.new_token())


def seven() -> str:
    picture = Image.new("RGBA", (280, 280), "black")
    ImageDraw.Draw(picture).line([(70, 60), (200, 60), (130, 220)], fill="white", width=20)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def test_a_phone_joins_hears_answers_and_gives_a_digit(port, room):
    async def scene() -> None:
        phone = Phone(port)
        status, told = await phone.post(room.code.lower(), "join", {})
        assert (status, told["name"] in names.ANIMALS, names.is_token(phone.cookie)) == (200, True, True)
        assert await phone.listen(room.code) == 200
        await until(lambda: phone.view.get("name") == told["name"])
        room.show("Denoise", "level=30")
        await until(lambda: phone.view["shown"] == {"page": "Denoise", "number": 1})
        step = room.ask("Which?", ["a", "b"])
        await until(lambda: phone.view["question"] is not None)
        wish = {"lesson": step.lesson, "step": step.number, "answer": "b"}
        assert (await phone.post(room.code, "answer", wish))[1]["question"]["mine"] == "b"
        await until(lambda: phone.view["question"]["mine"] == "b")
        room.collect(True)
        assert (await phone.post(room.code, "digit", {"png": seven(), "label": 7}))[0] == 200
        await until(lambda: phone.view["wall"] == {"open": True, "given": 1})
        room.remove(1)
        await until(lambda: phone.view == {"code": room.code, "over": REMOVED})
        assert (await phone.post(room.code, "join", {}))[0] == 409
        assert await phone.listen(room.code) == 204
        await phone.sleep()

    run(scene())
    assert room.wall.pieces == []
    assert len(room.news) == 0


def test_what_others_sites_or_nonsense_send_is_refused(port, room):
    async def scene() -> None:
        phone = Phone(port)
        await phone.post(room.code, "join", {})
        wish = {"lesson": "noise", "step": 1, "answer": "a"}
        for status, payload, headers in (
            (403, wish, {"Origin": "http://evil.example"}),
            (403, wish, {"Origin": ""}),
            (403, wish, {"Origin": "null"}),
            (415, wish, {"Content_Type": "text/plain"}),
            (400, b"{", {}),
            (400, [1], {}),
            (400, b"[" * 50_000, {}),
            (413, {"x": "a" * 100_001}, {}),
            (409, {**wish, "answer": 7}, {}),
            (409, {"lesson": "noise"}, {}),
        ):
            answer = await phone.post(room.code, "answer", payload, **headers)
            assert (answer[0], list(answer[1])) == (status, ["problem"])
        room.collect(True)
        for digit in ({}, {"png": seven(), "label": True}, {"png": seven(), "label": 10}, {"png": "x", "label": 1}):
            assert (await phone.post(room.code, "digit", digit))[0] == 409
        for kind in ("show", "pace", "pause", "reveal", "x", "__init__"):
            assert (await phone.post(room.code, kind, {"page": "Denoise", "query": ""}))[0] == 409
        stranger = Phone(port)
        assert (await stranger.post(room.code, "answer", wish))[0] == 409
        assert await stranger.listen(room.code) == 204
        await stranger.sleep()
        assert (await stranger.post("AAAAA", "join", {}))[0] == 409
        assert stranger.cookie == "", "nobody is known who has joined nothing"

    run(scene())
    assert room.answers.steps() == []
    assert room.wall.pieces == []
    assert room.shown.number == 0


def test_one_phone_cannot_ask_without_end(port, room):
    async def scene() -> list[int]:
        phone = Phone(port)
        await phone.post(room.code, "join", {})
        wish = {"lesson": "noise", "step": 1, "answer": "a"}
        return [(await phone.post(room.code, "answer", wish))[0] for _ in range(attendance.MOST_WISHES + 1)]

    assert run(scene()) == [200] * attendance.MOST_WISHES + [409]


def test_the_teachers_browser_shows_and_reveals(port, room):
    async def scene() -> None:
        teacher = Phone(port)
        teacher.cookie = room.teacher
        assert (await teacher.post(room.code, "show", {"page": "Denoise", "query": "?level=10"}))[0] == 200
        assert (await teacher.post(room.code, "pace", {"follow": False}))[1]["follow"] is False
        assert (await teacher.post(room.code, "answer", {"lesson": "noise", "step": 1, "answer": "a"}))[0] == 409
        room.ask("?", ["a", "b"])
        assert (await teacher.post(room.code, "reveal", {}))[1]["answered"] is None

    run(scene())
    assert room.shown.query == {"level": "10"}


@pytest.mark.slow
@pytest.mark.clocked
def test_sixty_phones_join_hear_within_a_moment_and_are_told_nothing_of_others(port, room):
    """Times are of one process that is server, teacher and all phones at once."""

    async def scene() -> None:
        phones = [Phone(port) for _ in range(60)]
        begun = time.perf_counter()
        await asyncio.gather(*(phone.post(room.code, "join", {}) for phone in phones))
        await asyncio.gather(*(phone.listen(room.code) for phone in phones))
        await until(lambda: all(phone.view for phone in phones))
        joined = time.perf_counter() - begun
        late: list[float] = []
        for number in range(1, 11):
            sent = time.perf_counter()
            room.show("Denoise", f"level={number}")
            await until(lambda number=number: all(phone.view["shown"]["number"] == number for phone in phones))
            late += [phone.news[-1][0] - sent for phone in phones]
        p95 = float(np.quantile(late, 0.95))
        print(f"joined in {joined:.2f} s; pushes: p50 {1000 * np.median(late):.0f} ms, p95 {1000 * p95:.0f} ms")
        assert joined < 30
        assert p95 <= 0.150

        step = room.ask("Which?", ["secret-a", "secret-b"])
        await until(lambda: all(phone.view["question"] for phone in phones))
        for index, phone in enumerate(phones):
            wish = {"lesson": step.lesson, "step": step.number, "answer": ["secret-a", "secret-b"][index % 2]}
            assert (await phone.post(room.code, "answer", wish))[0] == 200
        await until(lambda: all(phone.view["question"]["mine"] for phone in phones))
        views = [view for phone in phones for _, view in phone.news if view.get("question")]
        assert all(view["question"]["counts"] is None for view in views), "hidden, also in what was sent"

        sleeper, name = phones[0], phones[0].view["name"]
        await sleeper.sleep()
        room.clock = (lambda clock: lambda: clock() + HERE_SECONDS + 1)(room.clock)  # 31 s go by
        sleeper.news.clear()
        room.show("Generate", "section=duel")
        assert await sleeper.listen(room.code) == 200
        await until(lambda: bool(sleeper.news))
        view = sleeper.view
        assert (view["name"], view["question"]["mine"], view["shown"]["page"]) == (name, "secret-a", "Generate")

        room.reveal()
        await until(lambda: all(phone.view["question"]["counts"] for phone in phones))
        assert phones[5].view["question"]["counts"] == {"secret-a": 30, "secret-b": 30}
        tokens = {phone.cookie for phone in phones} | {room.teacher}
        assert len(tokens) == 61
        for phone in phones:
            assert not [token for token in tokens if token.encode() in phone.heard], "not even one's own"
        await asyncio.gather(*(phone.sleep() for phone in phones))
        await until(lambda: len(room.news) == 0)

    run(scene())
