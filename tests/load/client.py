"""A session of the app as a browser has it, over Streamlit's websocket, without the browser's own work."""

import json
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect


@dataclass
class Answer:
    """What came of one request to run a page."""

    seconds: float
    size: int  # bytes, of all messages
    exceptions: list[str]


@dataclass
class Session:
    """One visitor of one page; an async context manager, in which the page has been opened."""

    address: str  # of the app, http://...
    page: str  # "" is Home
    query: str = ""  # of the page's address
    cookie: str = ""  # all that the browser sends
    opened: Answer = field(init=False)
    _socket: ClientConnection = field(init=False)
    components: dict[str, Any] = field(default_factory=dict)  # what each component was told last, by its key
    _places: dict[str, tuple[str, str]] = field(default_factory=dict)  # key of a widget -> its id, its fragment's id
    _values: dict[str, WidgetState] = field(default_factory=dict)
    _cached: set[str] = field(default_factory=set)
    _script: str = ""

    async def __aenter__(self) -> "Session":
        stream = f"ws{self.address.removeprefix('http')}/_stcore/stream"
        headers = {"Cookie": self.cookie} if self.cookie else None
        self._socket = await connect(
            stream,
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers=headers,
            max_size=None,
            open_timeout=60,
        )
        self.opened = await self._run(BackMsg())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._socket.close()

    async def set(self, key: str, value: Any) -> Answer:
        """Give the widget with this key a value, as its `WidgetState` takes it: {"json_value": ...} and the like."""
        identity, fragment = self._places[key]
        self._values[key] = WidgetState(id=identity, **value)
        message = BackMsg()
        message.rerun_script.widget_states.widgets.extend(self._values.values())
        message.rerun_script.fragment_id = fragment
        if "trigger_value" in value:  # a press counts once
            del self._values[key]
        return await self._run(message)

    async def _run(self, message: BackMsg) -> Answer:
        request = message.rerun_script
        if self._script:
            request.page_script_hash = self._script
        else:
            request.page_name = self.page
        request.query_string = self.query
        request.cached_message_hashes.extend(self._cached)
        request.context_info.url = f"{self.address}/{self.page}"
        began = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        size, exceptions = 0, []
        while True:
            data = await self._socket.recv()
            size += len(data)
            answer = ForwardMsg.FromString(data)
            kind = answer.WhichOneof("type")
            if answer.metadata.cacheable and kind != "ref_hash":
                self._cached.add(answer.hash)
            if kind == "navigation":
                self._script = answer.navigation.page_script_hash
            elif kind == "delta":
                exceptions += self._look_at(answer)
            elif kind == "script_finished":
                return Answer(time.perf_counter() - began, size, exceptions)

    def _look_at(self, answer: ForwardMsg) -> list[str]:
        """Remember where a widget is; returns the exception that a page shows."""
        element: Any = answer.delta.new_element if answer.delta.HasField("new_element") else answer.delta.add_block
        kind = element.WhichOneof("type")
        if kind == "exception":
            return [f"{element.exception.type}: {element.exception.message}"]
        if kind == "bidi_component" and element.bidi_component.json:
            self.components[element.bidi_component.id.split("-", 2)[-1]] = json.loads(element.bidi_component.json)
        identity = str(getattr(getattr(element, kind or "empty", None), "id", ""))
        if identity.startswith("$$ID-"):
            self._places[identity.split("-", 2)[2]] = (identity, answer.delta.fragment_id)
        return []
