"""Two views of the reader's own with a label that the probes are asked for."""

from __future__ import annotations

import numpy as np

from mmexplore.errors import BadData
from mmexplore.labs.losses.scene import FactorClScene, arrays_of
from mmexplore.labs.losses.ui import STATE
from mmexplore.tabular import Dataset
from mmexplore.ui.own_views import OwnFile, as_csv


def own(scene: FactorClScene) -> tuple[str, dict[str, np.ndarray], str] | None:
    """Identity and arrays of the visitor's data, and what was done to the label; None where they are not loaded.

    Raises:
        BadData: the chosen columns cannot be two views and a label; the sentence says why.
    """
    views = _OWN_VIEWS.views(scene)
    return None if views is None else (views.identity, views.arrays, views.note)


def example() -> str:
    """Two views of six columns with a shared and a private signal each; the label needs all three."""
    rng = np.random.default_rng(11)
    shared, first, second = rng.normal(size=(3, 600, 2))
    views = [
        np.concatenate([shared, own_part], axis=1) @ rng.normal(size=(4, 6)) + 0.2 * rng.normal(size=(600, 6))
        for own_part in (first, second)
    ]
    return as_csv(views, shared.sum(axis=1) + first.sum(axis=1) + second.sum(axis=1) > 0)


def _one_sample_a_row(dataset: Dataset) -> None:
    if dataset.kind != "rows":
        raise BadData(f"{dataset.name} is a table of probabilities; allowed: one sample a row")


_OWN_VIEWS = OwnFile(
    STATE,
    labels={"x1": "View 1", "x2": "View 2", "y": "Label"},
    make=arrays_of,
    fits=_one_sample_a_row,
    needs=(
        "**One sample a row, at least 60 rows**: several columns of numbers make view 1, several others view 2, and one column is the label the probes "
        "are asked for. Names like `audio_…` and `text_…` are recognised; you can choose otherwise."
    ),
    private="; the run is listed to nobody else",
    example=example,
)
file_of = _OWN_VIEWS.current
choose_file = _OWN_VIEWS.choose
waiting = _OWN_VIEWS.waiting
