"""Visitors who leave: their sessions, runs and data go; sessions never see each other's; a server that is killed leaves nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from benchmarks.serving import Server
from benchmarks.soak import rows
from mmexplore import runs
from mmexplore.allowance import ALLOWANCE
from mmexplore.errors import BadData
from mmexplore.runs import store
from mmexplore.runs.count_task import Count
from mmexplore.runs.folder import note_status
from mmexplore.runs.own import MEMORY, Own
from mmexplore.serve import server as serving
from mmexplore.serve.client import Visitor
from mmexplore.serve.sessions import Remembered

PATIENCE = 60.0
linux = pytest.mark.skipif(sys.platform != "linux", reason="own data are trained on in /dev/shm")


def until(condition: Callable[[], bool], why: str = "it never happened") -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)


def apart(job):
    """Run a coroutine in a thread of its own: a browser test may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(job)).result()


def limited(descriptors: int, folder: Path, seconds: int) -> Server:
    command = ["sh", "-c", f"ulimit -n {descriptors}; exec {sys.executable} -m mmexplore serve --port {{port}}"]
    env = {"MMEXPLORE_RUNS": str(folder), "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(seconds)}
    return Server(command, env=env, within=300.0)


async def visits(address: str, count: int, at_once: int = 4) -> list[str]:
    """So many visitors who come and go; what went wrong."""
    left, wrong = list(range(count)), []

    async def come() -> None:
        while left:
            left.pop()
            try:
                async with Visitor(address) as visitor:
                    await visitor.open("runs", timeout=120)
                    wrong.extend(visitor.errors)
            except (OSError, TimeoutError) as error:
                wrong.append(f"{type(error).__name__}: {error}")

    await asyncio.gather(*(come() for _ in range(at_once)))
    return wrong


async def train(visitor: Visitor, content: bytes) -> None:
    """Bring a file and train on it for a long time."""
    await visitor.open("knob", "data=own&steps=20000", timeout=120)
    place = next(e for e in visitor.elements.values() if e.kind == "file_uploader")
    await visitor.upload(place, "rows.csv", content, timeout=120)
    start = next(e for e in visitor.elements.values() if e.kind == "button" and e.proto.label == "Train it")
    await visitor.press(start, timeout=120)


def folders(pid: int) -> set[Path]:
    """Folders of sessions with runs, of this server."""
    held = {Path(file.path).parent for file in psutil.Process(pid).open_files() if file.path.endswith("/alive")}
    return {path for base in held for path in base.iterdir() if path.is_dir()}


@linux
def test_visitors_come_and_go_with_few_descriptors_and_leave_nothing(tmp_path):
    import random

    content = rows(random.Random(3))
    with limited(100, tmp_path, 4) as running:
        assert apart(visits(running.address, 60)) == []  # three descriptors each would be 180
        assert "Too many open files" not in running.log()
        process = psutil.Process(running.pid)
        until(lambda: process.num_fds() < 50, "sessions that left stay")

        async def two() -> tuple[Path, Path]:
            async with Visitor(running.address) as stays:
                await train(stays, content)
                mine = folders(running.pid)
                async with Visitor(running.address) as goes:
                    await train(goes, content)
                    both = folders(running.pid)
                    assert len(mine) == 1 and mine < both and len(both) == 2
                (kept,), (left,) = mine, both - mine
                assert {p.name for p in kept.glob("knob-*")} == {p.name for p in left.glob("knob-*")}
                deadline = time.monotonic() + PATIENCE
                while left.exists():
                    assert time.monotonic() < deadline, "a closed tab leaves its data"
                    await asyncio.sleep(0.1)
                assert kept.exists()
                running.process.send_signal(signal.SIGKILL)
                return kept, left

        kept, _ = apart(two())
        until(lambda: not kept.parent.exists(), "a killed server leaves its visitors' data")


@linux
@pytest.mark.long
def test_a_polite_stop_and_the_next_start_leave_nothing(tmp_path):
    import random

    left = MEMORY / f"mmexplore-{os.getuid()}-leftover"
    with limited(4096, tmp_path, 120) as running:

        async def one() -> Path:
            async with Visitor(running.address) as visitor:
                await train(visitor, rows(random.Random(5)))
                (mine,) = folders(running.pid)
                return mine

        mine = apart(one())
        assert mine.exists()
        running.process.terminate()
        running.process.wait(30)
        until(lambda: not mine.parent.exists(), "a polite stop leaves its visitors' data")
    (left / "session").mkdir(parents=True)
    (left / "alive").touch()
    os.utime(left, (1e9, 1e9))
    with limited(4096, tmp_path, 120):
        until(lambda: not left.exists(), "what a killed server left is not swept at the start")


@linux
@pytest.mark.long
def test_a_thousand_visits_with_256_descriptors_leave_the_server_well(tmp_path):
    with limited(256, tmp_path, 120) as running:
        process = psutil.Process(running.pid)
        deadline = time.monotonic() + 600
        while "every map is ready" not in running.log():  # what is computed beforehand takes memory for good
            assert time.monotonic() < deadline
            time.sleep(0.5)
        assert apart(visits(running.address, 20)) == []
        before = process.memory_info().rss
        assert apart(visits(running.address, 1000)) == []
        assert "Too many open files" not in running.log()
        deadline = time.monotonic() + 200
        while process.num_fds() > 40:
            assert time.monotonic() < deadline, f"{process.num_fds()} descriptors are left"
            time.sleep(1)
        until(
            lambda: process.memory_info().rss < 1.10 * before,
            f"{process.memory_info().rss / before:.2f} times the memory",
        )
        assert apart(visits(running.address, 3)) == []


# -- the parts ---------------------------------------------------------------------------------------------------------


def session(name: str, ended: list[str]) -> SimpleNamespace:
    return SimpleNamespace(session=SimpleNamespace(id=name, shutdown=lambda: ended.append(name)))


def test_sessions_without_a_connection_end_when_their_time_is_up_or_descriptors_are_few():
    ended: list[str] = []
    few = [False]
    kept = Remembered(0.2, most=3, scarce=lambda: few[0])
    for name in "abc":
        kept.save(session(name, ended))
    assert kept.get("a").session.id == "a" and kept.get("x") is None and ended == []
    kept.save(session("d", ended))
    assert ended == ["a"] and [info.session.id for info in kept.list()] == ["b", "c", "d"]
    kept.delete("b")  # it came back
    few[0] = True
    kept.expire()
    assert ended == ["a", "c", "d"]
    few[0] = False
    kept.save(session("e", ended))
    time.sleep(0.25)
    kept.expire()
    assert ended[-1] == "e" and kept.list() == []


def test_the_server_may_open_as_many_files_as_the_system_allows():
    code = (
        "import resource; hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1];"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard));"
        "from mmexplore.serve.server import raise_limits; print(raise_limits(), hard)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    now, hard = map(int, told.stdout.split())
    assert now == hard or now >= 65_536
    assert serving.raise_limits() is not None


