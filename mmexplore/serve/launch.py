"""`python -m mmexplore serve`: the dashboard in this process, warm before its address is told."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import socket
import sys
import threading
import time
from pathlib import Path

from mmexplore import runs
from mmexplore.bundled import APP
from mmexplore.errors import BadSpec, MmexploreError, Unsupported
from mmexplore.labs import in_order
from mmexplore.runs import owners, store
from mmexplore.serve import guard, server

HOST = "127.0.0.1"
FIRST_PORT = 8501
WARM_WITHIN = 60.0  # seconds; after that the address is told anyway


def launch(port: int | None = None, *, watch: bool = False, app: Path = APP) -> int:
    """Start the server and stay until it is stopped; the exit status.

    Args:
        port: where to listen (default: 8501, or the next free one).
        watch: for development: rerun pages when a file changes, and show errors in full.
        app: the entry script.

    Raises:
        BadSpec: the port is out of range or taken.
    """
    if not app.is_file():
        raise Unsupported(f"there is no {app}; install mmexplore again, or start it from a whole clone")
    port = choose_port(port)
    options = {"server.address": HOST, "server.port": str(port)}
    if watch:
        options |= {"server.fileWatcherType": "auto", "server.runOnSave": "true", "client.showErrorDetails": "full"}
    flags = [f"--{name}={value}" for name, value in options.items()]
    named = os.environ.get("STREAMLIT_SERVER_ALLOWED_HOSTS", "").replace(",", " ").split()  # a flag would hide it
    flags += [f"--server.allowedHosts={name}" for name in dict.fromkeys((*guard.hosts(), *named))]
    cli = importlib.import_module("streamlit.web.cli")
    guard.install()
    server.prepare()
    try:
        runs.engine().ready()  # torch takes seconds to import: by the time somebody presses start, it is there
    except MmexploreError as error:
        print(f"mmexplore: nothing can be trained: {error}", file=sys.stderr)
    threading.Thread(target=_announce, args=(f"{HOST}:{port}",), name="announce", daemon=True).start()
    cli.main(["run", str(app), *flags], standalone_mode=False)
    return 0


def choose_port(port: int | None = None) -> int:
    """A free port on loopback: the given one, or the first free one from 8501 on."""
    if port is not None and not 1 <= port <= 65535:
        raise BadSpec(f"port is {port}; allowed: 1 to 65535")
    if port is not None:
        if not _free(port):
            raise BadSpec(f"port {port} is taken or not allowed here; choose another, or leave it out")
        return port
    for candidate in range(FIRST_PORT, FIRST_PORT + 100):
        if _free(candidate):
            return candidate
    raise BadSpec(f"no free port from {FIRST_PORT} to {FIRST_PORT + 99}; name one with --port")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _announce(address: str) -> None:
    """Wait for the server, visit every page once, freeze what that left in memory, then tell the address."""
    try:
        asyncio.run(_warm(address))
        server.settle()
    except Exception as error:  # whatever it is: the address is told all the same
        print(f"mmexplore: the pages could not be warmed up ({type(error).__name__}: {error})", file=sys.stderr)
    print(f"\n  mmexplore is at  http://{address}   (Ctrl+C stops it)\n", flush=True)
    if key := owners.teacher_key(store.root()):
        print(
            f"  For the teacher, who may stop and delete every run:  http://{address}/runs?teacher={key}\n", flush=True
        )
    print(f"  {server.report()}", file=sys.stderr, flush=True)
    _fill()


def _fill() -> None:
    """Compute beforehand what the labs name. Visitors go first: see `server.SWITCH`."""
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    for lab in in_order():
        for compute in lab.warm() if lab.warm is not None else ():
            try:
                compute()
            except MmexploreError as error:
                print(f"mmexplore: {lab.title}: {error}", file=sys.stderr)
            time.sleep(0.01)
    print("  every map is ready", file=sys.stderr, flush=True)


async def _warm(address: str) -> None:
    # Streamlit's messages are imported here: by now the server has them, and the command line never pays for them
    from mmexplore.serve.client import Visitor

    deadline = time.monotonic() + WARM_WITHIN
    while True:
        try:
            async with Visitor(address) as visitor:
                await visitor.open(timeout=max(deadline - time.monotonic(), 1.0))
                for page in visitor.pages:
                    await visitor.go(page, timeout=max(deadline - time.monotonic(), 1.0))
                    for error in visitor.errors:
                        print(f"mmexplore: page {page or 'home'!r} shows an error: {error}", file=sys.stderr)
            return
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
