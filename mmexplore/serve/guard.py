"""Who may ask, and what goes with every answer; asked before Streamlit is.

A page of a foreign site that is open in the same browser can send requests to this machine, and by DNS rebinding even under a name of
its own. So every request must name a host that this server answers to (``server.allowedHosts`` of Streamlit's settings, else the
names of this machine alone), and a connection or an upload that says where it comes from must come from a page of the same host
(or one of ``server.corsAllowedOrigins``). Answers must not be drawn in frames of other sites, are taken for what they say they are, and
their addresses, which hold the view, are told to nobody else.

A browser that asks for a page gets a secret of its own, by which it is known again until it is closed: runs belong to whoever began
them (`mmexplore.runs.owners`). It says nothing about anybody, scripts of pages cannot read it, and other sites cannot send it.

Streamlit 1.67 compares a foreign origin with the public address of this machine, for which it asks a server on the Internet, waiting
on its event loop. `no_calls_out` takes that away: nothing is ever asked outside.
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote, urlsplit

import streamlit.config
from streamlit import net_util
from streamlit.logger import get_logger

from mmexplore.runs.owners import COOKIE, is_secret, new_secret
from mmexplore.serve import uploading

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"content-security-policy", b"frame-ancestors 'self'; object-src 'none'; base-uri 'self'"),
)
_YEAR = 31_536_000  # seconds that a browser keeps what its runs are known by
_READING = ("GET", "HEAD", "OPTIONS")
_INNER = (
    "_stcore",
    "app",
    "auth",
    "component",
    "media",
    "static",
    "vendor",
)  # first steps of addresses that are no pages


class Guard:
    """Asks before the application inside is asked, and adds headers to what it answers.

    Args:
        app: the application inside.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request or connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refused = refusal(scope, headers)
        if refused and scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "the host or the origin is not allowed"})
        elif refused:
            await _answer(send, 403, refused)
        elif scope["type"] == "http" and (page := _page_below_a_page(scope, headers)):
            await _answer(send, 302, "", ((b"location", page.encode()),))
        elif uploading.is_upload(scope):
            length, full = uploading.room_for(headers)
            if full:
                await _answer(send, 413, full)
            else:
                await uploading.counted(length, lambda: self.app(scope, receive, _adding(send)))
        elif scope["type"] == "http":
            await self.app(scope, receive, _adding(send, _new_visitor(scope, headers)))
        else:
            await self.app(scope, receive, send)


def refusal(scope: Message, headers: dict[bytes, str]) -> str:
    """Why a request is refused, in a sentence; "" where it is not."""
    host = headers.get(b"host", "")
    allowed = hosts()
    if not _names(host, allowed):
        return (
            f"This dashboard answers to {', '.join(allowed)}; the request was for {host[:80]!r}. To serve it under another name, start it "
            "with STREAMLIT_SERVER_ALLOWED_HOSTS set to that name.\n"
        )
    origin = headers.get(b"origin")
    if origin is None or (scope["type"] == "http" and scope["method"] in _READING):
        return ""
    trusted = [text.strip().rstrip("/") for text in streamlit.config.get_option("server.corsAllowedOrigins")]
    if _netloc(origin) == host.lower() or origin in trusted:
        return ""
    return f"This request comes from a page of {origin[:80]!r}; allowed: pages of this dashboard itself.\n"


def hosts() -> list[str]:
    """The names this server answers to: those of this machine alone, and those of Streamlit's setting."""
    named = [name.strip().lower() for name in streamlit.config.get_option("server.allowedHosts")]
    return list(dict.fromkeys((*LOOPBACK, *named)))


def no_calls_out() -> None:
    """Let Streamlit know no address of this machine but the loopback: it would ask outside for the others."""
    net_util.get_external_ip = _unknown
    net_util.get_internal_ip = _unknown


def install() -> None:
    """Put the guard before every application that Streamlit makes from here on; the second call does nothing."""
    no_calls_out()
    try:
        uploading.install()
        middleware = importlib.import_module("starlette.middleware").Middleware
        maker: Any = importlib.import_module("streamlit.web.server.starlette.starlette_app")
    except ImportError:  # older versions serve with Tornado
        get_logger(__name__).warning("this version of Streamlit cannot be guarded; pip install --upgrade streamlit")
        return
    made = maker.create_streamlit_middleware
    if not hasattr(made, "guarded"):
        maker.create_streamlit_middleware = _Guarded(made, middleware)


class _Guarded:
    """What makes the list of what stands before an application, with the guard in front."""

    guarded = True

    def __init__(self, made: Callable[[], list[Any]], middleware: Callable[[type], Any]) -> None:
        self._made = made
        self._middleware = middleware

    def __call__(self) -> list[Any]:
        return [self._middleware(Guard), *self._made()]


def install_late() -> None:
    """The same for the application that already runs, where ``streamlit run app.py`` has made it before app.py was read."""
    install()
    for thing in gc.get_objects():
        if type(thing).__name__ != "Starlette" or getattr(thing, "middleware_stack", None) is None:
            continue
        if all(middleware.cls is not Guard for middleware in thing.user_middleware):
            thing.middleware_stack = Guard(thing.middleware_stack)


def _unknown() -> str | None:
    return None


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _names(host: str, allowed: list[str]) -> bool:
    """Whether a Host header names one of the allowed hosts; ``*.example.org`` allows all below it, ``*`` all."""
    try:
        parsed = urlsplit(f"//{host}")
        name = (parsed.hostname or "").rstrip(".")
        _ = parsed.port
    except ValueError:
        return False
    if not name or "@" in host or parsed.path or parsed.query or parsed.fragment:
        return False
    return any(one in ("*", name) or (one.startswith("*.") and name.endswith(one[1:])) for one in allowed)


def _page_below_a_page(scope: Message, headers: dict[bytes, str]) -> str:
    """Where to find out that ``/knob/x`` is no page: Streamlit would send a page there that finds none of its own files."""
    path = scope["path"]
    steps = [step for step in path.split("/") if step]
    page = scope["method"] == "GET" and "text/html" in headers.get(b"accept", "")
    if not page or len(steps) < 2 or steps[0] in _INNER or path.startswith("//") or scope.get("root_path"):
        return ""
    return "" if streamlit.config.get_option("server.baseUrlPath") else f"/{quote('-'.join(steps)[:200], safe='')}"


def visitor_of(cookies: str) -> str:
    """The secret of the visitor that a Cookie header holds; "" where it holds none that could be one of ours."""
    for part in cookies[:20_000].split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE and is_secret(value):
            return value
    return ""


def _new_visitor(scope: Message, headers: dict[bytes, str]) -> tuple[tuple[bytes, bytes], ...]:
    """The header by which a browser that has none and asks for a page gets a secret."""
    first = scope["path"].strip("/").split("/")[0]
    page = scope["method"] == "GET" and "text/html" in headers.get(b"accept", "") and first not in _INNER
    if not page or visitor_of(headers.get(b"cookie", "")):
        return ()
    made = f"{COOKIE}={new_secret()}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax"
    return ((b"set-cookie", made.encode()),)


def _adding(send: Send, more: tuple[tuple[bytes, bytes], ...] = ()) -> Send:
    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            there = {name.lower() for name, _ in headers}
            added = [pair for pair in HEADERS if pair[0] not in there]
            message = {**message, "headers": [*headers, *added, *(more if message["status"] == 200 else ())]}
        await send(message)

    return adding


async def _answer(send: Send, status: int, words: str, more: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    body = words.encode("utf-8", "replace")
    kind = ((b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": [*kind, *more, *HEADERS]})
    await send({"type": "http.response.body", "body": body})
