"""The server against other sites and other names: nothing is asked outside, foreign pages and names are refused, headers are there."""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from benchmarks.serving import ROOT, Server
from mmexplore.runs import owners, store
from mmexplore.runs.count_task import Count
from mmexplore.runs.folder import note_status
from mmexplore.serve import guard
from mmexplore.serve.client import Visitor

# read by every Python process of the server: whoever connects to anything but this machine says so and fails
_WATCH = """
import os, socket
_real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
_asked = socket.getaddrinfo

def _outside(address):
    host = address[0] if isinstance(address, tuple) else None
    return host is not None and host not in ("127.0.0.1", "::1", "localhost", "")

def _say(what, address):
    with open(os.environ["CALLS_OUT"], "a") as log:
        log.write(f"{what} {address}\\n")
    raise OSError(f"a call out: {what} {address}")

def _watched(name):
    def call(self, *arguments):
        if _outside(arguments[-1]):
            _say(name, arguments[-1])
        return _real[name](self, *arguments)
    return call

def _looked_up(host, *more, **named):
    if isinstance(host, bytes):
        host = host.decode()
    if host not in (None, "127.0.0.1", "::1", "localhost", ""):
        _say("getaddrinfo", host)
    return _asked(host, *more, **named)

for _name in _real:
    setattr(socket.socket, _name, _watched(_name))
socket.getaddrinfo = _looked_up
"""

SERVE = (sys.executable, "-m", "mmexplore", "serve", "--port", "{port}")
STREAMLIT = (sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "{port}")


@pytest.fixture(scope="module", params=["serve", "streamlit"])
def watched(request, tmp_path_factory):
    """A server that cannot call out, and the file in which it says that it tried."""
    folder = tmp_path_factory.mktemp("watch")
    (folder / "sitecustomize.py").write_text(_WATCH)
    calls = folder / "calls.txt"
    calls.write_text("")
    paths = os.pathsep.join([str(folder), str(ROOT), os.environ.get("PYTHONPATH", "")])
    command, ready = (SERVE, "mmexplore is at") if request.param == "serve" else (STREAMLIT, "server started")
    with Server(command, ready=ready, env={"PYTHONPATH": paths, "CALLS_OUT": str(calls)}) as server:
        in_thread(visit(server.address))  # `streamlit run` reads app.py with its first visitor
        yield server, calls


async def visit(address: str) -> list[str]:
    async with Visitor(address) as visitor:
        await visitor.open("")
        errors = list(visitor.errors)
        for page in visitor.pages:
            await visitor.go(page)
            errors += visitor.errors
        return errors


def in_thread(work):
    with ThreadPoolExecutor(1) as thread:  # a browser test may have left an event loop running in this one
        return thread.submit(lambda: asyncio.run(work)).result()


async def _shake_hands(address: str, **headers: str) -> int:
    """The status that a websocket's handshake is answered with: 101 where it is taken."""
    host, port = address.split(":")
    named = {name.title(): value for name, value in headers.items() if name != "host"}
    uri = f"ws://{headers.get('host', address)}/_stcore/stream"
    try:
        async with connect(uri, host=host, port=int(port), additional_headers=named, subprotocols=["streamlit"], proxy=None, open_timeout=10):  # fmt: skip
            return 101
    except InvalidStatus as error:
        return error.response.status_code


def shake_hands(address: str, **headers: str) -> int:
    return in_thread(_shake_hands(address, **headers))


