"""What a move of a live dial costs the server, beside the least that Streamlit asks for: a run of a fragment with nothing in it.

    python -m benchmarks.moves [--pages decompose,gaussian,knob,learn] [--moves 40] [--rounds 5]

Two servers stand side by side, the dashboard and an app of one empty fragment; one visitor each moves the dial of a page, or runs the fragment, by
turns. CPU is that of the server process, from its kernel; messages are counted at the visitor. The ratio of a round compares what ran in the same
seconds, so a machine that others use as well disturbs it little.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import psutil

from benchmarks.load import WARM, position
from benchmarks.options import parse, parser
from benchmarks.serving import ROOT, Server
from mmexplore.serve.client import Visitor

# the page's address -> query of the view that is moved
PAGES = {"decompose": "", "gaussian": "", "knob": "", "learn": "view=methods"}
EMPTY = (
    sys.executable,
    "-m",
    "streamlit",
    "run",
    str(ROOT / "benchmarks" / "empty" / "app.py"),
    "--server.port",
    "{port}",
)
UP = "server started"
FIRST = 5  # moves that are not counted: the first ones change the buttons above the dial
WITHIN = 60.0  # seconds until a page has its dial


@dataclass
class Cost:
    """Of one page, or of the empty fragment: a number a round.

    Attributes:
        cpu: ms of the server's CPU a move.
        wall: ms from the message to the end of the run, median of the round.
        messages: of every move.
        received: bytes the last move brought.
    """

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    messages: list[int] = field(default_factory=list)
    received: int = 0


def _cpu(server: psutil.Process) -> float:
    times = server.cpu_times()
    return float(times.user + times.system)


async def opened(address: str, page: str, query: str) -> Visitor:
    """A visitor on a page, once it has its dial: where the map is computed beside the page that takes a moment."""
    until = time.perf_counter() + WITHIN
    while True:
        visitor = Visitor(address)
        await visitor.open(page, query)
        if any(e.key.endswith(".dial") for e in visitor.elements.values()):
            return visitor
        await visitor.__aexit__(None, None, None)
        if time.perf_counter() > until:
            raise TimeoutError(f"page {page!r} has no dial after {WITHIN:.0f} s")
        await asyncio.sleep(0.5)


def mover(visitor: Visitor, draw: random.Random) -> Callable[[], Awaitable[float]]:
    """Moves the dial of a page to anywhere on its axes."""

    async def move() -> float:
        dial = visitor.find("dial", "bidi_component")
        return await visitor.move(dial, position(visitor, dial, [draw.random(), draw.random()]))

    return move


async def measure(cost: Cost, pid: int, visitor: Visitor, move: Callable[[], Awaitable[float]], moves: int) -> None:
    """One round."""
    server = psutil.Process(pid)
    start, walls = _cpu(server), []
    for _ in range(moves):
        walls.append(1e3 * await move())
        cost.messages.append(visitor.messages)
        if visitor.errors:
            raise RuntimeError(f"a move failed: {visitor.errors}")
    cost.received = visitor.received
    cost.cpu.append(1e3 * (_cpu(server) - start) / moves)
    cost.wall.append(statistics.median(walls))


async def compare(
    empty: Server, real: Server, pages: Sequence[str], moves: int, rounds: int
) -> dict[str, tuple[Cost, Cost]]:
    """(the page, the empty fragment) of every page, round by round."""
    found: dict[str, tuple[Cost, Cost]] = {}
    async with Visitor(empty.address) as nobody:
        await nobody.open("")
        fragment = next(iter(nobody.fragments))

        async def nothing() -> float:
            return await nobody.rerun(fragment)

        for page in pages:
            visitor = await opened(real.address, page, PAGES[page])
            try:
                move, costs = mover(visitor, random.Random(0)), (Cost(), Cost())
                for _ in range(FIRST):
                    await move()
                    await nothing()
                for _ in range(rounds):
                    await measure(costs[1], empty.pid, nobody, nothing, moves)
                    await measure(costs[0], real.pid, visitor, move, moves)
                found[page] = costs
            finally:
                await visitor.__aexit__(None, None, None)
    return found


def line(page: str, cost: Cost, empty: Cost) -> str:
    """One row of the table."""
    cpu, least = statistics.median(cost.cpu), statistics.median(empty.cpu)
    ratio = statistics.median(a / b for a, b in zip(cost.cpu, empty.cpu, strict=True))
    return (
        f"| {page} | {statistics.median(cost.messages):g} | {max(cost.messages)} | {max(empty.messages)} | {cpu:.1f} | {least:.1f} | {ratio:.2f} | {statistics.median(cost.wall):.1f} "
        f"| {statistics.median(empty.wall):.1f} | {cost.received:,} |"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print the table."""
    made = parser(__doc__, prog="python -m benchmarks.moves")
    made.add_argument("--pages", default=",".join(PAGES), help=f"default: {','.join(PAGES)}")
    made.add_argument("--moves", type=int, default=40, help="moves a round; default: 40")
    made.add_argument("--rounds", type=int, default=5, help="default: 5")
    options = parse(made, argv, one_thread=False)
    with Server(EMPTY, ready=UP) as empty, Server(ready=WARM, within=600) as real:
        found = asyncio.run(compare(empty, real, options.pages.split(","), options.moves, options.rounds))
    print(
        "| page | messages a move | the most | of an empty fragment | CPU ms a move | of an empty fragment | ratio | wall ms | empty | bytes |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for page, (cost, least) in found.items():
        print(line(page, cost, least))
    return 0


if __name__ == "__main__":
    sys.exit(main())
