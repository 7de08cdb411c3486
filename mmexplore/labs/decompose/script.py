"""A scene as a Python script that reproduces it through the public API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmexplore.labs.decompose import drawn
from mmexplore.labs.decompose.dialgrid import GRID_TOLERANCE
from mmexplore.labs.decompose.scene import Scene
from mmexplore.plaintext import docstring


def script(scene: Scene) -> str:
    """Source text of a script that prints the scene's decomposition and computes its what-if map."""
    changes = scene.changes()
    paths = scene.axes()
    x, y = (scene.at(path) for path in paths)
    over = dict(zip(paths, ("xs", "ys"), strict=True))
    changed_over = {**{name: repr(value) for name, value in changes.items()}, **over}
    world_over = "world"
    if scene.source == "mix":
        world_over = f"mm.mix(a, b, {changed_over.pop('mix', repr(scene.mix))})"
    own_over = {path.removeprefix("gate."): changed_over.pop(path) for path in scene.own_paths() if path in over}
    if own_over:
        own = {**{name: repr(value) for name, value in scene.own_values().items()}, **own_over}
        world_over = f"mm.gate({scene.gate!r}, {', '.join(f'{k}={v}' for k, v in own.items())})"
    lines = [
        docstring(f"{scene.title()}: what two modalities tell about a target."),
        "",
        "import json",
        "",
        "import numpy as np",
        "",
        "import mmexplore as mm",
        "",
        *_world(scene),
        f"p = mm.what_if(world, {_arguments(changes)})" if changes else "p = world",
        f"r = mm.pid(p, measure={scene.measure!r}).to({scene.unit!r})",
        "print(json.dumps(r.to_dict(), indent=2))",
        "",
        "# The what-if map: every atom over the two parameters of the dial, arrays of shape (61, 61)",
        f"xs = np.linspace({x.low!r}, {x.high!r}, 61)[None, :]  # {x.label.lower()}",
        f"ys = np.linspace({y.low!r}, {y.high!r}, 61)[:, None]  # {y.label.lower()}",
        f"tables = mm.what_if({world_over}, {', '.join(f'{k}={v}' for k, v in changed_over.items())})",
        f"grid = mm.pid(tables, measure={scene.measure!r}, tolerance={GRID_TOLERANCE!r}).to({scene.unit!r})",
    ]
    return "\n".join(lines) + "\n"


def _world(scene: Scene) -> list[str]:
    """Lines that make the table before any what-if."""
    if scene.source in ("gate", "mix"):
        call = f"mm.gate({_arguments(scene.own_values(), repr(scene.gate))})"
        if scene.source == "gate":
            return [f"world = {call}"]
        return [f"a, b = {call}, mm.gate({scene.other!r})", f"world = mm.mix(a, b, {scene.mix!r})"]
    if scene.source == "real":
        options = {"bins1": scene.bins1, "bins2": scene.bins2, "method": scene.method}
        return [f"world = mm.real({scene.real!r}, {_arguments(options)})"]
    weights = drawn.decode(scene.drawn)
    numbers = ", ".join(repr(float(w)) for w in weights.ravel())
    return [f"weights = np.array([{numbers}]).reshape{weights.shape}", "world = weights / weights.sum()"]


def _arguments(values: Mapping[str, Any], *first: str) -> str:
    return ", ".join([*first, *(f"{name}={value!r}" for name, value in values.items())])
