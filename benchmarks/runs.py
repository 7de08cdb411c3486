"""How fast a run begins, is seen, is stopped: from the call in the server's process to the line in the run's folder.

Beside it what it would cost without the launcher: a fresh Python process that imports torch. And what a look at the list of many runs
costs, in processor time.

    python -m benchmarks.runs [--rounds 15] [--folders 1000] [--device cuda]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.options import parse, parser
from benchmarks.timing import human
from mmexplore import runs
from mmexplore.runs.count_task import Count
from mmexplore.runs.engines import LocalEngine
from mmexplore.runs.listing import Looks
from mmexplore.runs.recorder import write_json
from mmexplore.runs.store import root


def until(condition: Callable[[], object]) -> float:
    """Seconds until something is true; the clock is looked at every millisecond."""
    begun = time.perf_counter()
    while not condition():
        time.sleep(0.001)
    return time.perf_counter() - begun


def once(seed: int) -> dict[str, float]:
    """Seconds of one round, by what was measured."""
    begun = time.perf_counter()
    run = runs.start(Count(steps=100_000, wait=0.005, seed=seed))
    until(lambda: (run.path / "progress.json").exists())
    told = {"start to first report": time.perf_counter() - begun}
    runs.stop(run)
    told["stop to stopped"] = until(lambda: not run.state.active)
    short = Count(steps=1, wait=0.0, seed=seed)
    done = runs.start(short)
    until(lambda: done.state.phase == "finished")
    begun = time.perf_counter()
    _ = runs.start(short).state, done.frames()
    return told | {"opening a finished run": time.perf_counter() - begun}


def cold(rounds: int) -> list[float]:
    """Seconds of a process that only imports torch."""
    told = []
    for _ in range(rounds):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import torch"], check=True)
        told.append(time.perf_counter() - begun)
    return told


def looks(root: Path, folders: int, rounds: int) -> dict[str, list[float]]:
    """Processor seconds of the first look at so many finished runs, and of later ones."""
    first = runs.train(Count(steps=100, wait=0.0, seed=folders))
    for seed in range(folders - 1):
        task = Count(steps=100, wait=0.0, seed=seed)
        shutil.copytree(first.path, root / task.name())
        write_json(root / task.name() / "spec.json", task.to_dict())
    made, told = Looks(every=0.0), []
    for _ in range(rounds + 1):
        begun = time.process_time()
        listing = made.look()
        _ = listing.active, listing.labels, listing.bytes
        told.append(time.process_time() - begun)
    return {f"first look at {folders:,} runs (CPU)": told[:1], f"later looks at {folders:,} runs (CPU)": told[1:]}


def main() -> None:
    """Print the table."""
    made = parser(__doc__)
    made.add_argument("--rounds", type=int, default=15)
    made.add_argument("--folders", type=int, default=1000)
    options = parse(made, one_thread=False)
    rounds = options.rounds
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MMEXPLORE_RUNS"] = folder
        engine = LocalEngine(root())
        runs.use(engine)
        warm = runs.start(Count(steps=1, wait=0.0, seed=2**31 - 1))
        ready = until(lambda: warm.state.phase == "finished")
        every = [once(k) for k in range(rounds)]
        told = {name: [one[name] for one in every] for name in every[0]}
        told["a fresh process that imports torch"] = cold(min(rounds, 5))
        engine.close()
        told |= looks(Path(folder), options.folders, rounds)
    print(f"The launcher itself was ready after {human(ready)}.\n")
    print("| what | median | p95 |\n|---|---|---|")
    for name, seconds in told.items():
        p95 = float(np.percentile(seconds, 95, method="higher"))
        print(f"| {name} | {human(float(np.median(seconds)))} | {human(p95)} |")


if __name__ == "__main__":
    main()
