"""How fast the live dial is: from an input event to the painted frame in real Chromium, and what it costs Python.

A drag of 60 moves at 60 Hz over the slider and over the map, and 30 key presses, with all six charts on a 61 x 61 grid; then the same
over the knobs of a trained method: information plane, pictures, codes, latents, probes and losses on 41 x 11 settings. Pointing: 60 moves
across the charts with no button down, which shows the values under the pointer and draws nothing else; and key presses while it rests on a chart.
Painted: the first task after the frame in which the dial was drawn; style, layout and painting lie before it.

    python -m benchmarks.dial [--rounds 5] [--charts bars,curve,map]
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.options import parse, parser

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
# page -> its script, when it is ready, what is done to it
PAGES = {
    "dial": (
        "ui/apps/dial_app.py",
        ".dial[data-state=exact]",
        ("slider drag", "map drag", "arrow key", "key, pointing", "pointing"),
    ),
    "knob": (
        "labs/knob/apps/dial_app.py",
        ".dial[data-state=live] figure[data-view=kept] .bar",
        ("slider drag", "arrow key", "key, pointing", "pointing"),
    ),
}
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]

# Times of the events that moved the dial, and when the frame that shows them was painted.
WATCH = """
window.dial = {open: [], spent: [], states: new Set()};
// Chromium holds pointer moves back until the next frame: for them the clock starts when they are handed out
const note = e => { if (e.type !== 'pointermove') window.dial.open.push(e.timeStamp); else if (e.buttons) window.dial.open.push(performance.now()); };
for (const kind of ['input', 'keydown', 'pointermove']) addEventListener(kind, note, true);
addEventListener('dial-draw', e => {
  const from = window.dial.open.splice(0), ch = new MessageChannel();
  window.dial.states.add(JSON.stringify(e.detail.v));
  ch.port1.onmessage = () => { for (const t of from.slice(-1)) window.dial.spent.push(performance.now() - t); };
  ch.port2.postMessage(0);
});
// moves that press nothing: painted is the frame that they are handed out in
addEventListener('pointermove', e => {
  if (e.buttons || !window.dial.pointing) return;
  const from = performance.now(), ch = new MessageChannel();
  window.dial.states.add(e.clientX + ' ' + e.clientY);
  ch.port1.onmessage = () => window.dial.spent.push(performance.now() - from);
  requestAnimationFrame(() => ch.port2.postMessage(0));
}, true);
"""
RESET = "() => { Object.assign(window.dial, {open: [], spent: [], states: new Set()}) }"
READ = "() => ({spent: window.dial.spent, states: window.dial.states.size})"


def serve(script: str) -> tuple[subprocess.Popen[bytes], str]:
    """Start the page with the dial on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(TESTS / script),
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    command += ["--server.address", "127.0.0.1"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(address + "/_stcore/health", timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    return process, address


def drag(page: Any, start: tuple[float, float], end: tuple[float, float], moves: int = 60) -> dict[str, Any]:
    """Press, move along a line at 60 Hz, let go."""
    page.mouse.move(*start)
    page.mouse.down()
    page.wait_for_timeout(100)
    page.evaluate(RESET)
    begin = time.perf_counter()
    for i in range(1, moves + 1):
        pause = begin + i / 60 - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        page.mouse.move(*(a + (b - a) * i / moves for a, b in zip(start, end, strict=True)))
    page.wait_for_timeout(100)
    read: dict[str, Any] = page.evaluate(READ)
    page.mouse.up()
    page.wait_for_timeout(500)
    return read


def keys(page: Any, presses: int = 30) -> dict[str, Any]:
    """Arrow keys, 20 a second."""
    page.get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(500)
    page.evaluate(RESET)
    for _ in range(presses):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(50)
    read: dict[str, Any] = page.evaluate(READ)
    return read


def keys_pointing(page: Any) -> dict[str, Any]:
    """Arrow keys while the pointer rests on the first chart."""
    box = page.locator("figure[data-view] svg.chart").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    read = keys(page)
    page.mouse.move(1, 1)
    return read


def pointing(page: Any) -> dict[str, Any]:
    """Move across the charts at 60 Hz without pressing anything."""
    box = page.locator(".figs").bounding_box()
    ends = [(box["x"] + box["width"] * x, min(990, box["y"] + box["height"] * x)) for x in (0.03, 0.97)]
    page.mouse.move(*ends[0])
    page.wait_for_timeout(100)
    page.evaluate(RESET)
    page.evaluate("window.dial.pointing = true")
    begin = time.perf_counter()
    for i in range(1, 61):
        pause = begin + i / 60 - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        page.mouse.move(*(a + (b - a) * i / 60 for a, b in zip(*ends, strict=True)))
    page.wait_for_timeout(100)
    read: dict[str, Any] = page.evaluate(READ)
    page.evaluate("window.dial.pointing = false")
    page.mouse.move(1, 1)
    return read


def weigh(page: Any, ready: str) -> tuple[int, int]:
    """Bytes the server sends to open the page, and after one move."""
    received: list[int] = []

    def listen(socket: Any) -> None:
        socket.on("framereceived", lambda frame: received.append(len(frame)))

    page.on("websocket", listen)
    page.reload()
    page.locator(ready).first.wait_for(timeout=30_000)
    page.wait_for_timeout(1000)
    opening = sum(received)
    received.clear()
    page.get_by_role("slider").first.press("ArrowRight")
    page.wait_for_timeout(1000)
    return opening, sum(received)


def over_slider(page: Any) -> dict[str, Any]:
    """Drag the first slider from 10 % to 90 %."""
    box = page.get_by_role("slider").first.bounding_box()
    y = box["y"] + box["height"] / 2
    x = [box["x"] + 9 + (box["width"] - 18) * part for part in (0.02, 0.98)]
    page.mouse.click(x[0], y)
    page.wait_for_timeout(400)
    return drag(page, (x[0], y), (x[1], y))


def over_map(page: Any) -> dict[str, Any]:
    """Drag across the map."""
    page.locator("[data-view=map]").scroll_into_view_if_needed()
    box = page.locator("[data-view=map] .glass").bounding_box()
    return drag(
        page,
        (box["x"] + 5, box["y"] + 5),
        (box["x"] + box["width"] - 5, box["y"] + box["height"] - 5),
    )


def python_cost() -> tuple[float, float]:
    """Milliseconds to prepare the dial's data: a new grid, and an unchanged one (median of 200)."""
    import logging

    logging.disable(logging.WARNING)
    import numpy as np

    from mmexplore.ui.dial import Axis, Grid, component, dial

    axes = (Axis("a", "A", 0, 1, 0.01), Axis("b", "B", 0, 1, 0.01))
    rng = np.random.default_rng(0)
    fields = {name: rng.random((61, 61)) for name in ("i1", "i2", "i12", "union", "hy")}
    exact = {"value": (0.1, 0.2), **dict.fromkeys(fields, 0.5), "gap": 1e-12}

    def once() -> float:
        begin = time.perf_counter()
        dial(Grid("bench", axes, fields), (0.1, 0.2), key="bench", exact=exact)
        return 1e3 * (time.perf_counter() - begin)

    once()
    component._encoded.clear()
    return once(), statistics.median(once() for _ in range(200))


def quantile(values: list[float], part: float) -> float:
    """The value below which `part` of the sorted values lie."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def main() -> None:
    """Measure and print a table."""
    made = parser(__doc__)
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument("--charts", default="bars,diagram,curve,map,table,identities")
    made.add_argument("--pages", default="dial,knob")
    made.add_argument("--chromium", default="/usr/bin/chromium")
    given = parse(made, one_thread=False)
    from playwright.sync_api import sync_playwright

    actions: dict[str, Any] = {
        "slider drag": over_slider,
        "map drag": over_map,
        "arrow key": keys,
        "key, pointing": keys_pointing,
        "pointing": pointing,
    }
    rows, weights = [], {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=given.chromium, args=ARGS)
        for name in given.pages.split(","):
            script, ready, acts = PAGES[name]
            server, address = serve(script)
            try:
                for throttle in (1, 4):
                    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
                    page.add_init_script(WATCH)
                    page.goto(f"{address}/?bare=1&views={given.charts}" if name == "dial" else address)
                    page.locator(ready).first.wait_for(timeout=30_000)
                    page.wait_for_timeout(1000)
                    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttle})
                    weights[name] = weigh(page, ready)
                    for act in acts:
                        reads = [actions[act](page) for _ in range(given.rounds)]
                        spent = [t for read in reads for t in read["spent"]]
                        rows.append(
                            (f"{name}: {act}", throttle, spent, statistics.median(read["states"] for read in reads))
                        )
                    page.close()
            finally:
                server.terminate()
                server.wait(timeout=10)
        chromium.close()
    print(
        "| input | CPU slowed | median ms | p95 ms | max ms | frames | states drawn a round |\n|---|---|---|---|---|---|---|"
    )
    for name, throttle, spent, states in rows:
        numbers = f"{statistics.median(spent):.1f} | {quantile(spent, 0.95):.1f} | {max(spent):.1f}"
        print(f"| {name} | {throttle}x | {numbers} | {len(spent)} | {states:g} |")
    print()
    for name, (opening, move) in weights.items():
        print(f"Sent by the server, {name}: {opening / 1e3:.0f} kB to open the page, {move / 1e3:.1f} kB after a move")
    new, unchanged = python_cost()
    print(f"Python, preparing the data of a dial: new grid {new:.2f} ms, unchanged grid {unchanged:.3f} ms")


if __name__ == "__main__":
    main()
