"""Where a run is looked at best: the page of its kind, with the view that asks for the same run."""

from __future__ import annotations

from collections.abc import Callable

from mmexplore.scenes.factorcl.scene import scene_of
from mmexplore.tasks import Task

Place = tuple[str, dict[str, str]]


def _learn(task: Task) -> Place | None:
    scene = scene_of(task)
    return None if scene is None else ("pages/learn.py", scene.to_query())


# kind of run -> the page's file and the query of the view that shows this task (None: no view shows exactly it)
PLACES: dict[str, Callable[[Task], Place | None]] = dict.fromkeys(
    ("factorcl", "factorcl-sweep", "bounds", "kept"), _learn
)


def place_of(task: Task) -> Place | None:
    """The page's file and its query, or None where no page shows this task."""
    found = PLACES.get(task.kind)
    return None if found is None else found(task)
