"""Two views of the reader's own, split into view X, view Y and a label if there is one."""

from __future__ import annotations

import numpy as np

from mmexplore.datasets.views import FEWEST_ROWS
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.ui import STATE
from mmexplore.tabular import Dataset
from mmexplore.tabular.two_views import OWN, PARTS, Arrays, own_arrays
from mmexplore.ui.own_views import OwnFile, as_csv


def arrays_of(scene: KnobScene) -> tuple[str, Arrays] | None:
    """Identity and arrays of the visitor's views; None where they are not their own or not loaded.

    Raises:
        BadData: the chosen columns cannot be two views; the sentence says why.
    """
    own = _OWN_VIEWS.views(scene)
    return None if own is None else (own.identity, own.arrays)


def named(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a run on the visitor's own views, with the names of their file's columns."""
    own = _OWN_VIEWS.last()
    if own is None:
        return arrays
    roles, result = own.roles, dict(arrays)
    for name, columns in (("columns_x", roles.x1), ("columns_y", roles.x2)):
        if len(columns) == len(arrays.get(name, ())):
            result[name] = np.array(columns)
    if roles.y and "factors" in arrays:
        result["factors"] = np.array([roles.y[0] if str(name) == "target" else str(name) for name in arrays["factors"]])
    return result


def _example() -> str:
    """Two views of four columns that share two signals, and a label that is the sign of the first."""
    rng = np.random.default_rng(7)
    shared = rng.normal(size=(400, 2))
    views = [shared @ rng.normal(size=(2, 4)) + 0.7 * rng.normal(size=(400, 4)) for _ in range(2)]
    return as_csv(views, shared[:, 0] > 0)


def _make(scene: KnobScene, dataset: Dataset) -> tuple[Arrays, str]:
    return own_arrays(scene, dataset), ""


_OWN_VIEWS = OwnFile(
    STATE,
    labels={part: KnobScene.parameter(part).label for part in PARTS},
    make=_make,
    fits=lambda dataset: own_arrays(KnobScene(data=OWN), dataset),
    needs=(
        f"**One sample a row, at least {FEWEST_ROWS} rows**: several columns of numbers make view X, several others view Y, and one column may be "
        "a label. Names like `audio_…` and `text_…` are recognised; you can choose otherwise."
    ),
    private="",
    example=_example,
)
file_of = _OWN_VIEWS.current
choose_columns = _OWN_VIEWS.choose
waiting = _OWN_VIEWS.waiting
