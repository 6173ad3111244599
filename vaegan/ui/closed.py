"""What a server that others reach allows browsers to do with its pages, and what it keeps to itself."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vaegan.ui.reach import prefix

STATISTICS = "_stcore/metrics"
HOST = re.compile(r"[0-9A-Za-z.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
# Streamlit and its components write styles and scripts into the page, and ours load modules from blobs. Any page may
# show the app in a frame: that is how a course page or a slide embeds it.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "frame-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "*",
}


class Closed:
    """ASGI middleware: headers that browsers heed on every answer, and no answer for the statistics of all sessions."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.statistics = f"{prefix()}/{STATISTICS}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what lies within, with the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"  # an address holds a digit somebody drew
                headers["Content-Security-Policy"] = policy(Headers(scope=scope).get("host", ""))
            await send(message)

        if scope["path"].rstrip("/") == self.statistics:
            answer = PlainTextResponse("The statistics of this server are for nobody outside.\n", status_code=404)
            await answer(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers)


def policy(host: str) -> str:
    """The Content-Security-Policy for a page at `host`. Older Safaris do not count the page's websocket as 'self'."""
    connections = "'self' blob: data:"
    if HOST.fullmatch(host):
        connections += f" ws://{host} wss://{host}"
    return "; ".join(f"{name} {sources}" for name, sources in (POLICY | {"connect-src": connections}).items())
