"""Many visitors at once on a real server: how long a page takes to open, and a move to be answered.

    python -m benchmarks.load --clients 1,10,30,100 --seconds 60
    python -m benchmarks.load --clients 30,100 --seconds 30 --pages knob,learn,gaussian,compare,runs,watch-one,watch-many

For every page and number of clients a fresh server is started on loopback, with a folder of runs of its own, and left to warm up. All clients open the
page within two seconds (from the handshake to the end of the first run); then each moves the dial or, one time in five (`--selectors`), a selector about
every two seconds and waits for the answer. On `watch-one` all watch one training that the first of them starts, on `watch-many` each one of their own
(few work at a time, the others wait in the queue): their pages ask again as often as they say, as a browser's do. Everything is measured at the clients, which
share one process and so some of the machine with the server. The script stops by itself, and with it the trainings.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import psutil

from benchmarks.options import parse, parser
from benchmarks.serving import Server
from mmexplore.serve.client import Element, Visitor

OPEN_WITHIN = 2.0  # seconds
EVERY = 2.0  # seconds from one move to the next, on average
SELECTOR_SHARE = 0.2
WARM = "every map is ready"  # the last thing a server says while starting
START, STOP = "knob Train it", "knob Stop"  # keys of a run's buttons on the Knob page
PATIENCE = 10.0  # seconds after which a watcher opens the page anew: the part that showed the run has gone with it


@dataclass(frozen=True)
class Page:
    """What visitors do on a page.

    Attributes:
        path: in the address.
        query: of the view they open; ``{n}`` is the visitor's number.
        dial: whether they move a dial.
        selectors: keys of select boxes they choose in.
        watch: whether they watch a training instead: "one" for all, or "each" their own.
        share: of the moves that are a selector's, where there is a dial.
    """

    path: str
    query: str = ""
    dial: bool = False
    selectors: tuple[str, ...] = ()
    watch: str = ""
    share: float = SELECTOR_SHARE


TRAINING = "method=dvib&data.n=4000&steps=20000&network=linear"  # minutes: it is stopped at the end
PAGES = {
    "decompose": Page("decompose", dial=True, selectors=("gate", "measure")),
    "gaussian": Page("gaussian", dial=True, selectors=("dial_x", "dial_y")),
    "knob": Page("knob", dial=True, selectors=("method",)),
    "learn": Page("learn", "view=methods", dial=True, selectors=("looked",)),
    "compare": Page("compare", selectors=("over", "last")),
    "runs": Page("runs", selectors=("show",)),
    "watch-one": Page("knob", f"{TRAINING}&seed=1", watch="one"),
    "watch-many": Page("knob", TRAINING + "&seed={n}", watch="each"),
}


@dataclass
class Measured:
    """What one number of clients gave; seconds, except where said."""

    clients: int
    opening: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    dial: list[float] = field(default_factory=list)
    selector: list[float] = field(default_factory=list)
    look: list[float] = field(default_factory=list)
    opening_cpu: float = 0.0
    moving_cpu: float = 0.0
    rss_before: float = 0.0  # MB
    rss_after: float = 0.0  # MB
    problems: list[str] = field(default_factory=list)


async def run(address: str, pid: int, clients: int, seconds: float, page: Page, seed: int) -> Measured:
    """Open `clients` pages, move them for `seconds`, and measure."""
    measured = Measured(clients)
    server = psutil.Process(pid)
    measured.rss_before = server.memory_info().rss / 1e6
    visitors = [Visitor(address) for _ in range(clients)]
    draws = [random.Random(f"{seed} {i}") for i in range(clients)]
    cpu = _cpu(server)
    await asyncio.gather(
        *(_open(v, page, i, d, measured) for i, (v, d) in enumerate(zip(visitors, draws, strict=True)))
    )
    measured.opening_cpu = _cpu(server) - cpu
    await _prepare(page, visitors)
    cpu = _cpu(server)
    until = time.perf_counter() + seconds
    if seconds > 0:
        act = _watch if page.watch else _move
        await asyncio.gather(*(act(v, page, d, until, measured) for v, d in zip(visitors, draws, strict=True)))
    measured.moving_cpu = _cpu(server) - cpu
    measured.rss_after = server.memory_info().rss / 1e6
    if page.watch:
        await asyncio.gather(*(_stop(v) for v in (visitors[:1] if page.watch == "one" else visitors)))
    await asyncio.gather(*(v.__aexit__(None, None, None) for v in visitors))
    return measured


def _cpu(server: psutil.Process) -> float:
    times = server.cpu_times()
    return float(times.user + times.system)


async def _prepare(page: Page, visitors: Sequence[Visitor]) -> None:
    """Start what is to be watched; wait for a dial whose map is computed beside the page."""
    for visitor in visitors[:1] if page.watch == "one" else visitors if page.watch else ():
        await visitor.press(visitor.find(START, "button"))
    if page.watch == "one":
        await asyncio.gather(*(visitor.rerun() for visitor in visitors[1:]))
    until = time.perf_counter() + 60
    while page.dial and time.perf_counter() < until:
        waiting = [v for v in visitors if not _has_dial(v)]
        if not waiting:
            return
        await asyncio.sleep(0.5)
        await asyncio.gather(*(v.rerun() for v in waiting))


def _has_dial(visitor: Visitor) -> bool:
    return any(e.key.endswith(".dial") for e in visitor.elements.values())


async def _stop(visitor: Visitor) -> None:
    """End the training that this visitor started."""
    try:
        await visitor.rerun()
        await visitor.press(visitor.find(STOP, "button"))
    except (OSError, TimeoutError, KeyError):
        return  # over already


async def _watch(visitor: Visitor, page: Page, draw: random.Random, until: float, measured: Measured) -> None:
    """Look as often as the page asks for it; where it no longer does, the run is over."""
    due: dict[str, float] = {}
    while True:
        due = {fragment: due.get(fragment, time.perf_counter() + every) for fragment, every in _polls(visitor).items()}
        fragment = min(due, key=due.__getitem__)
        await asyncio.sleep(max(due[fragment] - time.perf_counter(), 0.0))
        if (start := time.perf_counter()) >= until:
            return
        due[fragment] = start + _polls(visitor)[fragment]
        try:
            measured.look.append(await visitor.rerun(fragment, timeout=PATIENCE))
            measured.problems.extend(visitor.errors)
        except TimeoutError:
            await visitor.rerun()
        except OSError as error:
            measured.problems.append(f"watching: {type(error).__name__} {error}")
            return


def _polls(visitor: Visitor) -> dict[str, float]:
    """The parts of the page that ask to be run again and again; where there are none any more, the page."""
    return visitor.polls or {"": EVERY}


async def _open(visitor: Visitor, page: Page, number: int, draw: random.Random, measured: Measured) -> None:
    await asyncio.sleep(draw.uniform(0.0, OPEN_WITHIN) if measured.clients > 1 else 0.0)
    try:
        measured.opening.append(await visitor.open(page.path, page.query.format(n=number)))
    except (OSError, TimeoutError) as error:
        measured.problems.append(f"opening: {type(error).__name__} {error}")
    measured.problems.extend(visitor.errors)


async def _move(visitor: Visitor, page: Page, draw: random.Random, until: float, measured: Measured) -> None:
    begun = False  # the first move of a visitor makes Undo and Reset possible, which costs as much again
    await asyncio.sleep(draw.uniform(0.0, EVERY))
    while time.perf_counter() < until:
        try:
            if not page.dial or draw.random() < page.share:
                selector = visitor.find(draw.choice(page.selectors), "selectbox")
                options = list(selector.proto.options)
                measured.selector.append(await visitor.move(selector, draw.choice(options)))
            elif not _has_dial(visitor):  # what was selected has none, or its map is still being computed
                await visitor.rerun()
            else:
                dial = visitor.find("dial", "bidi_component")
                state = position(visitor, dial, [draw.random(), draw.random()])
                moves = measured.dial if begun else measured.first
                moves.append(await visitor.move(dial, state))
                begun = True
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
    """Whether Python's answer stands where the dial was let go, up to the six digits that a link holds of a value."""
    echo = visitor.find(dial.key, "bidi_component").data
    return all(abs(a - b) < 1e-4 for a, b in zip(echo["value"], state["at"]["v"], strict=True))


