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
from pathlib import Path
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


@pytest.fixture
def open_page(browser: object, serve: Callable[[str], str]) -> Iterator[Callable[..., object]]:
    """open_page(script, query="", **context) is a page of a new context; an error in its JavaScript fails the test."""
    contexts, faults = [], []

    def open_(script: str, query: str = "", **context: object) -> object:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 1000}, **context}))  # type: ignore[attr-defined]
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(serve(script) + "/?" + query)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def visit(browser: object, serve: Callable[[str], str]) -> Iterator[Callable[..., object]]:
    """visit("decompose?gate=xor") is a page in a context of its own; requests to elsewhere and script errors fail the test."""
    contexts, faults = [], []

    def open_(path: str, **options: object) -> object:
        context = browser.new_context(  # type: ignore[attr-defined]
            **{"viewport": {"width": 1280, "height": 1400}, "accept_downloads": True, **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("request", lambda r: None if _is_local(r.url) else faults.append(f"asked for {r.url}"))
        page.goto(f"{serve('app.py')}/{path}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not faults


def _is_local(url: str) -> bool:
    return urlparse(url).hostname in ("127.0.0.1", None) or url.startswith(("data:", "blob:"))
