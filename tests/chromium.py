"""Real Chromium against a real server: a free loopback port for each script, one browser for all."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = next(
    (p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), shutil.which("chromium")
)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files named ``test_browser.py`` or ``test_..._browser.py`` need a browser."""
    for item in items:
        if item.path.stem.endswith("browser"):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Debian's chromium, headless."""
    if CHROMIUM is None:
        pytest.skip("no chromium found: install Debian's package chromium to run the browser tests")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def serve(browser: object) -> Iterator[Callable[[str], str]]:
    """serve("path/to/script.py") starts the script once and returns its address."""
    running: dict[str, tuple[subprocess.Popen[bytes], str]] = {}

    def start(script: str) -> str:
        if script not in running:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            command = [sys.executable, "-m", "streamlit", "run", str(ROOT / script), "--server.port", str(port)]
            command += ["--server.address", "127.0.0.1", "--server.headless", "true"]
            path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
            log = subprocess.DEVNULL
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, stdout=log, stderr=log
            )
            address = f"http://127.0.0.1:{port}"
            running[script] = (process, address)
            _wait(address + "/_stcore/health", process)
        return running[script][1]

    yield start
    for process, _ in running.values():
        process.terminate()
    for process, _ in running.values():
        process.wait(timeout=10)


def _wait(address: str, process: subprocess.Popen[bytes], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {seconds:g} s")


@contextmanager
def slowed(page: Any, rate: float) -> Iterator[None]:
    """A page whose processor is so many times slower; the tab is given back as it was, since other tests share it."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    try:
        yield
    finally:
        session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        session.detach()


class Tabs:
    """Pages of one browser: a tab that plain visits share one after the other, and contexts of their own for all others.

    What is parsed and compiled for one page serves the next one in the same tab, which opens in less than half the time.
    """

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._shared: Any = None
        self._taken = False
        self._contexts: list[Any] = []
        self._listeners: list[tuple[str, Callable[[Any], None]]] = []

    def open(
        self, address: str, viewport: dict[str, int], listeners: dict[str, Callable[[Any], None]], **options: Any
    ) -> Any:
        """A page: in the shared tab where nobody has it in this test and no options are asked for."""
        if options or self._taken:
            self._contexts.append(self._browser.new_context(viewport=viewport, **options))
            page = self._contexts[-1].new_page()
        else:
            if self._shared is None:
                self._shared = self._browser.new_context().new_page()
            page, self._taken = self._shared, True
            page.set_viewport_size(viewport)
            page.mouse.move(0, 0)
            self._listeners = list(listeners.items())
        for event, listener in listeners.items():
            page.on(event, listener)
        page.goto(address)
        return page

    def leave(self) -> None:
        """Close what is the test's own, and leave the shared tab as if nobody had been there."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()
        if self._taken:
            for event, listener in self._listeners:
                self._shared.remove_listener(event, listener)
            if not self._shared.url.startswith("about:"):
                self._shared.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            self._shared.goto("about:blank")
            self._taken = False


@pytest.fixture(scope="session")
def _tabs(browser: object) -> Tabs:
    return Tabs(browser)


@pytest.fixture
def open_page(_tabs: Tabs, serve: Callable[[str], str]) -> Iterator[Callable[..., object]]:
    """open_page(script, query="", **context) is a page of a script; an error in its JavaScript fails the test."""
    faults: list[str] = []

    def open_(script: str, query: str = "", viewport: dict[str, int] | None = None, **context: object) -> object:
        size = viewport or {"width": 1280, "height": 1000}
        return _tabs.open(f"{serve(script)}/?{query}", size, {"pageerror": lambda e: faults.append(str(e))}, **context)

    yield open_
    _tabs.leave()
    assert not faults


@pytest.fixture
def visit(_tabs: Tabs, serve: Callable[[str], str]) -> Iterator[Callable[..., object]]:
    """visit("decompose?gate=xor") is a page of the dashboard; requests to elsewhere and script errors fail the test."""
    faults: list[str] = []
    listeners: dict[str, Callable[[Any], None]] = {
        "pageerror": lambda error: faults.append(f"script: {error}"),
        "request": lambda r: None if _is_local(r.url) else faults.append(f"asked for {r.url}"),
    }

    def open_(path: str, viewport: dict[str, int] | None = None, **options: object) -> object:
        size = viewport or {"width": 1280, "height": 1400}
        page = _tabs.open(f"{serve('app.py')}/{path}", size, listeners, **options)
        page.set_default_timeout(60_000)
        return page

    yield open_
    _tabs.leave()
    assert not faults


def _is_local(url: str) -> bool:
    return urlparse(url).hostname in ("127.0.0.1", None) or url.startswith(("data:", "blob:"))
