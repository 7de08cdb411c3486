"""What the page of runs shows, as one frozen spec; and its curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.plot.kinds import Curves, Series
from mmexplore.runs import Run
from mmexplore.runs.folder import ACTIVE
from mmexplore.runs.listing import Entry
from mmexplore.spec import Spec, param

SHOWN = {
    "all": "All",
    "active": "Waiting and running",
    "made": "Made here",
    "shipped": "Precomputed",
}
MOST = 12  # runs looked at side by side
ROWS = 50  # of the list on one page


@dataclass(frozen=True)
class RunsView(Spec):
    """Which runs are listed, which are looked at, and what is drawn of them."""

    show: str = param("all", label="Show", choices=tuple(SHOWN), help="Which runs are listed.")
    page: int = param(
        1, label="Rows", low=1, high=10_000, step=1, help="Which part of a long list is shown, the newest first."
    )
    looked: str = param("", label="Runs", max_length=800, help="Names of the runs that are looked at, with commas.")
    number: str = param("", label="Number", max_length=80, help="What is drawn over the steps.")
    log: bool = param(False, label="Steps on a log scale", help="For what happens early.")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the runs that are looked at."""
        return tuple(name for name in self.looked.split(",") if name)[:MOST]

    def lists(self, entry: Entry) -> bool:
        """Whether a run is in the list."""
        if self.show == "active":
            return entry.state.phase in ACTIVE
        return self.show == "all" or entry.shipped == (self.show == "shipped")

    def rows(self, listed: int) -> range:
        """Which of so many listed runs are shown: those of the page, or of the last one where there are fewer."""
        page = min(self.page, pages(listed))
        return range(ROWS * (page - 1), min(ROWS * page, listed))


def pages(listed: int) -> int:
    """How many pages the list of so many runs has."""
    return max(1, -(-listed // ROWS))


def numbers(runs: list[Run]) -> list[str]:
    """Names of the numbers that the frames of these runs hold, those of most runs first."""
    counts: dict[str, int] = {}
    for run in runs:
        for name in _names(run):
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))


def _names(run: Run) -> frozenset[str]:
    frames = run.frames()
    key = (str(run.path), run.asked, len(frames))
    if key not in _NAMES:
        while len(_NAMES) >= 16 * MOST:
            _NAMES.pop(next(iter(_NAMES), key), None)
        _NAMES[key] = frozenset(
            name
            for frame in frames
            for name, value in frame.items()
            if name != "step" and isinstance(value, int | float) and not isinstance(value, bool)
        )
    return _NAMES[key]


_NAMES: dict[tuple[str, float, int], frozenset[str]] = {}  # names of the numbers of runs with so many frames


def curves(runs: dict[str, Run], number: str, *, log: bool = False) -> Curves | None:
    """One number of several runs over their steps; None where none of them has it.

    Args:
        runs: label -> run.
        number: name of a number of the frames.
        log: steps on a log axis; step 0 is left out then.
    """
    points: dict[str, tuple[list[float], list[float]]] = {}
    for label, run in runs.items():
        values = [(float(f["step"]), float(f[number])) for f in run.frames() if isinstance(f.get(number), int | float)]
        values = [(step, value) for step, value in values if step > 0 or not log]
        if values:
            points[label] = ([step for step, _ in values], [value for _, value in values])
    steps = np.unique(np.concatenate([x for x, _ in points.values()])) if points else np.array([])
    if not len(steps):
        return None
    series = tuple(
        Series(label, np.interp(steps, x, y, left=np.nan, right=np.nan), hue=k)
        for k, (label, (x, y)) in enumerate(points.items())
    )
    return Curves(f"{number} while training", steps, series, "step", number, log=log)
