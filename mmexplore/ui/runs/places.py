"""Where a run is looked at best: the page of its kind, with the view that asks for the same run."""

from __future__ import annotations

from collections.abc import Callable

from mmexplore.errors import MmexploreError
from mmexplore.scenes.compare.presets import PRESETS
from mmexplore.scenes.compare.scene import CompareScene
from mmexplore.scenes.factorcl.scene import scene_of
from mmexplore.scenes.knob.scene import KnobScene
from mmexplore.tasks import Task

Place = tuple[str, dict[str, str]]


def _learn(task: Task) -> Place | None:
    scene = scene_of(task)
    return None if scene is None else ("pages/learn.py", scene.to_query())


def _knob(task: Task) -> Place | None:
    data, _, settings = str(getattr(task, "data", "")).partition("?")
    alike = {p.name for p in KnobScene.parameters()} & {p.name for p in task.parameters()} - {"data", "beta", "gamma"}
    try:
        scene = KnobScene(data=data, settings=settings, **{name: getattr(task, name) for name in alike})
        same = scene.task() == task
    except MmexploreError:
        return None
    return ("pages/knob.py", scene.to_query()) if same else None


def _compare(task: Task) -> Place | None:
    for preset in PRESETS.values():
        scene = CompareScene().put(**preset.values)
        if task in scene.tasks().values():
            return "pages/compare.py", scene.to_query()
    return None


# kind of run -> the page's file and the query of the view that shows this task (None: no view shows exactly it)
PLACES: dict[str, Callable[[Task], Place | None]] = {
    **dict.fromkeys(("factorcl", "factorcl-sweep", "bounds", "kept"), _learn),
    "knob": _knob,
    "contest": _compare,
}


def place_of(task: Task) -> Place | None:
    """The page's file and its query, or None where no page shows this task."""
    found = PLACES.get(task.kind)
    return None if found is None else found(task)
