"""Parts of a page that look again and again: how often, and that they follow a run to its end, on a real server."""

from __future__ import annotations

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from benchmarks.serving import Server
from mmexplore.serve.client import Visitor
from mmexplore.ui.following import DRAW, LONGEST, LOOK, Pace

APP = "tests/ui/apps/following_app.py"


def test_few_sessions_look_often_and_many_share_what_there_is():
    assert LOOK.seconds(1) == LOOK.seconds(8) == 0.35
    assert DRAW.seconds(1) == 0.5  # twice a second
    assert LOOK.seconds(30) == pytest.approx(1.2)
    assert DRAW.seconds(30) == pytest.approx(2.4)
    for pace, most in ((LOOK, 25.0), (DRAW, 12.5)):
        for sessions in range(1, int(LONGEST * most) + 1):
            assert sessions / pace.seconds(sessions) <= most + 1e-9
            assert pace.seconds(sessions) <= pace.seconds(sessions + 1) <= LONGEST
        assert pace.seconds(1000) == LONGEST
    assert Pace(8.0, 25.0).seconds(1) == Pace(8.0, 25.0).seconds(1000) == 8.0


@dataclass
class Browser(Visitor):
    """A visitor whose page is drawn as a browser would do it, and who reads its texts."""

    texts: list[str] = field(default_factory=list)

    def _element(self, message) -> None:
        super()._element(message)
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind in ("text", "markdown", "progress"):
            self.texts.append(element.progress.text if kind == "progress" else getattr(element, kind).body)

    async def follow(self, seconds: float) -> None:
        """Run the parts of the page whenever they ask for it, until none does any more."""
        until = time.monotonic() + seconds
        due = {part: time.monotonic() + every for part, every in self.polls.items()}
        while self.polls:
            assert time.monotonic() < until, "the page looks for ever"
            part = min(due, key=due.__getitem__)
            await asyncio.sleep(max(0.0, due[part] - time.monotonic()))
            await self.rerun(part)
            assert self.errors == []
            now = time.monotonic()
            due = {p: now + every if p == part else due.get(p, now + every) for p, every in self.polls.items()}

    async def press_button(self, label: str) -> None:
        await self.press(next(e for e in self.elements.values() if e.kind == "button" and e.proto.label == label))

    @property
    def buttons(self) -> set[str]:
        return {e.proto.label for e in self.elements.values() if e.kind == "button"}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    command = [sys.executable, "-m", "streamlit", "run", APP, "--server.port", "{port}"]
    env = {"MMEXPLORE_RUNS": str(tmp_path_factory.mktemp("runs"))}
    with Server(command, ready="server started", env=env) as server:
        yield server.address


def apart(job):
    """Run a coroutine in a thread of its own: a browser test may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(job)).result()


async def to_its_end(address: str) -> Browser:
    async with Browser(address, cookie=f"mmexplore_visitor={'a' * 32}") as visitor:
        await visitor.open("", "steps=100")
        assert visitor.polls == {} and visitor.buttons == {"Start"}
        await visitor.press_button("Start")
        assert sorted(visitor.polls.values()) == pytest.approx([0.35, 0.5]) and "Stop" in visitor.buttons
        visitor.texts.clear()
        await visitor.follow(60.0)
        return visitor


def test_a_run_is_followed_to_its_end_and_drawn_at_most_twice_a_second(address):
    begun = time.monotonic()
    visitor = apart(to_its_end(address))
    seconds = time.monotonic() - begun
    drawn = [int(text.split()[1]) for text in visitor.texts if text.startswith("drawn")]
    looks = [text for text in visitor.texts if " of 100" in text]
    assert drawn == sorted(drawn) and drawn[-1] == 100 and len(set(drawn)) > 3
    assert len(drawn) <= 2 * seconds + 2 and len(looks) > 3
    assert visitor.polls == {} and "Stop" not in visitor.buttons and "Run again" in visitor.buttons
    assert any("finished" in text for text in visitor.texts[-8:])


async def in_company(address: str, others: int) -> tuple[list[float], list[float]]:
    """The seconds between the looks of one who watches, once many others have come, and once they have gone again."""
    async with Browser(address, cookie=f"mmexplore_visitor={'b' * 32}") as visitor:
        await visitor.open("", "steps=20000")
        await visitor.press_button("Start")
        first = next(iter(visitor.polls))
        company = [Visitor(address) for _ in range(others)]
        for other in company:
            await other.open("", "steps=7")
        await visitor.rerun(first)
        many = sorted(visitor.polls.values())
        for other in company:
            await other.__aexit__(None, None, None)
        for _ in range(100):  # the server hears of it in a moment
            await visitor.rerun(next(iter(visitor.polls)))
            if (few := sorted(visitor.polls.values())) != many:
                break
            await asyncio.sleep(0.1)
        await visitor.press_button("Stop")
        await visitor.follow(60.0)
        return many, few


def test_looks_are_further_apart_while_many_are_connected(address):
    many, few = apart(in_company(address, 49))
    assert many == [2.0, 4.0]  # fifty sessions: 25 looks and 12.5 drawings a second
    assert few == pytest.approx([LOOK.seconds(1), DRAW.seconds(1)])
