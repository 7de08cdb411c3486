"""A knob scene as a Python script that trains the same method on the same data, or opens its run, and reads the same numbers."""

from __future__ import annotations

from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.task import Knob
from mmexplore.tabular.two_views import OWN


def script(scene: KnobScene, own_id: str = "") -> str:
    """Source text; for a visitor's own views it reads ``two-views.npz``."""
    task = scene.task(own_id or "views")
    changed = {p.name: getattr(task, p.name) for p in Knob.parameters() if getattr(task, p.name) != p.default}
    changed = {"method": task.method, "data": task.data, **changed}
    own = scene.data == OWN
    title = scene.title().replace("\\", "").replace('"', "'")
    lines = [
        f'"""{title}: what does compression keep?"""',
        "",
        "import json",
        "",
        "import numpy as np",
        "",
        "import mmexplore as mm",
        "from mmexplore.labs.knob.task import Knob",
        "from mmexplore.units import per_nat",
        "",
        "task = Knob(",
        *(f"    {name}={value!r}," for name, value in changed.items()),
        ")",
    ]
    if own:
        lines += ['data = dict(np.load("two-views.npz"))  # x1, x2 and, if there is one, y']
    lines += [
        f"run = mm.train(task{', data=data' if own else ''})  # trained once; opened at once the next time",
        'grid = run.arrays("grid")',
        "",
        "# The setting on the dial: the nearest node. Large beta keeps more.",
        f'b = int(np.abs(np.log(grid["beta"]) - np.log({scene.beta!r})).argmin())',
        f'g = int(np.abs(grid["gamma"] - {scene.gamma!r}).argmin())',
        f"unit = per_nat({scene.unit!r})",
        "numbers = {",
        '    "beta": float(grid["beta"][b]),',
        '    "gamma": float(grid["gamma"][g]),',
        '    "rate": float(unit * grid["rate_nats"][b, g, 0]),',
        '    "relevance": float(unit * grid["relevance_nats"][b, g]),',
        f'    "unit": {scene.unit!r},',
        "}",
        'kept = dict(zip(grid["factors"].tolist(), grid["kept"][b, g, 0].tolist()))',
        'print(json.dumps({**numbers, "kept": kept}, indent=2))',
    ]
    return "\n".join(lines) + "\n"