def ask(address: str, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request(method, path, headers={name.title().replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    told = (
        answer.status,
        {name.lower(): value for name, value in answer.getheaders()},
        answer.read().decode("utf-8", "replace"),
    )
    connection.close()
    return told


def test_the_watch_itself_catches_what_calls_out(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(_WATCH)
    calls = tmp_path / "calls.txt"
    calls.write_text("")
    script = "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 9), 1)\nexcept OSError: pass\ntry:\n    socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))\nexcept OSError: pass\n"  # fmt: skip
    env = os.environ | {"PYTHONPATH": str(tmp_path), "CALLS_OUT": str(calls)}
    import subprocess

    subprocess.run([sys.executable, "-c", script], env=env, check=True, timeout=60)
    assert calls.read_text().count("192.0.2.1") >= 2


FOREIGN = ["http://evil.example", "https://evil.example:8501", "null", "http://127.0.0.1.evil.example", "http://localhost:1", "file://", "http://127.0.0.1:1", "http://8.8.8.8", "x" * 3000, "http://[", ""]  # fmt: skip


def test_a_page_of_another_site_is_refused_at_once_and_nothing_is_asked_outside(watched):
    server, calls = watched
    begun = time.monotonic()
    assert {origin: shake_hands(server.address, origin=origin) for origin in FOREIGN} == dict.fromkeys(FOREIGN, 403)
    assert time.monotonic() - begun < 5.0
    assert in_thread(visit(server.address)) == []
    assert calls.read_text() == ""


def test_another_name_is_refused(watched):
    server, calls = watched
    for name in (
        "evil.example",
        f"evil.example:{server.port}",
        "127.0.0.1.evil.example",
        f"localhost.evil.example:{server.port}",
    ):
        assert shake_hands(server.address, host=name, origin=f"http://{name}") == 403
        status, headers, body = ask(server.address, host=name)
        assert status == 403 and "answers to" in body and "evil.example" in body and len(body) < 500
        assert headers["content-type"].startswith("text/plain") and headers["x-content-type-options"] == "nosniff"
        for path in ("/_stcore/health", "/_stcore/host-config", "/static/index.html", "/decompose"):
            assert ask(server.address, path, host=name)[0] == 403
    assert calls.read_text() == ""


def test_the_dashboards_own_pages_are_not_refused(watched):
    server, _ = watched
    for name in (server.address, f"localhost:{server.port}", f"LOCALHOST:{server.port}", f"[::1]:{server.port}"):
        assert ask(server.address, host=name)[0] == 200
    assert shake_hands(server.address) == 101
    assert shake_hands(server.address, origin=f"http://{server.address}") == 101


def test_a_foreign_page_cannot_send_a_file(watched):
    server, _ = watched
    status, _, body = ask(server.address, "/_stcore/upload_file/x/y", "PUT", origin="http://evil.example")
    assert status == 403 and "evil.example" in body
    own = ask(server.address, "/_stcore/upload_file/x/y", "PUT", origin=f"http://{server.address}")
    assert "allowed: pages of this dashboard" not in own[2]


@pytest.mark.parametrize(
    "path", ["/", "/decompose", "/_stcore/health", "/_stcore/host-config", "/nonesuch", "/static/nonesuch.js"]
)
def test_every_answer_has_the_headers(watched, path):
    server, _ = watched
    _, headers, _ = ask(server.address, path)
    assert "frame-ancestors 'self'" in headers["content-security-policy"] and headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"


def test_a_browser_gets_a_secret_with_its_first_page_and_no_other(watched):
    server, _ = watched
    secrets = set()
    for path in ("/", "/runs", "/knob?beta=2"):
        _, headers, _ = ask(server.address, path, accept="text/html,*/*")
        cookie = headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Max-Age=31536000" in cookie
        secrets.add(guard.visitor_of(cookie.partition(";")[0]))
    assert len(secrets) == 3 and all(len(secret) >= 32 for secret in secrets)
    for path, more in (
        ("/", {"cookie": f"mmexplore_visitor={'a' * 32}"}),
        ("/", {"accept": "image/png"}),
        ("/_stcore/health", {}),
        ("/static/nonesuch.js", {}),
    ):
        _, headers, _ = ask(server.address, path, **({"accept": "text/html"} | more))
        assert "mmexplore_visitor" not in headers.get("set-cookie", "")
    _, headers, _ = ask(server.address, "/", accept="text/html", cookie="mmexplore_visitor=forged")
    assert "mmexplore_visitor" in headers["set-cookie"]


async def _buttons(address: str, cookie: str, query: str) -> tuple[set[str], str]:
    async with Visitor(address, cookie=cookie) as visitor:
        await visitor.open("runs", query)
        assert visitor.errors == []
        return {e.proto.label for e in visitor.elements.values() if e.kind == "button"}, visitor.query


def test_a_run_is_its_visitors_on_the_real_server_and_the_teachers(watched):
    server, _ = watched
    ann, ben = "a" * 32, "b" * 32
    root = store.root()
    before, task = owners._ask, Count(steps=3, seed=server.port)
    owners.use(lambda: owners.visitor(root, f"cookie {ann}"))
    try:
        run, _ = store.prepare(task)
    finally:
        owners.use(before)
    note_status(run.path, "finished")
    looked = f"looked={run.name}"

    def offered(cookie: str, query: str = looked) -> tuple[set[str], str]:
        return in_thread(_buttons(server.address, cookie, query))

    assert "Delete" in offered(f"mmexplore_visitor={ann}")[0]
    for cookie in (f"mmexplore_visitor={ben}", "", "mmexplore_visitor=", f"mmexplore_visitor={ann[:-1]}", f"x={ann}"):
        labels, _ = offered(cookie)
        assert "Undo" in labels and "Delete" not in labels and "Pin" not in labels
    assert "Delete" not in offered("", f"teacher={'x' * 32}&{looked}")[0]
    labels, query = offered("", f"{looked}&teacher={owners.teacher_key(root)}")
    assert "Delete" in labels and query == looked  # no link that is copied from there carries the key


def test_an_address_below_a_page_leads_to_where_it_is_said(watched):
    server, _ = watched
    for path, to in (("/knob/x", "/knob-x"), ("/a/b/c", "/a-b-c"), ("/x/%2F%2Fevil.example", "/x-evil.example")):
        status, headers, _ = ask(server.address, path, accept="text/html,*/*")
        assert (status, headers.get("location")) == (302, to)
    assert ask(server.address, "//evil.example/x", accept="text/html")[0] in (400, 404)
    assert ask(server.address, "/static/x/y", accept="text/html")[0] != 302


def test_it_listens_to_no_other_address(watched):
    server, _ = watched
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", server.port), timeout=2):
        pass


def test_another_name_is_let_in_where_it_is_set():
    with Server(SERVE, env={"STREAMLIT_SERVER_ALLOWED_HOSTS": "mm.example.org"}) as server:
        assert "could not be warmed up" not in server.log()
        assert ask(server.address, host="mm.example.org")[0] == ask(server.address)[0] == 200
        assert shake_hands(server.address, host="mm.example.org", origin="http://mm.example.org") == 101
        assert ask(server.address, host="evil.example")[0] == 403


# -- the rule itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "allowed", "right"),
    [
        ("mm.example.org", ["mm.example.org"], True),
        ("mm.example.org:443", ["*.example.org"], True),
        ("example.org", ["*.example.org"], False),
        ("evilexample.org", ["*.example.org"], False),
        ("anything", ["*"], True),
        ("", ["*"], False),
        ("user@127.0.0.1", ["127.0.0.1"], False),
        ("127.0.0.1:port", ["127.0.0.1"], False),
        ("127.0.0.1/x", ["127.0.0.1"], False),
        ("127.0.0.1.", ["127.0.0.1"], True),
        ("[::1", ["::1"], False),
    ],
)
def test_hosts_are_compared_whole(host, allowed, right):
    assert guard._names(host, allowed) is right


def test_a_trusted_origin_behind_a_proxy_is_let_in(monkeypatch):
    import streamlit.config

    options = {"server.allowedHosts": [], "server.corsAllowedOrigins": ["https://mm.example.org"]}
    monkeypatch.setattr(streamlit.config, "get_option", options.__getitem__)
    scope = {"type": "websocket"}
    assert guard.refusal(scope, {b"host": "127.0.0.1:8501", b"origin": "https://mm.example.org"}) == ""
    assert guard.refusal(scope, {b"host": "127.0.0.1:8501", b"origin": "https://evil.example.org"}) != ""
    assert "127.0.0.1" in guard.refusal(scope, {b"host": "mm.example.org"})
