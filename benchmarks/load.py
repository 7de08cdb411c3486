"""Many visitors at once on a real server: how long a page takes to open, and a move to be answered.

    python -m benchmarks.load --clients 1,10,30,100 --seconds 60

For every number of clients a fresh server is started on loopback and left to warm up. All clients open the page within
two seconds (from the handshake to the end of the first run); then each moves the dial or, one time in five, a selector about
every two seconds and waits for the answer. Everything is measured at the clients, which share one process and so some of the
machine with the server. The script stops by itself.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psutil

from benchmarks.options import parse, parser
from benchmarks.serving import Server
from mmexplore.serve.client import Element, Visitor

OPEN_WITHIN = 2.0  # seconds
EVERY = 2.0  # seconds from one move to the next, on average
SELECTOR_SHARE = 0.2
SELECTORS = ("gate", "measure")
WARM = "every map is ready"  # the last thing a server says while starting


@dataclass
class Measured:
    """What one number of clients gave; seconds, except where said."""

    clients: int
    opening: list[float] = field(default_factory=list)
    dial: list[float] = field(default_factory=list)
    selector: list[float] = field(default_factory=list)
    opening_cpu: float = 0.0
    moving_cpu: float = 0.0
    rss_before: float = 0.0  # MB
    rss_after: float = 0.0  # MB
    problems: list[str] = field(default_factory=list)


async def run(address: str, pid: int, clients: int, seconds: float, page: str, seed: int) -> Measured:
    """Open `clients` pages, move them for `seconds`, and measure."""
    measured = Measured(clients)
    server = psutil.Process(pid)
    measured.rss_before = server.memory_info().rss / 1e6
    visitors = [Visitor(address) for _ in range(clients)]
    draws = [random.Random(f"{seed} {i}") for i in range(clients)]
    cpu = _cpu(server)
    await asyncio.gather(*(_open(v, page, d, measured) for v, d in zip(visitors, draws, strict=True)))
    measured.opening_cpu = _cpu(server) - cpu
    cpu = _cpu(server)
    until = time.perf_counter() + seconds
    if seconds > 0:
        await asyncio.gather(*(_move(v, d, until, measured) for v, d in zip(visitors, draws, strict=True)))
    measured.moving_cpu = _cpu(server) - cpu
    measured.rss_after = server.memory_info().rss / 1e6
    await asyncio.gather(*(v.__aexit__(None, None, None) for v in visitors))
    return measured


def _cpu(server: psutil.Process) -> float:
    times = server.cpu_times()
    return float(times.user + times.system)


async def _open(visitor: Visitor, page: str, draw: random.Random, measured: Measured) -> None:
    await asyncio.sleep(draw.uniform(0.0, OPEN_WITHIN) if measured.clients > 1 else 0.0)
    try:
        measured.opening.append(await visitor.open(page))
    except (OSError, TimeoutError) as error:
        measured.problems.append(f"opening: {type(error).__name__} {error}")
    measured.problems.extend(visitor.errors)


async def _move(visitor: Visitor, draw: random.Random, until: float, measured: Measured) -> None:
    await asyncio.sleep(draw.uniform(0.0, EVERY))
    while time.perf_counter() < until:
        try:
            if draw.random() < SELECTOR_SHARE:
                selector = visitor.find(draw.choice(SELECTORS), "selectbox")
                options = list(selector.proto.options)
                measured.selector.append(await visitor.move(selector, draw.choice(options)))
            else:
                dial = visitor.find("dial", "bidi_component")
                state = position(visitor, dial, [draw.random(), draw.random()])
                measured.dial.append(await visitor.move(dial, state))
                if not followed(visitor, dial, state):
                    measured.problems.append(f"the page did not follow the dial to {state}")
            measured.problems.extend(visitor.errors)
        except (OSError, TimeoutError, KeyError) as error:
            measured.problems.append(f"moving: {type(error).__name__} {error}")
            return
        await asyncio.sleep(max(EVERY * draw.uniform(0.5, 1.5), 0.0))


def position(visitor: Visitor, dial: Element, shares: Sequence[float]) -> dict[str, Any]:
    """The state of a dial let go at these shares of its axes (0 the low end, 1 the high one), as its JavaScript sends it."""
    parts = [e.data for e in visitor.elements.values() if e.kind == "bidi_component" and e.key.startswith(dial.key)]
    axes = next(data["grid"]["axes"] for data in parts if isinstance(data.get("grid"), dict))
    rev = next(data["rev"] for data in parts if "rev" in data)
    values = []
    for axis, share in zip(axes, shares, strict=False):
        steps = round(share * (axis["high"] - axis["low"]) / axis["step"])
        values.append(round(axis["low"] + steps * axis["step"], 9))
    return {"at": {"v": values, "rev": rev}}


def followed(visitor: Visitor, dial: Element, state: dict[str, Any]) -> bool:
    """Whether Python's answer stands where the dial was let go."""
    echo = visitor.find(f"{dial.key}.echo").data
    return all(abs(a - b) < 1e-6 for a, b in zip(echo["value"], state["at"]["v"], strict=True))


def line(m: Measured) -> str:
    """One row of the table."""
    moves = len(m.dial) + len(m.selector)
    cells = [
        f"{m.clients:7d}",
        _two(m.opening),
        f"{1e3 * m.opening_cpu / max(len(m.opening), 1):7.0f}",
        f"{moves:6d}",
        _two(m.dial),
        _two(m.selector),
        f"{1e3 * m.moving_cpu / max(moves, 1):8.1f}",
        f"{m.rss_before:6.0f} -> {m.rss_after:4.0f}",
        f"{len(m.problems):6d}",
    ]
    return "  ".join(cells)


HEADER = "clients   opening: p50 / p95  cpu/open   moves  dial:    p50 / p95  selector: p50 / p95  cpu/move  memory (MB)   errors"


def _two(seconds: Sequence[float]) -> str:
    """Median and 95th percentile in ms."""
    if not seconds:
        return f"{'-':>17}"
    ordered = sorted(seconds)
    p95 = ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]
    return f"{1e3 * statistics.median(ordered):6.0f} /{1e3 * p95:6.0f} ms"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every number of clients and print the table; 1 if anything failed."""
    made = parser(__doc__, prog="python -m benchmarks.load")
    made.add_argument("--clients", default="1,10,30,100", help="numbers of clients; default: 1,10,30,100")
    made.add_argument("--seconds", type=float, default=60.0, help="how long they move; 0 to open only; default: 60")
    made.add_argument("--page", default="decompose", help="path of the page; default: decompose")
    made.add_argument("--seed", type=int, default=0)
    options = parse(made, argv, one_thread=False)
    print("Times in ms, at the clients")
    print(HEADER, flush=True)
    failed = False
    for clients in (int(text) for text in options.clients.split(",")):
        with Server(ready=WARM) as server:
            measured = asyncio.run(
                run(server.address, server.pid, clients, options.seconds, options.page, options.seed)
            )
            print(line(measured), flush=True)
            for problem in dict.fromkeys(measured.problems[:5]):
                print(f"         {problem[:300]}", file=sys.stderr)
            failed = failed or bool(measured.problems)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
