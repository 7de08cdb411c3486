"""The program of the run."""

from __future__ import annotations

import numpy as np

from mmexplore.runs.recorder import Recorder

from .task import Toss


def run(task: Toss, recorder: Recorder) -> None:
    """Toss in ten parts; a frame after each, the table of counts at the end."""
    rng = np.random.default_rng(task.seed)
    counts = np.zeros((2, 2, 2))
    for part in range(1, 11):
        y = rng.integers(0, 2, task.tosses // 10)
        x1, x2 = (y ^ (rng.random(len(y)) < error) for error in (task.error1, task.error2))
        np.add.at(counts, (x1, x2, y), 1)
        recorder.progress(part / 10, f"{int(counts.sum()):,} tosses")
        recorder.frame(part, {"wrong": float(counts[0, :, 1].sum() + counts[1, :, 0].sum())})
    recorder.keep("counts", {"counts": counts})
    recorder.result({"tosses": int(counts.sum())})
