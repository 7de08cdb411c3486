"""The server: light, frozen, quiet, on loopback. Looked into from outside, through real processes."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit.config

from benchmarks.load import followed, position
from benchmarks.moves import opened
from benchmarks.serving import Server
from mmexplore import palette
from mmexplore.errors import BadSpec, Unsupported
from mmexplore.serve import launch
from mmexplore.serve.client import Visitor

ROOT = Path(__file__).parents[1]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())


def reports(log: str) -> list[dict[str, str]]:
    """What the process said about itself, each time."""
    lines = re.findall(r"ready: (.*)", log)
    return [dict(part.split("=", 1) for part in line.split()) for line in lines]


async def visit(address: str) -> list[str]:
    """Open every page, move the dial and a selector; the errors shown."""
    errors: list[str] = []
    async with Visitor(address) as visitor:
        await visitor.open("")
        errors += visitor.errors
        for page in visitor.pages:
            await visitor.go(page)
            errors += visitor.errors
        await visitor.go("decompose")
        dial = visitor.find("dial", "bidi_component")
        state = position(visitor, dial, [0.25, 0.75])
        await visitor.move(dial, state)
        assert visitor.received < 20_000, "a move sends what stands still, the dial's grid for instance, once more"
        errors += visitor.errors + ([] if followed(visitor, dial, state) else ["the page did not follow the dial"])
        gate = visitor.find("gate", "selectbox")
        await visitor.move(gate, gate.proto.options[-1])
        errors += visitor.errors
    return errors


# page -> its query, and the most messages that a move of its dial may bring: five of any fragment's run (two of the session's state, begin, container,
# end), the address, and six elements of the read-out. Each costs the server about a millisecond, so what is added to a read-out has to be worth it.
MOVES = {
    "decompose": (
        "",
        12,
    ),  # answer, headline and certificate, each of the latter two with the wrapper of the container it is written into
    "gaussian": ("", 12),  # answer, headline, spectrum in a figure and in words
    "knob": ("", 12),  # answers of two dials, numbers, table of methods
    "learn": (
        "view=methods",
        12,
    ),  # answer, headline, words, caption; for a moment a progress bar where the exact answer takes long
}


async def moves(address: str, page: str, query: str) -> tuple[list[int], int, list[str]]:
    """Messages of moves of a page's dial, bytes of the last one, and errors."""
    visitor = await opened(address, page, query)
    try:
        messages, errors = [], []
        for shares in ((0.31, 0.62), (0.62, 0.42), (0.42, 0.55), (0.71, 0.33)):
            dial = visitor.find("dial", "bidi_component")
            state = position(visitor, dial, shares)
            await visitor.move(dial, state)
            messages.append(visitor.messages)
            errors += visitor.errors + ([] if followed(visitor, dial, state) else [f"{page} did not follow the dial"])
        return messages, visitor.received, errors
    finally:
        await visitor.__aexit__(None, None, None)


