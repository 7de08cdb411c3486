"""Wall times of a call, and the peak memory of one in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Times:
    """Seconds of every repetition, and what the last one returned."""

    seconds: tuple[float, ...]
    last: Any

    @property
    def median(self) -> float:
        """Median."""
        return float(np.median(self.seconds))

    @property
    def p95(self) -> float:
        """95th percentile; the largest of few."""
        return float(np.percentile(self.seconds, 95, method="higher"))


def repeat(call: Callable[[int], Any], repetitions: int, *, warm_up: bool = True, device: str = "cpu") -> Times:
    """Time `call(i)` for i = 0, 1, ...; one call ahead is not counted."""
    if warm_up:
        call(0)
    seconds, last = [], None
    for i in range(repetitions):
        start = now(device)
        last = call(i)
        seconds.append(now(device) - start)
    return Times(tuple(seconds), last)


def now(device: str = "cpu") -> float:
    """The clock in seconds, read once a GPU has done all that it was asked to."""
    if device == "cuda":
        import torch

        torch.cuda.synchronize()
    return time.perf_counter()


def peak_memory(code: str) -> float:
    """MiB by which the statements after a line `# measured` raise the peak of a fresh, single-threaded process (Linux)."""
    before, after = code.split("# measured\n")
    # VmHWM, not ru_maxrss: the latter is inherited from the process that starts this one
    peak = "def _peak():\n    return int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\n"
    script = f"{peak}{before}\n_start = _peak()\n{after}\nprint((_peak() - _start) / 1024)"
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | ONE_THREAD, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def in_one_thread() -> None:
    """Start this process anew with every thread pool limited to one thread, unless it is so already."""
    if any(os.environ.get(name) != "1" for name in ONE_THREAD):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | ONE_THREAD)


def human(seconds: float) -> str:
    """Seconds in a readable unit, three digits."""
    for factor, unit in ((1e6, "us"), (1e3, "ms")):
        if seconds * factor < 999.5:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds:.3g} s"