def line(m: Measured) -> str:
    """One row of the table."""
    moves = len(m.first) + len(m.dial) + len(m.selector) + len(m.look)
    cells = [
        f"{m.clients:7d}",
        _two(m.opening),
        f"{1e3 * m.opening_cpu / max(len(m.opening), 1):7.0f}",
        f"{moves:6d}",
        _two(m.first),
        _two(m.dial or m.look),
        _two(m.selector),
        f"{1e3 * m.moving_cpu / max(moves, 1):8.1f}",
        f"{m.rss_before:6.0f} -> {m.rss_after:4.0f}",
        f"{len(m.problems):6d}",
    ]
    return "  ".join(cells)


HEADER = "clients   opening: p50 / p95  cpu/open   moves  first move: p50/p95  dial, look: p50/p95  selector: p50 / p95  cpu/move  memory (MB)   errors"


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
    made.add_argument("--pages", default="decompose", help=f"of {', '.join(PAGES)}; default: decompose")
    made.add_argument(
        "--selectors", type=float, default=SELECTOR_SHARE, help=f"share of the moves; default: {SELECTOR_SHARE}"
    )
    made.add_argument("--seed", type=int, default=0)
    options = parse(made, argv, one_thread=False)
    unknown = [name for name in options.pages.split(",") if name not in PAGES]
    if unknown:
        made.error(f"page is {unknown[0]!r}; allowed: {', '.join(PAGES)}")
    print("Times in ms, at the clients")
    failed = False
    for name in options.pages.split(","):
        print(f"\n{name}\n{HEADER}", flush=True)
        for clients in (int(text) for text in options.clients.split(",")):
            with (
                tempfile.TemporaryDirectory() as runs,
                Server(ready=WARM, env={"MMEXPLORE_RUNS": runs}, within=600) as server,
            ):
                page = replace(PAGES[name], share=options.selectors)
                measured = asyncio.run(run(server.address, server.pid, clients, options.seconds, page, options.seed))
                print(line(measured), flush=True)
                for problem in dict.fromkeys(measured.problems[:5]):
                    print(f"         {problem[:300]}", file=sys.stderr)
                failed = failed or bool(measured.problems)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