@pytest.fixture
def own(tmp_path, monkeypatch, runs_folder):
    """Folders of sessions in a folder of the test's."""
    memory = tmp_path.resolve() / "shm"
    memory.mkdir()
    made = Own(memory)
    monkeypatch.setattr(store, "OWN", made)
    monkeypatch.setattr(Count, "own_data", True)
    monkeypatch.setattr(ALLOWANCE, "more", [made.kept])
    yield made
    made.close()
    assert list(memory.iterdir()) == []


@linux
def test_sessions_have_runs_of_their_own_which_go_with_them(own):
    task, data = Count(steps=3, wait=0.0), {"x1": np.arange(5.0)}
    own.present = lambda: "ann"
    first, new = store.prepare(task, data)
    assert new and first.path.stat().st_mode & 0o077 == 0
    own.present = lambda: "bob"
    assert not runs.find(task).exists
    second, new = store.prepare(task, data)
    assert new and second.path != first.path and second.name == first.name
    own.let_go("ann")
    assert not first.path.parent.exists() and second.exists
    assert own.sessions() == ["bob"]


@linux
def test_what_killed_servers_left_is_swept_and_what_lives_is_not(own, tmp_path, monkeypatch):
    own.present = lambda: "ann"
    mine, _ = store.prepare(Count(steps=3, wait=0.0), {"x1": np.arange(5.0)})
    memory = mine.path.parents[2]
    other = memory / f"mmexplore-{os.getuid()}-killed"
    (other / "session" / "count-0").mkdir(parents=True)
    (other / "alive").touch()
    young = memory / f"mmexplore-{os.getuid()}-young"
    young.mkdir()
    elsewhere = memory / f"mmexplore-{os.getuid() + 1}-else"
    elsewhere.mkdir()
    (memory / f"mmexplore-{os.getuid()}-link").symlink_to(elsewhere)
    assert own.sweep() == [other.name] and not other.exists()
    assert mine.exists and young.exists() and elsewhere.exists()
    os.utime(young, (1e9, 1e9))
    assert Own(memory).sweep() == [young.name]  # another process of this user; the living one holds its lock
    assert mine.exists
    for path in (memory / f"mmexplore-{os.getuid()}-link",):
        path.unlink()
    elsewhere.rmdir()


@linux
def test_an_idle_run_makes_room_for_another_session_and_its_visitor_is_told(own, monkeypatch):
    monkeypatch.setenv("MMEXPLORE_OWN_MB", "1")
    task, half = Count(steps=3, wait=0.0), {"x1": np.random.default_rng(0).random(80_000)}
    own.present = lambda: "ann"
    run, _ = store.prepare(task, half)
    own.present = lambda: "bob"
    with pytest.raises(BadData, match="Try again in a few minutes"):
        store.prepare(task, half)  # ann's waits for its turn
    own.present = lambda: "ann"
    note_status(run.path, "finished")
    os.utime(run.path / "status.json", (time.time() - 180,) * 2)
    own.present = lambda: "bob"
    store.prepare(task, half)
    assert not run.exists and store.why_gone(task) == ""
    own.present = lambda: "ann"
    assert "had not been used for 3 minutes" in store.why_gone(task) and "Start it again" in store.why_gone(task)
