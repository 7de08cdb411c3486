"""The program of `mmexplore.runs.count_task`."""

from __future__ import annotations

import time

import numpy as np

from mmexplore.runs.count_task import Count
from mmexplore.runs.recorder import Recorder


def run(task: Count, recorder: Recorder) -> None:
    """Count, at most a hundred frames."""
    every = max(1, task.steps // 100)
    for step in range(1, task.steps + 1):
        time.sleep(task.wait)
        recorder.progress(step / task.steps, f"at {step:,} of {task.steps:,}")
        if step % every == 0:
            recorder.frame(step, {"count": step, "square": step**2})
    recorder.keep("counted", {"steps": np.arange(1, task.steps + 1)})
    recorder.result({"count": task.steps})
