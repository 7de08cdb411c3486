"""Runs: everything that trains goes through one mechanism. A run is a folder, and a process of its own.

    run = find(task)        # made here, shipped, or not there yet
    run = start(task)       # the same, and if need be put into the queue; two who ask for one task watch one run
    run.state, run.frames(), run.arrays("grid"), run.result()
    stop(run), pause(run), resume(run)
    run = train(task)       # here and now, for scripts

The folder's format stands in `mmexplore.runs.folder`, who executes in `mmexplore.runs.engines`.
"""

from mmexplore.runs.control import (
    ahead,
    at_work,
    engine,
    find,
    forgotten,
    held_back,
    pause,
    resume,
    start,
    stop,
    train,
    use,
)
from mmexplore.runs.folder import Run, State
from mmexplore.runs.limits import estimate

__all__ = [
    "Run",
    "State",
    "ahead",
    "at_work",
    "engine",
    "estimate",
    "find",
    "forgotten",
    "held_back",
    "pause",
    "resume",
    "start",
    "stop",
    "train",
    "use",
]
