"""What figures cost: until a page has painted its first one in Chromium, Plotly's share in that, a redraw in place, and the size of a report.

    python -m benchmarks.figures [--rounds 5] [--pages compare,your_data,learn,runs]

Every round opens each page in a fresh context of one browser (no cache) and takes: the first paint of the page's title, of its first figure, the
time in which Plotly's library is fetched and run, and the time of a redraw whose data have changed. The ratio of first figure to title is within one
round, so a machine that others use as well disturbs it little. Making the JSON of each kind of figure is timed in this process.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

import mmexplore as mm
from benchmarks.options import parse, parser
from benchmarks.serving import Server
from mmexplore.plot import Figure, atoms, curve, heat, scatter, table
from mmexplore.plot.document import document, library

PAGES = ("compare", "your_data", "learn", "runs")
CHROMIUM = "/usr/bin/chromium"
WITHIN = 90_000  # ms until a page has a figure
_FIRST = "() => performance.now()"
_REDRAW = """async () => {
  const frame = document.querySelector('.mm-frame[data-drawn]'), took = [];
  for (let k = 0; k < 12; k++) {
    const spec = structuredClone({ data: frame.data, layout: frame.layout });
    for (const t of spec.data) if (Array.isArray(t.y)) t.y = t.y.map((v) => (typeof v === 'number' ? v * (1 + 0.01 * k) : v));
    const start = performance.now();
    await Plotly.react(frame, spec.data, spec.layout);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    took.push(performance.now() - start);
  }
  return took;
}"""


def percentiles(values: Sequence[float]) -> str:
    """Median and 95th percentile."""
    return f"{statistics.median(values):,.0f} / {np.percentile(values, 95):,.0f}"


def examples() -> dict[str, Figure]:
    """A figure of every kind that has a function of its own, as large as pages have them."""
    rng = np.random.default_rng(0)
    x = np.arange(1.0, 452.0)
    return {
        "atoms": atoms(mm.pid(mm.gate("and", noise=0.1))),
        "curve, 8 lines of 451": curve(x, {f"line {k}": np.log(x) + k for k in range(8)}),
        "heat, 40 x 40": heat(rng.random((40, 40))),
        "table, 8 x 8 x 2": table(rng.dirichlet(np.ones(128)).reshape(8, 8, 2)),
        "scatter, 3,000": scatter(rng.normal(size=(3000, 2)), rng.integers(0, 4, 3000)),
    }


def making(rounds: int) -> None:
    """Time of the JSON of a figure, beside that of Plotly's own object of it."""
    print("| figure | ms to its JSON, median / p95 | kB | ms to Plotly's own object |\n|---|---|---|---|")
    for name, figure in examples().items():
        ours, theirs = [], []
        figure.plotly()  # imports Plotly
        for _ in range(5 * rounds):
            start = time.perf_counter()
            text = figure.to_json()
            ours.append(1e3 * (time.perf_counter() - start))
            start = time.perf_counter()
            figure.plotly()
            theirs.append(1e3 * (time.perf_counter() - start))
        p95 = np.percentile(ours, 95)
        print(
            f"| {name} | {statistics.median(ours):.1f} / {p95:.1f} | {len(text) / 1e3:,.0f} | {statistics.median(theirs):.1f} |"
        )
    size = len(document(list(examples().values()), "All").encode())
    print(
        f"\nA document of these five figures: {size / 1e6:.2f} MB, of which Plotly's library {len(library().encode()) / 1e6:.2f} MB.\n"
    )


def opening(pages: Sequence[str], rounds: int) -> None:
    """First paints in Chromium."""
    from playwright.sync_api import sync_playwright

    print(
        "| page | title, ms | first figure, ms | ratio | Plotly fetched and run, ms | redraw in place, ms |\n|---|---|---|---|---|---|"
    )
    with Server() as server, sync_playwright() as made:
        browser = made.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for page in pages:
            seen: dict[str, list[float]] = {name: [] for name in ("title", "figure", "ratio", "library", "redraw")}
            for k in range(rounds + 1):
                context = browser.new_context(viewport={"width": 1280, "height": 800})
                tab: Any = context.new_page()
                tab.goto(f"http://{server.address}/{page}", wait_until="commit")
                tab.locator("h1").first.wait_for(timeout=WITHIN)
                title = tab.evaluate(_FIRST)
                try:
                    tab.locator(".mm-frame[data-drawn]").first.wait_for(timeout=WITHIN if page != "runs" else 3_000)
                except Exception:
                    context.close()
                    break  # a page without a figure before something is chosen
                shown = tab.evaluate(_FIRST)
                fetched = tab.evaluate(
                    "() => performance.getEntriesByName([...document.scripts].find(s => /plotly/.test(s.src)).src)[0].duration"
                )
                if k:  # the first round warms the server up
                    seen["title"].append(title)
                    seen["figure"].append(shown)
                    seen["ratio"].append(shown / title)
                    seen["library"].append(fetched)
                    seen["redraw"] += tab.evaluate(_REDRAW)[2:]
                context.close()
            if seen["figure"]:
                print(
                    f"| {page} | {percentiles(seen['title'])} | {percentiles(seen['figure'])} | {statistics.median(seen['ratio']):.2f} "
                    f"| {percentiles(seen['library'])} | {percentiles(seen['redraw'])} |",
                    flush=True,
                )
        browser.close()


def main() -> int:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--pages", default=",".join(PAGES))
    asked = parse(options)
    making(asked.rounds)
    opening(asked.pages.split(","), asked.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