@pytest.fixture(scope="module")
def server():
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def direct():
    """The other way in: streamlit run app.py."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "{port}"]
    with Server(command, ready="server started") as running:
        yield running


@pytest.fixture(scope="module", params=["server", "direct"])
def visited(request):
    """A server that a visitor has been through, and what that visitor saw."""
    running = request.getfixturevalue(request.param)
    with ThreadPoolExecutor(1) as thread:  # a browser test may have left an event loop running in this one
        return running, thread.submit(lambda: asyncio.run(visit(running.address))).result()


def test_a_visitor_meets_no_error(visited):
    _, errors = visited
    assert errors == []


@pytest.mark.parametrize("page", MOVES)
def test_a_move_sends_the_readout_and_no_more(server, page):
    query, most = MOVES[page]
    with ThreadPoolExecutor(1) as thread:
        messages, received, errors = thread.submit(lambda: asyncio.run(moves(server.address, page, query))).result()
    assert errors == []
    assert max(messages[2:]) <= most, (
        f"{messages}: the first moves also change the buttons above the dial, later ones do not"
    )
    assert received < 15_000, "a move sends what stands still, the dial's grid for instance, once more"


def test_the_settings_are_in_force(visited):
    running, _ = visited
    report = reports(running.log())[-1]
    assert {name: report[name] for name in ("watcher", "collect", "address", "statistics", "torch", "plotly")} == {
        "watcher": "none",
        "collect": "False",
        "address": "127.0.0.1",
        "statistics": "False",
        "torch": "False",
        "plotly": "False",
    }


def test_the_heap_is_frozen_and_threads_share_the_interpreter(visited):
    running, _ = visited
    report = reports(running.log())[-1]
    assert int(report["frozen"]) > 50_000
    assert report["threads"] == "1"
    assert float(report["switch"]) <= 0.001
    assert int(report["youngest"]) >= 10_000


def test_answers_do_not_wait_for_acknowledgements(visited):
    running, _ = visited
    assert int(reports(running.log())[-1]["at-once"]) >= 1


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="this system does not show what a process has loaded")
def test_torch_is_never_loaded(visited):
    running, _ = visited
    maps = Path(f"/proc/{running.pid}/maps").read_text()
    assert "numpy" in maps
    assert "libtorch" not in maps


def test_the_address_is_told_once_and_last(server):
    told = re.findall(r"mmexplore is at {2}http://(\S+)", server.log())
    assert told == [server.address]


def test_only_this_machine_is_listened_to(server):
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", server.port), timeout=2):
        pass


# -- settings --------------------------------------------------------------------------------------------------------


def flat(section: dict, prefix: str = "") -> dict:
    found: dict = {}
    for name, value in section.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return found


@pytest.mark.parametrize("name", sorted(flat(CONFIG)))
def test_streamlit_knows_every_setting(name):
    option = streamlit.config._config_options_template[name]
    if name != "client.showErrorLinks":  # takes a text or a truth value
        assert option.type is type(flat(CONFIG)[name]) or option.multiple or option.default_val is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_has_the_palettes_colours(theme):
    colours = CONFIG["theme"][theme]["chartCategoricalColors"]
    assert tuple(colours) == palette.CATEGORICAL[theme]


def test_nothing_is_fetched_from_elsewhere():
    assert not [value for value in flat(CONFIG).values() if isinstance(value, str) and "://" in value]


# -- launching -------------------------------------------------------------------------------------------------------


def test_a_taken_port_is_named():
    with socket.socket() as taken:
        taken.bind((launch.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadSpec, match=f"port {port} is taken"):
            launch.choose_port(port)


def test_the_next_free_port_is_taken(monkeypatch):
    with socket.socket() as taken:
        taken.bind((launch.HOST, 0))
        taken.listen()
        monkeypatch.setattr(launch, "FIRST_PORT", taken.getsockname()[1])
        assert launch.choose_port() > taken.getsockname()[1]


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_impossible_ports_are_refused(port):
    with pytest.raises(BadSpec, match=f"port is {port}; allowed: 1 to 65535"):
        launch.choose_port(port)


def test_without_the_app_there_is_nothing_to_serve(tmp_path):
    with pytest.raises(Unsupported, match=r"no .*app\.py"):
        launch.launch(app=tmp_path / "app.py")


@pytest.mark.parametrize("watch", [False, True])
def test_files_are_watched_in_development_only(monkeypatch, watch):
    from streamlit.web import cli

    started: list[list[str]] = []
    monkeypatch.setattr(cli, "main", lambda arguments, standalone_mode: started.append(arguments))
    monkeypatch.setattr(launch.server, "prepare", lambda: None)
    monkeypatch.setattr(launch, "_announce", lambda address: None)
    assert launch.launch(watch=watch) == 0
    assert ("--server.fileWatcherType=auto" in started[0]) is watch
    assert "--server.address=127.0.0.1" in started[0]
