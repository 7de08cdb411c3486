"""What one visitor may ask of a machine that many share: so many runs at a time, so many waiting, none that takes all day.

    MMEXPLORE_VISITOR_RUNNING    runs of one visitor that work (or rest) at the same time, 2 by default
    MMEXPLORE_VISITOR_WAITING    ... and that wait in the queue besides, 5 by default
    MMEXPLORE_LONGEST_MINUTES    of one run, 60 by default

They do not hold for the command line, and not for who has given the teacher's key (see `mmexplore.runs.owners`). Visitors take turns:
whoever has the fewest runs at work comes first, and of those who have equally many, whoever asked first.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np

from mmexplore.errors import MmexploreError, Unsupported
from mmexplore.runs.owners import Owner, asking
from mmexplore.runs.task import Task

T = TypeVar("T")

_REFERENCE = 0.0047  # processor seconds that the probe took on the machine on which the tasks' seconds were measured


def running() -> int:
    """How many runs of one visitor work at the same time."""
    return max(1, _number("MMEXPLORE_VISITOR_RUNNING", 2))


def waiting() -> int:
    """How many runs of one visitor wait besides."""
    return _number("MMEXPLORE_VISITOR_WAITING", 5)


def longest() -> float:
    """Seconds that a run of a visitor may take."""
    return 60.0 * max(1, _number("MMEXPLORE_LONGEST_MINUTES", 60))


def _number(name: str, otherwise: int) -> int:
    setting = os.environ.get(name, "")
    return int(setting) if setting.isdigit() and len(setting) < 10 else otherwise


@dataclass(frozen=True)
class Turn:
    """An entry of the queue, and what stands before it.

    Attributes:
        rank: how many runs of the same visitor work or come before it.
        free: whether the limit of its visitor lets it begin.
    """

    rank: int
    free: bool


def in_turn(queue: Iterable[tuple[T, Owner]], at_work: Mapping[str, int]) -> dict[T, Turn]:
    """The entries of a queue in the order in which they begin.

    That order does not change when the first one begins: it then counts as one at work in place of one that comes before.

    Args:
        queue: entries with their owners, as they were asked for.
        at_work: hash of a visitor -> runs that work or rest.
    """
    counts, turns, most = dict(at_work), {}, running()
    for entry, owner in queue:
        rank = counts.get(owner.hash, 0)
        counts[owner.hash] = rank + 1
        turns[entry] = Turn(rank, rank < most or not owner.limited)
    return dict(sorted(turns.items(), key=lambda item: item[1].rank))  # stable: of one rank whoever asked first


def estimate(task: Task, known: Callable[[], float | None] | None = None) -> float | None:
    """About how many seconds a run takes on this machine; None where nothing is known.

    Args:
        task: what is run.
        known: as `Task.seconds`, by somebody who knows the rows of a visitor's own data, of which the task holds nothing but a name.
    """
    try:
        seconds = task.seconds() if known is None else known()
    except MmexploreError:
        return None
    return None if seconds is None else seconds * slowness()


def check_length(task: Task) -> None:
    """Raise `Unsupported` where a visitor asks for a run that would take too long."""
    seconds = estimate(task) if asking().limited else None
    if seconds is not None and seconds > longest():
        raise Unsupported(
            f"this would take about {round(seconds / 60):,} minutes on this machine; allowed: {round(longest() / 60):,}. Choose fewer steps, "
            "seeds or methods, or run it on the command line, for which there is no such limit"
        )


def too_long() -> str:
    """What is said of a run that was stopped for its length."""
    return f"stopped after {round(longest() / 60):,} minutes, the longest that a visitor's run may take here"


@cache
def slowness() -> float:
    """Seconds that this machine takes for one second of the machine on which the tasks' seconds were measured."""
    draw = np.random.default_rng(0)
    x, w = draw.normal(size=(512, 80)).astype(np.float32), draw.normal(size=(80, 80)).astype(np.float32)
    best = np.inf
    for _ in range(3):
        begun = time.thread_time()
        for _ in range(60):
            np.tanh(x @ w)
        best = min(best, time.thread_time() - begun)
    return min(max(best / _REFERENCE, 0.1), 4.0)  # a moment of a busy machine is no slow machine
