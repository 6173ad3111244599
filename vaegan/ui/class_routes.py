"""A class over HTTP, beside the pages: its news as they happen, and what its browsers ask for.

    GET  /class/CODE/events   server-sent events: each holds all that this browser is told of the class
    POST /class/CODE/KIND     join, answer, digit, ...: a small JSON object; an error is {"problem": sentence}

A browser is known by its cookie, which others' sites cannot have sent along; they cannot ask for anything either,
since what comes from another origin is refused.
"""

import json
import signal
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from vaegan.classroom import names
from vaegan.classroom.push import Subscriber
from vaegan.classroom.room import Room
from vaegan.errors import VaeganError
from vaegan.ui.attendance import grant, rooms, view
from vaegan.ui.reach import prefix
from vaegan.ui.visitor import COOKIE

MOST_BYTES = 100_000  # of what is sent; a field full of scribble has 60,000 as a picture
KEEP_ALIVE = 15.0  # seconds without news after which a line is sent, which shows that both sides are there
LOOK = 1.0  # seconds between two looks whether the server is about to end, which it cannot while a line is open
NO_STORE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_served = False


def class_routes() -> list[Route]:
    """The routes for st.App."""
    global _served
    _served = True
    return [
        Route(f"{prefix()}/class/{{code}}/events", _events, methods=["GET"]),
        Route(f"{prefix()}/class/{{code}}/{{kind}}", _ask, methods=["POST"]),
    ]


def are_served() -> bool:
    """Whether this process has the routes; where it has not, pages bring the news."""
    return _served


async def _events(request: Request) -> Response:
    token = request.cookies.get(COOKIE, "")
    room = rooms.room(request.path_params["code"])
    if room is None or not (room.teacher == token or room.student(token)):
        return Response(status_code=204)  # by which the browser knows that it need not connect again
    return StreamingResponse(_news(room, token), media_type="text/event-stream", headers=NO_STORE)


async def _news(room: Room, token: str) -> AsyncIterator[str]:
    """What this browser is told, now and whenever that changes, until the class is over for it."""
    with room.news.subscribe(token) as subscriber:
        told = ""
        while True:
            seen = view(room, token)
            text = json.dumps(seen)
            yield f"data: {text}\n\n" if text != told else ": still here\n\n"
            told = text
            if seen.get("over") or not await _wait(subscriber):
                return


async def _wait(subscriber: Subscriber) -> bool:
    """Wait for news, or for so long that a sign of life is due; False if the server is about to end."""
    for _ in range(round(KEEP_ALIVE / LOOK)):
        if await subscriber.news(LOOK):
            return True
        if _is_ending():
            return False
    return True


def _is_ending() -> bool:
    """Whether the server waits for its connections to end: it is asked by the object that hears of Ctrl+C."""
    heard_by = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return bool(getattr(heard_by, "should_exit", False))


async def _ask(request: Request) -> Response:
    origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
    if not origin or urlsplit(origin).netloc != host:
        return _problem("This was not sent by a page of this app.", 403)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return _problem("What is sent to a class is JSON.", 415)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return _problem(f"This is more than {MOST_BYTES:,} bytes. Draw with fewer strokes.", 413)
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        return _problem("What is sent to a class is a JSON object.", 400)
    code, kind = request.path_params["code"], request.path_params["kind"]
    sent = request.cookies.get(COOKIE)
    token = sent if names.is_token(sent) and sent is not None else names.new_token()
    try:
        told = await run_in_threadpool(_granted, code, kind, token, payload)
    except VaeganError as error:
        return _problem(_sentence(error), 409)
    answer = JSONResponse(told, headers=NO_STORE)
    if kind == "join" and token != sent:
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, token, max_age=30 * 24 * 3600, path=prefix() or "/", samesite="strict", secure=secure)
    return answer


def _granted(code: str, kind: str, token: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Do what is asked, in a thread, since a drawing takes a while to read; returns what the browser is told then."""
    if kind == "join":
        return view(rooms.join(code, token), token)
    room = rooms.room(code)
    if room is None:
        return {"over": "The class has ended."}
    grant(room, token, kind, payload)
    return view(room, token)


def _problem(sentence: str, status: int) -> Response:
    return JSONResponse({"problem": sentence}, status_code=status, headers=NO_STORE)


def _sentence(error: VaeganError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
