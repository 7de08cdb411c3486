"""Visitors who come, move, bring a file, train on it and leave, for minutes on end: memory and descriptors have to stay flat.

    python -m benchmarks.soak --minutes 10

A server of its own is started on loopback, with sessions that go some seconds after their connection. Every half minute its memory
(RSS), its descriptors, and what lies in the folder in memory are printed. After a warm-up of a third of the time, memory may grow by 10 % and
60 MB at most, and descriptors by 30. When all have left, and their sessions have gone, nothing of theirs may be there. The script stops by itself.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.load import WARM, position
from benchmarks.options import parse, parser
from benchmarks.serving import Server
from mmexplore.runs.own import MEMORY
from mmexplore.serve.client import Visitor

AT_ONCE = 4
EVERY = 30.0  # seconds between two lines
REMEMBERED = 5  # seconds that a session outlives its connection
WARM_UP = 1 / 3
GROWTH, SPARE, DESCRIPTORS = 0.10, 60.0, 30  # of memory, MB, number
BACK = 0.10  # above the start, when all have gone
_PAGES = ("decompose", "gaussian", "knob", "learn", "your_data", "runs")


@dataclass
class Line:
    """How the server stood at a time."""

    seconds: float
    rss: float
    descriptors: int
    own: int
    visits: int

    def __str__(self) -> str:
        return f"{self.seconds:7.0f} s  {self.rss:6.0f} MB  {self.descriptors:5d} descriptors  {self.own:3d} runs in memory  {self.visits:5d} visits"


@dataclass
class Soak:
    """What happened."""

    visits: int = 0
    trained: int = 0
    uploads: int = 0
    problems: list[str] = field(default_factory=list)


def rows(draw: random.Random) -> bytes:
    """Two views of a bit, 400 rows: a file that every visitor has of their own."""
    lines = ["audio_1,audio_2,text_1,text_2,mood"]
    for _ in range(400):
        bit = draw.random() < 0.5
        cells = [f"{bit + draw.gauss(0, 0.7):.3f}" for _ in range(4)]
        lines.append(",".join([*cells, "happy" if bit else "sad"]))
    return "\n".join(lines).encode()


async def visit(server: Server, draw: random.Random, soak: Soak) -> None:
    """One visitor, from coming to leaving."""
    async with Visitor(server.address) as visitor:
        await visitor.open(draw.choice(_PAGES[:5]))
        for _ in range(draw.randint(1, 3)):
            await visitor.go("decompose")
            dial = visitor.find("dial", "bidi_component")
            await visitor.move(dial, position(visitor, dial, [draw.random(), draw.random()]))
            await visitor.go(draw.choice([page for page in _PAGES if page in visitor.pages]))
            soak.problems += visitor.errors
        if draw.random() < 0.5:
            await _train(visitor, draw, soak)
        soak.problems += visitor.errors
    soak.visits += 1


async def _train(visitor: Visitor, draw: random.Random, soak: Soak) -> None:
    """Bring a file to the page of the knob, and train on it for a moment."""
    await visitor.go("knob", "data=own&steps=200")
    place = next(e for e in visitor.elements.values() if e.kind == "file_uploader")
    await visitor.upload(place, "rows.csv", rows(draw))
    soak.uploads += 1
    start = next((e for e in visitor.elements.values() if e.kind == "button" and e.proto.label == "Train it"), None)
    if start is None:
        soak.problems.append(
            f"no button to train: {[e.proto.label for e in visitor.elements.values() if e.kind == 'button'][:9]}"
        )
        return
    await visitor.press(start)
    await asyncio.sleep(draw.uniform(0.5, 3.0))
    soak.trained += 1


def look(server: psutil.Process, begun: float, soak: Soak) -> Line:
    """How the server stands now."""
    own = len([*MEMORY.glob(f"mmexplore-{os.getuid()}-*/*/*/spec.json")])
    return Line(time.monotonic() - begun, server.memory_info().rss / 1e6, server.num_fds(), own, soak.visits)


async def run(server: Server, minutes: float, seed: int) -> tuple[list[Line], Soak]:
    """Visitors for so long, then a minute of nobody."""
    process, soak, begun = psutil.Process(server.pid), Soak(), time.monotonic()
    until = begun + 60.0 * minutes
    lines = [look(process, begun, soak)]
    print(lines[0], flush=True)

    async def come(number: int) -> None:
        draw = random.Random(f"{seed} {number}")
        while time.monotonic() < until:
            try:
                await visit(server, draw, soak)
            except (OSError, TimeoutError, KeyError, StopIteration) as error:
                soak.problems.append(f"{type(error).__name__}: {error}"[:300])
                await asyncio.sleep(1.0)

    async def watch() -> None:
        while time.monotonic() < until:
            await asyncio.sleep(min(EVERY, max(until - time.monotonic(), 0.1)))
            lines.append(look(process, begun, soak))
            print(lines[-1], flush=True)

    await asyncio.gather(watch(), *(come(number) for number in range(AT_ONCE)))
    await asyncio.sleep(REMEMBERED + 15.0)
    lines.append(look(process, begun, soak))
    print(f"{lines[-1]}  (all have left)", flush=True)
    return lines, soak


def faults(lines: Sequence[Line], soak: Soak) -> list[str]:
    """What did not stay flat, as sentences."""
    *during, after = lines
    length = during[-1].seconds
    settled = next((line for line in during if line.seconds >= WARM_UP * length), during[-1])
    last, found = during[-1], []
    if last.rss > settled.rss * (1 + GROWTH) + SPARE:
        found.append(f"memory grew from {settled.rss:.0f} to {last.rss:.0f} MB after the warm-up")
    if last.descriptors > settled.descriptors + DESCRIPTORS:
        found.append(f"descriptors grew from {settled.descriptors} to {last.descriptors} after the warm-up")
    if after.rss > settled.rss * (1 + BACK):
        found.append(f"{after.rss:.0f} MB are left when all have gone; after the warm-up it was {settled.rss:.0f}")
    if after.descriptors > lines[0].descriptors + DESCRIPTORS:
        found.append(f"{after.descriptors} descriptors are left; at the start it was {lines[0].descriptors}")
    if after.own:
        found.append(f"{after.own} runs on own data are still in memory")
    return found + list(dict.fromkeys(soak.problems))[:5]


def main(argv: Sequence[str] | None = None) -> int:
    """Let visitors come and go; 1 if anything was not flat."""
    made = parser(__doc__, prog="python -m benchmarks.soak")
    made.add_argument("--minutes", type=float, default=10.0, help="how long; default: 10")
    made.add_argument("--seed", type=int, default=0)
    options: Any = parse(made, argv, one_thread=False)
    with tempfile.TemporaryDirectory(prefix="mmexplore-soak-") as folder:
        env = {"MMEXPLORE_RUNS": str(Path(folder)), "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(REMEMBERED)}
        with Server(ready=WARM, env=env, within=600.0) as server:
            lines, soak = asyncio.run(run(server, max(options.minutes, 0.2), options.seed))
    print(f"{soak.visits} visits, {soak.uploads} files, {soak.trained} trainings begun, {len(soak.problems)} problems")
    wrong = faults(lines, soak)
    for fault in wrong:
        print(f"not flat: {fault}", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
