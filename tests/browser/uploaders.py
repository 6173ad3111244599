"""A class that uploads: so many visitors without a browser, each of whom sends one photo after another.

    python -m tests.browser.uploaders http://127.0.0.1:8501 30

Each speaks Streamlit's own protocol, as its frontend does: another browser would take the time of this machine, which
other students' would not. It says "ready" when everyone sees the page, begins when it reads a line, ends when it reads
another, and then says how many pictures were read.
"""

import asyncio
import sys
import urllib.request
from dataclasses import dataclass, field

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.data.scenes import inked, lit, on_paper, saved, sheet

BOUNDARY = "a-boundary-that-no-picture-has"
LABEL = "A picture of a digit"


def photos(count: int) -> list[bytes]:
    """Photos as large as the page sends them, about 1 MB each."""
    made = []
    for seed in range(count):
        chance = np.random.default_rng(seed)
        size = (1500, 2000)
        picture = inked(sheet(size), on_paper(seed % 10, size, chance), (0.1, 0.1, 0.4), 2)
        made.append(saved(lit(picture, 0.9, chance, 0.03), quality=88))
    return made


@dataclass
class Visitor:
    """One visitor of the Denoise page."""

    address: str
    socket: ClientConnection
    session: str = ""
    widget: str = ""
    fragment: str = ""
    read: int = 0
    urls: ForwardMsg = field(default_factory=ForwardMsg)

    @classmethod
    async def come(cls, address: str) -> "Visitor":
        """Open the page, and wait until it stands."""
        place = address.replace("http", "ws", 1) + "/_stcore/stream"
        visitor = cls(address, await connect(place, subprotocols=["streamlit"], max_size=None))  # type: ignore[list-item]
        await visitor.ask()
        return visitor

    async def ask(self, widgets: BackMsg | None = None) -> None:
        """Let the page run, and hear all that it says."""
        message = widgets or BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_name = "Denoise"
        message.rerun_script.fragment_id = self.fragment if widgets else ""
        await self.socket.send(message.SerializeToString())
        await self.hear("script_finished")

    async def hear(self, until: str) -> ForwardMsg:
        """Listen until a message of this kind comes."""
        while True:
            message = ForwardMsg()
            message.ParseFromString(await self.socket.recv(decode=False))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id or self.session
            element = message.delta.new_element
            if kind == "delta" and element.file_uploader.label == LABEL:
                self.widget, self.fragment = element.file_uploader.id, message.delta.fragment_id
            if kind == until:
                return message

    async def upload(self, photo: bytes) -> None:
        """Send a photo, and wait until the page shows what became of it."""
        message = BackMsg()
        message.file_urls_request.request_id = "photo"
        message.file_urls_request.file_names.append("photo.jpg")
        message.file_urls_request.session_id = self.session
        await self.socket.send(message.SerializeToString())
        (urls,) = (await self.hear("file_urls_response")).file_urls_response.file_urls
        await asyncio.to_thread(send, self.address, urls.upload_url, photo)
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add(id=self.widget)
        file = state.file_uploader_state_value.uploaded_file_info.add(name="photo.jpg", size=len(photo))
        file.file_id = urls.file_id
        file.file_urls.CopyFrom(urls)
        await self.ask(message)
        self.read += 1


def send(address: str, url: str, photo: bytes) -> None:
    """Upload a file as a form does, with the token that the server hands out."""
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=60) as answer:
        token = answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo.jpg"; filename="photo.jpg"\r\n\r\n'
    body = head.encode() + photo + f"\r\n--{BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    headers |= {"X-Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"}
    with urllib.request.urlopen(
        urllib.request.Request(address + url, body, headers, method="PUT"), timeout=60
    ) as answer:
        assert answer.status in (200, 204)


async def main(address: str, count: int) -> None:
    visitors = [await Visitor.come(address) for _ in range(count)]
    assert all(visitor.widget for visitor in visitors)
    pictures = photos(12)
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        before = [visitor.read for visitor in visitors]
        ended = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))

        async def goes_on(visitor: Visitor, number: int, ended: "asyncio.Task[str]" = ended) -> None:
            while not ended.done():
                await visitor.upload(pictures[(number + visitor.read) % len(pictures)])

        await asyncio.gather(*(goes_on(visitor, number) for number, visitor in enumerate(visitors)))
        print(sum(visitor.read for visitor in visitors) - sum(before), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
