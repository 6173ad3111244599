"""Streamlit's scripts and styles, compressed once: it would send them as they are, 2.5 MB before the first page."""

import gzip
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vaegan.ui.reach import prefix
from vaegan.ui.routes import FOR_EVER, accepts_gzip

FOLDER = Path(st.__file__).parent / "static"
TYPES = {".js": "text/javascript", ".css": "text/css"}
LEVEL = 6  # of gzip; 9 takes twice as long and saves 1 %


class CompressedFiles:
    """ASGI middleware that answers for Streamlit's scripts and styles; their names change when their contents do."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.files = {  # by address, so that no address is ever taken for a path
            f"{prefix()}/static/{file.relative_to(FOLDER / 'static').as_posix()}": file
            for file in (FOLDER / "static").rglob("*")
            if file.suffix in TYPES
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or leave it to what lies within."""
        is_read = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        file = self.files.get(scope["path"]) if is_read else None
        if file is None or not accepts_gzip(Request(scope)):
            await self.app(scope, receive, send)
            return
        headers = {"Cache-Control": FOR_EVER, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        content = await run_in_threadpool(_compressed, file)
        answer = Response(content, media_type=TYPES[file.suffix], headers=headers)
        await answer(scope, receive, send)


@cache  # at most all scripts that Streamlit has, 5 MB
def _compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), LEVEL)
