"""Browsers of a class, as far as a server sees them: requests over HTTP, and a line of news that stays open."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any

COOKIE = "vaegan_visitor"


class Phone:
    """One browser: its cookie, all bytes that it was ever sent, and the news with the time at which each came."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookie = ""
        self.heard = bytearray()
        self.news: list[tuple[float, dict[str, Any]]] = []
        self._line: tuple[asyncio.Task[None], asyncio.StreamWriter] | None = None

    async def post(self, code: str, kind: str, payload: object, **headers: str) -> tuple[int, dict[str, Any]]:
        """Ask the class for something."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        status, answer = await self._ask(f"POST /class/{code}/{kind} HTTP/1.1", headers, body)
        return status, json.loads(answer)

    async def _ask(self, first: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        host = f"127.0.0.1:{self.port}"
        fields = {"Host": host, "Origin": f"http://{host}", "Content-Type": "application/json", "Connection": "close"}
        fields |= {"Content-Length": str(len(body)), "Cookie": f"{COOKIE}={self.cookie}"}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [first, *(f"{name}: {value}" for name, value in fields.items() if value)]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        try:
            answer = await reader.read()
        finally:
            await _close(writer)
        head, _, content = answer.partition(b"\r\n\r\n")
        self.heard += content
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                self.cookie = value.partition(";")[0].partition("=")[2]
        return int(head.split()[1]), content

    async def listen(self, code: str) -> int:
        """Open the line, in place of an earlier one; returns the status of its answer."""
        await self.sleep()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        host = f"127.0.0.1:{self.port}"
        request = f"GET /class/{code}/events HTTP/1.1\r\nHost: {host}\r\nCookie: {COOKIE}={self.cookie}\r\n"
        writer.write(f"{request}Accept-Encoding: gzip, deflate\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        self._line = asyncio.create_task(self._read(reader)), writer
        return int(head.split()[1])

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            self.heard += line
            if line.startswith(b"data: "):
                self.news.append((time.perf_counter(), json.loads(line[6:])))

    async def sleep(self) -> None:
        """Close the line, as a phone does."""
        if self._line:
            reading, writer = self._line
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await _close(writer)
            self._line = None

    @property
    def view(self) -> dict[str, Any]:
        """The newest of what it was told."""
        return self.news[-1][1] if self.news else {}


async def until(holds: Any, seconds: float = 20) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        await asyncio.sleep(0.002)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
