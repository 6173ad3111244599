"""Weights, atlases and scripts over HTTP, beside the pages: `/weights/HASH`, `/scripts/HASH` and so on.

A browser fetches each once and keeps it, since what lies under a hash never changes.
"""

import re
from functools import partial

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vaegan.errors import VaeganError
from vaegan.ui import component, parcels
from vaegan.ui.reach import prefix

FOR_EVER = "public, max-age=31536000, immutable"  # a year is as long as browsers keep anything
BYTES = "application/octet-stream"  # by which the browser tells our bytes from a page of Streamlit's
LENGTH = "X-Uncompressed-Length"  # for the bar that grows: Content-Length is that of the compressed bytes
_DIGEST = re.compile(r"[0-9a-f]{64}")


def routes() -> list[Route]:
    """The routes for st.App."""
    kinds = {kind: partial(_answer, kind) for kind in parcels.SOURCES} | {"scripts": _script}
    return [Route(f"{prefix()}/{kind}/{{digest:path}}", answer) for kind, answer in kinds.items()]


def accepts_gzip(request: Request) -> bool:
    """Whether the answer to a request may be compressed."""
    return "gzip" in request.headers.get("accept-encoding", "")


def _answer(kind: str, request: Request) -> Response:
    """Starlette calls this in a thread, since bytes may have to be made first."""
    digest = request.scope["path"].removeprefix(f"{prefix()}/{kind}/")  # as it is: a parameter loses a line break
    if not _DIGEST.fullmatch(digest):
        return _nothing("An address here ends in 64 digits from 0 to f, and this one does not.")
    try:
        data = parcels.bytes_under(f"{kind}/{digest}")
    except VaeganError as error:  # the run was deleted since a page named it
        return _nothing(f"{error}.")
    if data is None:
        return _nothing(f"There are no {kind} under {digest}. Reload the page that asked for them.")
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding", LENGTH: str(len(data))}
    if accepts_gzip(request):
        data = parcels.compressed(f"{kind}/{digest}", data)
        headers["Content-Encoding"] = "gzip"
    return Response(data, media_type=BYTES, headers=headers)


def _script(request: Request) -> Response:
    """The script of a component. Its hash is a key of a dictionary and nothing else, so any text may be asked for."""
    digest = request.path_params["digest"]
    text = component.script_under(digest)
    if text is None:
        return _nothing("There is no such script. Reload the page that asked for it.")
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if accepts_gzip(request):
        headers["Content-Encoding"] = "gzip"
        return Response(component.compressed(digest), media_type="text/javascript", headers=headers)
    return Response(text, media_type="text/javascript", headers=headers)


def _nothing(sentence: str) -> Response:
    return PlainTextResponse(f"{sentence}\n", status_code=404, headers={"Cache-Control": "no-store"})
