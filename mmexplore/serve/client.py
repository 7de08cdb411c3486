"""One visitor without a browser: a websocket that speaks Streamlit's own messages.

The server warms its pages with it before it tells its address, tests look into a real server through it, and the load
benchmark is a hundred of them. Protocol of Streamlit 1.67: the client sends `BackMsg.rerun_script` with the states of all
its widgets, the server answers with `ForwardMsg` deltas and closes every run with `script_finished`.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.asyncio.client import ClientConnection, connect

_DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
_MAX_MESSAGE = 200_000_000
_REMEMBERED = 32  # large messages kept, as a browser does: the server then sends only their hash


@dataclass(frozen=True)
class Element:
    """A widget as the server drew it.

    Attributes:
        kind: name of the element's message, for instance ``"selectbox"`` or ``"bidi_component"``.
        id: what the server calls it.
        key: the key the page gave it ("" if none).
        fragment: the fragment that drew it ("" outside of any): what has to run when it moves.
        proto: its message.
    """

    kind: str
    id: str
    key: str
    fragment: str
    proto: Any

    @property
    def data(self) -> Any:
        """What a component was given."""
        kind = self.proto.WhichOneof("data")
        text = self.proto.mixed.json if kind == "mixed" else self.proto.json if kind == "json" else "null"
        return json.loads(text)


@dataclass
class Visitor:
    """One open page.

    Use as ``async with Visitor("127.0.0.1:8501") as visitor: await visitor.open("decompose")``.

    Attributes:
        address: host and port of the server.
        cookie: what it sends as its cookies.
        elements: the widgets seen so far, by id.
        pages: hash of every page by its path in the URL ("" for the landing page).
        errors: exceptions shown on the page by the last run, as text.
        received: bytes that came in during the last run.
        messages: how many messages came in during the last run.
        fragments: ids of the fragments seen so far, in the order they appeared.
        polls: fragments that the page asks to be run again and again, with seconds in between.
    """

    address: str
    cookie: str = ""
    elements: dict[str, Element] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    received: int = 0
    messages: int = 0
    fragments: dict[str, None] = field(default_factory=dict)
    polls: dict[str, float] = field(default_factory=dict)
    page: str = ""
    query: str = ""
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _cache: dict[str, ForwardMsg] = field(default_factory=dict)
    _socket: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def open(self, page: str = "", query: str = "", timeout: float = 60.0) -> float:
        """Connect and run a page for the first time; seconds from the handshake to the end of the run."""
        start = time.perf_counter()
        self._socket = await connect(
            f"ws://{self.address}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=_MAX_MESSAGE,
            compression=None,
            proxy=None,
            open_timeout=timeout,
            ping_interval=None,
            additional_headers={"Cookie": self.cookie} if self.cookie else None,
        )
        self.query = query
        message = BackMsg()
        message.rerun_script.page_name = page
        await self._run(message, timeout)
        return time.perf_counter() - start

    async def go(self, page: str, query: str = "", timeout: float = 60.0) -> float:
        """Walk to another page; seconds."""
        self.page = self.pages[page]
        self.query = query
        return await self._run(BackMsg(), timeout)

    async def move(self, element: Element, value: Any, timeout: float = 60.0) -> float:
        """Set one widget and wait for the run it causes; seconds.

        Args:
            element: which widget.
            value: a text or number, a list of either, or a mapping: the state of a component.
        """
        state = WidgetState(id=element.id)
        if isinstance(value, Mapping):
            state.json_value = json.dumps(value)
        elif element.kind == "slider":
            state.double_array_value.data.extend(value if isinstance(value, list) else [value])
        elif isinstance(value, bool):
            state.bool_value = value
        elif isinstance(value, list):
            state.string_array_value.data.extend(value)
        elif isinstance(value, str):
            state.string_value = value
        else:
            state.double_value = value
        self._states[element.id] = state
        message = BackMsg()
        message.rerun_script.fragment_id = element.fragment
        return await self._run(message, timeout)

    async def press(self, button: Element, timeout: float = 60.0) -> float:
        """Press a button and wait for the run it causes; seconds."""
        self._states[button.id] = WidgetState(id=button.id, trigger_value=True)
        message = BackMsg()
        message.rerun_script.fragment_id = button.fragment
        try:
            return await self._run(message, timeout)
        finally:
            self._states.pop(button.id, None)

    async def upload(self, place: Element, name: str, content: bytes, timeout: float = 60.0) -> float:
        """Bring a file to an uploader and wait for the run it causes; seconds.

        Raises:
            OSError: the server did not take it; the status and its words.
        """
        if self._socket is None:
            raise RuntimeError("open a page first")
        message = BackMsg()
        message.file_urls_request.request_id = name
        message.file_urls_request.file_names.append(name)
        async with asyncio.timeout(timeout):
            await self._socket.send(message.SerializeToString())
            while True:
                data, answer = await self._socket.recv(), ForwardMsg()
                if isinstance(data, bytes):
                    answer.ParseFromString(data)
                if answer.WhichOneof("type") == "file_urls_response":
                    break
        urls = answer.file_urls_response.file_urls[0]
        status, words = await asyncio.to_thread(self._put, urls.upload_url, name, content, timeout)
        if status >= 300:
            raise OSError(f"the file was not taken: {status} {words[:300]}")
        state = WidgetState(id=place.id)
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(content), urls.file_id
        info.file_urls.CopyFrom(urls)
        self._states[place.id] = state
        message = BackMsg()
        message.rerun_script.fragment_id = place.fragment
        return await self._run(message, timeout)

    def _put(self, path: str, name: str, content: bytes, timeout: float) -> tuple[int, str]:
        """Send a file as a browser's form does; status and words of the answer."""
        border = "a4b7d1f2c9e84e0d"
        head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
        token = generate_xsrf_token_string()
        connection = http.client.HTTPConnection(self.address, timeout=timeout)
        try:
            connection.request(
                "PUT",
                path,
                head.encode() + content + f"\r\n--{border}--\r\n".encode(),
                {
                    "Content-Type": f"multipart/form-data; boundary={border}",
                    "Cookie": f"_streamlit_xsrf={token}",
                    "X-Xsrftoken": token,
                },
            )
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    async def rerun(self, fragment: str = "", timeout: float = 60.0) -> float:
        """Run one fragment anew, or with none the whole page; seconds."""
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        return await self._run(message, timeout)

    def find(self, key: str, kind: str | None = None) -> Element:
        """The widget of that key (or whose key ends in ``.key``)."""
        for element in reversed(self.elements.values()):
            if (element.key == key or element.key.endswith(f".{key}")) and kind in (None, element.kind):
                return element
        known = ", ".join(f"{e.key} ({e.kind})" for e in self.elements.values() if e.key)
        raise KeyError(f"no widget {key!r} on the page; there are: {known}")

    async def _run(self, message: BackMsg, timeout: float) -> float:
        if self._socket is None:
            raise RuntimeError("open a page first")
        client = message.rerun_script
        client.query_string = self.query
        if not client.page_name:
            client.page_script_hash = self.page
        client.widget_states.widgets.extend(self._states.values())
        client.cached_message_hashes.extend(self._cache)
        self.errors = []
        self.received = self.messages = 0
        start = time.perf_counter()
        async with asyncio.timeout(timeout):
            await self._socket.send(message.SerializeToString())
            while not self._take(await self._socket.recv()):
                pass
        seconds = time.perf_counter() - start
        while len(self._cache) > _REMEMBERED:
            self._cache.pop(next(iter(self._cache)))
        self._states = {identity: state for identity, state in self._states.items() if identity in self.elements}
        return seconds

    def _take(self, data: bytes | str) -> bool:
        """Read one message; whether the run is over."""
        if isinstance(data, str):
            raise TypeError("the server sent text; allowed: binary messages")
        self.received += len(data)
        self.messages += 1
        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            cached = self._cache.pop(message.ref_hash)
            self._cache[message.ref_hash] = cached  # the latest used last
            known = ForwardMsg()
            known.CopyFrom(cached)
            known.metadata.CopyFrom(message.metadata)
            message, kind = known, known.WhichOneof("type")
        elif message.metadata.cacheable and message.hash:
            self._cache[message.hash] = message
        if kind == "delta" and message.delta.fragment_id:
            self.fragments[message.delta.fragment_id] = None
        if kind == "new_session" and not message.metadata.run.fragment_ids:  # of the whole page
            self.elements.clear()  # what is still there will be drawn again
            self.fragments.clear()
            self.polls.clear()
        elif kind == "auto_rerun":
            self.polls[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self.polls.pop(fragment, None)
        elif kind == "navigation":
            self.page = message.navigation.page_script_hash
            for page in message.navigation.app_pages:
                self.pages["" if page.is_default else page.url_pathname] = page.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(message)
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self.errors.append("the script does not compile")
                return True
            return message.script_finished in _DONE
        return False

    def _element(self, message: ForwardMsg) -> None:
        kind = message.delta.new_element.WhichOneof("type") or ""
        proto = getattr(message.delta.new_element, kind, None)
        if kind == "exception":
            self.errors.append(f"{proto.type}: {proto.message}" if proto is not None else kind)
        identity = getattr(proto, "id", "")
        if isinstance(identity, str) and identity.startswith("$$ID-"):
            key = identity.split("-", 2)[2]
            self.elements.pop(identity, None)  # the latest last
            if getattr(proto, "set_value", False):  # the page moved its own widget: that is its state now
                self._states.pop(identity, None)
            self.elements[identity] = Element(
                kind, identity, "" if key == "None" else key, message.delta.fragment_id, proto
            )
