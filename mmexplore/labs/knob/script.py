"""A knob scene as a Python script that trains the same method on the same data, or opens its run, and prints the same numbers."""

from __future__ import annotations

from mmexplore.errors import BadData
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.task import Knob
from mmexplore.plaintext import docstring
from mmexplore.tabular import Dataset
from mmexplore.tabular.script import LOAD, two_views_lines
from mmexplore.tabular.two_views import OWN

OWN_IMPORTS = (LOAD, "from mmexplore.tabular.two_views import FileColumns, own_arrays")
_TRAINED = "  # trained once; opened at once the next time"


def script(scene: KnobScene, own_id: str = "", dataset: Dataset | None = None) -> str:
    """Source text.

    Args:
        scene: what is shown.
        own_id: identity of a visitor's own views.
        dataset: of their file, which lies beside the script.

    Raises:
        BadData: the scene is of a visitor's own views, and their file is not there.
    """
    own = own_lines(scene, dataset)
    task = scene.task(own_id)
    changed = {p.name: getattr(task, p.name) for p in Knob.parameters() if getattr(task, p.name) != p.default}
    changed = {"method": task.method, "data": task.data, **changed}
    at = {"method": scene.method, "beta": scene.beta, "gamma": scene.gamma, "unit": scene.unit}
    lines = [
        docstring(f"{scene.title()}: what does compression keep?"),
        "",
        "import json",
        "",
        "import mmexplore as mm",
        "from mmexplore.labs.knob.numbers import clipped, numbers_at",
        "from mmexplore.labs.knob.scene import KnobScene",
        "from mmexplore.labs.knob.task import Knob",
        *(OWN_IMPORTS if own else ()),
        "",
        "task = Knob(",
        *(f"    {name}={value!r}," for name, value in changed.items()),
        ")",
        *own,
        f"run = mm.train(task{', data=arrays' if own else ''}){'' if own else _TRAINED}",
        'grid = run.arrays("grid")',
        "",
        "# Where the knobs stand, between the nodes of the grid as the dial reads it. Large beta keeps more.",
        f"scene = KnobScene({', '.join(f'{name}={value!r}' for name, value in at.items())})",
        "beta, gamma = clipped(grid, scene)",
        'print(json.dumps({"beta": beta, "gamma": gamma, **numbers_at(scene, grid)}, indent=2, ensure_ascii=False))',
    ]
    return "\n".join(lines) + "\n"


def own_lines(scene: KnobScene, dataset: Dataset | None) -> list[str]:
    """The lines that make ``arrays`` of a visitor's own file; none where the data come along.

    Raises:
        BadData: the file is not there.
    """
    if scene.data != OWN:
        return []
    if dataset is None:
        raise BadData("your own views are not part of a view; open the page with their file and take the script there")
    return two_views_lines(scene, dataset, "own_arrays({})")
